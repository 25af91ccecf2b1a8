"""Taps: what passes an interface, read in this process, from before the first link comes up.

A tap is an AF_PACKET socket (packet(7)) opened inside the interface's namespace. One thread
reads them all; the kernel's time stamps, not the order of reading, say what came first.
"""

import contextlib
import select
import socket
import struct
import threading
from dataclasses import dataclass
from time import monotonic, time_ns

from wirelab.emulator import syscalls
from wirelab.emulator.errors import EmulatorError
from wirelab.emulator.namespace import NetNamespace

# include/uapi/linux/if_packet.h, asm-generic/socket.h
_ETH_P_ALL = 0x0003
_SOL_PACKET = 263
_PACKET_STATISTICS = 6
_PACKET_AUXDATA = 8
_PACKET_OUTGOING = 4
_SO_TIMESTAMPNS = 64  # the one with 64-bit seconds everywhere
_SO_RCVBUFFORCE = 33
_TP_STATUS_VLAN_VALID = 0x10
_AUXDATA = struct.Struct("=IIIHHHH")
_TIMESPEC = struct.Struct("=qq")

_BUFFER = 32 << 20  # bytes per point; the kernel takes them only as frames wait
_LARGEST_FRAME = 65535 + 18
_ANCILLARY = 256


@dataclass(frozen=True)
class Captured:
    """One frame that passed a capture point."""

    time: int
    """Nanoseconds since the epoch, taken by the kernel."""
    point: str
    """The capture point."""
    data: bytes
    """The whole frame, from the Ethernet header on."""
    outgoing: bool
    """Whether the node sent it."""


@dataclass(frozen=True)
class PointStatistics:
    """The kernel's count for one capture point."""

    received: int
    """Frames seen."""
    dropped: int
    """Frames lost for want of buffer: not 0 means the capture has a hole."""


class Taps:
    """The capture points of a lab."""

    def __init__(self) -> None:
        self._sockets: dict[int, tuple[str, socket.socket]] = {}
        self._frames: list[Captured] = []
        self._arrived = threading.Condition()
        self._wake = socket.socketpair()
        self._thread: threading.Thread | None = None

    def open(self, point: str, namespace: NetNamespace, interface: str) -> None:
        """Capture what passes `interface` from now on, under the name `point`."""
        with namespace.entered():
            tap = packet_socket(interface)
        self._sockets[tap.fileno()] = (point, tap)

    def start(self) -> None:
        """Begin to read."""
        apart = threading.Event()
        self._thread = threading.Thread(
            target=self._read_all, args=(apart,), name="taps", daemon=True
        )
        self._thread.start()
        apart.wait()

    def frames(self) -> tuple[Captured, ...]:
        """Return all frames that have passed so far, in the order of their times."""
        with self._arrived:
            for point, tap in self._sockets.values():
                self._drain(point, tap)
            return tuple(sorted(self._frames, key=lambda frame: frame.time))

    def wait_for_more(self, than: int, deadline: float) -> bool:
        """Wait until there are more frames than `than`, or `deadline` (monotonic s) has passed."""
        with self._arrived:
            return self._arrived.wait_for(
                lambda: len(self._frames) > than, max(0.0, deadline - monotonic())
            )

    def stop(self) -> dict[str, PointStatistics]:
        """Read what is left, stop, and return the counts by point."""
        self._wake[1].send(b"x")
        if self._thread is not None:
            self._thread.join()
        statistics = {}
        for point, tap in self._sockets.values():
            self._drain(point, tap)
            statistics[point] = packet_statistics(tap)
            tap.close()
        for end in self._wake:
            end.close()
        self._sockets.clear()
        return statistics

    def _read_all(self, apart: threading.Event) -> None:
        # The main thread enters mount namespaces, which the kernel allows only to a task that
        # shares its working folder and root with no other (fs/namespace.c, mntns_install).
        syscalls.unshare(syscalls.CLONE_FS)
        apart.set()
        poll = select.poll()
        poll.register(self._wake[0], select.POLLIN)
        for fd in self._sockets:
            poll.register(fd, select.POLLIN)
        while True:
            for fd, event in poll.poll():
                if fd == self._wake[0].fileno():
                    return
                if event & select.POLLIN:
                    self._drain(*self._sockets[fd])
                elif event & select.POLLERR:  # the interface went down: read the error away
                    self._sockets[fd][1].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def _drain(self, point: str, tap: socket.socket) -> None:
        """Take what waits in a socket; two may do so, one at a time."""
        with self._arrived:
            before = len(self._frames)
            with contextlib.suppress(BlockingIOError, OSError):
                while True:
                    self._frames.append(receive(point, tap))
            if len(self._frames) > before:
                self._arrived.notify_all()


def packet_socket(interface: str) -> socket.socket:
    """Return a socket that gets all frames that pass an interface of the thread's namespace."""
    # Protocol 0 until it is bound: else it would see every interface for a moment.
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
    tap.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
    tap.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    with contextlib.suppress(PermissionError):  # rootless on older kernels
        tap.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    tap.bind((interface, _ETH_P_ALL))
    tap.setblocking(False)
    return tap


def packet_statistics(tap: socket.socket) -> PointStatistics:
    """Return the kernel's count for a packet socket; reading it sets it to zero."""
    counts = tap.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
    return PointStatistics(*struct.unpack("=II", counts))


def receive(point: str, tap: socket.socket) -> Captured:
    """Take a frame from a packet socket: time and VLAN tag come beside the bytes.

    Raises:
        BlockingIOError: there is none.
        OSError: the interface went down.
    """
    data, ancillary, _flags, address = tap.recvmsg(_LARGEST_FRAME, _ANCILLARY)
    time = 0
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            time = seconds * 1_000_000_000 + nanoseconds
        elif level == _SOL_PACKET and kind == _PACKET_AUXDATA:
            status, *_sizes, tci, tpid = _AUXDATA.unpack(value)
            if status & _TP_STATUS_VLAN_VALID:  # the kernel takes the tag out: put it back
                data = data[:12] + struct.pack("!HH", tpid or 0x8100, tci) + data[12:]
    return Captured(time, point, data, address[2] == _PACKET_OUTGOING)


def await_kernel_timestamps() -> socket.socket:
    """Have the kernel stamp packets as they pass, and return the socket that keeps it doing so.

    Stamping is switched on by the first socket that asks, a moment later (net/core/dev.c,
    net_enable_timestamp); until then a packet would get the time at which it is read. So a
    datagram to ourselves is left lying, and its stamp shows which of the two it was.
    """
    keeper = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    keeper.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    keeper.bind(("127.0.0.1", 0))
    deadline = monotonic() + 5
    while monotonic() < deadline:
        keeper.sendto(b"", keeper.getsockname())
        select.select([], [], [], 0.0005)  # let it lie
        *_head, ancillary, _flags, _address = keeper.recvmsg(1, _ANCILLARY)
        read = struct.unpack("=qq", ancillary[0][2])
        if time_ns() - read[0] * 1_000_000_000 - read[1] >= 500_000:
            return keeper
    raise EmulatorError("the kernel does not stamp packets with the time they pass")
