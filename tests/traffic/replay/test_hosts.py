"""Captures of strangers, played by the hosts of a topology over real routers."""

import random
from collections.abc import Sequence
from functools import partial

import pytest
from frames import MS, START
from hypothesis import given
from hypothesis import strategies as st
from mininet.topo import Topo
from replayed import Replayed, replayed
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet

from wirelab.topologies.lan import Lan
from wirelab.topologies.routed import Routed
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.hosts import prepare
from wirelab.traffic.replay.hosts_options import HostsOptions
from wirelab.verify import (
    Capture,
    Frame,
    Item,
    Point,
    Verdict,
    fragments,
    judge,
    never,
    reassembles_to,
    seq,
    step,
)

ANNA, BERT = "192.0.2.10", "198.51.100.20"
ANNA_MAC, BERT_MAC = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
ENDS = {"c": "c-eth0", "s": "s-eth0"}


def from_anna(packet: Packet, **ip: object) -> Packet:
    return Ether(src=ANNA_MAC, dst=BERT_MAC) / IP(src=ANNA, dst=BERT, **ip) / packet


def from_bert(packet: Packet, **ip: object) -> Packet:
    return Ether(src=BERT_MAC, dst=ANNA_MAC) / IP(src=BERT, dst=ANNA, **ip) / packet


def captured(packets: Sequence[Packet | bytes], *, linktype: int = 1, gap: int = MS) -> Capture:
    datas = [bytes(packet) for packet in packets]
    frames = [
        Frame(number, START + number * gap, "", data, len(data), linktype)
        for number, data in enumerate(datas, 1)
    ]
    return Capture(tuple(frames), (Point(""),))


def played(capture: Capture, topo: type[Topo] = Routed, **options: object) -> Replayed:
    mtu = options.pop("mtu", None)
    build = partial(topo, mtu=mtu) if mtu else topo
    chosen = {"points": ENDS, **options}
    return replayed(capture, build, HostsOptions(**chosen))  # type: ignore[arg-type] # as given


class Big(Topo):
    """A server behind a router, and many clients."""

    def build(self, hosts: int = 10) -> None:
        near, far = self.addSwitch("s1"), self.addSwitch("s2")
        router = self.addHost("r1", ip="10.1.0.1/16", router=True)
        self.addLink(router, near)
        for n in range(hosts):
            name = "c" if n == 0 else f"h{n}"
            host = self.addHost(name, ip=f"10.1.1.{n + 1}/16", defaultRoute="via 10.1.0.1")
            self.addLink(host, near)
        self.addLink(router, far, params1={"ip": "10.2.0.1/16"})
        self.addLink(self.addHost("s", ip="10.2.0.2/16", defaultRoute="via 10.2.0.1"), far)


def verdict(done: Replayed, expectation: Item) -> Verdict:
    return judge(expectation, done.capture, names=done.names, own=False)


HANDSHAKE = [
    from_anna(TCP(sport=4000, dport=80, flags="S", seq=100), ttl=128),
    from_bert(TCP(sport=80, dport=4000, flags="SA", seq=900, ack=101)),
    from_anna(TCP(sport=4000, dport=80, flags="A", seq=101, ack=901), ttl=128),
    from_anna(TCP(sport=4000, dport=80, flags="PA", seq=101, ack=901) / b"GET /\r\n", ttl=128),
    from_bert(TCP(sport=80, dport=4000, flags="PA", seq=901, ack=108) / b"hello\r\n"),
]


def test_a_conversation_crosses_a_real_router_and_no_kernel_answers() -> None:
    done = played(captured(HANDSHAKE))
    assert not done.judged.problems
    assert (done.played.sent, done.played.otherwise) == (5, {})
    told = verdict(
        done,
        seq(
            step("syn", "tcp.flags == 0x002 && ip.src == ${c.ip} && ip.dst == ${s.ip}"
                        " && ip.ttl == 128 && eth.src == ${c.mac} && eth.dst == ${r1.mac}", at="c"),
            step("syn@s", "tcp.flags == 0x002 && ip.ttl == 127 && ip.checksum.status == 1"
                          " && tcp.checksum.status == 1 && eth.src == ${r1-eth1.mac}", at="s"),
            step("syn_ack", "tcp.flags == 0x012 && ip.src == ${s.ip} && ip.ttl == 64", at="s"),
            step("syn_ack@c", "tcp.flags == 0x012 && ip.ttl == 63", at="c"),
            step("ack", "tcp.flags == 0x010 && ip.src == ${c.ip}", at="c"),
            step("ack@s", "tcp.flags == 0x010 && tcp.checksum.status == 1", at="s"),
            step("get", "tcp.len == 7 && ip.src == ${c.ip}", at="c"),
            step("get@s", "tcp.len == 7 && tcp.checksum.status == 1", at="s"),
            step("answer", "tcp.len == 7 && ip.src == ${s.ip}", at="s"),
            step("answer@c", "tcp.len == 7 && tcp.checksum.status == 1", at="c"),
            closed=["tcp", "icmp", "udp", "arp"],
        ),
    )  # fmt: skip
    assert told.passed, [problem.message for problem in told.problems]


