"""What a setting takes."""

import pytest

from wirelab.scenarios import Setting, SettingError
from wirelab.scenarios.dns_play import DOMAIN


@pytest.mark.parametrize("text", ["example.test", "my-shop.org"])
def test_a_text_that_looks_right_is_taken(text: str) -> None:
    assert DOMAIN.parse(text) == text


@pytest.mark.parametrize("text", ["", "test", "www.example.test", 'a".test', "Ex.test\n"])
def test_a_text_that_does_not_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match=r"domain looks like example\.test, unlike"):
        DOMAIN.parse(text)


def test_a_number_has_limits() -> None:
    setting = Setting("ttl", 60, "how long", 1, 100, "s")
    assert setting.parse("100") == 100
    with pytest.raises(SettingError, match="ttl is 1 to 100 s, not 101"):
        setting.parse("101")


def test_a_word_is_one_of_a_few() -> None:
    with pytest.raises(SettingError, match="ipv6 is one of yes, no, not 'maybe'"):
        Setting("ipv6", "yes", "whether", choices=("yes", "no")).parse("maybe")
