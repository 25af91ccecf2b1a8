"""What arping says."""

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Arping, arping
from wirelab.traffic.clients.arping import Answer, parse_arping

SAID = """\
ARPING 192.168.10.1 from 192.168.10.10 c-eth0
Unicast reply from 192.168.10.1 [02:28:53:D3:25:CD]  0.540ms
Unicast reply from 192.168.10.1 [02:28:53:D3:25:CE]  0.555ms
Sent 2 probes (1 broadcast(s))
Received 2 response(s)
"""


def test_every_answer_is_read() -> None:
    assert parse_arping(SAID) == Arping(
        2,
        2,
        (
            Answer("192.168.10.1", "02:28:53:d3:25:cd", 0.540),
            Answer("192.168.10.1", "02:28:53:d3:25:ce", 0.555),
        ),
    )


def test_silence_is_read() -> None:
    said = "ARPING 192.168.10.99 from 192.168.10.10 c-eth0\nSent 1 probes (1 broadcast(s))\n"
    assert parse_arping(said + "Received 0 response(s)\n") == Arping(1, 0, ())


def test_a_neighbour_answers_a_question_and_a_probe() -> None:
    def work(lab: Lab) -> tuple[Arping, Arping, str]:
        c, s = lab["c"], lab["s"]
        return arping(c, s.ip()), arping(c, s.ip(), probe=True), s.mac()

    asked, probed, mac = in_lab(Lan(), work)
    assert [answer.mac for answer in asked.answers] == [mac]
    assert [answer.mac for answer in probed.answers] == [mac]


def test_an_announcement_gets_no_answer() -> None:
    def work(lab: Lab) -> list[Arping]:
        c = lab["c"]
        return [arping(c, c.ip(), announce="request"), arping(c, c.ip(), announce="reply")]

    assert in_lab(Lan(), work) == [Arping(1, 0, ()), Arping(1, 0, ())]


def test_a_question_that_nobody_answers_ends_at_its_deadline() -> None:
    nobody = "192.168.10.250"
    assert in_lab(Lan(), lambda lab: arping(lab["c"], nobody, deadline=1)).received == 0
