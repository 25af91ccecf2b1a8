"""Web pages: text of the size that was asked for."""

import random

import pytest

from wirelab.traffic.web_page import web_page


@pytest.mark.parametrize("size", [1, 38, 5000])
def test_a_page_has_the_size_that_was_asked_for(size: int) -> None:
    assert len(web_page(random.Random(1), size)) == size


def test_a_page_is_html_and_the_seed_decides_what_it_says() -> None:
    one, other = (web_page(random.Random(seed), 400) for seed in (1, 2))
    assert one.startswith(b"<!doctype html>")
    assert one != other
