"""The shop's own card from the environment: what papers for customers say about it. Knows no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCard:
    """`contact` is one line each; `colour` is `#rrggbb`; `logo` is a picture on this machine, or None."""

    name: str
    slogan: str
    contact: tuple[str, ...]
    colour: str
    logo: Path | None


def shop_card(values: Mapping[str, Any]) -> ShopCard:
    """The card of the SHOP_* values, which are already typed."""
    return ShopCard(
        name=values["SHOP_NAME"],
        slogan=values["SHOP_SLOGAN"],
        contact=values["SHOP_CONTACT"],
        colour=values["SHOP_COLOUR"].lower(),
        logo=values["SHOP_LOGO"],
    )
