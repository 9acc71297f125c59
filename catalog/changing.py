"""Changing prices, costs and the like of many barcodes at once: all of it, or nothing and every reason why not.

The grid of a model, the guided page for new products and Excel all come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import pghistory
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.locks import lock_variants
from catalog.models import Currency, Variant
from gullu.errors import DomainError
from gullu.money import format_money, format_number

LARGEST_PRICE: Final = Decimal("9999999999.99")
LARGEST_BUFFER: Final = 32_767
LONGEST_STOCK_CODE: Final = 100
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantChange:
    """What a barcode is to become. `values` holds only what is asked for; keys are those of `CHANGEABLE`.

    `seen` is what the person had before them for these keys; where it is no longer so, the change is refused.
    """

    variant_id: int
    values: Mapping[str, Any]
    seen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantProblem:
    """Why one value cannot be taken. `field` is empty when it concerns the barcode as a whole."""

    variant_id: int
    barcode: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ChangedVariants:
    """Barcodes that are different now, and those that were so already."""

    changed: int
    unchanged: int


class VariantsRefused(DomainError):
    """Data: count, first (a sentence). `problems` has them all; nothing was written."""

    code = "variants_refused"
    template = gettext_lazy("%(count)s values cannot be taken, nothing was changed: %(first)s")

    def __init__(self, *, problems: Sequence[VariantProblem], **_data: Any) -> None:
        self.problems = tuple(problems)
        super().__init__(problems=self.problems, count=len(self.problems), first=self.problems[0].message)


@transaction.atomic
def change_variants(
    changes: Sequence[VariantChange], *, user: AbstractBaseUser | None = None
) -> ChangedVariants:
    """Write every change. Raises `VariantsRefused` with every problem of every barcode, and writes nothing then.

    One change a barcode. The history names `user`, or the person of the request when it is None.
    """
    rows = {row.pk: row for row in lock_variants([change.variant_id for change in changes])}
    problems = [problem for change in changes for problem in problems_of(change, rows.get(change.variant_id))]
    if problems:
        raise VariantsRefused(problems=problems)
    changed = [rows[change.variant_id] for change in changes if _apply(rows[change.variant_id], change)]
    names = sorted({name for change in changes for name in change.values})
    now = timezone.now()
    for row in changed:
        row.updated_at = now
    if changed:
        with _in_the_name_of(user):
            Variant.objects.bulk_update(changed, [*names, "updated_at"], batch_size=_AT_ONCE)
    return ChangedVariants(len(changed), len(changes) - len(changed))


def problems_of(change: VariantChange, row: Variant | None) -> Iterator[VariantProblem]:
    """Everything that keeps `change_variants` from taking a change of this barcode; nothing is written."""
    if row is None:
        text = _("Barcode no. %(number)s is not there any more: open the page again.")
        yield VariantProblem(change.variant_id, "", "", text % {"number": change.variant_id})
        return
    found = dict(_wrong_values(change, row)) or dict(_changed_meanwhile(change, row))
    if not found:
        found = dict(_list_below_sale(change, row))
    for name, message in found.items():
        yield VariantProblem(row.pk, row.barcode, name, message)


def _in_the_name_of(user: AbstractBaseUser | None) -> AbstractContextManager[Any]:
    return nullcontext() if user is None else pghistory.context(user=user.pk)


def _apply(row: Variant, change: VariantChange) -> bool:
    before = {name: getattr(row, name) for name in change.values}
    for name, value in change.values.items():
        setattr(row, name, value)
    return before != dict(change.values)


# --- what cannot be taken ------------------------------------------------------------------------------------------


def _wrong_values(change: VariantChange, row: Variant) -> Iterator[tuple[str, str]]:
    for name, value in change.values.items():
        message = CHANGEABLE[name](value)
        if message:
            yield name, f"{row.barcode}: {message}"


def _changed_meanwhile(change: VariantChange, row: Variant) -> Iterator[tuple[str, str]]:
    text = _("%(barcode)s was changed by somebody else meanwhile, it has %(now)s now: look at it again.")
    for name, seen in change.seen.items():
        now = getattr(row, name)
        if name in change.values and now not in (seen, change.values[name]):
            yield name, text % {"barcode": row.barcode, "now": _said(now)}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format_number(value)
    return "—" if value is None else str(value)


def _list_below_sale(change: VariantChange, row: Variant) -> Iterator[tuple[str, str]]:
    sale = change.values.get("sale_price", row.sale_price)
    listed = change.values.get("list_price", row.list_price)
    if sale is not None and listed is not None and listed < sale:
        text = _(
            "%(barcode)s: list price %(listed)s is below sale price %(sale)s, raise it or lower the other."
        )
        words = {"barcode": row.barcode, "listed": format_money(listed), "sale": format_money(sale)}
        # At the field the person touched.
        yield ("list_price" if "list_price" in change.values else "sale_price"), text % words


def _price(value: Any) -> str:
    if value is None:
        return ""
    if not _is_amount(value) or value <= 0:
        return _("%(value)s is no price: type an amount above zero, for example 1.299,90.") % {"value": value}
    return _amount_size(value)


def _cost(value: Any) -> str:
    if value is None:
        return ""
    if not _is_amount(value) or value < 0:
        return _("%(value)s is no cost: type an amount, or leave it empty while it is not known.") % {
            "value": value
        }
    return _amount_size(value)


def _is_amount(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _amount_size(value: Decimal) -> str:
    if value > LARGEST_PRICE:
        return _("%(value)s is too large an amount.") % {"value": value}
    if value != round(value, 2):
        return _("%(value)s has more than two digits after the comma.") % {"value": value}
    return ""


def _currency(value: Any) -> str:
    if value in Currency.values:
        return ""
    known = ", ".join(Currency.values)
    return _("%(value)s is no currency we know: one of %(known)s.") % {"value": value, "known": known}


def _buffer(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_BUFFER:
        return ""
    return _("%(value)s is no safety buffer: type a whole number of pairs, 0 for none.") % {"value": value}


def _stock_code(value: Any) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_STOCK_CODE:
        return ""
    words = {"value": value, "longest": LONGEST_STOCK_CODE}
    return _("%(value)s is no stock code: %(longest)s letters at most.") % words


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else _("%(value)s is neither yes nor no.") % {"value": value}


CHANGEABLE: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "list_price": _price,
        "sale_price": _price,
        "cost": _cost,
        "cost_currency": _currency,
        "safety_buffer": _buffer,
        "stock_code": _stock_code,
        "discontinued": _flag,
        "active": _flag,
    }
)
"""What can be changed, each with the check that says what is wrong with a value; empty: nothing."""
