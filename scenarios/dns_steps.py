"""The steps of DNS: a question and its answer, at the client and behind the recursor."""

from dataclasses import dataclass
from itertools import chain

from wirelab.scenarios.equivalents import DONT_FRAGMENT, IP_ID
from wirelab.verify import Item, allow, equivalent, forwarded, step
from wirelab.verify.items import Allowance

A, PTR, TXT, AAAA = 1, 12, 16, 28
_ALL_BUT_CD = "0xffef"  # the recursor checks signatures itself, and so disables that elsewhere


@dataclass(frozen=True)
class Asked:
    """What is asked for."""

    name: str = "${www.name}"
    """The name: a reference, or a text in quotes."""
    kind: int = A
    """Number of the type."""

    @property
    def filter(self) -> str:
        """What question and answer have in common."""
        return f"dns.qry.name == {self.name} && dns.qry.type == {self.kind}"


WWW = Asked()
SOA = (
    'dns.soa.mname == ${auth.ns} && dns.soa.rname == "hostmaster.example.test"'
    " && dns.soa.serial_number == 1 && dns.soa.refresh_interval == 3600"
    " && dns.soa.retry_interval == 600 && dns.soa.expire_limit == 86400"
    " && dns.soa.minimum_ttl == ${none.ttl}"
)
POINTS = {"lan": "c-eth0", "wan": "r1-eth1"}
DELEGATED = 3600
"""For how long a delegation may be remembered, in seconds."""
CLOSED = ["dns", "icmp"]

AUTHORITATIVE = f"dns.flags & {_ALL_BUT_CD} == 0x8400"
FRESH = "dns.resp.ttl == ${www.ttl} && dns.resp.ttl === ${www.ttl}"
FOR_A_WHILE = "all dns.resp.ttl <= ${www.ttl} && all dns.resp.ttl >= ${www.ttl} - 10"
OF_AUTH = f"{AUTHORITATIVE} && dns.count.answers == 1 && {FRESH} && dns.ns == ${{auth.ns}}"
KNOWN = "dns.a == ${www.ip} && dns.count.answers == 1"
ONLY = "dns.count.auth_rr == 0 && dns.count.add_rr == 0"


def question(name: str = "question", asked: Asked = WWW) -> Item:
    """The client's question to its recursor, which desires recursion."""
    return step(name, asks(asked, "rec"), at="lan")


def answer(
    finds: str,
    asked: Asked = WWW,
    *,
    name: str = "answer",
    to: str = "question",
    flags: int = 0x8180,
) -> Item:
    """What the recursor answers to the step `to`."""
    text = f"{answers(asked, 'rec', flags)} && {_to(to)} && {finds}"
    return step(name, text, within="5s", of=to, at="lan")


def exchange(server: str, finds: str, asked: Asked = WWW, *, again: str = "") -> tuple[Item, Item]:
    """The recursor's question to a name server, and the answer with what it `finds`."""
    ask = f"ask_{server}{again}"
    return (
        step(
            ask,
            f"dns.flags & {_ALL_BUT_CD} == 0x0000 && ip.src == ${{rec.ip}}"
            f" && ip.dst == ${{{server}.ip}} && {asked.filter}",
            at="wan",
        ),
        step(
            f"{server}{again}_says",
            f"ip.src == ${{{server}.ip}} && ip.dst == ${{rec.ip}}"
            f" && {_to(ask)} && {asked.filter} && {finds}",
            within="5s",
            at="wan",
        ),
    )


def referral(node: str) -> str:
    """No answer, but who knows more, and where that is."""
    return (
        f"dns.flags & {_ALL_BUT_CD} == 0x8000 && dns.count.answers == 0 && dns.count.auth_rr == 1"
        f" && dns.ns == ${{{node}.ns}} && dns.a == ${{{node}.ip}} && dns.resp.ttl === {DELEGATED}"
    )


def _to(ask: str) -> str:
    return f"dns.id == ${{{ask}.dns.id}} && udp.dstport == ${{{ask}.udp.srcport}}"


def asks(asked: Asked, of: str) -> str:
    """Say what the client's question to the server `of` is like; it desires recursion."""
    return f"dns.flags == 0x0100 && ip.src == ${{c.ip}} && ip.dst == ${{{of}.ip}} && {asked.filter}"


