"""What this file is about, in a line.

`./lab run ./my_scenario.py` plays it, `./lab show ./my_scenario.py` explains it.
"""

from wirelab.scenarios.scenario import Look, scenario
from wirelab.scenarios.stage import Stage
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import ping
from wirelab.verify import seq, step


@scenario(
    "my-scenario",
    # The network: here one of the catalogue's. Of your own, in branch.py beside this file, it
    # is `from branch import Branch` above; `./lab new topology branch` writes that file.
    topology=Lan,
    # Where it is captured: an interface for each point. r1-eth0 is the first interface of r1.
    points={"c": "c-eth0"},
    # What defines the behaviour.
    rfcs=("RFC 826", "RFC 792"),
    # What must be seen, in this order. A step is a Wireshark display filter; ${c.ip} and ${c.mac}
    # are addresses of the lab, ${who_has.eth.src} is a field of an earlier step's packet.
    # `./lab fields ttl` finds fields; docs/expectations.md has all words: par, forwarded, never, …
    expect=seq(
        step("who_has", "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff"
                        " && arp.src.hw_mac == ${c.mac} && arp.src.proto_ipv4 == ${c.ip}"
                        " && arp.dst.hw_mac == 00:00:00:00:00:00"
                        " && arp.dst.proto_ipv4 == ${s.ip}"),
        step("is_at",   "arp.opcode == 2 && eth.dst == ${who_has.eth.src}"
                        " && arp.src.hw_mac == ${s.mac} && arp.src.proto_ipv4 == ${s.ip}"
                        " && arp.dst.hw_mac == ${c.mac} && arp.dst.proto_ipv4 == ${c.ip}",
                        within="1s"),
        step("echo",    "icmp.type == 8 && ip.src == ${c.ip} && ip.dst == ${s.ip}"
                        " && eth.dst == ${is_at.arp.src.hw_mac} && icmp.seq == 1"),
        step("reply",   "icmp.type == 0 && ip.src == ${s.ip} && ip.dst == ${c.ip}"
                        " && icmp.ident == ${echo.icmp.ident} && icmp.seq == ${echo.icmp.seq}",
                        within="1s"),
        # Each frame that one of these filters selects must be a step: none more, none twice.
        closed=["arp", "icmp"],
        at="c",
    ),
    # Where to look in Wireshark, and what is seen then.
    look=(Look("arp || icmp", "one question and one answer before the first echo request"),),
)  # fmt: skip
def my_scenario(lab: Stage) -> None:
    """The first packet to a neighbour waits for ARP.

    What it teaches: c knows the address of s, but not its MAC; it asks, and what it wanted to
    send waits until the answer is there.
    """
    # The traffic. lab["c"] is a host; wirelab.traffic has clients (ping, dig, curl, …) and
    # servers: `lab.start("s", Dnsmasq(…))` returns when it serves. lab["c"].run(["ip", "route"])
    # runs any program; lab.wait_for("icmp.type == 0", at="c") waits until a frame has passed.
    ping(lab["c"], lab["s"].ip(), count=1)
