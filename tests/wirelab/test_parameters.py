"""What `--set` gives to the parameters of a topology."""

import pytest
from mininet.topo import Topo

from wirelab.run.errors import PlanError
from wirelab.run.parameters import parameters


class Own(Topo):
    """A network of somebody who writes no types."""

    def build(self, spare=False, domain=None, ports=(1, 2), loss=0, count=1, name="x"):  # type: ignore[no-untyped-def]
        """Draw nothing."""


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        *((f"spare={word}", True) for word in ("true", "Yes", "1")),
        *((f"spare={word}", False) for word in ("false", "no", "0")),
        ("domain=7", 7),
        ("domain=0.5", 0.5),
        ("domain=example.test", "example.test"),
        ("loss=0.5", 0.5),
        ("count=3", 3),
        ("name=3", "3"),
    ],
)
def test_a_value_has_the_type_of_the_default(assignment: str, value: object) -> None:
    ((_key, found),) = parameters("own", Own, [assignment]).items()
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("assignment", "told"),
    [
        ("spare=perhaps", "spare of the topology own is true or false, not 'perhaps'"),
        ("ports=3", "ports of the topology own is a tuple, which --set cannot give"),
        ("count=many", "count of the topology own is a number, not 'many'"),
        ("loss=nan", "loss of the topology own is a number, not 'nan'"),
        ("nam=x", "the topology own has no parameter 'nam'; it has spare, domain, ports"),
        ("name", "--set takes name=value, not 'name'"),
    ],
)
def test_what_cannot_be_given_is_told(assignment: str, told: str) -> None:
    with pytest.raises(PlanError) as error:
        parameters("own", Own, [assignment])
    assert str(error.value).startswith(told)
