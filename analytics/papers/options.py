"""Everything that decides how a paper looks, as plain values that can travel through the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from analytics.papers.kinds import TITLES, Order, PaperKind, PerPage, Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions:
    """`colour` is `#rrggbb`; `logo` is a name in the storage, empty for the shop's own logo.

    `contact` may have several lines. `with_prices` and `with_stock` were checked against the person's rights.
    """

    kind: PaperKind
    per_page: int = PerPage.FOUR
    quality: Quality = Quality.PRINT
    order: Order = Order.CODE
    with_prices: bool = False
    with_stock: bool = False
    only_active: bool = True
    cover: bool = True
    title: str = ""
    shop: str = ""
    slogan: str = ""
    contact: str = ""
    colour: str = "#b0134a"
    logo: str = ""

    @property
    def heading(self) -> str:
        """The title given, or the name of the paper."""
        return self.title or str(TITLES[self.kind])

    @property
    def prices(self) -> bool:
        return self.with_prices or self.kind.shows_prices

    @property
    def stock(self) -> bool:
        return self.with_stock or self.kind.shows_stock

    def as_dict(self) -> dict[str, Any]:
        """Plain values; `from_dict` reads them."""
        return {name: getattr(value, "value", value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        kinds = {
            "kind": PaperKind(values["kind"]),
            "quality": Quality(values["quality"]),
            "order": Order(values["order"]),
        }
        return cls(**{**values, **kinds})
