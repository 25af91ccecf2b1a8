"""dnsmasq as a name server: what it knows, whom it asks, and what happens when one is late."""

from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.resolvers import Resolvers
from wirelab.traffic.clients import Dig, dig
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Forwarder

NAME, ADDRESS = "www.example.test", "203.0.113.1"


def test_every_switch_is_one_line(place: Place) -> None:
    daemon = Forwarder(("10.0.0.1", "10.0.0.2"), all_servers=True, records={NAME: ADDRESS}, ttl=60)
    lines = daemon.files(place)["forwarder.conf"].splitlines()
    assert {"server=10.0.0.1", "server=10.0.0.2", "all-servers"} <= set(lines)
    assert f"host-record={NAME},{ADDRESS},60" in lines
    assert "listen-address=192.168.10.1" in lines


def test_it_asks_one_server_unless_told_otherwise(place: Place) -> None:
    lines = Forwarder(address="127.0.0.1").files(place)["forwarder.conf"].splitlines()
    assert "all-servers" not in lines
    assert "listen-address=127.0.0.1" in lines


def test_the_first_of_two_servers_answers_while_the_other_is_halted(play: Any) -> None:
    def work(lab: Lab) -> tuple[Dig, dict[str, object]]:
        server = Forwarder(records={NAME: ADDRESS})
        _, slow = [start(lab, lab[node], server) for node in ("ns1", "ns2")]
        upstreams = (lab["ns1"].ip(), lab["ns2"].ip())
        stub = start(lab, lab["c"], Forwarder(upstreams, all_servers=True, address="127.0.0.1"))
        with slow.halted():
            answer = dig(lab["c"], "127.0.0.1", NAME)
        stub.check()
        stub.stop()
        return answer, stub.facts()

    answer, facts = play(Resolvers(), work)
    assert [record.data for record in answer.answers] == [ADDRESS]
    assert facts["messages"] == [
        f"query[A] {NAME} from 127.0.0.1",
        f"forwarded {NAME} to 10.0.20.53",
        f"forwarded {NAME} to 10.0.20.54",
        f"reply {NAME} is {ADDRESS}",
    ]
