"""The VLAN tags that a frame has once it is rewritten, and what they mean to links and routers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.identity import network_header
from wirelab.traffic.replay.rewrite.rewriting import Tagging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirelab.traffic.replay.network import Network
    from wirelab.traffic.replay.rewrite import Vlan
    from wirelab.traffic.replay.sendings import Sending
    from wirelab.verify import Frame

Tag = tuple[int, int]
"""Its EtherType, and its VLAN."""
_TAG = 4
_CUSTOMERS = 0x8100


def tags(data: bytes, vlan: Vlan | None = None) -> list[Tag]:
    """Return the tags of a frame, outermost first, after one was added, removed or changed."""
    end = network_header(data)[1]
    found = [
        (int.from_bytes(data[at - 2 : at], "big"), int.from_bytes(data[at : at + 2], "big") & 0xFFF)
        for at in range(14, end, _TAG)
    ]
    if vlan is None:
        return found
    if vlan.tagging is Tagging.ADD:
        return [(_CUSTOMERS, vlan.number), *found]
    if not found or vlan.old not in (None, found[0][1]):
        return found
    return found[1:] if vlan.tagging is Tagging.REMOVE else [(found[0][0], vlan.number), *found[1:]]


def crowding(found: Sequence[Tag]) -> int:
    """Return how many bytes of a link's MTU tags take away.

    One of 802.1Q comes on top of it (packet_extra_vlan_len_allowed, af_packet.c), no other.
    """
    free = bool(found) and found[0][0] == _CUSTOMERS
    return _TAG * (len(found) - free)


def see_that_routers_take(
    frames: Sequence[Frame], sendings: Sequence[Sending], network: Network, vlan: Vlan | None
) -> None:
    """See that nothing that a router is to forward is in a VLAN.

    A tag of VLAN 0 is only a priority, which kernels take off (skb_vlan_untag, vlan_do_receive).

    Raises:
        ReplayError: something is: routers of the lab have no interfaces in VLANs.
    """
    for each in sendings:
        via = network.ports.get(each.via)
        if each.expected or via is None or not via.router:
            continue
        found = tags(frames[each.at].data, vlan)
        if found and (found[0][1] or len(found) > 1):
            raise ReplayError(
                f"frame {frames[each.at].number} would reach {via.node} in VLAN {found[0][1]}, and"
                " routers of the lab pass on only what is in none: take tags off (--vlan remove),"
                " or choose a topology without routers"
            )
