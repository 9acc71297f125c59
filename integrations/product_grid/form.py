"""The fields of the grid: what was typed, what was seen, and what is to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.changing import VariantChange
from catalog.models import Currency, Variant
from gullu.forms import parse_decimal
from gullu.money import format_number
from integrations.product_grid.grid import GridCell, ProductGrid

MONEY: Final = ("sale_price", "list_price", "cost", "cost_currency")
OTHERS: Final = ("safety_buffer", "discontinued")
LABELS: Final[Mapping[str, Any]] = {
    "sale_price": gettext_lazy("sale price"),
    "list_price": gettext_lazy("list price"),
    "cost": gettext_lazy("cost"),
    "cost_currency": gettext_lazy("cost currency"),
    "safety_buffer": gettext_lazy("safety buffer"),
    "discontinued": gettext_lazy("discontinued"),
}
_AMOUNTS: Final = frozenset({"sale_price", "list_price", "cost"})
_SALT: Final = "integrations.product_grid"


def field_names(*, money: bool) -> tuple[str, ...]:
    """The rows of the grid that a person may change."""
    return (*MONEY, *OTHERS) if money else OTHERS


def shown(variant: Variant, name: str) -> str:
    """A value as it stands in its field: `1299,90`, `USD`, `on`; empty for nothing."""
    value = getattr(variant, name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Decimal):
        # Without the dots of thousands: quicker to retype.
        return format_number(value).replace(".", "")
    return str(value)


def seal(grid: ProductGrid, names: Sequence[str]) -> str:
    """What this page shows, so that a change made by somebody else meanwhile is noticed."""
    rows = {str(cell.variant.pk): [shown(cell.variant, name) for name in names] for cell in grid.cells}
    return signing.dumps(
        {"product": grid.product.pk, "names": list(names), "rows": rows}, salt=_SALT, compress=True
    )


@dataclass(slots=True)
class GridInput:
    """A form as it was sent: the changes it asks for, and what could not be read, by field name."""

    changes: list[VariantChange]
    errors: dict[str, str]
    typed: Mapping[str, str]


class StalePage(ValueError):
    """The page was opened by an older version of the site, or tampered with."""


def read(post: Mapping[str, str], *, product_id: int, names: Sequence[str]) -> GridInput:
    """What differs from what the page showed. Raises `StalePage`."""
    try:
        seen = signing.loads(post.get("seen", ""), salt=_SALT)
    except signing.BadSignature as error:
        raise StalePage from error
    if seen["product"] != product_id or not set(names) >= set(seen["names"]):
        raise StalePage
    errors: dict[str, str] = {}
    changes = []
    for number, values in seen["rows"].items():
        row = dict(zip(seen["names"], values, strict=True))
        change = _change(int(number), row, post, errors)
        if change is not None:
            changes.append(change)
    return GridInput(changes, errors, post)


def _change(
    variant_id: int, row: Mapping[str, str], post: Mapping[str, str], errors: dict[str, str]
) -> VariantChange | None:
    values: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for name, old in row.items():
        key = f"{name}-{variant_id}"
        typed = post.get(key, "").strip()
        if typed == old:
            continue
        try:
            value = _value(name, typed)
        except ValueError as error:
            errors[key] = str(error)
            continue
        if value != _value(name, old):
            values[name], before[name] = value, _value(name, old)
    return VariantChange(variant_id=variant_id, values=values, seen=before) if values else None


def _value(name: str, text: str) -> Any:
    """Raises ValueError with a sentence."""
    if name == "discontinued":
        return text == "on"
    if name == "cost_currency":
        return text if text in Currency.values else Currency.TRY.value
    if name in _AMOUNTS:
        return _amount(text)
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise ValueError(_("%(value)s is no whole number of pairs: type 0, 1, 2 …") % {"value": text or "—"})
    return int(text)


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return parse_decimal(text, places=2)
    except ValueError:
        words = _("%(value)s is no amount: write it like 1.234,50.") % {"value": text}
        raise ValueError(words) from None


# --- as the page draws it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the grid."""

    name: str
    key: str
    label: str
    value: str
    cell: GridCell
    error: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One line of a colour's table: a field for each size."""

    name: str
    label: str
    fields: tuple[Field | None, ...]


def rows_of(
    cells: Sequence[GridCell | None], names: Sequence[str], entered: GridInput | None
) -> Iterator[FieldRow]:
    """The lines of one colour, with what was typed if the form comes back."""
    for name in names:
        label = str(LABELS[name])
        fields = tuple(None if cell is None else _field(cell, name, label, entered) for cell in cells)
        yield FieldRow(name, label, fields)


def _field(cell: GridCell, name: str, label: str, entered: GridInput | None) -> Field:
    key = f"{name}-{cell.variant.pk}"
    value = shown(cell.variant, name) if entered is None else entered.typed.get(key, "").strip()
    error = "" if entered is None else entered.errors.get(key, "")
    return Field(name, key, label, value, cell, error)
