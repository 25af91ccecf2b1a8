"""`Lab`: Mininet's contracts, quiet wires, taps from the first packet on."""

from typing import Any

import pytest
from mininet.topo import Topo

from wirelab.emulator import Lab, NodeError, TopologyError, sandbox
from wirelab.emulator.links import packed_mac
from wirelab.topologies.lan import Lan
from wirelab.topologies.routed import Routed
from wirelab.topologies.routed6 import Routed6
from wirelab.topologies.span import Span


def _in_lab(topo: Topo, work: Any, **options: Any) -> Any:
    """Return `work(lab)` for a started lab, in a sandbox."""

    def body() -> Any:
        with Lab(topo, **options) as lab:
            return work(lab)

    return sandbox.call(body)


@pytest.mark.parametrize("topo", [Lan(), Routed(), Routed(hops=3)], ids=["lan", "routed", "hops"])
@pytest.mark.parametrize("seed", [0, 5])
def test_every_host_reaches_every_other(topo: Topo, seed: int) -> None:
    assert _in_lab(topo, lambda lab: lab.pingAll(), seed=seed) == 0.0


def test_every_interface_sends_when_the_lab_is_ready() -> None:
    """One that has a carrier and is not operational yet drops what it is given."""

    def body() -> list[str]:
        with Lab(Routed(hops=3)) as lab:
            told = [host.run(["ip", "-o", "link", "show", "up"]).stdout for host in lab.hosts]
        lines = [line for each in told for line in each.splitlines() if "LOOPBACK" not in line]
        return [line for line in lines if "state UP" not in line]

    assert sandbox.call(body) == []


def test_ipv6_addresses_are_usable_when_the_lab_is_ready() -> None:
    def work(lab: Lab) -> str:
        return lab["c"].run(["ping", "-6", "-c1", "-W2", lab["s"].ip6()]).stdout

    assert "1 received" in _in_lab(Routed6(), work)


def test_the_first_packet_is_captured_at_all_points() -> None:
    def work(lab: Lab) -> list[tuple[str, bool, str]]:
        lab["c"].run(["ping", "-c1", lab["s"].ip()])
        return [(f.point, f.outgoing, f.data[12:14].hex()) for f in lab.taps.frames()]

    seen = _in_lab(Lan(), work, taps={"c": "c-eth0", "s": "s-eth0"})
    assert seen[0] == ("c", True, "0806")
    assert seen.count(("c", True, "0800")) == seen.count(("s", False, "0800")) == 1
    assert len(seen) == 8


def test_a_quiet_network_sends_nothing_by_itself() -> None:
    seen = _in_lab(Routed(), lambda lab: lab.taps.frames(), taps={"c": "c-eth0", "s1": "s1-eth1"})
    assert seen == ()


def test_another_seed_moves_every_address_the_same_way_each_time() -> None:
    names = [_in_lab(Routed(), lambda lab: lab.names(), seed=seed) for seed in (0, 3, 3)]
    assert names[0]["c.ip"] == "192.168.10.10"
    assert names[1] == names[2]
    assert not set(names[0].values()) & set(names[1].values())


def test_an_mtu_holds_at_both_ends() -> None:
    def work(lab: Lab) -> str:
        return lab["r1"].run(["ip", "link"]).stdout + lab["s"].run(["ip", "link"]).stdout

    assert _in_lab(Routed(mtu=1400), work).count("mtu 1400") == 2


@pytest.mark.parametrize("mtu", [67, 65536])
def test_an_mtu_out_of_range_is_refused(mtu: int) -> None:
    with pytest.raises(TopologyError, match="68 to 65535"):
        _in_lab(Routed(mtu=mtu), lambda lab: None)


def test_ends_with_different_mtus_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    class Uneven(Topo):
        def build(self) -> None:
            one, two = self.addHost("a", ip="10.0.0.1/24"), self.addHost("b", ip="10.0.0.2/24")
            self.addLink(one, two, params1={"mtu": 1500}, params2={"mtu": 1400})

    def body() -> list[str]:
        with Lab(Uneven()):
            return [record.getMessage() for record in caplog.records]

    assert "a-eth0 1500, b-eth0 1400" in sandbox.call(body)[0]


def test_a_tap_on_no_interface_is_refused() -> None:
    with pytest.raises(NodeError, match="c-eth7"):
        _in_lab(Lan(), lambda lab: None, taps={"c": "c-eth7"})


