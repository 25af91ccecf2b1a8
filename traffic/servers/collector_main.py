"""The program behind `Collector`: notes each datagram and connection as a line of JSON.

Arguments: address, port, file to append to.
"""

import json
import selectors
import socket
import sys
from pathlib import Path
from typing import TextIO


def main(address: str, port: int, path: Path) -> None:
    """Receive until ended."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((address, port))
    listener = socket.create_server((address, port))
    selector = selectors.DefaultSelector()
    selector.register(datagrams, selectors.EVENT_READ)
    selector.register(listener, selectors.EVENT_READ)
    with path.open("a", buffering=1, encoding="utf-8") as notes:
        while True:
            for key, _ in selector.select():
                if key.fileobj is datagrams:
                    data, sender = datagrams.recvfrom(65535)
                    _note(notes, "udp", sender, data)
                else:
                    connection, sender = listener.accept()
                    with connection:
                        while data := connection.recv(65535):
                            _note(notes, "tcp", sender, data)


def _note(notes: TextIO, over: str, sender: tuple[str, int], data: bytes) -> None:
    text = data.decode(errors="replace").rstrip("\n")
    told = {"over": over, "from": sender[0], "port": sender[1], "text": text}
    print(json.dumps(told), file=notes)


if __name__ == "__main__":
    _, _address, _port, _path = sys.argv
    main(_address, int(_port), Path(_path))
