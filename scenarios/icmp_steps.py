"""Steps that scenarios about ICMP share."""

from wirelab.verify import Item, step


def echo(destination: str) -> Item:
    """The client's echo request, on its way to its router."""
    return step(
        "echo",
        f"icmp.type == 8 && ip.src == ${{c.ip}} && ip.dst == {destination}"
        " && eth.dst == ${r1.mac}",
        at="lan",
    )


def error(
    name: str, kind: int, code: int, sender: str, *, about: str, at: str = "lan", more: str = ""
) -> Item:
    """An ICMP error for the client, which quotes the packet of step `about`."""
    return step(
        name,
        f"icmp.type#1 == {kind} && icmp.code#1 == {code}"
        f" && ip.src#1 == ${{{sender}}} && ip.dst#1 == ${{c.ip}}{more}",
        quotes=about,
        within="2s",
        at=at,
    )
