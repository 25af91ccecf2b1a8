"""Turn the offloads of an interface off, so that captures show what is on the wire.

With offloads on, a capture shows frames larger than the MTU and checksums that no hardware
has filled in yet (include/uapi/linux/ethtool.h; Documentation/networking/netdev-features.rst).
"""

import array
import fcntl
import socket
import struct

_SIOCETHTOOL = 0x8946
_STXCSUM = 0x17  # takes scatter-gather, TSO and the like with it: all of them need it
_SGSO = 0x24
_SGRO = 0x2C
_SRXCSUM = 0x15
_IFREQ = struct.Struct("16sP16x")
_VALUE = struct.Struct("=II")


def offloads_off(control: socket.socket, name: str) -> None:
    """Switch checksum and segmentation offloads of interface `name` off.

    `control` is any socket of the interface's network namespace.
    """
    for command in (_STXCSUM, _SGSO, _SGRO, _SRXCSUM):
        value = array.array("B", _VALUE.pack(command, 0))
        fcntl.ioctl(control, _SIOCETHTOOL, _IFREQ.pack(name.encode(), value.buffer_info()[0]))


def control_socket() -> socket.socket:
    """Return a socket for ioctls on the interfaces of the calling thread's namespace."""
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
