"""The program behind `odd6_probe`: one IPv6 packet that its receiver cannot read.

Arguments: address, next header (17: UDP), port, first byte of a destination option or nothing,
seconds to wait. Prints as JSON the error that came back.
"""

import json
import select
import socket
import struct
import sys

# include/uapi/linux/in6.h
_RECVERR, _DSTOPTS = 25, 59
_DATA = b"wirelab!"
_UDP = 17


def main(address: str, header: int, port: int, option: str, wait: float) -> dict[str, object]:
    """Send the packet; return type and code of the error, its pointer, and who sent it."""
    kind = socket.SOCK_DGRAM if header == _UDP else socket.SOCK_RAW
    with socket.socket(socket.AF_INET6, kind, header) as sender:
        sender.setsockopt(socket.IPPROTO_IPV6, _RECVERR, 1)
        if option:
            # Next header and length are the kernel's; the option has four bytes of data.
            header_of_options = bytes([0, 0, int(option, 0), 4]) + _DATA[:4]
            sender.setsockopt(socket.IPPROTO_IPV6, _DSTOPTS, header_of_options)
        sender.sendto(_DATA, (address, port))
        waiting = select.poll()
        waiting.register(sender, 0)  # errors are always reported
        if not waiting.poll(wait * 1000):
            return {"type": None, "code": None, "pointer": None, "sender": ""}
        _, ancillary, _, _ = sender.recvmsg(1024, 512, socket.MSG_ERRQUEUE)
    return _error(ancillary[0][2])


def _error(told: bytes) -> dict[str, object]:
    """What is in a struct sock_extended_err (include/uapi/linux/errqueue.h)."""
    _errno, _origin, kind, code, _pad, info, _data = struct.unpack_from("=IBBBBII", told)
    offender = socket.inet_ntop(socket.AF_INET6, told[16 + 8 : 16 + 24])
    return {"type": kind, "code": code, "pointer": info, "sender": offender}


if __name__ == "__main__":
    _, _address, _header, _port, _option, _wait = sys.argv
    print(json.dumps(main(_address, int(_header), int(_port), _option, float(_wait))))
