"""`lab verify` and captures that are none or damaged: one line, status 2, nothing judged."""

from __future__ import annotations

import gzip
import os
import re
import resource
import struct
import subprocess
import sys
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from frames import CLIENT, CLIENT_MAC, SERVER, SERVER_MAC, START, ethernet
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import ARP, Ether
from written import MAGICS, Blocks, pcap, pcap_header, pcap_record

from wirelab.cli.main import lab

if TYPE_CHECKING:
    from pathlib import Path

_EXPECT = ("--expect", "arp-cold-resolve")


def _packets() -> list[bytes]:
    """What the scenario wants to see."""
    ask = ARP(op=1, hwsrc=CLIENT_MAC, psrc=CLIENT, pdst=SERVER)
    answer = ARP(op=2, hwsrc=SERVER_MAC, psrc=SERVER, hwdst=CLIENT_MAC, pdst=CLIENT)
    echo = ICMP(type=8, id=1, seq=1) / bytes(40)
    reply = ICMP(type=0, id=1, seq=1) / bytes(40)
    back = Ether(src=SERVER_MAC, dst=CLIENT_MAC)
    made = [
        Ether(src=CLIENT_MAC, dst="ff:ff:ff:ff:ff:ff") / ask,
        back / answer,
        ethernet(IP(src=CLIENT, dst=SERVER) / echo),
        back / IP(src=SERVER, dst=CLIENT) / reply,
    ]
    return [bytes(each) for each in made]


def _files() -> dict[str, list[bytes]]:
    magic = MAGICS["nanoseconds, little"]
    records = [
        pcap_record(magic, START + number * 1_000_000, data, len(data))
        for number, data in enumerate(_packets())
    ]
    blocks = Blocks(">").section().interface((2, b"c"), (9, b"\x09"))
    for number, data in enumerate(_packets()):
        blocks.packet(data, ticks=START + number * 1_000_000)
    return {"pcap": [pcap_header(magic), *records], "pcapng": blocks.parts}


def _verify(path: Path) -> Result:
    return CliRunner().invoke(lab, ["verify", str(path), *_EXPECT])


def _is_refused(told: Result | subprocess.CompletedProcess[str]) -> bool:
    """Whether a command ended as for bad input: status 2, one line on standard error, no other."""
    status = told.exit_code if isinstance(told, Result) else told.returncode
    line = re.fullmatch(r"lab: .+: (.+ \(at byte \d+\)|(is|cannot be) .+)\n", told.stderr)
    return status == 2 and line is not None and told.stdout == ""


@pytest.mark.parametrize("name", _files())
def test_a_file_is_judged_whole_and_refused_where_a_part_of_it_is_cut(
    name: str, tmp_path: Path
) -> None:
    parts = _files()[name]
    whole, path = b"".join(parts), tmp_path / name
    path.write_bytes(whole)
    assert _verify(path).exit_code == 0, _verify(path).output
    ends = set(accumulate(map(len, parts)))
    for keep in range(len(whole)):
        path.write_bytes(whole[:keep])
        told = _verify(path)
        if keep in ends:
            assert told.exit_code in (0, 1), told.output
        else:
            assert _is_refused(told), (keep, told.output)


def test_no_cut_of_a_compressed_file_is_judged(tmp_path: Path) -> None:
    whole, path = gzip.compress(b"".join(_files()["pcapng"])), tmp_path / "x.gz"
    path.write_bytes(whole)
    assert _verify(path).exit_code == 0
    for keep in range(0, len(whole), 3):
        path.write_bytes(whole[:keep])
        assert _is_refused(_verify(path)), keep


def _run(path: Path, memory: int = 2 << 30) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which may take so much memory and no more."""
    return subprocess.run(
        [sys.executable, "-m", "wirelab", "verify", str(path), *_EXPECT],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )


def test_a_pipe_a_device_and_a_folder_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "zero", tmp_path):
        told = _run(path)
        assert _is_refused(told), told


def test_a_claim_of_4_gib_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "x"
    claims = pcap([(START, b"abc", 3)]) + bytes(8) + b"\xff" * 8
    for data in (claims, Blocks().section().data + b"\1\0\0\0\xfc\xff\xff\xff" + bytes(99)):
        path.write_bytes(data)
        told = _run(path)
        assert _is_refused(told), told


def test_a_file_that_is_compressed_to_fill_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    block = Blocks().section().data + struct.pack("<II", 0x0BAD, 0xFFFFFFFC)
    path.write_bytes(gzip.compress(block) + gzip.compress(bytes(1 << 24)) * 40)
    told = _run(path)
    assert _is_refused(told), told
    assert "grows more than 250 times" in told.stderr
