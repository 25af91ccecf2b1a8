"""ICMP messages that nobody sends any more: crafted, so that one has seen them."""

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.routed import Routed
from wirelab.traffic.crafted import send_crafted, trace_report, traced_echo
from wirelab.verify import forwarded, seq, step

_GIGABIT = 125_000_000  # bytes a second
_MTU = 1500  # bytes
# Return hop count (none), speed and MTU of the next link, as they stand in a report.
_REPORTED = f"ff:ff:{_GIGABIT.to_bytes(4, 'big').hex(':')}:{_MTU.to_bytes(4, 'big').hex(':')}"


@scenario(
    "icmp-type-30",
    topology=Routed,
    points={"lan": "r1-eth0", "wan": "r1-eth1"},
    rfcs=("RFC 1393 sections 2.2 and 2.3", "RFC 6918", "RFC 6814"),
    origin="crafted",
    expect=seq(
        step(
            "traced",
            "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip} && ip.hdr_len == 32"
            " && ip.opt.type == 82 && ip[20:2] == 52:0c && ip[22:2] == ${trace.id}"
            " && ip[24:4] == 00:00:ff:ff && icmp[4:2] == ${trace.id}",
            at="lan",
        ),
        forwarded("traced", "lan", "wan", within="1s"),
        step(
            "reply",
            "icmp.type == 0 && ip.src == ${s.ip} && ip.dst == ${c.ip}"
            " && icmp.ident == ${traced.icmp.ident} && ip.hdr_len == 20",
            within="1s",
            at="wan",
        ),
        forwarded("reply", "wan", "lan", within="1s"),
        step(
            "report",
            "icmp.type == 30 && icmp.code == 0 && ip.src == ${r1.ip} && ip.dst == ${c.ip}"
            " && ip.len == 40 && frame[38:2] == ${trace.id} && frame[40:4] == 00:00:00:01"
            f" && frame[44:10] == {_REPORTED}",
            at="lan",
        ),
        closed=["ip", "icmp"],
    ),
    equivalents=(IP_ID, DONT_FRAGMENT),
    look=(
        Look("icmp.type == 30", "a type without a use: Wireshark names it and shows no more"),
        Look("ip.opt.type == 82", "the option that asks for it, behind the IP header"),
        Look(
            "icmp.type == 30",
            "one report for each router; traceroute needs a probe and an error for each",
            technique="displayed count",
        ),
    ),
)
def icmp_type_30(lab: Stage) -> None:
    """ICMP type 30, the traceroute that never came.

    The idea: a packet carries an option, and each router that passes it on reports itself to
    the sender, with the speed and MTU of the link that it took. One packet traces the whole
    way, where traceroute needs one for each hop. But routers had to learn it, and did not: the
    option and the message are deprecated. No stack sends either, so both are crafted here;
    the router only carries the option along, and the server's reply to the echo is real. That
    is why the report comes late, after the reply, and with a hop count of 1 where the option
    still says 0: a router that knew the option would count itself there, and report when it
    passes the packet on (RFC 1393).
    """
    c, s, r1 = lab["c"].ip(), lab["s"].ip(), lab["r1"].ip()
    ident = lab.random.randrange(1, 1 << 16)
    lab.names["trace.id"] = ident.to_bytes(2, "big").hex(":")
    send_crafted(lab["c"], traced_echo(c, s, ident, lab.random.randbytes(32)))
    lab.wait_for("icmp.type == 0", at="lan")
    report = trace_report(r1, c, ident, hops=1, speed=_GIGABIT, mtu=_MTU)
    send_crafted(lab["r1"], report)
    lab.wait_for("icmp.type == 30", at="lan")
