"""The conductor: everything in its turn, and what becomes of it."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from wirelab.traffic.replay.conductor import NOBODY, Conductor, Order

A_MAC, B_MAC = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
A, B = 0, 1
Network = Callable[[int, bytes], Sequence[tuple[int, bytes]]]
"""What becomes of a frame that a host sends: which frames come to which hosts."""


def packet(sender: int, number: int, size: int = 10, flags: str = "") -> Packet:
    macs = (A_MAC, B_MAC) if sender == A else (B_MAC, A_MAC)
    ends = ("10.0.0.1", "10.9.0.1") if sender == A else ("10.9.0.1", "10.0.0.1")
    network = IP(src=ends[0], dst=ends[1], id=number, flags=flags)
    return Ether(src=macs[0], dst=macs[1]) / network / UDP(sport=1, dport=2) / bytes(size)


def order(sender: int, number: int, *, to: int | None = None, at: int | None = None) -> Order:
    made = bytes(packet(sender, number))
    target = 1 - sender if to is None else to
    time = number if at is None else at
    return Order(made, sender, (target,), 0, time, time)


@contextmanager
def hosts(network: Network, heard: list[tuple[int, bytes]]) -> Iterator[list[socket.socket]]:
    """Two hosts at a network; `heard` gets what they send, in order."""
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in (A, B)]
    over = threading.Event()

    def carry(sender: int) -> None:
        while not over.is_set():
            try:
                data = pairs[sender][1].recv(65600)
            except TimeoutError:
                continue
            heard.append((sender, data))
            for host, frame in network(sender, data):
                pairs[host][1].send(frame)

    for _host, end in pairs:
        end.settimeout(0.05)
    threads = [threading.Thread(target=carry, args=(sender,)) for sender in (A, B)]
    for thread in threads:
        thread.start()
    try:
        yield [host for host, _end in pairs]
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for host, end in pairs:
            host.close()
            end.close()


def played(
    orders: list[Order], network: Network, *, patience: float = 5.0, least_mtu: int = 1500
) -> tuple[Conductor, list[tuple[int, bytes]]]:
    heard: list[tuple[int, bytes]] = []
    with hosts(network, heard) as sockets:
        conductor = Conductor(sockets, frozenset({A, B}), patience, least_mtu)
        conductor.play(orders)
    return conductor, heard


def router(sender: int, data: bytes) -> list[tuple[int, bytes]]:
    """Passes everything on, one TTL less."""
    passed = Ether(data)
    passed[IP].ttl -= 1
    del passed[IP].chksum
    return [(1 - sender, bytes(passed))]


def whats(conductor: Conductor) -> list[str]:
    return [each.what for each in sorted(conductor.outcomes)]


def test_turns_are_kept() -> None:
    orders = [order(n % 3 == 0, n) for n in range(200)]
    conductor, heard = played(orders, router)
    assert [data for _sender, data in heard] == [each.frame for each in orders]
    assert whats(conductor) == ["arrived"] * 200
    assert {each.ttl for each in conductor.outcomes} == {63}


def test_what_is_lost_is_told_and_the_rest_goes_on() -> None:
    def losing(sender: int, data: bytes) -> Sequence[tuple[int, bytes]]:
        return [] if Ether(data)[IP].id == 1 else router(sender, data)

    conductor, heard = played([order(n % 2, n) for n in range(4)], losing, patience=0.05)
    assert whats(conductor) == ["arrived", "unseen", "arrived", "arrived"]
    assert len(heard) == 4


def test_packets_that_crossed_do_not_wait_for_each_other() -> None:
    """The second was sent before the first had arrived: a network may hold that back for it."""
    held: list[tuple[int, bytes]] = []
    first_is_here = threading.Event()

    def holding(sender: int, data: bytes) -> Sequence[tuple[int, bytes]]:
        if sender == A:
            held.extend(router(sender, data))
            first_is_here.set()
            return []
        assert first_is_here.wait(5)
        return [*router(sender, data), *held]

    first, second = order(A, 1), order(B, 2)
    conductor, _heard = played([first._replace(arrived=3), second], holding)
    assert whats(conductor) == ["arrived", "arrived"]


def test_an_error_is_what_becomes_of_the_packet_that_it_quotes() -> None:
    def refusing(sender: int, data: bytes) -> Sequence[tuple[int, bytes]]:
        says = Ether(src=B_MAC, dst=A_MAC) / IP(src="10.0.0.254", dst="10.0.0.1")
        return [(sender, bytes(says / ICMP(type=3, code=4) / data[14:42]))]

    conductor, _heard = played([order(A, 1)], refusing)
    (outcome,) = conductor.outcomes
    assert (outcome.what, divmod(outcome.detail, 256)) == ("error", (3, 4))
    assert conductor.strangers() == []


def test_fragments_are_waited_for_to_the_last() -> None:
    whole = packet(A, 5, 1400)

    def cutting(sender: int, data: bytes) -> Sequence[tuple[int, bytes]]:
        parts = fragment(Ether(data)[IP], 600)
        return [(1 - sender, bytes(Ether(src=A_MAC, dst=B_MAC) / each)) for each in parts]

    conductor, _heard = played([Order(bytes(whole), A, (B,), 0, 1, 1)], cutting, least_mtu=620)
    (outcome,) = conductor.outcomes
    assert (outcome.what, outcome.detail) == ("fragmented", 3)


def test_what_a_router_answers_is_expected_whenever_it_comes_and_however_it_is_numbered() -> None:
    def answer(number: int) -> bytes:
        says = IP(src="10.0.0.254", dst="10.0.0.1", id=number) / ICMP(type=0, id=1, seq=1)
        return bytes(Ether(src=B_MAC, dst=A_MAC) / says)

    def answering(sender: int, data: bytes) -> Sequence[tuple[int, bytes]]:
        early = [(A, answer(99))] if Ether(data)[IP].id == 1 else []
        return [*early, *router(sender, data)]

    waited = Order(answer(7), NOBODY, (A,), 0, 8, 8)
    orders = [order(A, 1), order(B, 2), order(A, 3), waited, order(A, 9)]
    conductor, _heard = played(orders, answering)
    assert whats(conductor) == ["arrived"] * 5
    assert conductor.strangers() == []


def test_what_nobody_sent_is_noted() -> None:
    stranger = bytes(packet(B, 77))

    def adding(sender: int, data: bytes) -> Sequence[tuple[int, bytes]]:
        return [(A, stranger), *router(sender, data)] if sender == A else router(sender, data)

    conductor, _heard = played([order(A, 1), order(B, 2), order(A, 3)], adding)
    assert (A, stranger) in conductor.strangers()
    assert whats(conductor) == ["arrived"] * 3
