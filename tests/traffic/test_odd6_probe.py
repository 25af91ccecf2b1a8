"""Packets that their receiver cannot read."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.routed6 import Routed6
from wirelab.traffic.clients import Refusal, odd6_probe


def test_an_unknown_header_and_option_are_pointed_at(play: Any) -> None:
    def work(lab: Lab) -> tuple[Refusal, Refusal, str]:
        c, server = lab["c"], lab["s"].ip6()
        header = odd6_probe(c, server, header=253)
        return header, odd6_probe(c, server, port=33999, option=0x9E), server

    header, option, server = play(Routed6(), work)
    assert header == Refusal(4, 1, 6, server)
    assert option == Refusal(4, 2, 42, server)


def test_an_option_that_may_be_skipped_is_read_over(play: Any) -> None:
    def work(lab: Lab) -> Refusal:
        return odd6_probe(lab["c"], lab["s"].ip6(), port=33999, option=0x1E)

    refusal = play(Routed6(), work)
    assert (refusal.type, refusal.code) == (1, 4)


def test_silence_is_no_refusal(play: Any) -> None:
    def work(lab: Lab) -> Refusal:
        lab["s"].run(["nft", "-f", "-"], input=_DROP)
        return odd6_probe(lab["c"], lab["s"].ip6(), port=33999, wait=0.1)

    assert play(Routed6(), work) == Refusal(None, None, None, "")


_DROP = """
table ip6 filter {
    chain input { type filter hook input priority 0; udp dport 33999 drop; }
}
"""
