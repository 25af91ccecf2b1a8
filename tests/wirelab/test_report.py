"""The page of a run, and the diagrams on it."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from wirelab.report import write_index
from wirelab.report.drawing import arrows, drawing
from wirelab.run import Outcome, Status, plan, run_jobs
from wirelab.scenarios import Look
from wirelab.verify import provenance, read_capture

_SVG = "{http://www.w3.org/2000/svg}"


def step(name: str, summary: str, time: int = 0, frame: int | None = 1) -> dict[str, Any]:
    return {"name": name, "point": "c", "frame": frame, "time": time, "summary": summary}


ASKS = step("ask", "arp 10.0.0.1 → 10.0.0.2 opcode=1", 5_000_000_000)
ANSWERS = step("answer", "arp 10.0.0.2 → 10.0.0.1 opcode=2", 5_001_500_000, 2)


def test_a_step_is_an_arrow_from_host_to_host_at_its_time() -> None:
    asks, answers = arrows([ASKS, ANSWERS])
    assert (asks.time, asks.source, asks.target) == (0, "10.0.0.1", "10.0.0.2")
    assert (answers.time, answers.source, answers.text) == (0.0015, "10.0.0.2", "answer  arp")


def test_what_was_not_seen_and_what_was_seen_again_is_no_arrow() -> None:
    again = step("ask@wan", "arp 10.0.0.1 → 10.0.0.2", 9)
    assert len(arrows([ASKS, again, step("lost", "", frame=None)])) == 1


def test_hosts_have_the_names_of_their_nodes_and_everybody_comes_last() -> None:
    told = step("told", "dhcp 10.0.0.1 → 255.255.255.255 dhcp=2")
    drawn = ElementTree.fromstring(drawing([told, ANSWERS], {"s-eth0.ip": "10.0.0.1"}))
    heads = [text.text for text in drawn.iter(f"{_SVG}text") if text.get("class") == "host"]
    assert heads == ["s", "?", "everybody"]


def test_nothing_to_draw_is_no_picture() -> None:
    assert drawing([], {}) == ""
    assert drawing([step("alone", "arp 10.0.0.1 → 10.0.0.1")], {}) == ""


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1))
def test_whatever_a_capture_holds_the_picture_is_well_formed(word: str) -> None:
    steps = [step(word, f"{word} 10.0.0.1 → {word} x"), ANSWERS]
    if drawn := drawing(steps, {f"{word}.ip": "10.0.0.1"}):
        ElementTree.fromstring(drawn)


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.opened: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "details" and found.get("id") and "open" in found:
            self.opened.append(str(found["id"]))


def test_every_link_of_a_page_leads_to_a_file_of_its_run(tmp_path: Path) -> None:
    jobs = plan(["arp-cold-resolve", "unreach-port"], [], 3)
    page = write_index(tmp_path, jobs, list(run_jobs(jobs, tmp_path, 2)))
    text = page.read_text()
    links = _Page(text).links
    assert len(links) > 8
    assert [link for link in links if not (tmp_path / link).exists()] == []
    assert text.count("<svg") == 2
    assert "lab run unreach-port --seed 3" in text
    assert "<code>arp.opcode == 2</code>" in text  # what to look at
    assert re.search(r"https?://(?!www\.w3\.org/)", text) is None  # works without a network


def test_what_did_not_pass_is_open_with_its_reason_and_nothing_is_markup(tmp_path: Path) -> None:
    jobs = plan(["arp"], [], 0)
    died = Outcome(
        "arp-gratuitous", Status.ERROR, 1.0, reason="<b>died</b>", explanation="its <log>"
    )
    text = write_index(tmp_path, jobs, [replace(died)]).read_text()
    assert _Page(text).opened == ["arp-gratuitous"]
    assert "&lt;b&gt;died" in text
    assert "its &lt;log&gt;" in text
    assert "1 error" in text


def test_marks_are_shown_and_explained(tmp_path: Path) -> None:
    (job,) = plan(["unreach-net"], [], 0)
    look = Look("ip.src == ${c.ip}", "who asks", technique="exclusion")
    crafted = replace(job, scenario=replace(job.scenario, origin="crafted", look=(look,)))
    skipped = Outcome("unreach-net", Status.SKIPPED, 0.0, reason="no namespaces")
    text = write_index(tmp_path, [crafted], [skipped]).read_text()
    assert 'class="mark"' in text
    assert "crafted: has packets that no kernel" in text
    assert "<code>ip.src == ${c.ip}</code>" in text  # nothing was run, nothing has an address

    played = write_index(tmp_path, [crafted], list(run_jobs([crafted], tmp_path, 1))).read_text()
    assert "<code>ip.src == 192.168.10.10</code>" in played
    folder = tmp_path / "unreach-net"
    for told in ("verdict.json", "facts.json"):
        assert json.loads((folder / told).read_text())["origin"] == "crafted"
    made = provenance(read_capture(folder / "capture.pcapng").comment)
    assert made is not None
    assert made.origin == "crafted"


def test_the_picture_of_the_readme_is_a_drawing_of_a_run() -> None:
    root = Path(__file__).parents[2]
    (named,) = re.findall(r"!\[[^]]+\]\((docs/[^)]+\.svg)\)", (root / "README.md").read_text())
    drawn = ElementTree.parse(root / named).getroot()
    assert len([line for line in drawn.iter(f"{_SVG}line") if line.get("class") == "wire"]) == 12
