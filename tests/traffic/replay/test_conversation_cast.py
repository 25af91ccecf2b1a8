"""Which lab host plays which address, at which ports."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_talks import Connection, Recorder

from wirelab.traffic.replay.conversations.cast import Cast, cast
from wirelab.traffic.replay.conversations.talk import Talk
from wirelab.traffic.replay.errors import ReplayError

NO_MAP: Mapping[str, str] = {}


def talks(*pairs: tuple[str, str], ports: tuple[int, int] = (40000, 80)) -> list[Talk]:
    recorder = Recorder()
    for number, (client, server) in enumerate(pairs):
        seqs = [1000 * number + 1, 5]
        Connection(recorder, (client, ports[0]), (server, ports[1]), seqs).open().close()
    return list(recorder.extracted()[0].talks)


def test_who_opens_is_played_from_the_front_and_who_serves_from_the_end() -> None:
    found = cast(talks(("10.0.0.1", "10.0.0.2")), ["c", "x", "s"], NO_MAP)
    assert found.hosts == {"10.0.0.1": "c", "10.0.0.2": "s"}
    assert found.playing == ("c", "s")


def test_more_addresses_than_hosts_share_hosts_but_never_the_ends_of_a_conversation() -> None:
    pairs = [(f"10.0.0.{client}", f"10.0.1.{client % 3}") for client in range(1, 7)]
    found = cast(talks(*pairs), ["h1", "h2"], NO_MAP)
    assert all(one.host != other.host for one, other in found.roles)


def test_who_talks_to_itself_is_two() -> None:
    found = cast(talks(("127.0.0.1", "127.0.0.1")), ["h1", "h2"], NO_MAP)
    assert found.hosts == {"127.0.0.1": "h1", "127.0.0.1 (as server)": "h2"}


def test_no_host_left_says_what_to_do() -> None:
    triangle = talks(("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.3"), ("10.0.0.3", "10.0.0.1"))
    with pytest.raises(ReplayError, match=r"no host is left for 10\.0\.0\.3.*more hosts, or --map"):
        cast(triangle, ["h1", "h2"], NO_MAP)


def test_a_map_is_followed() -> None:
    found = cast(talks(("10.0.0.1", "10.0.0.2")), ["a", "b", "c"], {"10.0.0.2": "a"})
    assert found.hosts == {"10.0.0.2": "a", "10.0.0.1": "b"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"10.0.0.1": "nobody"}, "no host 'nobody'.*: a, b"),
        ({"10.9.9.9": "a"}, r"10\.9\.9\.9 in the map has no conversation.*10\.0\.0\.1"),
        ({"router": "a"}, "'router' in the map is no IP address"),
        ({"10.0.0.1": "a", "10.0.0.2": "a"}, "map them to different hosts"),
    ],
)
def test_a_map_that_cannot_be_followed_says_why(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(ReplayError, match=message):
        cast(talks(("10.0.0.1", "10.0.0.2")), ["a", "b"], wrong)


def test_servers_have_their_ports_and_clients_fresh_ones() -> None:
    (roles,) = cast(talks(("10.0.0.1", "10.0.0.2")), ["a", "b"], NO_MAP).roles
    assert (roles[0].port, roles[1].port) == (49152, 80)


def test_clients_have_their_own_ports_when_asked_and_as_long_as_these_are_free() -> None:
    twice = talks(("10.0.0.1", "10.0.0.2"), ("10.0.0.1", "10.0.0.2"))
    found = cast(twice, ["a", "b"], NO_MAP, recorded_ports=True)
    assert [roles[0].port for roles in found.roles] == [40000, 49152]


def test_a_port_at_which_a_host_serves_is_no_clients() -> None:
    both = talks(("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1"), ports=(80, 80))
    found = cast(both, ["a", "b"], NO_MAP, recorded_ports=True)
    assert [roles[0].port for roles in found.roles] == [49152, 49152]


addresses = st.integers(1, 6).map("10.0.0.{}".format)
pairs = st.lists(st.tuples(addresses, addresses), min_size=1, max_size=8)


@given(pairs, st.integers(2, 5))
def test_every_cast_keeps_sides_apart_and_sockets_different(
    chosen: list[tuple[str, str]], count: int
) -> None:
    found = talks(*chosen)
    try:
        made: Cast = cast(found, [f"h{n}" for n in range(count)], NO_MAP)
    except ReplayError:
        return
    assert all(one.host != other.host for one, other in made.roles)
    clients = [(one.host, one.port) for one, _ in made.roles]
    assert len(set(clients)) == len(clients)
