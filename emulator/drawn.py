"""What a topology says of itself before anything is built: addresses, and who is beside whom."""

from mininet.topo import Topo


def drawn_names(topo: Topo) -> dict[str, str]:
    """Return the addresses that it is drawn with: `c.ip`, `r1-eth1.ip6` and so on.

    These are the names of a lab with seed 0, but for those that are not written in the topology:
    MAC and link-local addresses. A node's name stands for its first interface.
    """
    found: dict[str, str] = {}
    for (node, port), params in sorted(_ends(topo).items(), reverse=True):
        if topo.isSwitch(node):
            continue
        own = {**(_own(topo, node) if port == 0 else {}), **params}
        for key in ("ip", "ip6"):
            if own.get(key):
                address = str(own[key]).partition("/")[0]
                found[f"{node}-eth{port}.{key}"] = found[f"{node}.{key}"] = address
    return dict(sorted(found.items()))


def neighbours(topo: Topo) -> dict[str, str]:
    """Return, for each interface, the node at the other end of its link."""
    found = {}
    for _node, _other, info in topo.links(withInfo=True):
        found[f"{info['node1']}-eth{info['port1']}"] = str(info["node2"])
        found[f"{info['node2']}-eth{info['port2']}"] = str(info["node1"])
    return found


def _own(topo: Topo, node: str) -> dict[str, object]:
    """Return what is said of a node's first interface beside its name."""
    info = topo.nodeInfo(node)
    return {key: info.get(key) for key in ("ip", "ip6")}


def _ends(topo: Topo) -> dict[tuple[str, int], dict[str, object]]:
    """Return what is said of each end of each link, by node and port."""
    found = {}
    for _node, _other, info in topo.links(withInfo=True):
        for end in ("1", "2"):
            place = (str(info[f"node{end}"]), int(info[f"port{end}"]))
            found[place] = info.get(f"params{end}") or {}
    return found
