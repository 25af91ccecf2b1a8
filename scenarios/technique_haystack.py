"""A haystack: many things at once in one capture, to be told apart."""

from wirelab.scenarios.equivalents import (
    DONT_FRAGMENT,
    FTP_TEXT,
    IP_ID,
    QUOTED_TTL,
    TCP_OFFERS,
    WEB_CLIENT,
)
from wirelab.scenarios.scenario import Look, Setting, Settings, scenario
from wirelab.scenarios.stage import Stage
from wirelab.scenarios.technique_conversations import CLOSED, download
from wirelab.topologies.haystack import Haystack
from wirelab.traffic.clients import curl, dig, ftp_session, traceroute, udp_probe
from wirelab.traffic.clients.ping import parse_ping
from wirelab.traffic.servers import Httpd, Nsd, Pyftpd, Record, User, Zone, name_servers
from wirelab.verify import Item, never, par, seq, step

_NAME = "www.example.test"
_SNMP = 161
_REFUSED = "icmp.type#1 == 3 && icmp.code#1 == 3 && ip.src#1 == ${srv.ip}"
_LOGIN = (("USER", "anonymous", 331), ("PASS", "chrome@example.com", 530), ("QUIT", "", 221))
"""What the client says over FTP, and the number of the answer."""


def _way(client: str, *, back: bool = False) -> str:
    ends = ("srv", client) if back else (client, "srv")
    return f"ip.src == ${{{ends[0]}.ip}} && ip.dst == ${{{ends[1]}.ip}}"


def _resolves(client: str) -> Item:
    """A workstation finds its router."""
    return seq(
        step(
            f"{client}_asks",
            "arp.opcode == 1 && eth.dst == ff:ff:ff:ff:ff:ff && arp.dst.proto_ipv4 == ${r1.ip}"
            f" && arp.src.hw_mac == ${{{client}.mac}} && arp.src.proto_ipv4 == ${{{client}.ip}}",
        ),
        step(
            f"{client}_told",
            f"arp.opcode == 2 && eth.dst == ${{{client}.mac}} && arp.src.hw_mac == ${{r1.mac}}"
            f" && arp.src.proto_ipv4 == ${{r1.ip}} && arp.dst.proto_ipv4 == ${{{client}.ip}}",
        ),
    )


def _looks_up(client: str) -> Item:
    """A name, and its address."""
    question = f'dns.qry.name == "{_NAME}" && dns.qry.type == 1'
    return seq(
        step("query", f"dns.flags == 0x0100 && {question} && {_way(client)} && udp.dstport == 53"),
        step(
            "response",
            f"dns.flags == 0x8500 && {question} && {_way(client, back=True)}"
            " && dns.id == ${query.dns.id} && udp.dstport == ${query.udp.srcport}"
            " && dns.count.answers == 1 && all dns.a == ${srv.ip} && dns.resp.ttl === 3600"
            ' && dns.ns == "ns.example.test"',
        ),
    )


def _reply(code: int) -> str:
    return (
        f'tcp.flags == 0x018 && ftp.response.code == {code} && ftp contains "{code} "'
        " && ftp contains 0d:0a"
    )


def _fails_to_log_in(client: str) -> Item:
    """An FTP session that comes to nothing."""
    to_server = f"{_way(client)} && tcp.dstport == 21"
    to_client = f"{_way(client, back=True)} && tcp.srcport == 21"
    return seq(
        step("ftp_syn", f"{to_server} && tcp.flags == 0x002"),
        step("ftp_syn_ack", f"{to_client} && tcp.flags == 0x012 && tcp.ack == 1"),
        step("greeting", f"{to_client} && tcp.seq == 1 && {_reply(220)}"),
        *(
            part
            for command, argument, code in _LOGIN
            for part in (
                step(
                    command,
                    f'{to_server} && tcp.flags == 0x018 && ftp.request.command == "{command}"'
                    + (f' && ftp.request.arg == "{argument}"' if argument else ""),
                ),
                step(
                    f"{command}_reply",
                    f"{to_client} && {_reply(code)}",
                ),
            )
        ),
        par(
            step("ftp_client_fin", f"{to_server} && tcp.flags == 0x011"),
            step("ftp_server_fin", f"{to_client} && tcp.flags == 0x011"),
        ),
    )


def _traces(client: str) -> Item:
    """The router and the server give themselves away."""
    probe, back = f"udp && {_way(client)}", f"ip.dst#1 == ${{{client}.ip}}"
    return seq(
        step("probe1", f"{probe} && ip.ttl == 1"),
        step("hop1", f"icmp.type#1 == 11 && icmp.code#1 == 0 && ip.src#1 == ${{r1.ip}} && {back}",
             quotes="probe1"),
        step("probe2", f"{probe} && ip.ttl == 2"),
        step("hop2", f"{_REFUSED} && {back}",
             quotes="probe2"),
    )  # fmt: skip


