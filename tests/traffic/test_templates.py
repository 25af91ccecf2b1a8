"""Rendering configuration files."""

import pytest
from jinja2 import UndefinedError

from wirelab.traffic.templates import render


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="server"):
        render("relay.conf.j2", local="192.168.10.1")


def test_values_are_filled_in_as_they_are() -> None:
    text = render("relay.conf.j2", local="192.168.10.1", server="10.0.20.20 & <more>")
    assert text.splitlines()[-1] == "dhcp-relay=192.168.10.1,10.0.20.20 & <more>"
