"""The step "prices and desi": what is shown, what was sent, and keeping both at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.http import QueryDict

from catalog.changing import ChangedVariants, VariantChange, VariantProblem, change_variants
from catalog.models import Currency, Product, Variant
from catalog.typed import AMOUNTS, BUFFER, MONEY, read_typed, typed_text
from catalog.writing import set_basics, touch
from gullu.models import User
from inventory.stock_grid import size_order


@dataclass(slots=True)
class Entry:
    """One field of one barcode: as it is typed, what is wrong with it, and whether it differs from what is kept."""

    name: str
    text: str
    error: str = ""
    changed: bool = False


@dataclass(slots=True)
class PriceRow:
    """One barcode; `error` concerns it as a whole."""

    variant: Variant
    entries: dict[str, Entry]
    error: str = ""


Seen = dict[int, dict[str, Any]]
"""Per variant what a person had before them, by field."""


@dataclass(slots=True)
class Sent:
    """The table as it was sent: what can be kept, and sentences per (variant, field) for what cannot."""

    seen: Seen
    changes: list[VariantChange] = field(default_factory=list)
    errors: dict[tuple[int, str], str] = field(default_factory=dict)

    def refuse(self, problems: Iterable[VariantProblem], rows: Iterable[Variant]) -> None:
        """Take over what the service said. What somebody else changed is known now; the rest is as it was seen."""
        known = {row.pk: row for row in rows}
        for one in problems:
            self.errors[one.variant_id, one.field] = one.message
            if one.variant_id in known and one.field:
                self.seen.setdefault(one.variant_id, {})[one.field] = getattr(
                    known[one.variant_id], one.field
                )


def fields_for(*, money: bool) -> tuple[str, ...]:
    """The columns a person may see: without the right to see money none with an amount, as everywhere."""
    return (*MONEY, BUFFER) if money else (BUFFER,)


def in_order(variants: Sequence[Variant]) -> list[Variant]:
    """Colours as they were added, sizes from small to large."""
    colours = list(dict.fromkeys(row.colour for row in sorted(variants, key=lambda row: row.pk)))
    return sorted(variants, key=lambda row: (colours.index(row.colour), size_order(row.size)))


def now(variants: Iterable[Variant], names: Sequence[str]) -> Seen:
    """What a person sees who opens the page now."""
    return {row.pk: {name: getattr(row, name) for name in names} for row in variants}


def as_json(seen: Seen) -> str:
    """For the page to hand back: ``{"12": {"sale_price": "499.90"}}``."""
    return json.dumps(seen, default=str)


def rows_of(
    variants: Sequence[Variant],
    names: Sequence[str],
    data: QueryDict,
    errors: Mapping[tuple[int, str], str],
) -> list[PriceRow]:
    """The table: as it is kept, and over that what was sent and what is wrong with it."""
    return [
        PriceRow(
            variant,
            {name: _entry(variant, name, data, errors.get((variant.pk, name), "")) for name in names},
            errors.get((variant.pk, ""), ""),
        )
        for variant in variants
    ]


def _entry(variant: Variant, name: str, data: QueryDict, error: str) -> Entry:
    kept = typed_text(getattr(variant, name))
    text = data.get(f"{name}-{variant.pk}", kept)
    return Entry(name, text, error, text != kept)


def read(variants: Sequence[Variant], names: Sequence[str], data: QueryDict) -> Sent:
    """What was typed, compared with what was shown. A field that was not sent is left as it is."""
    sent = Sent(seen=_seen(data.get("seen", ""), names))
    for variant in variants:
        known = sent.seen.get(variant.pk, {})
        values: dict[str, Any] = {}
        for name in names:
            key = f"{name}-{variant.pk}"
            if key not in data:
                continue
            try:
                values[name] = read_typed(name, data.get(key, ""))
            except ValueError as error:
                sent.errors[variant.pk, name] = f"{variant.barcode}: {error}"
        changed = {
            name: value for name, value in values.items() if value != known.get(name, getattr(variant, name))
        }
        if changed:
            before = {name: known[name] for name in changed if name in known}
            sent.changes.append(VariantChange(variant_id=variant.pk, values=changed, seen=before))
    return sent


def _seen(text: str, names: Sequence[str]) -> Seen:
    """What `as_json` wrote; nothing for anything else: then nobody is asked whether it changed meanwhile."""
    try:
        value = json.loads(text or "{}")
        return {int(pk): dict(_pairs(row, names)) for pk, row in value.items()}
    except (ValueError, AttributeError, TypeError, ArithmeticError):
        return {}


def _pairs(row: Mapping[str, Any], names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for name in names:
        if name in row:
            value = row[name]
            yield name, Decimal(value) if name in AMOUNTS and value is not None else value


@transaction.atomic
def keep_prices(
    *, product: Product, desi: Decimal, seen_desi: str, changes: Sequence[VariantChange], user: User
) -> ChangedVariants:
    """Desi of the model and prices of its barcodes: both, or neither. Raises `ProductRefused`, `VariantsRefused`."""
    set_basics(product_id=product.pk, values={"desi": desi}, user=user, seen={"desi": seen_desi})
    if not changes:
        return ChangedVariants(0, 0)
    done = change_variants(changes, user=user)
    touch(product)
    return done


CURRENCIES: Final = Currency.choices

__all__ = [
    "CURRENCIES",
    "Entry",
    "PriceRow",
    "Seen",
    "Sent",
    "as_json",
    "fields_for",
    "in_order",
    "keep_prices",
    "now",
    "read",
    "rows_of",
]
