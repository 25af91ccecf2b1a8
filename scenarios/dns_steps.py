"""The steps of DNS: a question and its answer, at the client and behind the recursor."""

from dataclasses import dataclass

from wirelab.verify import Item, allow, equivalent, step
from wirelab.verify.items import Allowance

A, PTR, AAAA = 1, 12, 28
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
AUTHORITATIVE = f"dns.flags & {_ALL_BUT_CD} == 0x8400"


def question(name: str = "question", asked: Asked = WWW, *, of: str = "rec") -> Item:
    """The client's question, which desires recursion."""
    return step(
        name,
        f"dns.flags == 0x0100 && ip.src == ${{c.ip}} && ip.dst == ${{{of}.ip}} && {asked.filter}",
        at="lan",
    )


def answer(
    finds: str,
    asked: Asked = WWW,
    *,
    name: str = "answer",
    to: str = "question",
    by: str = "rec",
    flags: int = 0x8180,
) -> Item:
    """What the client is answered to the step `to`."""
    return step(
        name,
        f"dns.flags == 0x{flags:04x} && ip.src == ${{{by}.ip}} && ip.dst == ${{c.ip}}"
        f" && {_to(to)} && {asked.filter} && {finds}",
        within="5s",
        of=to,
        at="lan",
    )


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
        f" && dns.ns == ${{{node}.ns}} && dns.a == ${{{node}.ip}} && dns.resp.ttl === 3600"
    )


def _to(ask: str) -> str:
    return f"dns.id == ${{{ask}.dns.id}} && udp.dstport == ${{{ask}.udp.srcport}}"


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
