"""What DNS scenarios play with: name servers from the root down, and a recursor."""

from collections.abc import Collection
from dataclasses import replace

from wirelab.scenarios.scenario import Setting
from wirelab.scenarios.stage import Stage
from wirelab.traffic.servers import Domain, Named, Nsd, Record, zones

DOMAIN = Setting(
    "domain",
    "example.test",
    "domain of the name that is asked for",
    pattern=r"(?!cdn\.)[a-z0-9-]+\.[a-z]+",  # where aliases lead to is called cdn
)
TTL = Setting("ttl", 3600, "how long the name may be remembered", 60, 86400, "s")

_HOSTS = ("www", "shop", "mail", "files", "intranet", "wiki", "news")
_TEXT = 200  # bytes


def chosen(lab: Stage) -> Record:
    """Draw a name in the domain of the settings, and its address: `${www.name}`, `${www.ip}`.

    How long it may be remembered is `${www.ttl}`. Nobody goes to the address, which is one of
    those for documentation (RFC 5737).
    """
    name = f"{lab.random.choice(_HOSTS)}.{lab.settings['domain']}"
    lab.names["www.name"] = name
    lab.names["www.ip"] = f"198.51.100.{lab.random.randint(1, 254)}"
    ttl = lab.settings.get("ttl", 3600)
    lab.names["www.ttl"] = str(ttl)
    return Record(f"{name}.", "A", lab.names["www.ip"], ttl)


def owned(lab: Stage, *records: Record) -> Domain:
    """Return the domain of the settings with some records, all to be kept for the same time."""
    ttl = lab.settings.get("ttl", 3600)
    return Domain(f"{lab.settings['domain']}.", records, ttl=ttl)


def large(lab: Stage) -> tuple[Record, ...]:
    """Draw texts that a name has, more than fit 512 bytes: `${large.name}`, `${text0}` and so on.

    Such texts are what owners of domains prove with that they are.
    """
    name = lab.names["large.name"] = f"{lab.random.choice(_HOSTS)}.{lab.settings['domain']}"
    texts = [lab.random.randbytes(_TEXT // 2).hex() for _ in range(lab.settings["records"])]
    lab.names.update({f"text{n}": text for n, text in enumerate(texts)})
    return tuple(Record(f"{name}.", "TXT", f'"{text}"') for text in texts)


def start_name_servers(
    lab: Stage, *, tld: str = "", lame: Collection[str] = (), **domains: Domain
) -> None:
    """Start a server for the root, one for `tld`, and one on each node that gets a domain.

    Nodes `cdn2`, `cdn3` and so on serve what `cdn` serves. The name of the server on `cdn` is
    `${cdn.ns}`.

    Args:
        lab: the stage.
        tld: the top-level domain; that of the settings' domain by default.
        lame: nodes whose server was not told of its domain.
        domains: by node.
    """
    top = tld or f"{lab.settings['domain'].rpartition('.')[2]}."
    every = {"root": Domain("."), "tld": Domain(top), **domains}
    nodes = {node: _machines(lab, node) for node in every}
    served = [
        replace(domain, servers={_server(each, domain): lab[each].ip() for each in nodes[node]})
        for node, domain in every.items()
    ]
    for (node, domain), zone in zip(every.items(), zones(served), strict=True):
        for each in nodes[node]:
            lab.names[f"{each}.ns"] = _server(each, domain).rstrip(".")
            lab.start(each, Nsd(zones=() if each in lame else (zone,)))


def _machines(lab: Stage, node: str) -> list[str]:
    """Return the names of a node and of those that are numbered after it."""
    return [host.name for host in lab.lab.hosts if host.name.rstrip("0123456789") == node]


def _server(node: str, domain: Domain) -> str:
    """Return the full name of the name server on a node: `ns.example.test.`, `ns2.cdn.test.`."""
    number = node.lstrip("abcdefghijklmnopqrstuvwxyz")
    return "a.root." if domain.origin == "." else f"ns{number}.{domain.origin}"


def start_recursor(lab: Stage, *, minimal: bool = True) -> None:
    """Start BIND on `rec`, which knows nothing but where the root is.

    Args:
        lab: the stage.
        minimal: whether it answers with nothing but the answer.
    """
    lab.start("rec", Named(hints={"a.root.": lab["root"].ip()}, minimal_responses=minimal))
