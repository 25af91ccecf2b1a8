"""The program behind `send_crafted`: sends IPv4 packets as they are, but for ID and checksum.

It reads them as hexadecimal digits, one on a line, the header included (raw(7), IP_HDRINCL).
"""

import socket
import sys

_DESTINATION = slice(16, 20)  # of an IPv4 header


def main(packets: list[bytes]) -> None:
    """Send each packet to the destination in its header."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        for packet in packets:
            sender.sendto(packet, (socket.inet_ntoa(packet[_DESTINATION]), 0))


if __name__ == "__main__":
    main([bytes.fromhex(line) for line in sys.stdin])
