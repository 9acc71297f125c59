"""What the advice can say of a barcode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

_TONES: Final[Mapping[str, str]] = {
    "STOCKOUT": "danger",
    "REORDER": "warning",
    "BROKEN_SIZES": "warning",
    "LOST_SALES": "danger",
    "DEAD": "info",
    "OVERSTOCK": "info",
    "RAISE_PRICE": "success",
    "LOWER_PRICE": "info",
}


class AdviceKind(models.TextChoices):
    """The most pressing first: the first kind of a barcode gives its reason. docs/advice.md has each rule."""

    STOCKOUT = "STOCKOUT", _("Sold out")
    REORDER = "REORDER", _("To be ordered")
    BROKEN_SIZES = "BROKEN_SIZES", _("Broken sizes")
    LOST_SALES = "LOST_SALES", _("Lost sales")
    DEAD = "DEAD", _("Dead stock")
    OVERSTOCK = "OVERSTOCK", _("Too much stock")
    RAISE_PRICE = "RAISE_PRICE", _("Raise the price")
    LOWER_PRICE = "LOWER_PRICE", _("Lower the price")

    @property
    def tone(self) -> str:
        """The colour of its tile and of its label."""
        return _TONES[self.value]


__all__ = ["AdviceKind"]
