"""What is missing to know every profit: by kind, by what it is missing of, and where it is entered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.enums import Missing
from analytics.profit import selectors
from analytics.profit.asked import Asked, Which
from analytics.profit.pages import lines_address
from analytics.sales.dimensions import Dimension
from analytics.sales.periods import Preset
from catalog.models import Product

# What a group of a kind is a group of; of the others, a month.
_DIMENSIONS: Final[Mapping[Missing, Dimension]] = {
    Missing.COST: Dimension.MODEL,
    Missing.VAT_RATE: Dimension.MODEL,
    Missing.COMMISSION: Dimension.CATEGORY,
    Missing.CARGO: Dimension.CARRIER,
    Missing.RETURN_CARGO: Dimension.CARRIER,
}
_WHY: Final[Mapping[Missing, Promise]] = {
    Missing.COST: _(
        "Neither a cost sheet of the model nor a cost at the barcode holds for the day of the sale."
    ),
    Missing.RATE: _(
        "The cost has a part in dollars, and no exchange rate is known for the day or before it."
    ),
    Missing.COMMISSION: _("Nothing was settled, sent or read from a file, and no rate of the tariff fits."),
    Missing.CARGO: _("No tariff of the carrier holds for the day, the desi and the amount of the order."),
    Missing.RETURN_CARGO: _(
        "Something came back, and the tariff of the carrier has no price for the way back."
    ),
    Missing.PACKAGING: _("The figures of the shop have no packaging cost for these days."),
    Missing.STAFF: _("The figures of the shop have no staff cost for these days."),
    Missing.SERVICE_FEE: _("The figures of the shop have no service fee for these days."),
    Missing.VAT_RATE: _("The line came without a VAT rate."),
    Missing.POLICY: _("No figures of the shop hold for these days."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What is missing of one model, carrier or category, and how much waits for it."""

    label: str
    lines: int
    pairs: int
    sale: Decimal
    lines_address: str
    entry: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything missing of one kind. `of`: what its rows are. `entry`: where it is entered, "" for who may not."""

    code: Missing
    of: str
    why: Promise
    entry: str
    rows: tuple[Row, ...]
    lines: int
    sale: Decimal
    lines_address: str


@dataclass(frozen=True, slots=True)
class Found:
    """A group as it was counted, with the address where it is entered."""

    code: Missing
    key: str
    label: str
    lines: int
    pairs: int
    sale: Decimal
    entry: str


def missing_of(asked: Asked, person: Any) -> list[Found]:
    """All groups; two statements. Entries are only linked for who may make them (`person` may be None: no links)."""
    groups = selectors.missing(asked.rows())
    codes = {one.key for one in groups if one.code in {Missing.COST, Missing.VAT_RATE}}
    products = dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))
    return [
        Found(
            code=Missing(one.code),
            key=one.key,
            label=one.label,
            lines=one.lines,
            pairs=one.pairs,
            sale=one.sale,
            entry=_entry(Missing(one.code), one.key, products, person),
        )
        for one in groups
    ]


def by_kind(asked: Asked, found: Sequence[Found]) -> list[Kind]:
    """The groups of each kind, most sale first; a line that lacks two things stands in both kinds."""
    kinds = []
    for code in Missing:
        rows = sorted((one for one in found if one.code == code), key=lambda one: (-one.sale, one.key))
        if rows:
            kinds.append(_kind(asked, code, rows))
    return sorted(kinds, key=lambda kind: -kind.sale)


def _kind(asked: Asked, code: Missing, found: Sequence[Found]) -> Kind:
    common = {one.entry for one in found}
    return Kind(
        code=code,
        of=str(_DIMENSIONS.get(code, Dimension.MONTH).label),
        why=_WHY[code],
        entry=common.pop() if len(common) == 1 else "",
        rows=tuple(_row(asked, one) for one in found),
        lines=sum(one.lines for one in found),
        sale=sum((one.sale for one in found), Decimal(0)),
        lines_address=lines_address(asked, Which.INCOMPLETE, missing=code.value),
    )


def _row(asked: Asked, one: Found) -> Row:
    dimension = _DIMENSIONS.get(one.code, Dimension.MONTH)
    narrowed = asked.with_sold(asked.sold.with_only((dimension, one.key)))
    address = lines_address(narrowed, Which.INCOMPLETE, missing=one.code.value)
    return Row(one.label, one.lines, one.pairs, one.sale, address, one.entry)


# --- where it is entered --------------------------------------------------------------------------------------------

_Products = Mapping[str, int]


def _cost_sheet(key: str, products: _Products) -> str:
    if key not in products:
        return ""
    return f"{reverse('admin:analytics_costsheet_add')}?{urlencode({'product': products[key]})}"


def _tariff(key: str, _products: _Products) -> str:
    return f"{reverse('admin:analytics_cargotariff_changelist')}?{urlencode({'q': key})}"


def _model(key: str, products: _Products) -> str:
    return reverse("admin:catalog_product_change", args=[products[key]]) if key in products else ""


def _list(name: str) -> Callable[[str, _Products], str]:
    return lambda _key, _products: reverse(f"admin:{name}")


_RATES: Final = ("analytics.add_exchangerate", _list("analytics_exchangerate_changelist"))
_TARIFFS: Final = ("analytics.add_cargotariff", _tariff)
_POLICY: Final = ("analytics.add_profitpolicy", _list("analytics_profitpolicy_changelist"))
_ENTRIES: Final[Mapping[Missing, tuple[str, Callable[[str, _Products], str]]]] = {
    Missing.COST: ("analytics.add_costsheet", _cost_sheet),
    Missing.RATE: _RATES,
    Missing.COMMISSION: ("analytics.add_commissionimport", _list("analytics_commissionimport_changelist")),
    Missing.CARGO: _TARIFFS,
    Missing.RETURN_CARGO: _TARIFFS,
    Missing.PACKAGING: _POLICY,
    Missing.STAFF: _POLICY,
    Missing.SERVICE_FEE: _POLICY,
    Missing.VAT_RATE: ("catalog.change_product", _model),
    Missing.POLICY: _POLICY,
}


def _entry(code: Missing, key: str, products: _Products, person: Any) -> str:
    right, address = _ENTRIES[code]
    return address(key, products) if person is not None and person.has_perm(right) else ""


def presets(asked: Asked) -> list[tuple[Preset, str]]:
    """The quick choices of days, on this page."""
    address = reverse("profit:missing")
    return [
        (one, f"{address}?{asked.query(**{'period': one.value, 'from': None, 'to': None})}")
        for one in Preset
        if one != Preset.FREE
    ]


def codes_in_words(codes: Collection[str]) -> str:
    """`Product cost, Cargo tariff`."""
    return ", ".join(str(Missing(code).label) for code in codes)


__all__ = ["Found", "Kind", "Row", "by_kind", "codes_in_words", "missing_of", "presets"]
