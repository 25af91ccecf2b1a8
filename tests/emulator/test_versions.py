"""What stands in for `distutils` while Mininet is imported."""

import subprocess
import sys

from wirelab.emulator.versions import StrictVersion


def test_versions_compare_by_number() -> None:
    assert StrictVersion("1.9.3") < StrictVersion("1.10")
    assert not StrictVersion("2.17.9") < StrictVersion("1.10")


def test_it_is_gone_afterwards_and_mininet_has_it() -> None:
    asked = (
        "import wirelab.emulator, sys, mininet.node; print('distutils' in sys.modules,"
        " mininet.node.StrictVersion('2.0') < mininet.node.StrictVersion('1.10'))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "False False\n"
