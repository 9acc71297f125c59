"""Who changed what of a model and its barcodes: old and new value of each field, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet, Window
from django.db.models.functions import Lag
from django.utils.translation import ngettext

from catalog.models import Product, Variant
from gullu.audit.telling import UNKNOWN, FieldChange, shown

_BEGAN: Final = "insert"
_NOT_TOLD: Final = frozenset({"id", "created_at", "product", "barcode", "colour", "size", "code"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed at once: `what` names it, `who` is empty for the system.

    `of_model`: the model itself and none of its barcodes.
    """

    at: datetime
    who: str
    what: str
    fields: tuple[FieldChange, ...]
    began: bool = False
    ended: bool = False
    of_model: bool = False


def changes_of(*, product_id: int, money: bool, most: int = 60) -> list[Change]:
    """The newest changes of a model and its barcodes, amounts only with `money`. Five statements at most."""
    product_rows = _events(Product, {"pgh_obj_id": product_id}, most)
    variant_rows = _events(Variant, {"product_id": product_id}, most)
    # A model comes before its barcodes, and so below them.
    newest = sorted(
        [*product_rows, *variant_rows],
        key=lambda row: (row.pgh_created_at, not hasattr(row, "code"), row.pgh_id),
        reverse=True,
    )
    rows = newest[:most]
    before = {**_before(Product, product_rows), **_before(Variant, variant_rows)}
    people = _people(rows)
    found = (_change(row, before.get((type(row), row.before_id)), people, money=money) for row in rows)
    return _gathered(change for change in found if change.fields or change.began or change.ended)


def _gathered(changes: Iterable[Change]) -> list[Change]:
    """What was added by one person in one moment becomes one line."""
    found: list[Change] = []
    for _moment, group in groupby(changes, key=lambda one: (one.at, one.who, one.began, one.of_model)):
        same = list(group)
        if same[0].began and len(same) > 1:
            text = ngettext("%(count)s barcode", "%(count)s barcodes", len(same))
            same = [replace(same[0], what=text % {"count": len(same)})]
        found += same
    return found


def _history(model: type[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = apps.get_model("catalog", f"{model.__name__}History")._default_manager.all()  # noqa: SLF001
    return rows


def _events(model: type[Any], which: Mapping[str, Any], most: int) -> list[Any]:
    rows = _history(model).filter(**which).select_related("pgh_context")
    earlier = Window(Lag("pgh_id"), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc())
    return list(rows.annotate(before_id=earlier).order_by("-pgh_id")[:most])


def _before(model: type[Any], rows: Sequence[Any]) -> dict[tuple[type[Any], int], Any]:
    ids = [row.before_id for row in rows if row.before_id is not None]
    return {(type(row), row.pk): row for row in _history(model).filter(pk__in=ids)} if ids else {}


def _people(rows: Iterable[Any]) -> dict[int, str]:
    ids = {number for row in rows if (number := _who(row)) is not None}
    people = get_user_model()._default_manager.filter(pk__in=ids)  # noqa: SLF001
    return {person.pk: person.get_username() for person in people} if ids else {}


def _who(row: Any) -> int | None:
    return row.pgh_context.metadata.get("user") if row.pgh_context else None


def _change(row: Any, before: Any, people: Mapping[int, str], *, money: bool) -> Change:
    began, ended = row.pgh_label == _BEGAN, row.pgh_label == "delete"
    fields = () if began or ended else tuple(_fields(row, before, money=money))
    who = people.get(_who(row) or 0, "")
    of_model = hasattr(row, "code")
    what = str(row.code) if of_model else f"{row.colour} {row.size} · {row.barcode}"
    return Change(row.pgh_created_at, who, what, fields, began=began, ended=ended, of_model=of_model)


MONEY_FIELDS: Final = frozenset({"list_price", "sale_price", "cost", "cost_currency"})


def _fields(row: Any, before: Any, *, money: bool) -> Iterator[FieldChange]:
    for field in row._meta.get_fields():  # noqa: SLF001
        name = field.name
        if name.startswith("pgh_") or name in _NOT_TOLD or (name in MONEY_FIELDS and not money):
            continue
        new = getattr(row, field.attname)
        old = getattr(before, field.attname) if before is not None else None
        if before is None or old != new:
            was = UNKNOWN if before is None else shown(field, old)
            yield FieldChange(str(field.verbose_name), was, shown(field, new))


__all__ = ["MONEY_FIELDS", "Change", "FieldChange", "changes_of"]