def big(flags: str) -> Packet:
    """A packet of 1500 bytes."""
    return from_anna(
        UDP(sport=5000, dport=6000) / (bytes(range(256)) * 6)[:1472], flags=flags, id=7
    )


def test_a_1500_byte_packet_that_may_be_cut_is_fragmented_by_a_router_with_mtu_1400() -> None:
    done = played(captured([big(""), from_bert(UDP(sport=6000, dport=5000) / b"ok")]), mtu=1400)
    assert not done.judged.problems
    assert done.judged.details["outcomes"] == {"fragmented": 1, "arrived": 1}
    told = verdict(
        done,
        seq(
            step("whole", "ip.len == 1500 && ip.flags.df == 0 && udp", at="c"),
            fragments("cut", "ip.ttl == 63 && ip.id == ${whole.ip.id}", mtu=1400, of="whole",
                      count=2, at="s"),
            reassembles_to("cut", "whole"),
            step("answer", "udp.srcport == 6000", at="s"),
            step("answer@c", "udp.srcport == 6000", at="c"),
            closed=["ip"],
        ),
    )  # fmt: skip
    assert told.passed, [problem.message for problem in told.problems]


def test_a_1500_byte_packet_with_df_draws_fragmentation_needed() -> None:
    done = played(captured([big("DF"), from_anna(UDP(sport=5000, dport=6000) / b"ok")]), mtu=1400)
    assert not done.judged.problems
    assert done.judged.details["outcomes"] == {"error": 1, "arrived": 1}
    told = verdict(
        done,
        seq(
            step("whole", "ip.len == 1500 && ip.flags.df == 1 && udp", at="c"),
            step("needed", "icmp.type#1 == 3 && icmp.code#1 == 4 && icmp.mtu == 1400"
                           " && ip.src#1 == ${r1.ip} && ip.dst#1 == ${c.ip}", quotes="whole",
                 at="c"),
            never("ip.len > 1400", seen="udp", at="s"),
        ),
    )  # fmt: skip
    assert told.passed, [problem.message for problem in told.problems]


def test_an_error_that_the_topology_does_not_explain_is_a_problem() -> None:
    packets = [*HANDSHAKE[:1], from_anna(ICMP(type=8) / b"far", ttl=1), *HANDSHAKE[1:]]
    done = played(captured(packets), mtu=1400)
    assert not done.judged.problems  # one router explains a TTL of 1
    strangers = [
        Ether(src=ANNA_MAC, dst=BERT_MAC) / IP(src=ANNA, dst=f"203.0.{n}.9") / ICMP()
        for n in (1, 2)  # a host is left for the first
    ]
    done = played(captured([*strangers, *HANDSHAKE]))
    assert any("type 3, code 0" in problem for problem in done.judged.problems)


def test_what_was_recorded_at_both_ends_is_sent_once() -> None:
    def both(packet: Packet) -> list[Packet]:
        far = packet.copy()
        far[IP].ttl -= 1
        far.src, far.dst = "02:00:00:00:00:f1", "02:00:00:00:00:f2"
        return [packet, far]

    whole = [each for packet in HANDSHAKE for each in both(packet)]
    assert played(captured(whole)).played.sent == len(HANDSHAKE)


def test_maps_choose_the_hosts() -> None:
    wanted = {ANNA: "x", BERT: "c"}
    points = {"c": "c-eth0", "x": "x-eth0"}
    done = played(captured(HANDSHAKE), map=wanted, points=points)
    assert not done.judged.problems
    sources = {each["by"] for each in done.played.facts["sent"]}
    assert sources == {"x-eth0", "c-eth0"}


