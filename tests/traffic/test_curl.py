"""What curl says when nobody is there; the rest is told with the servers."""

from traffic_labs import in_lab

from wirelab.topologies.routed import Routed
from wirelab.traffic.clients import curl


def test_a_refused_connection_is_told_with_curls_own_number() -> None:
    result = in_lab(Routed(), lambda lab: curl(lab["c"], f"http://{lab['s'].ip()}/"))
    assert (result.exit_code, result.response_code, result.size) == (7, 0, 0)
    assert "connect" in result.error
    assert result.sha256 == ""
