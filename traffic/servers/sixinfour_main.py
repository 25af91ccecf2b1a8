"""The program behind `SixInFour`: IPv6 packets of an interface, carried by IPv4 (RFC 4213).

Arguments: name of the interface to make, address of the other end.
"""

import fcntl
import os
import select
import socket
import struct
import sys

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # include/uapi/linux/if_tun.h
_IPV6 = 41  # the protocol number of IPv6 in IPv4
_MOST = 65535


def main(interface: str, remote: str) -> None:
    """Carry packets both ways until ended."""
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", interface.encode(), _IFF_TUN | _IFF_NO_PI))
    # The kernel writes the IPv4 header, and takes in what the other end sends, nobody else.
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, _IPV6) as outside:
        outside.connect((remote, 0))
        both: list[int | socket.socket] = [tun, outside]
        while True:
            ready, _, _ = select.select(both, [], [])
            if tun in ready:
                outside.send(os.read(tun, _MOST))
            if outside in ready:
                packet = outside.recv(_MOST)
                os.write(tun, packet[(packet[0] & 0x0F) * 4 :])


if __name__ == "__main__":
    main(*sys.argv[1:])
