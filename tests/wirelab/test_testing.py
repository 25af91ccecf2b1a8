"""`lab test` is pytest, wherever it is called from."""

import subprocess
import sys
from pathlib import Path

import pytest

from wirelab.testing import CHECKOUT, located


def lab_test(*arguments: str, cwd: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-P", "-m", "wirelab", "test", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_exit_status_is_that_of_pytest() -> None:
    chosen = "tests/test_style.py"
    assert lab_test(chosen, "-k", "can_be_run").returncode == 0
    assert lab_test(chosen, "-k", "no_such_test").returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert lab_test("no/such/file.py").returncode == pytest.ExitCode.USAGE_ERROR


def test_files_are_found_from_the_callers_folder_and_the_rest_from_the_checkout() -> None:
    inside = lab_test("test_style.py", "--collect-only", "-q", cwd=CHECKOUT / "tests")
    assert "tests/test_style.py::test_scripts_can_be_run[lab]" in inside.stdout
    outside = lab_test("tests/test_style.py", "--collect-only", "-q", cwd=Path("/"))
    assert outside.stdout.splitlines()[:-1] == inside.stdout.splitlines()[:-1]


def test_words_that_name_a_file_become_absolute_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").touch()
    words = ["test_x.py::test_a[b::c]", "-x", "--long", "-k", "tests/test_y.py", ""]
    assert located(words, tmp_path) == [f"{tmp_path}/test_x.py::test_a[b::c]", *words[1:]]


@pytest.mark.parametrize(
    ("option", "program"), [("--bench", "python -m bench"), ("--fuzz", "lab test --fuzz")]
)
def test_benchmarks_and_fuzzer_run_instead_where_they_are_asked_for(
    option: str, program: str
) -> None:
    told = subprocess.run(
        [sys.executable, "-P", "-m", "wirelab", "test", option, "--no-such-option"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert program in told.stderr


def test_the_fuzzer_tries_as_many_inputs_as_were_asked_for() -> None:
    argv = [sys.executable, "-P", "-m", "wirelab", "test"]  # the fuzzer takes no word of pytest's
    argv += ["--fuzz", "300", "--jobs", "1", "--seed", "2"]
    told = subprocess.run(argv, cwd="/", capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.splitlines()[-1].startswith("300 inputs in ")
