"""The program behind `tcp_probe`: connects, and prints as JSON what came of it.

Arguments: address, port, how often to send a SYN again.
"""

import errno
import json
import socket
import sys


def main(address: str, port: int, retries: int) -> dict[str, object]:
    """Connect and hang up; return the source port and the error."""
    with socket.socket() as caller:
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, retries)
        error = ""
        try:
            caller.connect((address, port))
        except OSError as problem:
            error = errno.errorcode.get(problem.errno or 0, str(problem))
        return {"source_port": caller.getsockname()[1], "error": error}


if __name__ == "__main__":
    _, _address, _port, _retries = sys.argv
    print(json.dumps(main(_address, int(_port), int(_retries))))