def answers(asked: Asked, by: str, flags: int) -> str:
    """Say what the answer of the server `by` is like, but for what it finds."""
    return (
        f"dns.flags == 0x{flags:04x} && ip.src == ${{{by}.ip}} && ip.dst == ${{c.ip}}"
        f" && {asked.filter}"
    )


@dataclass(frozen=True)
class Way:
    """Two points on the way of a client's packets to a name server; each is seen at both."""

    server: str
    """The node that is asked."""
    near: str
    """The point on the client's side."""
    far: str
    """The point on the server's side."""
    hops: int = 1
    """How many routers are in between."""

    def there(
        self, name: str, text: str, *, within: str | None = None, of: str | None = None
    ) -> tuple[Item, Item]:
        """A packet of the client, which takes its time."""
        sent = step(name, text, at=self.near, within=within, of=of)
        return sent, forwarded(name, self.near, self.far, hops=self.hops, within="1s")

    def back(self, name: str, text: str) -> tuple[Item, Item]:
        """A packet of the server, which answers soon."""
        sent = step(name, text, at=self.far, within="5s")
        return sent, forwarded(name, self.far, self.near, hops=self.hops, within="1s")

    def exchange(self, asked: Asked, finds: str, *, flags: int, name: str) -> tuple[Item, ...]:
        """A question, and its answer."""
        text = f"{answers(asked, self.server, flags)} && {_to(f'ask_{name}')} && {finds}"
        return (
            *self.there(f"ask_{name}", asks(asked, self.server)),
            *self.back(f"{name}_answer", text),
        )

    def tries(self, count: int, timeout: int) -> tuple[Item, ...]:
        """The same question again and again, `timeout` seconds apart; nobody answers."""
        again = (
            self.there(
                f"try{n}",
                f"{asks(WWW, self.server)} && dns.id == ${{try1.dns.id}}",
                within=f"{timeout - 0.1:.1f}s..{timeout + 3}s",
                of=f"try{n - 1}",
            )
            for n in range(2, count + 1)
        )
        return (*self.there("try1", asks(WWW, self.server)), *chain.from_iterable(again))

    def over_tcp(self, asked: Asked, finds: str, *, flags: int) -> tuple[Item, ...]:
        """A question and its answer on a connection of their own, which the client closes."""
        ends = f"ip.src == ${{c.ip}} && ip.dst == ${{{self.server}.ip}} && tcp.dstport == 53"
        sent = "tcp.dstport == 53 && tcp.srcport == ${syn.tcp.srcport}"
        got = "tcp.srcport == 53 && tcp.dstport == ${syn.tcp.srcport}"
        found = f"dns.id == ${{ask_again.dns.id}} && {answers(asked, self.server, flags)}"
        return (
            *self.there("syn", f"{ends} && tcp.flags == 0x002"),
            *self.back("accepted", f"{got} && tcp.flags == 0x012 && tcp.ack == 1"),
            *self.there("ask_again", f"{sent} && {asks(asked, self.server)}"),
            *self.back("whole", f"{got} && {found} && {finds}"),
            *self.there("goodbye", f"{sent} && tcp.flags.fin == 1"),
            *self.back("closed", f"{got} && tcp.flags.fin == 1"),
        )


def kept(*times: int) -> str:
    """For how long the records of a recursor's answer may be kept: what is left of `times`."""
    return f"all dns.resp.ttl in {{{min(times) - 10} .. {max(times)}}}"


def primed() -> Allowance:
    """The recursor's first question, which has nothing to do with the client's."""
    return allow(
        "BIND asks the root who the root servers are, before the client comes (RFC 8109)",
        'dns.qry.type == 2 && dns.qry.name == "<Root>"',
        most=4,
    )


CHECKING = equivalent("dns.flags.checkdisable", "a recursor may check for itself; RFC 4035 4.9.2")
EDNS_SIZE = equivalent(
    "dns.rr.udp_payload_size", "each side says how much it takes; RFC 6891 6.2.3"
)
LEFT = equivalent(
    "dns.resp.ttl",
    "a cache counts whole seconds, and begins when it likes (RFC 1034 section 3.6)",
    steps=("answer*", "remembered"),
)
EQUIVALENTS = (IP_ID, DONT_FRAGMENT, CHECKING, EDNS_SIZE, LEFT)
"""For scenarios that look behind the recursor."""
