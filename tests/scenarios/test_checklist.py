"""What the catalogue must have: its scenarios, and every technique, filter, field and behaviour."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wirelab.run import Job, Status, run_jobs
from wirelab.scenarios import CATALOGUE, TECHNIQUES
from wirelab.scenarios.search import filters
from wirelab.verify import display_filter, dissect, read_capture

_SCENARIOS = {
    "technique": "span-vs-port unicast-flooding haystack-profile stats-conversations capture-side"
    " duplicate-capture",
    "arp": "arp-cold-resolve arp-cache-hit arp-unicast-refresh arp-gratuitous arp-probe-announce"
    " arp-sweep arp-duplicate-ip arp-unanswered arp-first-packet-loss arp-proxy",
    "ip": "ip-fields ttl-hops ttl-os ipid lb-behind-vip dscp frag-source frag-router pmtud-df"
    " pmtud-blackhole frag-lost",
    "icmp": "ping-echo unreach-net unreach-host unreach-proto unreach-port unreach-admin redirect"
    " ttl-exceeded param-problem icmp-type-30 tcp-refused-filtered",
    "ipv6": "v6-boot v6-ndp v6-header v6-errors v6-frag v6-addresses v6-6in4",
    "udp": "udp-apps dns-late-answer",
    "dhcp": "dhcp-dora dhcp-broadcast-flag dhcp-relay dhcp-two-servers dhcp-decline"
    " dhcp-renew-rebind-release dhcp-nak dhcp-no-server",
    "dns": "dns-simple dns-cache dns-recursion dns-cname-authority dns-failures",
    "files": "ftp-failed-login ftp-passive ftp-active tftp sftp ftp-vs-sftp-vs-tftp tls-https",
}
"""The scenarios that must exist, by what they are about."""

_TYPED = {
    "a flag of TCP": r"tcp\.flags\.syn == 1",
    "ARP replies": r"arp\.opcode == 2",
    "gratuitous ARP": r"arp\.isgratuitous",
    "an address, whatever its direction": r"ip\.addr == ",
    "a whole protocol": r"^icmp$",
    "everything but": r"^!\(?arp\)?$",
    "the size of a frame": r"frame\.len >=? ",
    "one connection": r"tcp\.stream == ",
}
"""Filters that people type, as they are printed: a look or a step must have each."""

_FIELDS = {
    "Ethernet": "eth.src eth.dst",
    "ARP": "arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode arp.src.hw_mac"
    " arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4",
    "IPv4": "ip.version ip.hdr_len ip.dsfield.dscp ip.dsfield.ecn ip.len ip.id ip.flags"
    " ip.flags.mf ip.flags.df ip.frag_offset ip.ttl ip.proto",
    "ICMP": "icmp.type icmp.code icmp.checksum.status icmp.ident icmp.ident_le icmp.seq icmp.seq_le"
    " icmp.data_time icmp.data_time_relative data.len icmp.no_resp ip.src#2",
    "IPv6": "ipv6.version ipv6.tclass ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim ipv6.src ipv6.dst",
    "UDP": "udp.srcport udp.dstport udp.length udp.checksum",
    "DHCP": "dhcp.option.dhcp dhcp.option.hostname dhcp.option.request_list_item dhcp.option.end"
    " dhcp.option.dhcp_server_id dhcp.option.ip_address_lease_time"
    " dhcp.option.renewal_time_value dhcp.option.rebinding_time_value dhcp.option.subnet_mask"
    " dhcp.option.broadcast_address dhcp.option.domain_name_server dhcp.option.router"
    " dhcp.server dhcp.ip.relay dhcp.ip.client dhcp.ip.your",
    "DNS": "dns.id dns.flags dns.count.queries dns.count.answers dns.count.auth_rr"
    " dns.count.add_rr dns.qry.name dns.cname dns.a dns.ns dns.response_to dns.time",
    "FTP": "ftp.request.command ftp.request.arg ftp.response.code ftp.passive.ip ftp.passive.port",
}
"""Fields that people read: some capture must have each."""

_BEHAVIOURS = {
    # values of fields that mean something of their own
    "an ARP request for one alone": "arp.opcode == 1 && !(eth.dst[0] & 1)",
    "an ARP probe": "arp.isprobe",
    "an ARP announcement": "arp.isannouncement",
    "a gratuitous ARP request": "arp.isgratuitous && arp.opcode == 1",
    "a gratuitous ARP reply": "arp.isgratuitous && arp.opcode == 2",
    "an address that two hosts have": "arp.duplicate-address-detected",
    "a first TTL of 64": "ip.ttl == 64",
    "a first TTL of 128": "ip.ttl == 128",
    "a first TTL of 255": "ip.ttl == 255",
    "priority marking AF11": "ip.dsfield.dscp == 10",
    "a first fragment": "ip.flags.mf == 1 && ip.frag_offset == 0",
    "a last fragment": "ip.flags.mf == 0 && ip.frag_offset > 0",
    "1592 bytes of echo data": "icmp.type == 8 && data.len == 1592",
    "an echo without answer": "icmp.no_resp",
    "unreachable: network": "icmp.type == 3 && icmp.code == 0",
    "unreachable: host": "icmp.type == 3 && icmp.code == 1",
    "unreachable: protocol": "icmp.type == 3 && icmp.code == 2",
    "unreachable: port": "icmp.type == 3 && icmp.code == 3",
    "unreachable: fragmentation needed": "icmp.type == 3 && icmp.code == 4",
    "unreachable: network prohibited": "icmp.type == 3 && icmp.code == 9",
    "unreachable: host prohibited": "icmp.type == 3 && icmp.code == 10",
    "unreachable: filtered": "icmp.type == 3 && icmp.code == 13",
    "a redirect": "icmp.type == 5",
    "time exceeded on the way": "icmp.type == 11 && icmp.code == 0",
    "time exceeded in reassembly": "icmp.type == 11 && icmp.code == 1",
    "a parameter problem": "icmp.type == 12",
    "the deprecated type 30": "icmp.type == 30",
    "IPv6 unreachable: no route": "icmpv6.type == 1 && icmpv6.code == 0",
    "IPv6 unreachable: prohibited": "icmpv6.type == 1 && icmpv6.code == 1",
    "IPv6 unreachable: address": "icmpv6.type == 1 && icmpv6.code == 3",
    "IPv6 unreachable: port": "icmpv6.type == 1 && icmpv6.code == 4",
    "IPv6 packet too big": "icmpv6.type == 2",
    "IPv6 time exceeded": "icmpv6.type == 3 && icmpv6.code == 0",
    "IPv6 parameter problem": "icmpv6.type == 4",
    "duplicate address detection": "icmpv6.type == 135 && ipv6.src == ::",
    "a multicast listener report": "icmpv6.type == 143",
    "a router solicitation": "icmpv6.type == 133",
    "a router advertisement with a prefix": "icmpv6.type == 134 && icmpv6.opt.prefix",
    "an IPv6 fragment": "ipv6.fraghdr.offset > 0",
    "a flow label": "ipv6.flow > 0",
    "no flow label": "ipv6.flow == 0 && ipv6.nxt == 58 && icmpv6.type == 128",
    "a unique local address": "ipv6.src == fc00::/7",
    "a link-local address": "ipv6.src == fe80::/10",
    "IPv6 in IPv4": "ip.proto == 41",
    "an address by DHCPv6": "dhcpv6",
    "DHCP discover": "dhcp.option.dhcp == 1",
    "DHCP offer": "dhcp.option.dhcp == 2",
    "DHCP request": "dhcp.option.dhcp == 3",
    "DHCP decline": "dhcp.option.dhcp == 4",
    "DHCP acknowledgement": "dhcp.option.dhcp == 5",
    "DHCP refusal": "dhcp.option.dhcp == 6",
    "DHCP release": "dhcp.option.dhcp == 7",
    "DHCP inform": "dhcp.option.dhcp == 8",
    "DHCP client identifier": "dhcp.option.type == 61",
    "DHCP answers by broadcast": "dhcp.flags.bc == 1 && eth.dst == ff:ff:ff:ff:ff:ff"
    " && dhcp.type == 2",
    "DHCP through a relay": "dhcp.ip.relay != 0.0.0.0",
    "DHCP renewing": "dhcp.option.dhcp == 3 && dhcp.ip.client != 0.0.0.0 && !(eth.dst[0] & 1)",
    "DHCP rebinding": "dhcp.option.dhcp == 3 && dhcp.ip.client != 0.0.0.0 && eth.dst[0] & 1",
    "a reply with the flags 0x8180": "dns.flags == 0x8180",
    "a name by its address": "dns.qry.type == 12 && dns.flags.response == 1",
    "an IPv6 address by name": "dns.aaaa",
    "a name that does not exist": "dns.flags.rcode == 3",
    "a name server that fails": "dns.flags.rcode == 2",
    "an answer that is cut": "dns.flags.truncated == 1",
    "DNS over TCP": "tcp && dns",
    "an alias and an authority section": "dns.cname && dns.count.auth_rr > 0",
    "an application that nobody serves": "udp.dstport == 161 && !icmp",
    "a port unreachable about DNS": "icmp.type == 3 && icmp.code == 3 && udp.srcport == 53",
    "a login that fails": "ftp.response.code == 530",
    "FTP passive": 'ftp.request.command == "PASV"',
    "FTP extended passive": 'ftp.request.command == "EPSV"',
    "FTP active": 'ftp.request.command in {"PORT", "EPRT"}',
    "FTP upload": 'ftp.request.command == "STOR"',
    "FTP download": 'ftp.request.command == "RETR"',
    "a file by TFTP": "tftp.opcode == 3",
    "a file by SFTP": "ssh",
    "a server name for TLS": "tls.handshake.extensions_server_name",
    "a TCP handshake": "tcp.flags.syn == 1 && tcp.flags.ack == 1",
    "a TCP teardown": "tcp.flags.fin == 1",
    "a TCP reset": "tcp.flags.reset == 1",
    "a TCP retransmission": "tcp.analysis.retransmission",
    "a window of zero": "tcp.analysis.zero_window",
}
"""Behaviours: a frame of some capture must satisfy each filter."""

_BY_SETTING: dict[str, dict[str, int | str]] = {
    "ttl-os": {"ttl_c": 255},
    "frag-source": {"size": 1600},
    "unreach-admin": {"code": "10"},
    "v6-header": {"flow_label": "off"},
}
"""Settings without which some of these are not seen."""

_NOT_YET: frozenset[str] = frozenset()
"""What is still to come; what is here must not be among it."""


def _ids() -> list[str]:
    return [each for group in _SCENARIOS.values() for each in group.split()]


def _fields() -> list[str]:
    return [each for group in _FIELDS.values() for each in group.split()]


def _agrees(what: str, is_there: bool) -> None:
    if is_there:
        assert what not in _NOT_YET, f"{what!r} is here now: take it from _NOT_YET"
    elif what in _NOT_YET:
        pytest.skip("is still to come")
    else:
        pytest.fail(f"{what!r} is missing")


@pytest.mark.parametrize("scenario", _ids())
def test_the_scenario_exists(scenario: str) -> None:
    _agrees(scenario, scenario in CATALOGUE)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_the_technique_is_practised(technique: str) -> None:
    looks = [look for scenario in CATALOGUE.values() for look in scenario.look]
    used = {look.technique or "display filter" for look in looks}
    _agrees(technique, technique in used)


@cache
def _written() -> tuple[str, ...]:
    """Return every filter of the catalogue, as it is printed."""
    return tuple(str(each) for scenario in CATALOGUE.values() for each in filters(scenario))


@pytest.mark.parametrize("what", _TYPED)
def test_the_filter_is_typed_somewhere(what: str) -> None:
    _agrees(what, any(re.search(_TYPED[what], text) for text in _written()))


@pytest.fixture(scope="module")
def captures(
    results: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """The captures of the catalogue, and those with other settings."""
    chosen = [(CATALOGUE[name], values) for name, values in _BY_SETTING.items()]
    jobs = [Job(scenario, scenario.defaults() | values, 0) for scenario, values in chosen]
    outcomes = list(run_jobs(jobs, tmp_path_factory.mktemp("settings")))
    assert [each.reason for each in outcomes if each.status is not Status.PASSED] == []
    folders = [each["dir"] for each in results.values()] + [each.directory for each in outcomes]
    return [Path(folder) / "capture.pcapng" for folder in folders if folder]


@pytest.fixture(scope="module")
def seen(captures: list[Path]) -> dict[str, bool]:
    """Whether some frame of some capture satisfies each filter: fields and behaviours."""
    wanted = {text: display_filter(text) for text in (*_fields(), *_BEHAVIOURS.values())}
    found = dict.fromkeys(wanted, False)
    for capture in captures:
        packets = dissect(read_capture(capture).frames)
        for text in [text for text, is_seen in found.items() if not is_seen]:
            found[text] = any(map(wanted[text].selects, packets))
    return found


@pytest.mark.parametrize("field", _fields())
def test_the_field_is_in_some_capture(field: str, seen: dict[str, bool]) -> None:
    _agrees(field, seen[field])


@pytest.mark.parametrize("what", _BEHAVIOURS)
def test_the_behaviour_is_in_some_capture(what: str, seen: dict[str, bool]) -> None:
    _agrees(what, seen[_BEHAVIOURS[what]])


def test_what_is_still_to_come_is_something_that_is_wanted() -> None:
    wanted = {*_ids(), *TECHNIQUES, *_TYPED, *_fields(), *_BEHAVIOURS}
    assert wanted >= _NOT_YET
    assert len(wanted) == len([*_ids(), *TECHNIQUES, *_TYPED, *_fields(), *_BEHAVIOURS])
