"""The plug-in's place and text, and how it comes and goes."""

import os
import subprocess
from pathlib import Path

import pytest
from kept_labs import Kept

from wirelab.live.client import LabInfo
from wirelab.live.errors import LiveError
from wirelab.live.extcap import interfaces, points_of
from wirelab.live.plugin import called, extcap_folder, program

_WIRESHARK_4_0 = """\
Temp:                	/tmp
Personal configuration:	/home/me/.config/wireshark
Extcap path:         	/usr/lib/x86_64-linux-gnu/wireshark/extcap
"""
_WIRESHARK_4_2 = """\
Personal configuration:	/home/me/.config/wireshark
Personal Extcap path:	/home/me/.local/lib/wireshark/extcap
Global Extcap path:  	/usr/lib/x86_64-linux-gnu/wireshark/extcap
"""


@pytest.mark.parametrize(
    ("folders", "path"),
    [
        (_WIRESHARK_4_0, "/home/me/.config/wireshark/extcap"),
        (_WIRESHARK_4_2, "/home/me/.local/lib/wireshark/extcap"),
    ],
)
def test_the_folder_is_the_users_own_in_every_version(folders: str, path: str) -> None:
    assert extcap_folder(folders) == Path(path)


def test_a_wireshark_that_names_no_folder_has_none() -> None:
    assert extcap_folder("") is None


def test_the_program_says_which_wirelab_it_calls() -> None:
    assert called(program("/a folder/it's/bin/python")) == Path("/a folder/it's/bin/python")
    assert called("#!/bin/sh\n") is None


def test_a_wirelab_that_is_gone_lists_nothing(tmp_path: Path) -> None:
    text = program(str(tmp_path / "gone"))
    ended = subprocess.run(
        ["sh", "-c", text, "sh", "--extcap-interfaces"], capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("", "")


def test_it_comes_and_goes(tmp_path: Path) -> None:
    for name in ("config", "run"):
        (tmp_path / name).mkdir(mode=0o700)
    config = tmp_path / "config"
    lab = Kept(
        {**os.environ, "XDG_CONFIG_HOME": str(config), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    )
    path = config / "wireshark" / "extcap" / "wirelab"
    assert lab.run("wireshark", "status").returncode == 1
    assert str(path) in lab.did("wireshark", "install")
    assert os.access(path, os.X_OK)
    assert lab.did("wireshark", "status").startswith(f"installed: {path}\nlists nothing now")
    path.write_text(program("/another/python"))
    other = lab.run("wireshark", "status")
    assert other.returncode == 1
    assert other.stdout.startswith("of another wirelab (/another/python)")
    lab.did("wireshark", "install")
    lab.did("wireshark", "status")
    assert lab.did("wireshark", "remove") == f"removed: {path}\n"
    assert lab.did("wireshark", "remove") == "it was not installed\n"
    assert not path.parent.exists()


def test_where_there_is_no_wireshark_it_says_how_to_get_it(tmp_path: Path) -> None:
    ended = Kept({**os.environ, "PATH": str(tmp_path)}).run("wireshark", "install")
    assert ended.returncode == 3
    assert "to mend it: sudo apt-get install wireshark" in ended.stderr


def test_each_interface_leads_back_to_its_points() -> None:
    points = {"lan": "c-eth0", "c-eth0": "c-eth0"}
    lab = LabInfo("a-b.c", 1, "routed", "frag-router", 0.0, points, ("c",))
    values = [line.partition("{value=")[2].partition("}")[0] for line in interfaces([lab])][1:]
    assert [points_of(value) for value in values] == [
        ("a-b.c", []),
        ("a-b.c", ["lan"]),
        ("a-b.c", ["c-eth0"]),
    ]


@pytest.mark.parametrize("name", ["eth0", "wirelab", "wirelab:", "other:lan:c-eth0"])
def test_what_is_no_interface_of_ours_is_refused(name: str) -> None:
    with pytest.raises(LiveError, match="no interface of a running lab"):
        points_of(name)
