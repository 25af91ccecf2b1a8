from wirelab.verify import (
    allow,
    either,
    forwarded,
    fragments,
    never,
    optional,
    par,
    reassembles_to,
    seq,
    step,
    stream,
)
from wirelab.verify.items import Either, Fragments, Item, Optional, Seq, Step
from wirelab.verify.lint import everything, validate
from wirelab.verify.match.points import points_of
from wirelab.verify.view import view

ROUTED = seq(
    step("request", "icmp.type == 8 && ip.ttl == 64 && eth.src == ${c.mac}", at="lan", within="1s"),
    forwarded("request", "lan", "wan"),
    step("reply", "icmp.type == 0 && icmp.seq == ${request.icmp.seq}", at="wan"),
    forwarded("reply", "wan", "lan"),
    closed=["icmp"],
    allow=[allow("noise", "icmp.type == 5", most=1, at="wan")],
)


def steps(item: Item | None) -> dict[str, str]:
    assert item is not None
    validate(item)
    return {each.name: str(each.filter) for each in everything(item) if isinstance(each, Step)}


def test_a_step_of_the_point_stays_as_it_is() -> None:
    assert steps(view(ROUTED, "lan"))["request"] == (
        "icmp.type == 8 && ip.ttl == 64 && eth.src == ${c.mac}"
    )


def test_a_packet_that_comes_by_is_the_step_less_what_a_router_changes() -> None:
    assert steps(view(ROUTED, "wan")) == {
        "request": "icmp.type == 8",
        "reply": "icmp.type == 0 && icmp.seq == ${request.icmp.seq}",
    }


def test_the_same_frame_seen_elsewhere_on_the_link_keeps_its_addresses() -> None:
    told = seq(
        step("garp", "arp && eth.src == ${s.mac}", at="s"), forwarded("garp", "s", "x", hops=0)
    )
    assert steps(view(told, "x")) == {"garp": "arp && eth.src == ${s.mac}"}


def test_what_a_translator_changes_is_not_asked() -> None:
    item = seq(
        step("out", "ip.src == ${c.ip} && ip.dst == ${s.ip}", at="lan"),
        forwarded("out", "lan", "wan", rewrites=["ip.src"]),
    )
    assert steps(view(item, "wan")) == {"out": "ip.dst == ${s.ip}"}


def test_what_refers_to_a_step_elsewhere_is_not_asked() -> None:
    item = seq(
        step("probe", "udp", at="lan"),
        step("arp", "arp.opcode == 1 && arp.dst.proto_ipv4 == ${probe.ip.dst}", at="wan"),
        step("error", "icmp.type == 3", at="wan", quotes="probe", within="1s", of="probe"),
    )
    seen = view(item, "wan")
    assert steps(seen) == {"arp": "arp.opcode == 1", "error": "icmp.type == 3"}
    (error,) = [each for each in everything(seen or item) if getattr(each, "name", "") == "error"]
    assert isinstance(error, Step)
    assert (error.quotes, error.of, error.within) == (None, None, None)


def test_allowances_of_other_points_are_left_out() -> None:
    lan, wan = view(ROUTED, "lan"), view(ROUTED, "wan")
    assert isinstance(lan, Seq)
    assert isinstance(wan, Seq)
    assert not lan.allow
    assert [each.name for each in wan.allow] == ["noise"]


def test_a_view_speaks_of_one_point_only() -> None:
    for point in ("lan", "wan"):
        seen = view(ROUTED, point)
        assert seen is not None
        assert set(points_of(seen)) <= {None, point}


def test_of_a_point_where_nothing_is_expected_there_is_no_view() -> None:
    assert view(ROUTED, "dmz") is None


def test_an_alternative_that_cannot_be_seen_may_be_what_happened() -> None:
    item = seq(
        step("always", "udp", at="lan"),
        either(step("here", "icmp", at="lan"), step("there", "icmp", at="wan")),
        optional(step("elsewhere", "arp", at="wan")),
    )
    seen = view(item, "lan")
    assert isinstance(seen, Seq)
    assert isinstance(seen.items[1], Optional)
    assert isinstance(seen.items[1].item, Either)
    assert len(seen.items) == 2


def test_a_ban_stays_only_where_its_window_can_be_seen() -> None:
    item = seq(
        step("here", "udp", at="lan"),
        step("there", "udp", at="wan"),
        par(never("icmp", since="here", at="lan"), never("icmp", since="there", at="lan")),
        never("icmp", at="wan"),
    )
    seen = view(item, "lan")
    assert seen is not None
    bans = [each for each in everything(seen) if type(each).__name__ == "Never"]
    assert [getattr(each, "since", "") for each in bans] == ["here"]


def test_fragments_and_streams_are_seen_without_what_was_cut_elsewhere() -> None:
    item = seq(
        step("whole", "icmp", at="lan"),
        fragments("cut", "ip", mtu=1400, of="whole", at="wan"),
        reassembles_to("cut", "whole", length=1480),
        reassembles_to("cut", "whole"),
        stream("file", "tcp", equals=b"x", at="wan"),
    )
    seen = view(item, "wan")
    assert isinstance(seen, Seq)
    validate(seen)
    cut, length, file = seen.items
    assert isinstance(cut, Fragments)
    assert cut.of is None
    assert getattr(length, "step", "") is None
    assert getattr(file, "name", "") == "file"
