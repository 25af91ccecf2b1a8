"""Which interface stands for which endpoint."""

from ipaddress import ip_network

import pytest
from mininet.topo import SingleSwitchTopo

from wirelab.topologies.detour import Detour
from wirelab.topologies.lan import Lan
from wirelab.topologies.routed import Routed
from wirelab.topologies.routed6 import Routed6
from wirelab.topologies.span import Span
from wirelab.traffic.replay.endpoints import Endpoint
from wirelab.traffic.replay.errors import ReplayError
from wirelab.traffic.replay.mapping import Roles, roles_by_name, roles_by_part
from wirelab.traffic.replay.network import Network

CLIENT = Endpoint(b"\2\0\0\0\0\1", (bytes([192, 0, 2, 1]),), opens=3)
OTHER = Endpoint(b"\2\0\0\0\0\2", (bytes([192, 0, 2, 2]),), opens=1)
SERVER = Endpoint(b"\2\0\0\0\0\3", (bytes([198, 51, 100, 1]),), serves=4)
ROUTER = Endpoint(b"\2\0\0\0\0\4", (bytes([192, 0, 2, 254]),), router=True)
SIX = Endpoint(b"\2\0\0\0\0\5", (b"\x20\1\x0d\xb8" + bytes(11) + b"\1",), opens=1)


def cast(network: Network, *endpoints: Endpoint, **wanted: str) -> Roles:
    return roles_by_part(
        endpoints, network, {key.replace("_", "."): v for key, v in wanted.items()}
    )


def test_clients_are_near_and_servers_behind_the_router() -> None:
    roles = cast(Network.of(Routed(hops=2)), SERVER, CLIENT, OTHER, ROUTER)
    held = {each.addresses[0]: roles.holders[each.addresses[0]] for each in (CLIENT, OTHER, SERVER)}
    assert list(held.values()) == ["c-eth0", "x-eth0", "s-eth0"]
    assert roles.stations[ROUTER.mac or b""] == "r1-eth0"
    assert roles.addresses[SERVER.addresses[0]] == bytes([10, 0, 20, 20])
    assert roles.networks[ip_network("198.51.100.0/24")] == ip_network("10.0.20.0/24")


def test_on_one_lan_servers_come_from_the_other_end() -> None:
    roles = cast(Network.of(Lan()), CLIENT, SERVER)
    assert roles.holders[SERVER.addresses[0]] == "s-eth0"


def test_stock_mininet_topologies_have_hosts_with_addresses() -> None:
    roles = cast(Network.of(SingleSwitchTopo(k=3)), CLIENT, SERVER)
    assert roles.addresses[CLIENT.addresses[0]] == bytes([10, 0, 0, 1])
    assert roles.addresses[SERVER.addresses[0]] == bytes([10, 0, 0, 3])


def test_an_analyzer_stands_for_nobody() -> None:
    with pytest.raises(ReplayError, match="no host is left"):
        cast(Network.of(Span()), CLIENT, OTHER, SERVER, SIX)


def test_ipv6_endpoints_get_hosts_with_ipv6() -> None:
    roles = cast(Network.of(Routed6()), SIX)
    assert len(roles.addresses[SIX.addresses[0]]) == 16


def test_wishes_come_first_and_are_checked() -> None:
    network = Network.of(Routed())
    wanted = {"192_0_2_1": "s", "198_51_100_1": "x-eth0"}
    roles = cast(network, CLIENT, SERVER, **wanted)
    assert roles.holders == {CLIENT.addresses[0]: "s-eth0", SERVER.addresses[0]: "x-eth0"}
    with pytest.raises(ReplayError, match="no host zz in this topology, but c, x, s"):
        cast(network, CLIENT, **{"192_0_2_1": "zz"})
    with pytest.raises(ReplayError, match=r"from 9\.9\.9\.9 in this capture, but 192\.0\.2\.1"):
        cast(network, CLIENT, **{"9_9_9_9": "c"})


def test_names_of_a_lab_say_it_all_or_nothing() -> None:
    names = {"c-eth0.mac": "02:00:00:00:00:01", "c-eth0.ip": "192.0.2.1", "lease.ip": "192.0.2.9"}
    roles = roles_by_name(names, Network.of(Routed(), seed=5))
    assert roles is not None
    assert roles.stations == {CLIENT.mac: "c-eth0"}
    assert list(roles.holders) == [CLIENT.addresses[0]]
    assert roles_by_name({"q-eth0.mac": "02:00:00:00:00:01"}, Network.of(Routed())) is None
    assert roles_by_name({}, Network.of(Routed())) is None


def test_a_topology_tells_next_hops_and_distances() -> None:
    network = Network.of(Detour())
    c, server = network.ports["c-eth0"], network.ports["s-eth0"]
    gateway = network.next_hop(c, server.addresses_alone[0])
    assert gateway is not None
    assert gateway.name == "r1-eth0"
    assert network.distance("c-eth0", ["s-eth0"]) == 1
    assert network.distance("c-eth0", ["c-eth0"]) == 0
    assert Network.of(Routed(hops=4)).distance("c-eth0", ["s-eth0"]) == 4


def test_a_seed_moves_the_addresses_that_are_told() -> None:
    plain, moved = Network.of(Routed()), Network.of(Routed(), seed=3)
    assert plain.ports.keys() == moved.ports.keys()
    assert plain.ports["c-eth0"].addresses != moved.ports["c-eth0"].addresses
