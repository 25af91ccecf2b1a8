"""A short run of the fuzzer; `./lab test --fuzz` is the long one."""

from __future__ import annotations

from random import Random

import pytest
from fuzzing import Mutator, conversations, files
from fuzzing.campaign import DISSECT, READ, attempts, inputs
from fuzzing.runner import main
from fuzzing.targets import Reading, examine
from written import Blocks

from wirelab.verify import pcap
from wirelab.verify.dissectors import icmp
from wirelab.verify.frame import Frame

_SEED = 20
_SHORT, _LONG = 3000, 100_000


@pytest.mark.parametrize("target", [READ, DISSECT])
def test_no_input_makes_the_judge_fail(target: str, long: bool) -> None:
    found = attempts(target, _SEED, range(_LONG if long else _SHORT))
    assert found == [], f"{found[0].text}\ninput: {found[0].data}" if found else ""


@pytest.mark.parametrize("name", files())
def test_every_seed_is_a_capture(name: str) -> None:
    assert Reading()(b"".join(files()[name]))


@pytest.mark.parametrize("name", conversations())
def test_every_conversation_can_be_examined(name: str) -> None:
    examine(
        [
            Frame(number, number, "", data, len(data), linktype)
            for number, (linktype, data) in enumerate(conversations()[name], 1)
        ]
    )


def test_an_input_is_made_from_its_number_alone() -> None:
    made = inputs(3)
    in_order = [made.file(number) for number in range(20)]
    assert [made.file(number) for number in reversed(range(20))] == in_order[::-1]
    captures = [made.capture(number) for number in range(20)]
    assert [made.capture(number) for number in range(20)] == captures
    assert in_order != [inputs(4).file(number) for number in range(20)]


def test_the_mutator_leaves_a_good_part_of_the_files_readable() -> None:
    """If nearly everything were refused at its first block, nothing behind it would be tried."""
    mutator, reading = Mutator(Random(1)), Reading()
    read = sum(reading(mutator.file()) for _ in range(1000))
    assert 150 < read < 600


def test_a_bug_of_a_reader_is_found_with_its_place_and_input(monkeypatch) -> None:
    monkeypatch.setattr(pcap, "LONGEST_FRAME", 1 << 40)
    monkeypatch.setattr(pcap.PcapReader, "__iter__", lambda self: iter([1 // (self.offset - 24)]))
    found = attempts(READ, _SEED, range(300))
    assert found
    assert found[0].place.startswith("ZeroDivisionError")
    assert bytes.fromhex(found[0].data) == inputs(_SEED).file(found[0].number)


def test_a_bug_of_a_dissector_ends_a_run_with_status_1(monkeypatch, capsys) -> None:
    def broken(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr(icmp, "_match", broken)
    assert main(["400", "--jobs", "1", "--only", "dissect"]) == 1
    told = capsys.readouterr().out
    assert "IndexError in icmp.py" in told
    assert "input: [Frame(" in told
    assert "400 inputs in" in told


def test_a_run_without_finds_ends_with_status_0(capsys) -> None:
    assert main(["200", "--jobs", "1"]) == 0
    assert "200 inputs in" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["0"], ["many"], ["--seed", "-1"], ["--jobs", "0"]])
def test_a_wrong_number_is_bad_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_an_input_that_takes_too_long_is_a_find(monkeypatch) -> None:
    def stuck(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr("fuzzing.campaign.PATIENCE", 0.05)
    monkeypatch.setattr(icmp, "_match", stuck)
    found = attempts(DISSECT, _SEED, range(300))
    assert {find.place.split()[0] for find in found} == {"TooSlowError"}


def test_what_reads_a_damaged_block_is_what_reads_files() -> None:
    data = Blocks().section().interface().packet(b"abc").data
    reading = Reading()
    assert reading(data)
    assert not reading(data[:-1])
