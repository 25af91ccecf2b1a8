"""The program behind `udp_probe`: sends what it reads, and prints as JSON what came of it.

Arguments: address, port, source port (0: any), IP options in hexadecimal digits, seconds to wait.
"""

import errno
import json
import socket
import sys

_REPORT_ERRORS = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),  # IP_RECVERR, include/uapi/linux/in.h
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),  # IPV6_RECVERR, include/uapi/linux/in6.h
}


def main(
    address: str, port: int, source_port: int, options: bytes, wait: float, data: bytes
) -> dict[str, object]:
    """Send one datagram; return source port, error and answer."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.settimeout(wait)
        # Else only the ICMP errors that mean "for ever" are reported (RFC 1122 section 4.1.3.3).
        sender.setsockopt(*_REPORT_ERRORS[family], 1)
        if options:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, options)
        sender.bind(("", source_port))
        error, answer = "", b""
        try:
            sender.connect((address, port))  # so that errors and answers are its own
            sender.send(data)
            answer = sender.recv(65535)
        except TimeoutError:
            pass
        except OSError as problem:
            error = errno.errorcode.get(problem.errno or 0, str(problem))
        used = sender.getsockname()[1]
    return {"source_port": used, "error": error, "answer": answer.hex()}


if __name__ == "__main__":
    _, _address, _port, _source_port, _options, _wait = sys.argv
    told = main(
        _address,
        int(_port),
        int(_source_port),
        bytes.fromhex(_options),
        float(_wait),
        sys.stdin.buffer.read(),
    )
    print(json.dumps(told))
