"""Packets that no stack sends."""

import struct
from typing import Any

from scapy.layers.inet import ICMP, IP

from wirelab.emulator import Lab
from wirelab.topologies.routed import Routed
from wirelab.traffic.crafted import send_crafted, trace_report, traced_echo

NEAR, CLIENT, SERVER = "192.168.10.1", "192.168.10.10", "10.0.20.20"


def test_a_traced_echo_carries_the_option_with_its_originator() -> None:
    packet = IP(traced_echo(CLIENT, SERVER, 0x1234, b"data"))
    option = struct.pack("!BBHHH", 82, 12, 0x1234, 0, 0xFFFF) + bytes((192, 168, 10, 10))
    assert bytes(packet)[20:32] == option
    assert (packet[ICMP].type, packet[ICMP].id, bytes(packet[ICMP].payload)) == (8, 0x1234, b"data")


def test_a_report_is_an_icmp_message_of_20_bytes_with_a_right_checksum() -> None:
    packet = IP(trace_report(NEAR, CLIENT, 0x1234, hops=3, speed=1000, mtu=1500))
    message = bytes(packet.payload)
    assert message[4:] == struct.pack("!HHHHII", 0x1234, 0, 3, 0xFFFF, 1000, 1500)
    assert (message[0], sum(struct.unpack("!10H", message)) % 0xFFFF) == (30, 0)


def test_crafted_packets_are_sent_and_answered(play: Any) -> None:
    def work(lab: Lab) -> int:
        c, s = lab["c"], lab["s"]
        send_crafted(
            c, traced_echo(c.ip(), s.ip(), 7, b"data"), traced_echo(c.ip(), s.ip(), 8, b"")
        )
        counters = s.run(["cat", "/proc/net/snmp"]).stdout
        heads, values = (line.split() for line in counters.splitlines() if line.startswith("Icmp:"))
        return int(dict(zip(heads, values, strict=True))["OutEchoReps"])

    assert play(Routed(), work) == 2
