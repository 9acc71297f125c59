"""The shop's card: what papers for customers say about it, and what of it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gullu.env import ConfigError, load
from gullu.env_shop import ShopCard


def card(folder: Path, **values: str) -> ShopCard:
    return load({"DATA_DIR": str(folder / "var"), **values}, None).shop


def test_card_is_complete_without_any_setting(tmp_path: Path) -> None:
    assert card(tmp_path) == ShopCard(name="Güllü", slogan="", contact=(), colour="#b0134a", logo=None)


def test_card_takes_lines_and_a_colour_from_the_environment(tmp_path: Path) -> None:
    found = card(
        tmp_path,
        SHOP_NAME="Işıl Ayakkabı",
        SHOP_SLOGAN="Şıklık, her adımda",
        SHOP_CONTACT="0532 000 00 00, www.isil.example",
        SHOP_COLOUR="#00FF7f",
        SHOP_LOGO=str(tmp_path / "logo.png"),
    )

    assert found == ShopCard(
        name="Işıl Ayakkabı",
        slogan="Şıklık, her adımda",
        contact=("0532 000 00 00", "www.isil.example"),
        colour="#00ff7f",
        logo=tmp_path / "logo.png",
    )


@pytest.mark.parametrize("colour", ["red", "#fff", "b0134a", "#b0134g"])
def test_colour_nobody_can_print_is_refused(tmp_path: Path, colour: str) -> None:
    with pytest.raises(ConfigError) as caught:
        card(tmp_path, SHOP_COLOUR=colour)

    assert str(caught.value) == f"SHOP_COLOUR is '{colour}'; accepted is a colour such as #b0134a."
