"""How the language model is reached, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from analytics.insights.errors import NotConfigured

MILLION: Final = 1_000_000
MICRO: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Complete settings. Prices are US dollars for a million tokens. The key stays out of `repr`."""

    key: str = field(repr=False)
    base_url: str
    model: str
    budget: Decimal
    price_in: Decimal
    price_out: Decimal

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or self.base_url

    def cost(self, *, tokens_in: int, tokens_out: int) -> Decimal:
        """US dollars, rounded up to a millionth."""
        exact = (tokens_in * self.price_in + tokens_out * self.price_out) / MILLION
        return exact.quantize(MICRO, ROUND_UP)


# What must be set, by its name in `.env`.
_NEEDED: Final = {
    "API_KEY": "OPENAI_API_KEY",
    "MODEL": "OPENAI_MODEL",
    "PRICE_IN": "OPENAI_PRICE_IN",
    "PRICE_OUT": "OPENAI_PRICE_OUT",
}


def missing() -> list[str]:
    """Names of settings without which nothing can be asked. A price of 0 is a price."""
    given: dict[str, Any] = settings.OPENAI
    return [name for key, name in _NEEDED.items() if given[key] is None or given[key] == ""]


def budget() -> Decimal:
    """US dollars per month."""
    return Decimal(str(settings.OPENAI["MONTHLY_BUDGET_USD"]))


def configuration() -> Configuration:
    """The settings; raises `NotConfigured`."""
    names = missing()
    if names:
        raise NotConfigured(names=", ".join(names))
    given: dict[str, Any] = settings.OPENAI
    return Configuration(
        key=given["API_KEY"],
        base_url=given["BASE_URL"],
        model=given["MODEL"],
        budget=budget(),
        price_in=Decimal(str(given["PRICE_IN"])),
        price_out=Decimal(str(given["PRICE_OUT"])),
    )