def _asks_a_closed_port(client: str) -> Item:
    back = f"ip.dst#1 == ${{{client}.ip}}"
    return seq(
        step("snmp", f"{_way(client)} && udp.dstport == {_SNMP}"),
        step("closed", f"{_REFUSED} && {back}",
             quotes="snmp"),
    )  # fmt: skip


def _pings(client: str, count: int) -> Item:
    return seq(
        *(
            part
            for n in range(1, count + 1)
            for part in (
                step(f"echo{n}", f"icmp.type == 8 && icmp.seq == {n} && {_way(client)}"),
                step(
                    f"reply{n}",
                    f"icmp.type == 0 && icmp.seq == {n} && {_way(client, back=True)}"
                    f" && icmp.ident == ${{echo{n}.icmp.ident}}",
                ),
            )
        )
    )


def _haystack(settings: Settings) -> Item:
    return seq(
        par(
            seq(_resolves("c1"), _looks_up("c1"), download("page", "c1", "srv")),
            seq(_resolves("c2"), _fails_to_log_in("c2"), _traces("c2"), _asks_a_closed_port("c2")),
            seq(_resolves("c3"), _pings("c3", settings["count"])),
        ),
        never("tcp.flags.reset == 1"),
        never("tcp.srcport == 80 && ip.dsfield != 0"),
        closed=["arp", "udp", "icmp", *CLOSED],
        at="m",
    )


@scenario(
    "haystack-profile",
    topology=Haystack,
    points={"m": "m-eth0"},
    rfcs=("RFC 1122 section 1.1.3",),
    settings=(Setting("count", 12, "echo requests all the while", 5, 40, "requests"),),
    expect=_haystack,
    equivalents=(IP_ID, DONT_FRAGMENT, QUOTED_TTL, *TCP_OFFERS, WEB_CLIENT, FTP_TEXT),
    look=(
        Look("", "columns for the time since the packet shown before, the TTL and the ports; for"
             " what follows buttons and colours", technique="custom profile"),
        Look("tcp.flags.syn == 1", "where connections begin: two rows for each, however many"
             " packets follow", technique="filter button"),
        Look("icmp.type == 3 || icmp.type == 11", "errors stand out of the rest",
             technique="colouring rule"),
        Look("tcp.flags.syn == 1", "how long each server takes to accept, when only these are"
             " shown", technique="delta column"),
        Look("!arp && !dns && !(icmp.type in {0, 8})", "the haystack without pings, names and ARP",
             technique="exclusion"),
        Look(f"icmp.type == 3 && udp.dstport == {_SNMP}", "which packet the error is about: its"
             " ports are quoted", technique="quoted ports"),
        Look("ip.addr == ${c2.ip}", "one workstation's share", technique="display filter"),
        Look("ftp", "what was said in the session", technique="follow stream"),
    ),
)  # fmt: skip
def haystack_profile(lab: Stage) -> None:
    """A name, a page, a failed login, a traceroute, a closed port and pings, all in one capture.

    Three workstations are at work, and the analyzer at the router's SPAN port sees it all. Nothing
    of it is difficult by itself; what has to be learned is to make the haystack smaller. A profile
    keeps the columns, buttons and colours for that. One thing in here is broken for somebody (the
    login), one is only asked in the wrong place (SNMP: the error quotes its ports), and one looks
    broken and is not (traceroute lives on errors).
    """
    lab.keep_neighbours()
    server, content = lab["srv"].ip(), lab.random.randbytes(lab.random.randint(2_000, 9_000))
    records = (*name_servers("@", {"ns": server}), Record("www", "A", server))
    lab.start("srv", Nsd(zones=(Zone("example.test.", records, primary="ns"),)))
    lab.start("srv", Httpd(home={"page": content}))
    lab.start("srv", Pyftpd(users=(User("chris", "secret"),)))
    pinging = lab["c3"].popen(
        ["ping", "-n", "-c", str(lab.settings["count"]), "-i", "0.1", server], text=True
    )
    lab.fact("dig", dig(lab["c1"], server, _NAME))
    page = curl(lab["c1"], f"http://{server}/page", options=("--include",))
    lab.names["page.sha256"] = page.sha256
    lab.fact("curl", page)
    commands = tuple(f"{command} {argument}".strip() for command, argument, _ in _LOGIN)
    lab.fact("ftp", ftp_session(lab["c2"], server, commands))
    for way in ("dst", "src"):
        lab.wait_for(f"tcp.flags.fin == 1 && tcp.{way}port == 21", at="m")
    lab.fact("traceroute", traceroute(lab["c2"], server, max_hops=3))
    lab.fact("snmp", udp_probe(lab["c2"], server, _SNMP))
    lab.fact("ping", parse_ping(pinging.communicate()[0]))
