"""Running the project's own tests, or its benchmarks, from a checkout."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).parents[2]
"""The folder that holds `tests/` and `bench/`, unless wirelab was installed from a wheel."""

PYTEST = ("-m", "pytest")
OTHERS = {"--bench": ("-m", "bench"), "--fuzz": ("tests/verify/fuzzing",)}
"""What Python runs in place of the tests, by the option that asks for it."""


def run_tests(arguments: Sequence[str]) -> NoReturn:
    """Become pytest on the project's tests: signals and the exit status are pytest's own.

    `arguments` are pytest's, files named as seen from the caller's folder or from the
    checkout. With `--bench` among them the benchmarks run instead, with the other arguments, and
    with `--fuzz` the fuzzer.

    The tests check style (ruff), types (mypy) and layering (import-linter) as well.
    """
    if not (CHECKOUT / "tests").is_dir():
        print("lab: the tests are in a checkout of wirelab: run ./lab test there", file=sys.stderr)
        sys.exit(2)
    asked = next((option for option in OTHERS if option in arguments), None)
    if asked:
        program, rest = OTHERS[asked], [word for word in arguments if word != asked]
    else:
        program, rest = PYTEST, located(arguments, Path.cwd())
    sys.stdout.flush()
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, *program, *rest])


def located(arguments: Sequence[str], folder: Path) -> list[str]:
    """Return the arguments with those that name a file seen from `folder` made absolute.

    A test may be named within a file: `tests/test_style.py::test_types`.
    """
    return [_located(word, folder) for word in arguments]


def _located(word: str, folder: Path) -> str:
    path, mark, test = word.partition("::")
    if not path or path.startswith("-") or not (folder / path).exists():
        return word
    return os.path.normpath(folder / path) + mark + test
