"""The fields of the grid: what was typed, what was seen, and what is to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.utils.translation import gettext_lazy

from catalog.changing import VariantChange, VariantProblem
from catalog.models import Variant
from catalog.typed import BUFFER, read_typed, typed_text
from integrations.product_grid.grid import GridCell, ProductGrid

MONEY: Final = ("sale_price", "list_price", "cost", "cost_currency")
TICK: Final = "discontinued"
OTHERS: Final = (BUFFER, TICK)
LABELS: Final[Mapping[str, Any]] = {
    "sale_price": gettext_lazy("sale price"),
    "list_price": gettext_lazy("list price"),
    "cost": gettext_lazy("cost"),
    "cost_currency": gettext_lazy("cost currency"),
    "safety_buffer": gettext_lazy("safety buffer"),
    "discontinued": gettext_lazy("discontinued"),
}
_SALT: Final = "integrations.product_grid"


def field_names(*, money: bool) -> tuple[str, ...]:
    """The rows of the grid that a person may change."""
    return (*MONEY, *OTHERS) if money else OTHERS


def shown(variant: Variant, name: str) -> str:
    """A value as it stands in its field."""
    return typed_text(getattr(variant, name))


def seal(grid: ProductGrid, names: Sequence[str]) -> str:
    """What this page shows, so that a change made by somebody else meanwhile is noticed."""
    rows = {str(cell.variant.pk): [shown(cell.variant, name) for name in names] for cell in grid.cells}
    return _sealed({"product": grid.product.pk, "names": list(names), "rows": rows})


def _sealed(seen: Mapping[str, Any]) -> str:
    return signing.dumps(seen, salt=_SALT, compress=True)


@dataclass(slots=True)
class GridInput:
    """A form as it was sent: the changes it asks for, and what could not be read, by field name."""

    changes: list[VariantChange]
    errors: dict[str, str]
    typed: Mapping[str, str]
    seen: Mapping[str, Any]

    def refuse(self, problems: Iterable[VariantProblem], rows: Mapping[int, Variant]) -> None:
        """Take over what the service said. What somebody else changed is known now; the rest is as it was seen."""
        for one in problems:
            self.errors[f"{one.field}-{one.variant_id}"] = one.message
            if one.field and one.variant_id in rows:
                place = self.seen["names"].index(one.field)
                self.seen["rows"][str(one.variant_id)][place] = shown(rows[one.variant_id], one.field)

    def seal(self) -> str:
        """What the page that comes back has shown."""
        return _sealed(self.seen)


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
    return GridInput(changes, errors, post, seen)


def _change(
    variant_id: int, row: Mapping[str, str], post: Mapping[str, str], errors: dict[str, str]
) -> VariantChange | None:
    values: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for name, old in row.items():
        key = f"{name}-{variant_id}"
        # A tick that was taken away is not sent; anything else that was not is left as it is.
        typed = post.get(key, "" if name == TICK else old).strip()
        if typed == old:
            continue
        try:
            value = read_typed(name, typed)
        except ValueError as error:
            errors[key] = str(error)
            continue
        known = read_typed(name, old)
        if value != known:
            values[name], before[name] = value, known
    return VariantChange(variant_id=variant_id, values=values, seen=before) if values else None


# --- as the page draws it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the grid. `kept` is what stands in the books where something else was typed, else None."""

    name: str
    key: str
    label: str
    value: str
    kept: str | None
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
    kept = shown(cell.variant, name)
    value = kept if entered is None else entered.typed.get(key, "").strip()
    error = "" if entered is None else entered.errors.get(key, "")
    return Field(name, key, label, value, kept if value != kept else None, cell, error)
