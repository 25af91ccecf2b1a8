"""The program behind `lookup`: asks the C library, and prints as JSON what it says.

Argument: the name.
"""

import json
import socket
import sys


def main(name: str) -> dict[str, object]:
    """Return the addresses of a name, in the order in which a program would try them."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return {"addresses": [], "error": error.strerror}
    return {"addresses": [place[0] for *_, place in found], "error": ""}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