def test_hosts_of_one_lan_find_each_other_by_the_recorded_arp() -> None:
    asks = Ether(src=ANNA_MAC, dst="ff:ff:ff:ff:ff:ff") / ARP(
        op=1, hwsrc=ANNA_MAC, psrc=ANNA, pdst=BERT
    )
    says = Ether(src=BERT_MAC, dst=ANNA_MAC) / ARP(
        op=2, hwsrc=BERT_MAC, psrc=BERT, hwdst=ANNA_MAC, pdst=ANNA
    )
    query = from_anna(UDP(sport=5353, dport=53) / DNS(qd=DNSQR(qname="example.test")))
    done = played(captured([asks, says, query]), Lan)
    assert not done.judged.problems
    told = verdict(
        done,
        seq(
            step("asks", "arp.opcode == 1 && arp.src.hw_mac == ${c.mac}"
                         " && arp.src.proto_ipv4 == ${c.ip} && arp.dst.proto_ipv4 == ${s.ip}",
                 at="c"),
            step("says", "arp.opcode == 2 && arp.src.hw_mac == ${s.mac} && eth.dst == ${c.mac}",
                 at="c"),
            step("query", "dns && eth.dst == ${s.mac}", at="c"),
            closed=["arp", "ip"],
            at="c",
        ),
    )  # fmt: skip
    assert told.passed, [problem.message for problem in told.problems]


GATE, GATE_MAC = "192.0.2.254", "02:00:00:00:00:f1"


def over_a_gateway() -> list[Packet]:
    """The client finds its gateway, and talks to a server behind it."""
    asks = Ether(src=ANNA_MAC, dst="ff:ff:ff:ff:ff:ff") / ARP(
        op=1, hwsrc=ANNA_MAC, psrc=ANNA, pdst=GATE
    )
    says = Ether(src=GATE_MAC, dst=ANNA_MAC) / ARP(
        op=2, hwsrc=GATE_MAC, psrc=GATE, hwdst=ANNA_MAC, pdst=ANNA
    )
    talk = []
    for packet in HANDSHAKE:
        copy = packet.copy()
        copy.src, copy.dst = (
            (ANNA_MAC, GATE_MAC) if packet[IP].src == ANNA else (GATE_MAC, ANNA_MAC)
        )
        talk.append(copy)
    return [asks, says, *talk]


def test_a_real_router_answers_for_the_recorded_one() -> None:
    done = played(captured(over_a_gateway()))
    assert not done.judged.problems
    assert done.played.sent == len(HANDSHAKE) + 1  # what the gateway said, it says itself
    told = verdict(
        done,
        seq(
            step("asks", "arp.opcode == 1 && arp.dst.proto_ipv4 == ${r1.ip}", at="c"),
            step("says", "arp.opcode == 2 && arp.src.hw_mac == ${r1.mac}", at="c"),
            step("syn", "tcp.flags == 0x002 && eth.dst == ${r1.mac}", at="c"),
            closed=["arp"],
        ),
    )
    assert told.passed, [problem.message for problem in told.problems]


def test_without_a_router_packets_go_straight_to_the_server() -> None:
    done = played(captured(over_a_gateway()), Lan)
    assert not done.judged.problems
    assert done.played.sent == len(HANDSHAKE) + 2
    told = verdict(
        done,
        seq(
            step("syn", "tcp.flags == 0x002 && eth.dst == ${s.mac} && ip.dst == ${s.ip}", at="s"),
            step("syn_ack", "tcp.flags == 0x012 && ip.src == ${s.ip}", at="c"),
        ),
    )
    assert told.passed, [problem.message for problem in told.problems]


def test_a_neighbour_that_is_behind_a_router_now_is_asked_for_by_way_of_that() -> None:
    asks = Ether(src=ANNA_MAC, dst="ff:ff:ff:ff:ff:ff") / ARP(
        op=1, hwsrc=ANNA_MAC, psrc=ANNA, pdst=BERT
    )
    says = Ether(src=BERT_MAC, dst=ANNA_MAC) / ARP(
        op=2, hwsrc=BERT_MAC, psrc=BERT, hwdst=ANNA_MAC, pdst=ANNA
    )
    done = played(captured([asks, says, *HANDSHAKE]))
    assert not done.judged.problems
    assert done.played.otherwise == {}
    told = verdict(
        done,
        seq(
            step("asks", "arp.opcode == 1 && arp.dst.proto_ipv4 == ${r1.ip}", at="c"),
            step("says", "arp.opcode == 2 && arp.src.proto_ipv4 == ${r1.ip}", at="c"),
            step("syn", "tcp.flags == 0x002 && eth.dst == ${r1.mac}", at="c"),
            closed=["arp"],
            at="c",
        ),
    )
    assert told.passed, [problem.message for problem in told.problems]


