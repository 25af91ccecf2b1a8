"""A log collector and logger, who sends to it."""

import json
from typing import Any

from wirelab.emulator import Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import logger
from wirelab.traffic.daemon import Place, start
from wirelab.traffic.servers import Collector

PREFIX = "<13>1 - - wirelab - - - "


def test_what_it_noted_are_its_facts(place: Place) -> None:
    note = {"over": "udp", "from": "192.168.10.10", "port": 40000, "text": "hello"}
    (place.folder / "received.jsonl").write_text(json.dumps(note) + "\n")
    assert Collector().facts(place) == {"received": [note]}


def test_it_gets_the_lines_that_are_sent(play: Any) -> None:
    def work(lab: Lab) -> Any:
        collector = start(lab, lab["s"], Collector())
        for over in ("udp", "tcp"):
            logger(lab["c"], lab["s"].ip(), ["one", "two"], over=over)  # type: ignore[arg-type]  # a Literal
        while "tcp" not in str(collector.facts()):
            collector.check()
        collector.stop()
        return collector.facts()["received"]

    received = play(Lan(), work)
    assert [(each["over"], each["text"]) for each in received[:2]] == [
        ("udp", f"{PREFIX}one"),
        ("udp", f"{PREFIX}two"),
    ]
    assert {each["from"] for each in received} == {"192.168.10.10"}
    assert received[2]["over"] == "tcp"
    assert f"{PREFIX}one" in received[2]["text"]
