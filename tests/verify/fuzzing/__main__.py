"""`python tests/verify/fuzzing`: a folder is run as a program, its modules as a package."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:1] = [str(_HERE.parent), str(_HERE.parents[1])]

from fuzzing.runner import main  # noqa: E402  where helpers of tests are found is said first

if __name__ == "__main__":
    sys.exit(main())