def test_a_nameserver_may_change_while_programs_run() -> None:
    def work(lab: Lab) -> tuple[str, str, str]:
        c, s = lab["c"], lab["s"]
        shown = ["cat", "/etc/resolv.conf"]
        before = c.run(shown).stdout
        for node in (c, s):  # one has started a program, the other has not
            node.use_nameserver("192.168.10.7")
        return before, c.run(shown).stdout, s.run(shown).stdout

    line = "nameserver 192.168.10.7\n"
    assert _in_lab(Lan(), work) == ("", line, line)


def test_a_node_has_its_own_names_and_resolver() -> None:
    class Named(Lan):
        def build(self) -> None:
            super().build()
            self.nodeInfo("c").update(nameserver="192.168.10.1", hosts={"printer": "192.168.10.9"})

    def work(lab: Lab) -> list[str]:
        shown = ["cat /etc/resolv.conf", "getent hosts printer s", "hostname", "ls /run"]
        return [lab["c"].run(["sh", "-c", command]).stdout for command in shown]

    resolver, hosts, name, run = _in_lab(Named(), work)
    assert resolver == "nameserver 192.168.10.1\n"
    assert [line.split() for line in hosts.splitlines()] == [
        ["192.168.10.9", "printer"],
        ["192.168.10.1", "s"],
    ]
    assert name == "c\n"
    assert run == "wirelab\n"


def test_a_sysctl_of_one_node_is_not_the_others() -> None:
    class Tuned(Lan):
        def build(self) -> None:
            super().build()
            self.nodeInfo("s")["sysctls"] = {"net.ipv4.ip_default_ttl": 128}

    def work(lab: Lab) -> str:
        return lab["c"].run(["ping", "-c1", lab["s"].ip()]).stdout

    assert "ttl=128" in _in_lab(Tuned(), work)


def test_hosts_send_no_tail_loss_probes() -> None:
    def work(lab: Lab) -> list[str]:
        return [lab[n].namespace.read_sysctl("net.ipv4.tcp_early_retrans") for n in ("c", "s")]

    assert _in_lab(Lan(), work) == ["0", "0"]


def test_a_mirror_port_gets_a_copy_of_both_directions() -> None:
    class Mirrored(Lan):
        def build(self) -> None:
            super().build()
            self.nodeInfo("s1")["mirror"] = {"from": "s1-eth1", "to": "s1-eth2"}

    def work(lab: Lab) -> list[str]:
        lab["c"].run(["ping", "-c1", lab["s"].ip()])
        return [frame.data[12:14].hex() for frame in lab.taps.frames()]

    class Ordered(Mirrored):
        pass

    seen = _in_lab(Ordered(), work, taps={"x": "x-eth0"})
    assert seen.count("0800") == 2


def test_a_mirror_port_gets_nothing_but_copies_and_lets_nothing_in() -> None:
    def work(lab: Lab) -> list[tuple[str, bool, bool]]:
        lab["c"].run(["ping", "-c1", lab["s"].ip()])
        lab["m"].run(["arping", "-D", "-c1", "-w1", "-I", "m-eth0", lab["s"].ip()], check=False)
        broadcasts = [f for f in lab.taps.frames() if f.data[:6] == b"\xff" * 6]
        sender = packed_mac(lab["m"].mac())
        return [(f.point, f.outgoing, f.data[6:12] == sender) for f in broadcasts]

    seen = _in_lab(Span(), work, taps={"m": "m-eth0", "x": "x-eth0"})
    assert sorted(seen) == [("m", False, False), ("m", True, True), ("x", False, False)]


def test_a_shell_is_started_only_when_somebody_types() -> None:
    def work(lab: Lab) -> tuple[bool, str, bool]:
        before = lab["c"].shell is None
        return before, lab["c"].cmd("echo $((40 + 2))").strip(), lab["c"].shell is None

    assert _in_lab(Lan(), work) == (True, "42", False)


def test_sockets_are_read_from_the_kernel() -> None:
    def work(lab: Lab) -> list[tuple[str, str, int, str]]:
        import socket

        with lab["s"].namespace.entered():
            server = socket.create_server((lab["s"].ip(), 2121))
        found = [(s.proto, s.ip, s.port, s.state) for s in lab["s"].sockets()]
        server.close()
        return found

    assert _in_lab(Lan(), work) == [("tcp", "192.168.10.1", 2121, "listen")]
