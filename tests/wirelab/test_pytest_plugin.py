"""The fixture `lab_replay`, in tests of other people."""

from pathlib import Path

import pytest
from written import pcap

pytest_plugins = ("pytester",)

_FRAME = bytes.fromhex("02000000000202000000000188b5") + bytes(46)
_PLUGIN = ("-p", "wirelab.pytest_plugin")


@pytest.fixture
def capture(pytester: pytest.Pytester) -> Path:
    path = pytester.path / "two.pcap"
    path.write_bytes(pcap([(number * 1000, _FRAME, 60) for number in range(2)]))
    return path


def test_a_test_replays_a_capture(pytester: pytest.Pytester, capture: Path) -> None:
    pytester.makepyfile(
        """
        from wirelab.traffic.replay.frame_options import FrameOptions
        from wirelab.verify import read_capture

        def test_replay(lab_replay, tmp_path):
            ended = lab_replay("two.pcap", "routed", FrameOptions(at={"": "c-eth0"}, loops=3),
                               settings={"mtu": 1400})
            assert ended.passed and ended.sent == 6
            assert ended.directory.startswith(str(tmp_path))
            frames = read_capture(ended.directory + "/points/s1-eth1.pcapng").frames
            assert len(frames) == 6
        """
    )
    ended = pytester.runpytest_subprocess(*_PLUGIN)
    ended.assert_outcomes(passed=1)


def test_what_cannot_be_replayed_is_an_error_of_the_test(
    pytester: pytest.Pytester, capture: Path
) -> None:
    pytester.makepyfile(
        """
        import pytest
        from wirelab.traffic.replay.errors import ReplayError
        from wirelab.traffic.replay.frame_options import FrameOptions

        def test_replay(lab_replay):
            with pytest.raises(ReplayError, match="no interface"):
                lab_replay("two.pcap", "lan", FrameOptions(at={"": "eth9"}))
        """
    )
    pytester.runpytest_subprocess(*_PLUGIN).assert_outcomes(passed=1)


def test_the_plugin_costs_other_tests_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_slow_is_imported():
            assert not {"numpy", "mininet", "wirelab.run"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess(*_PLUGIN).assert_outcomes(passed=1)


def test_the_fixture_is_described(pytester: pytest.Pytester) -> None:
    told = pytester.runpytest_subprocess(*_PLUGIN, "--fixtures")
    told.stdout.fnmatch_lines(["lab_replay*", "*Replay captures into labs*"])
