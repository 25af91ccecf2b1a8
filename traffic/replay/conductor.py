"""The conductor: has each frame sent by its own interface, once what it answers to has arrived.

A process of its own, since it must not wait for whoever else is busy in the lab's: it gets packet
sockets that were opened in the nodes' namespaces, and orders in a file. It knows nothing of
topologies: bytes, numbers of sockets, times.
"""

from __future__ import annotations

import gc
import heapq
import json
import pickle
import select
import socket
import sys
import time
from collections import Counter, defaultdict, deque
from pathlib import Path
from typing import NamedTuple

from wirelab.traffic.replay import identity as known

NOBODY = -1
"""The number of no socket: the frame is not sent, a real router is expected to send its like."""
_LARGEST = 65600
_TOLD_EVERY = 0.05  # seconds
_MOST_STRANGERS = 1000
_IMPATIENT_AFTER = 5
"""So many frames that did not come in a row make the next ones worth a tenth of the waiting."""
_CATCH_UP = 128
"""So many frames are sent between two looks at what has arrived."""

_NEVER = 1 << 63
_Queue = list[tuple[int, int]]
"""What is waited for, as a heap: when it had arrived, and its number."""


class Order(NamedTuple):
    """A frame to be sent, or to be expected of a router."""

    frame: bytes
    """Its bytes."""
    sender: int
    """The socket that sends it, or `NOBODY`."""
    targets: tuple[int, ...]
    """The sockets at one of which it is waited for; none where nobody is to see it."""
    due: int
    """Nanoseconds from the start before which it is not sent."""
    time: int
    """When it was recorded, in nanoseconds."""
    arrived: int
    """When it was recorded for the last time: what is sent later waits for its arrival."""
    grace: int = 0
    """Nanoseconds for which it is waited for beyond the common patience."""


class Outcome(NamedTuple):
    """What became of an order."""

    order: int
    """Its number, from 0."""
    what: str
    """`arrived`, `fragmented`, `error`, or `unseen`."""
    time: int
    """When, in nanoseconds since the epoch."""
    ttl: int = 0
    """The TTL with which it arrived."""
    detail: int = 0
    """How many fragments, or the type of the error times 256 plus its code."""


