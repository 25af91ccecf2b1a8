"""Configurations: text of the size that was asked for, with a secret in it."""

import random

import pytest

from wirelab.traffic.device_config import device_config


@pytest.mark.parametrize("size", [1, 100, 1500, 5000])
def test_a_configuration_has_the_size_that_was_asked_for(size: int) -> None:
    assert len(device_config(random.Random(1), size)) == size


def test_the_seed_decides_its_secret() -> None:
    one, other = (device_config(random.Random(seed), 400).decode() for seed in (1, 2))
    assert one.splitlines()[1].startswith("enable secret ")
    assert one.splitlines()[1] != other.splitlines()[1]
    assert one.isascii()
