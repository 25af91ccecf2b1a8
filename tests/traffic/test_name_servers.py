"""NSD, BIND and unbound: their configuration, and a name resolved from the root down."""

from typing import Any

import pytest
from mininet.topo import Topo
from traffic_labs import in_lab

from wirelab.emulator import DaemonDied, Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Dig, dig
from wirelab.traffic.daemon import Place, Running, start, start_together
from wirelab.traffic.servers import Named, Nsd, Record, Unbound, Zone, name_servers

RECURSORS = pytest.mark.parametrize("recursor", [Named, Unbound])
NAME, ALIAS = "www.example.test", "www.example.test.cdn.example"


class Servers(Topo):
    """A client, a recursor, and four name servers on one switch."""

    def build(self) -> None:
        switch = self.addSwitch("s1")
        for number, name in enumerate(("c", "rec", "root", "tld", "auth", "cdn"), start=1):
            self.addLink(self.addHost(name, ip=f"10.0.0.{number}/24"), switch)


def _zones(lab: Lab) -> dict[str, tuple[Zone, ...]]:
    root, tld, auth, cdn = ({"ns": lab[node].ip()} for node in ("root", "tld", "auth", "cdn"))
    top = name_servers("test.", {"ns.test.": tld["ns"]})
    both = (*name_servers("@", {"a.root.": root["ns"]}), *top, Record("example.", "NS", "ns.test."))
    test = (*name_servers("@", tld), *name_servers("example", {"ns.example": auth["ns"]}))
    example = (Record("@", "NS", "ns.test."), *name_servers("cdn", {"ns.cdn": cdn["ns"]}))
    addresses = tuple(Record("www.example.test", "A", f"203.0.113.{n}") for n in (10, 11))
    return {
        "root": (Zone(".", both, primary="a.root."),),
        "tld": (Zone("test.", test, primary="ns"), Zone("example.", example, primary="ns.test.")),
        "auth": (
            Zone(
                "example.test.",
                (*name_servers("@", auth), Record("www", "CNAME", f"{ALIAS}.")),
                primary="ns",
            ),
        ),
        "cdn": (Zone("cdn.example.", (*name_servers("@", cdn), *addresses), primary="ns"),),
    }


def _start_all(lab: Lab, recursor: Any) -> list[Running]:
    servers = [(lab[node], Nsd(zones)) for node, zones in _zones(lab).items()]
    hints = {"a.root": lab["root"].ip()}
    return start_together(lab, [*servers, (lab["rec"], recursor(hints))])


@RECURSORS
def test_a_name_is_resolved_from_the_root_down(recursor: Any, play: Any) -> None:
    def work(lab: Lab) -> tuple[Dig, Dig, list[dict[str, Any]]]:
        running = _start_all(lab, recursor)
        server = lab["rec"].ip()
        found = dig(lab["c"], server, NAME), dig(lab["c"], server, f"no.{NAME}", edns=True)
        for each in running:
            each.check()
        for each in reversed(running):
            each.stop()
        return *found, [each.facts() for each in running]

    answer, missing, facts = play(Servers(), work)
    assert (answer.status, answer.flags) == ("NOERROR", ("qr", "rd", "ra"))
    assert [(record.type, record.data) for record in answer.answers] == [
        ("CNAME", f"{ALIAS}."),
        ("A", "203.0.113.10"),
        ("A", "203.0.113.11"),
    ]
    assert missing.status == "NXDOMAIN"
    assert [query["name"] for query in facts[-1]["queries"]] == [NAME, f"no.{NAME}"]
    assert facts[3]["zones"]["cdn.example."]["records"][-1] == "www.example.test A 203.0.113.11"


def test_bind_tells_the_authority_too() -> None:
    def work(lab: Lab) -> Dig:
        _start_all(lab, Named)
        return dig(lab["c"], lab["rec"].ip(), NAME)

    answer = in_lab(Servers(), work)
    assert answer.counts == (1, 3, 1, 1)
    assert [record.data for record in answer.authority] == ["ns.cdn.example."]


def test_an_authoritative_server_refers_and_answers() -> None:
    def work(lab: Lab) -> tuple[Dig, Dig]:
        zones = _zones(lab)
        start_together(lab, [(lab[node], Nsd(zones[node])) for node in ("root", "auth")])
        ask = lambda node: dig(lab["c"], lab[node].ip(), NAME, recurse=False)  # noqa: E731
        return ask("root"), ask("auth")

    referral, answer = in_lab(Servers(), work)
    assert (referral.flags, referral.answers) == (("qr",), ())
    assert [record.data for record in referral.authority] == ["ns.test."]
    assert [record.type for record in referral.additional] == ["A"]
    assert answer.flags == ("qr", "aa")
    assert [record.type for record in answer.answers] == ["CNAME"]


def test_a_zone_that_nsd_cannot_read_is_reported() -> None:
    zone = Zone("test.", (Record("@", "NS", "ns"), Record("ns", "A", "1.2.3.400")), primary="ns")
    with pytest.raises(DaemonDied, match="nsd on s cannot read its zones") as caught:
        in_lab(Lan(), lambda lab: start(lab, lab["s"], Nsd((zone,))))
    assert "invalid IPv4 address '1.2.3.400'" in caught.value.log_tail


@RECURSORS
def test_hints_that_make_no_sense_are_reported(recursor: Any) -> None:
    with pytest.raises(DaemonDied, match="ended with exit status 1") as caught:
        in_lab(Lan(), lambda lab: start(lab, lab["s"], recursor({"a.root": "nowhere"})))
    assert "root.hints" in caught.value.log_tail


@RECURSORS
def test_priming_fails_without_a_root_server(recursor: Any) -> None:
    def work(lab: Lab) -> str:
        running = start(lab, lab["s"], recursor({"a.root": "127.0.0.9"}, primed=False))
        running.check()
        return running.daemon.name

    assert in_lab(Lan(), work) == recursor.__name__.lower()


def test_nsd_serves_where_it_is_told_to(place: Place) -> None:
    files = Nsd((Zone("test.", (), primary="ns"),), address="192.168.10.2").files(place)
    assert "  ip-address: 192.168.10.2" in str(files["nsd.conf"]).splitlines()
    assert '  zonefile: "test.zone"' in str(files["nsd.conf"]).splitlines()
    assert set(files) == {"nsd.conf", "test.zone"}


@pytest.mark.parametrize(
    ("daemon", "file", "lines"),
    [
        (Named({}), "named.conf", ("  qname-minimization off;", "  minimal-responses no;")),
        (
            Named({}, minimal_responses=True, qname_minimization=True),
            "named.conf",
            ("  qname-minimization relaxed;", "  minimal-responses yes;"),
        ),
        (Unbound({}), "unbound.conf", ("  qname-minimisation: no",)),
        (Unbound({}, qname_minimization=True), "unbound.conf", ("  qname-minimisation: yes",)),
        (Nsd((), minimal_responses=True), "nsd.conf", ("  minimal-responses: yes",)),
    ],
)
def test_switches_are_lines_of_the_configuration(
    daemon: Any, file: str, lines: tuple[str, ...], place: Place
) -> None:
    assert set(lines) <= set(daemon.files(place)[file].splitlines())
