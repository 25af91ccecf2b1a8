"""Results appear in their folder whole, or not at all."""

import errno
from pathlib import Path

import pytest

from wirelab.run.errors import OutputError
from wirelab.run.publish import appearing, opened


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    with opened(tmp_path / "out") as destination:
        with appearing(destination, "result") as folder:
            (folder / "file").write_text("new")
            assert not (tmp_path / "out" / "result").exists()
        assert (tmp_path / "out" / "result" / "file").read_text() == "new"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["result"]


def test_an_earlier_one_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    old = tmp_path / "out" / "result" / "file"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    with (
        opened(tmp_path / "out") as destination,
        pytest.raises(ZeroDivisionError),
        appearing(destination, "result"),
    ):
        raise ZeroDivisionError
    assert old.read_text() == "old"
    with opened(tmp_path / "out") as destination, appearing(destination, "result"):
        pass
    assert not old.exists()


def test_a_full_disk_is_an_error_of_the_output_and_other_errors_are_not(tmp_path: Path) -> None:
    with opened(tmp_path / "out") as destination:
        with pytest.raises(OutputError, match="full"), appearing(destination, "result"):
            raise OSError(errno.ENOSPC, "full")
        with pytest.raises(ConnectionError), appearing(destination, "result"):
            raise ConnectionError(errno.ECONNRESET, "reset")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_page_stays_where_it_is_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("mine")
    with opened(tmp_path, keep_page=True):
        assert page.exists()
    with opened(tmp_path):
        assert not page.exists()