def offloaded() -> list[Packet]:
    large = from_bert(TCP(sport=80, dport=4000, flags="PA", seq=908, ack=108) / bytes(5000))
    return [*HANDSHAKE, large, from_anna(UDP() / b"more")]


def test_what_a_network_card_would_have_cut_is_cut_where_asked() -> None:
    done = played(captured(offloaded()), too_large="segment")
    assert not done.judged.problems
    assert done.played.otherwise == {"segmented": 1}
    told = verdict(
        done,
        seq(
            *(step(f"part{n}", f"tcp.len == {size} && tcp.seq_raw == {908 + n * 1460}"
                   " && tcp.checksum.status == 1", at="c")
              for n, size in enumerate((1460, 1460, 1460, 620))),
            closed=["tcp.len > 100"],
            at="c",
        ),
    )  # fmt: skip
    assert told.passed, [problem.message for problem in told.problems]


def test_what_is_too_large_is_left_out_where_asked() -> None:
    done = played(captured(offloaded()), too_large="skip")
    assert not done.judged.problems
    assert (done.played.sent, done.played.otherwise) == (len(HANDSHAKE) + 1, {"skipped": 1})


def test_recorded_gaps_are_kept_at_the_speed_asked_for() -> None:
    done = played(captured(HANDSHAKE, gap=20 * MS), speed=2.0)
    began = done.played.facts["began"]
    waited = [each["time"] - began for each in done.played.facts["sent"]]
    assert all(each >= place * 10 * MS for place, each in enumerate(waited))


def test_a_host_hears_an_answer_before_it_goes_on() -> None:
    """Twenty thousand packets in turns: each is sent after what it answers to has arrived."""
    turns = 10_000
    packets: list[bytes] = []
    ask, say = (bytearray(bytes(p)) for p in (from_anna(UDP() / b"1234"), from_bert(UDP() / b"12")))
    for number in range(turns):
        for frame in (ask, say):
            frame[18:20] = number.to_bytes(2, "big")
            packets.append(bytes(IP_sum(frame)))
    done = played(captured(packets, gap=1000))
    assert not done.judged.problems
    assert done.played.sent == 2 * turns
    order = [
        (int.from_bytes(frame.data[18:20], "big"), frame.data[26:30])
        for frame in done.capture.frames
        if frame.point == "c"
    ]
    assert len(order) == 2 * turns
    assert [number for number, _ in order] == [n for n in range(turns) for _ in range(2)]


def IP_sum(frame: bytearray) -> bytearray:  # noqa: N802 - it is a checksum of IP
    """The frame with a header checksum that fits."""
    frame[24:26] = b"\0\0"
    total = sum(int.from_bytes(frame[at : at + 2], "big") for at in range(14, 34, 2))
    total = (total & 0xFFFF) + (total >> 16)
    frame[24:26] = (0xFFFF - ((total & 0xFFFF) + (total >> 16))).to_bytes(2, "big")
    return frame


def test_without_a_capture_it_is_judged_by_what_its_conductor_saw() -> None:
    replay = prepare(captured(HANDSHAKE), Routed())
    done = played(captured(HANDSHAKE))
    assert not replay.count(done.played, {}).problems
    spoilt = from_anna(UDP() / b"no router passes this on", chksum=0x1234)
    lost = played(captured([*HANDSHAKE, spoilt]), patience=0.2)
    assert lost.played.otherwise == {"lost": 1}
    assert replay.count(lost.played, {}).problems == lost.judged.problems
    assert lost.judged.problems == ("frame 6: sent by c-eth0, and not seen at s-eth0",)


def test_frames_of_one_lan_are_sent_as_recorded_where_routers_are_not_to_forward() -> None:
    done = played(captured(HANDSHAKE), Lan, routers="recorded")
    assert not done.judged.problems
    assert done.played.sent == len(HANDSHAKE)


