"""Copying what a port carries: a kernel that cannot is told from one that refuses."""

import errno

import pytest

from wirelab.emulator import EmulatorError, Missing, sandbox
from wirelab.emulator.mirror import mirror


def refused(code: int) -> None:
    """Mirror a port of a kernel that answers with an error."""
    from pyroute2 import IPRoute
    from pyroute2.netlink.exceptions import NetlinkError

    def tc(self: object, *arguments: object, **named: object) -> None:
        raise NetlinkError(code, "refused")

    IPRoute.tc = tc
    mirror([1], 1)


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EOPNOTSUPP])
def test_a_kernel_without_it_is_something_missing(code: int) -> None:
    with pytest.raises(Missing, match="this kernel cannot mirror a port; to mend it"):
        sandbox.call(refused, code)


def test_another_refusal_is_an_error() -> None:
    with pytest.raises(EmulatorError, match="cannot mirror a port") as told:
        sandbox.call(refused, errno.EPERM)
    assert not isinstance(told.value, Missing)
