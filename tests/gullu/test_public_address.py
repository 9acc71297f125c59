"""Whether others can reach this site, judged by the setting alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gullu.env import ConfigError, load
from gullu.public_address import is_public_host, public_address_problem


@pytest.mark.parametrize(
    "host",
    [
        "gullu.com",
        "shop.gullu.com.tr.",
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "xn--gll-hoa.com",
    ],
)
def test_name_on_the_internet_is_public(host: str) -> None:
    assert is_public_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "shop.localhost",
        "depo",
        "depo.local",
        "depo.lan",
        "shop.example",
        "127.0.0.1",
        "127.1",
        "0.0.0.0",
        "10.0.0.4",
        "172.16.3.1",
        "192.168.1.20",
        "169.254.0.1",
        "100.64.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "2130706433",
        "1.0x7f",
    ],
)
def test_name_of_a_house_or_this_machine_is_not_public(host: str) -> None:
    assert not is_public_host(host)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (None, "PUBLIC_BASE_URL is not set"),
        ("http://localhost:8000", "which only this house can reach"),
        ("https://192.168.1.20", "which only this house can reach"),
        ("http://shop.gullu.com", "https:// addresses only"),
        ("https://other.gullu.com", "add other.gullu.com to ALLOWED_HOSTS"),
        ("https://shop.gullu.com", ""),
    ],
)
def test_problem_of_an_address_is_said_in_one_sentence(
    settings: Any, address: str | None, words: str
) -> None:
    from django.utils.translation import override

    settings.PUBLIC_BASE_URL, settings.ALLOWED_HOSTS = address, ["shop.gullu.com"]

    with override("en"):
        problem = public_address_problem()

    assert (words in problem, bool(problem)) == (True, bool(words))


@pytest.mark.parametrize(
    "address",
    ["https://u:secret@shop.gullu.com", "https://shop.gullu.com?x=1", "https://shop.gullu.com/#top"],
)
def test_address_with_more_than_a_place_stops_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="PUBLIC_BASE_URL holds more than an address") as caught:
        load({"DATA_DIR": str(tmp_path), "PUBLIC_BASE_URL": address}, None)

    assert "secret" not in str(caught.value)


def test_address_is_read_without_its_closing_slash(tmp_path: Path) -> None:
    found = load({"DATA_DIR": str(tmp_path), "PUBLIC_BASE_URL": "https://shop.gullu.com/"}, None)

    assert found.public_base_url == "https://shop.gullu.com"