class Conductor:
    """Works through orders."""

    def __init__(
        self,
        sockets: list[socket.socket],
        watched: frozenset[int],
        patience: float,
        least_mtu: int,
    ) -> None:
        self._sockets = sockets
        self._watched = watched
        self._patience, self._least_mtu = patience, least_mtu
        self._poll = select.epoll()
        self._at = {each.fileno(): n for n, each in enumerate(sockets)}
        for each in sockets:
            self._poll.register(each.fileno(), select.EPOLLIN)
        self._open: dict[int, Order] = {}
        self._by_time: _Queue = []
        self._toward: defaultdict[int, _Queue] = defaultdict(list)
        self._arriving: dict[tuple[int, bytes], deque[int]] = defaultdict(deque)
        self._answers: dict[tuple[int, bytes], deque[int]] = defaultdict(deque)
        self._early: Counter[tuple[int, bytes]] = Counter()
        self._whole: dict[bytes, list[int]] = defaultdict(list)
        self._pieces: dict[int, tuple[int, int, int]] = {}
        self._keys: list[bytes] = []
        self._ours: set[int] = set()
        self.outcomes: list[Outcome] = []
        self.sent_at: list[int] = []
        self._odd: list[tuple[int, bytes]] = []
        self._missed = 0

    def play(self, orders: list[Order]) -> None:
        """Send all, and wait for what is still under way."""
        self._keys = [known.identity(order.frame) for order in orders]
        self._ours = {
            hash(key)
            for key, order in zip(self._keys, orders, strict=True)
            if order.sender != NOBODY
        }
        begun, told, last = time.monotonic_ns(), time.monotonic(), NOBODY
        for number, order in enumerate(orders):
            turn = order.sender != last or order.sender == NOBODY
            # The same one goes on at once, unless it has been answered meanwhile.
            awaited = self._by_time if turn else self._toward[order.sender]
            last = order.sender
            self._wait(awaited, order.time)
            if order.due:
                self._pause(begun + order.due)
            elif number % _CATCH_UP == 0:
                self._look(0)
            if order.sender == NOBODY:
                self._expect(number, order)
            else:
                self._send(number, order)
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                print(number + 1, flush=True)
        self._wait(self._by_time, _NEVER)
        self._look(0)  # what came as well

    def _send(self, number: int, order: Order) -> None:
        data = order.frame
        if order.targets:
            self._begin(number, order)
            for target in order.targets:
                self._arriving[target, self._keys[number]].append(number)
            if len(data) - 14 > self._least_mtu and (shared := known.datagram(data)):
                self._whole[shared].append(number)
        self.sent_at.append(time.time_ns())
        self._sockets[order.sender].send(data)

    def _expect(self, number: int, order: Order) -> None:
        key = known.answer(order.frame)
        self.sent_at.append(0)
        for target in order.targets:
            if self._early[target, key]:
                self._early[target, key] -= 1
                self._odd = [
                    odd for odd in self._odd if (odd[0], known.answer(odd[1])) != (target, key)
                ]
                self._note(number, order.frame)
                return
        if order.targets:
            self._begin(number, order)
            for target in order.targets:
                self._answers[target, key].append(number)

    def _begin(self, number: int, order: Order) -> None:
        self._open[number] = order
        entry = (order.arrived, number)
        heapq.heappush(self._by_time, entry)
        for target in order.targets:
            heapq.heappush(self._toward[target], entry)

    # Waiting

    def _wait(self, awaited: _Queue, before: int) -> None:
        """Wait until all of those awaited that had arrived `before` have an outcome."""
        if not self._missing(awaited, before):
            return
        begun = time.monotonic()
        while self._missing(awaited, before):
            order = self._open[awaited[0][1]]
            if self._take_at(order.targets[0]):
                continue  # what was sent has mostly arrived when the kernel comes back
            left = begun + self._patience_now() + order.grace / 1e9 - time.monotonic()
            if left <= 0:
                self._give_up(awaited, before)
                break
            self._look(left)

    def _patience_now(self) -> float:
        return self._patience / (10 if self._missed >= _IMPATIENT_AFTER else 1)

    def _missing(self, awaited: _Queue, before: int) -> bool:
        while awaited and awaited[0][1] not in self._open:
            heapq.heappop(awaited)
        return bool(awaited) and awaited[0][0] < before

    def _give_up(self, awaited: _Queue, before: int) -> None:
        while self._missing(awaited, before):
            number = awaited[0][1]
            self._missed += 1
            self._end(number, Outcome(number, "unseen", time.time_ns()))

    def _pause(self, due: int) -> None:
        while (left := due - time.monotonic_ns()) > 0:
            self._look(left / 1e9)

    # Looking

    def _look(self, timeout: float) -> None:
        """Take what has arrived, and wait for it at most `timeout` seconds."""
        for fd, _event in self._poll.poll(timeout):
            while self._take_at(self._at[fd]):
                pass

    def _take_at(self, at: int) -> bool:
        """Take one frame that has arrived at a socket; False when there is none."""
        try:
            data = self._sockets[at].recv(_LARGEST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        self._take(at, data)
        return True

    def _take(self, at: int, data: bytes) -> None:
        key = known.identity(data)
        numbers = self._arriving.get((at, key))
        if numbers is not None:
            self._arrived(at, key, numbers, data)
            return
        if hash(key) in self._ours or self._part(at, data):
            return  # on its way elsewhere
        error = known.quoted(data)
        explained = error is not None and self._error(*error)
        loose = (at, known.answer(data))
        if waiting := self._answers.get(loose):
            self._note(waiting.popleft(), data)
        else:
            self._early[loose] += 1
            if at in self._watched and not explained and len(self._odd) < _MOST_STRANGERS:
                self._odd.append((at, data))

    def _arrived(self, at: int, key: bytes, numbers: deque[int], data: bytes) -> None:
        while numbers:
            number = numbers.popleft()
            if number in self._open:
                self._note(number, data)
                break
        if not numbers:
            del self._arriving[at, key]

    def strangers(self) -> list[tuple[int, bytes]]:
        """What reached a watched socket though nobody sent it, up to a bound."""
        return self._odd

    def _error(self, kind: int, code: int, name: bytes) -> bool:
        """Whether an ICMP error is what becomes of the packet that it quotes."""
        if kind == known.REDIRECT:
            return False
        for number, order in self._open.items():
            if order.sender != NOBODY and known.quotable(order.frame) == name:
                self._end(number, Outcome(number, "error", time.time_ns(), 0, kind << 8 | code))
                return True
        return False

    def _part(self, at: int, data: bytes) -> bool:
        """Whether it is a fragment of something sent; with the last one that has arrived."""
        shared = known.datagram(data)
        numbers = self._whole.get(shared)
        if not numbers:
            return False
        offset, size, _more = known.piece(data)
        for number in numbers:
            order = self._open.get(number)
            if order is None or at not in order.targets:
                continue
            start, whole, _ = known.piece(order.frame)
            if not start <= offset < start + whole:
                continue
            count, seen, _at = self._pieces.get(number, (0, 0, 0))
            self._pieces[number] = count + 1, seen + size, 0
            if seen + size >= whole:
                self._end(
                    number,
                    Outcome(number, "fragmented", time.time_ns(), known.ttl(data), count + 1),
                )
            break
        return True

    def _note(self, number: int, data: bytes) -> None:
        self._missed = 0
        self._end(number, Outcome(number, "arrived", time.time_ns(), known.ttl(data)))

    def _end(self, number: int, outcome: Outcome) -> None:
        self._open.pop(number, None)
        self.outcomes.append(outcome)


def main() -> None:
    """Play the orders of a file; say how far that is, line by line, and at the end what came."""
    path = Path(sys.argv[1])
    with path.open("rb") as file:
        fds, watched, patience, least_mtu, orders = pickle.load(file)
    sockets = [socket.socket(fileno=fd) for fd in fds]
    gc.disable()  # nothing here has cycles, and all is kept to the end
    conductor = Conductor(sockets, frozenset(watched), patience, least_mtu)
    begun = time.process_time()
    conductor.play([Order(*each) for each in orders])
    told = {
        "cpu": time.process_time() - begun,
        "outcomes": conductor.outcomes,
        "sent_at": conductor.sent_at,
        "strangers": [(at, data.hex()) for at, data in conductor.strangers()],
    }
    path.with_suffix(".json").write_text(json.dumps(told))
