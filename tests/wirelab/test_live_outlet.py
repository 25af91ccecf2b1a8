"""What is written into a pipe waits for its reader here, and nobody else does."""

import os
import socket
from pathlib import Path

import pytest

from wirelab.live.outlet import Outlet

_MORE_THAN_A_PIPE = os.urandom(1 << 20)


def test_a_full_pipe_is_not_waited_for_and_nothing_is_lost() -> None:
    out, into = os.pipe()
    outlet = Outlet(into)
    outlet.put(_MORE_THAN_A_PIPE)
    outlet.send()
    assert 0 < outlet.waiting < len(_MORE_THAN_A_PIPE)
    got = b""
    while len(got) < len(_MORE_THAN_A_PIPE):
        got += os.read(out, 10_000)
        outlet.send()
    assert (got, outlet.waiting) == (_MORE_THAN_A_PIPE, 0)
    os.close(out)
    os.close(into)


def test_a_full_pipe_is_not_waited_for_when_its_reader_takes_a_little() -> None:
    """Room for a byte is not room for a block: a write of more would not return."""
    out, into = os.pipe()
    outlet = Outlet(into)
    outlet.put(_MORE_THAN_A_PIPE)
    outlet.send()
    for taken in (1, 100, 4095, 4097):
        os.read(out, taken)
        outlet.send()
    os.close(out)
    os.close(into)


def test_a_reader_that_has_gone_is_noticed_although_nothing_waits() -> None:
    out, into = os.pipe()
    outlet = Outlet(into)
    assert outlet.ready(0)
    os.close(out)
    with pytest.raises(BrokenPipeError):
        outlet.ready(0)
    os.close(into)


def test_a_socket_whose_reader_has_gone_is_noticed_as_well() -> None:
    """As standard output is, in a session of ssh."""
    reader, into = socket.socketpair()
    outlet = Outlet(into.fileno())
    outlet.put(b"x")
    outlet.send()
    assert reader.recv(9) == b"x"
    reader.close()
    with pytest.raises(BrokenPipeError):
        outlet.ready(0)
    into.close()


def test_the_descriptor_stays_as_it_is() -> None:
    out, into = os.pipe()
    Outlet(into).put(b"x")
    assert os.get_blocking(into)
    os.close(out)
    os.close(into)


def test_a_file_takes_all_at_once(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        outlet = Outlet(file.fileno())
        outlet.put(_MORE_THAN_A_PIPE * 3)
        outlet.send()
        assert outlet.waiting == 0
    assert (tmp_path / "file").read_bytes() == _MORE_THAN_A_PIPE * 3


def test_a_full_disk_is_an_error() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        outlet = Outlet(full.fileno())
        outlet.put(b"x")
        with pytest.raises(OSError, match="No space left"):
            outlet.send()