def test_damaged_packets_are_played_without_a_crash() -> None:
    draw = random.Random(5)
    packets = []
    for _ in range(200):
        data = bytearray(bytes(draw.choice(HANDSHAKE)))
        for _ in range(draw.randint(1, 3)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        packets.append(bytes(data[: draw.choice((14, 20, 40, len(data)))]))
    for routers in ("real", "recorded"):
        capture = captured([*HANDSHAKE, *packets])
        wanted = {ANNA: "c", BERT: "s"}
        options = HostsOptions(routers=routers, map=wanted, points=ENDS, patience=0.01)
        done = replayed(capture, partial(Big, hosts=120), options)
        assert done.played.sent > len(HANDSHAKE)


def test_progress_can_end_a_replay() -> None:
    class EnoughError(Exception):
        pass

    def enough(done: int) -> None:
        raise EnoughError("only 1 of all")

    with pytest.raises(Exception, match="only 1"):
        replayed(
            captured(HANDSHAKE * 20, gap=100 * MS),
            Routed,
            HostsOptions(speed=1.0, points=ENDS),
            progress=enough,
        )


@pytest.mark.parametrize(
    ("capture", "options", "told"),
    [
        (captured(HANDSHAKE, linktype=113), {}, "link type 113"),
        (captured([b"\0" * 10]), {}, "10 bytes"),
        (captured([from_anna(UDP() / bytes(3000))]), {}, "MTU of c-eth0 is 1500"),
        (captured(HANDSHAKE, gap=-MS), {}, "1 ms earlier than frame 1"),
        (captured([]), {}, "nothing is left to send"),
        (
            captured([from_anna(UDP() / bytes(3000), flags="DF")]),
            {"too_large": "segment"},
            "neither a TCP segment",
        ),
        (captured(HANDSHAKE), {"map": {ANNA: "nobody"}}, "but c, x, s"),
        (captured(HANDSHAKE), {"map": {"10.0.0.1": "c"}}, f"but {ANNA}, {BERT}"),
        (
            captured([Ether(src=f"02:00:00:00:01:{n:02x}") / IP(src=f"10.1.1.{n}", dst=BERT) / UDP()
                      for n in range(1, 9)]),
            {},
            "no host is left",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_told_before_anything_is_sent(
    capture: Capture, options: dict[str, object], told: str
) -> None:
    with pytest.raises(ReplayError, match=told):
        prepare(capture, Routed(), options=HostsOptions(**options))  # type: ignore[arg-type] # as given


def test_a_capture_that_was_cut_is_refused() -> None:
    (frame,) = captured(HANDSHAKE[:1]).frames
    cut = Frame(1, frame.time, "", frame.data, 1000)
    with pytest.raises(ReplayError, match="was cut to 54 of 1000 bytes"):
        prepare(Capture((cut,), (Point(""),)), Routed())


def test_a_dry_run_tells_who_stands_for_whom() -> None:
    replay = prepare(captured(HANDSHAKE), Routed())
    lines = replay.told()
    assert f"{ANNA} -> c-eth0 (192.168.10.10)" in lines
    assert f"{BERT} -> s-eth0 (10.0.20.20)" in lines
    assert "198.51.100.0/24 -> 10.0.20.0/24" in lines
    assert "c-eth0 sends 3 frames" in lines
    assert replay.as_json()["sends"] == {"c-eth0": 3, "s-eth0": 2}


@given(st.lists(st.tuples(st.sampled_from(HANDSHAKE), st.integers(0, 80), st.binary(max_size=4))))
def test_damaged_packets_are_prepared_or_refused(spoilt: list[tuple[Packet, int, bytes]]) -> None:
    packets = []
    for packet, at, bits in spoilt:
        data = bytes(packet)
        packets.append(data[:at] + bits + data[at + len(bits) :])
    for routers in ("real", "recorded"):
        options = HostsOptions(routers=routers)
        try:
            replay = prepare(captured(packets), Routed(), options=options)
        except ReplayError:
            continue
        assert replay.total + sum(replay.left.values()) <= len(packets)
        assert replay.told()


def test_what_is_for_nobody_is_told() -> None:
    astray = from_anna(UDP() / b"x")
    astray[IP].dst = "127.0.0.1"
    capture = captured([*HANDSHAKE, astray])
    said = "1 frame is for nobody in the lab: not checked"
    replay = prepare(capture, Routed())
    assert said in replay.told()
    assert replay.as_json()["unchecked"] == 1
    done = played(capture)
    assert not done.judged.problems
    assert done.judged.details["remarks"] == [said]
