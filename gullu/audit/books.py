"""The tables of the history, read off the models: what each follows, how its rows are to be read, what may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pghistory
from django.apps import apps
from django.db import models

from gullu.audit.tracking import CHANGED, UPDATED

# Columns in whose words a record is known to people, and found by; where it points to another record, that one's.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "analytics.campaign": ("name",),
    "analytics.campaignmodel": ("campaign_id", "product_id"),
    "analytics.cargotariff": ("carrier",),
    "analytics.commissionimport": ("file_name",),
    "analytics.costpart": ("name",),
    "analytics.costsheet": ("product_id", "valid_from"),
    "analytics.exchangerate": ("currency", "day"),
    "analytics.planningrule": ("product_id",),
    "analytics.productionplan": ("name",),
    "analytics.productionplanline": ("plan_id", "variant_id"),
    "analytics.profitpolicy": ("valid_from",),
    "auth.group": ("name",),
    "auth.permission": ("codename",),
    "catalog.barcodealias": ("code",),
    "catalog.bundlepart": ("bundle_id", "part_id"),
    "catalog.product": ("code",),
    "catalog.productimage": ("product_id", "colour"),
    "catalog.sizechart": ("name",),
    "catalog.sizechartrow": ("chart_id", "size"),
    "catalog.variant": ("barcode",),
    "gullu.jobschedule": ("name",),
    "gullu.labelprinter": ("name",),
    "gullu.labeltemplate": ("name",),
    "gullu.membership": ("user_id", "group_id"),
    "gullu.ownright": ("user_id", "permission_id"),
    "gullu.role": ("name",),
    "gullu.roleright": ("group_id", "permission_id"),
    "gullu.user": ("username",),
    "integrations.channelproduct": ("product_id",),
    "integrations.listing": ("barcode",),
    "integrations.marketbrand": ("name",),
    "integrations.marketcategory": ("name",),
    "integrations.outboxmessage": ("key",),
    "integrations.syncproblem": ("reference",),
    "inventory.counttask": ("shelf_id", "variant_id"),
    "inventory.goodsin": ("shelf_id",),
    "inventory.shelf": ("code",),
    "inventory.stockcount": ("shelf_id",),
    "orders.exchange": ("order_number",),
    "orders.order": ("order_number",),
    "orders.orderdocument": ("order_id",),
    "orders.orderline": ("order_id", "barcode"),
    "orders.putback": ("variant_id",),
    "orders.returnphoto": ("unit_id",),
    "orders.returnunit": ("order_number", "barcode"),
}
# Records that belong to another one and are told with it: their history table and the column that names it.
PARTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "analytics.campaign": (("analytics.campaignmodel", "campaign_id"),),
    "analytics.costsheet": (("analytics.costpart", "sheet_id"),),
    "analytics.productionplan": (("analytics.productionplanline", "plan_id"),),
    "auth.group": (("gullu.roleright", "group_id"), ("gullu.membership", "group_id")),
    "catalog.product": (
        ("catalog.variant", "product_id"),
        ("catalog.productimage", "product_id"),
        ("integrations.channelproduct", "product_id"),
    ),
    "catalog.sizechart": (("catalog.sizechartrow", "chart_id"),),
    "catalog.variant": (("catalog.barcodealias", "variant_id"), ("catalog.bundlepart", "bundle_id")),
    "gullu.user": (("gullu.membership", "user_id"), ("gullu.ownright", "user_id")),
    "orders.order": (("orders.orderline", "order_id"), ("orders.orderdocument", "order_id")),
    "orders.returnunit": (("orders.returnphoto", "unit_id"),),
}
# What customers' data is: that it changed is told, not what it was.
PERSONAL: Final[Mapping[str, frozenset[str]]] = {
    "orders.order": frozenset(
        {
            "customer_id",
            "customer_first_name",
            "customer_last_name",
            "district",
            "shipment_address",
            "invoice_address",
            "note",
            "park_note",
        }
    ),
    "orders.exchange": frozenset({"note", "override_reason"}),
    "orders.returnunit": frozenset({"customer_note", "inspection_note", "issue_description"}),
}
# Numbers with a point that are no amounts; all others are shown to who may see amounts.
_NO_MONEY: Final = frozenset({"desi", "desi_to", "service_level"})
_MONEY_BESIDE: Final = frozenset({"cost_currency"})
_NOT_TOLD: Final = frozenset({"id", "created_at", "search_key"})


@dataclass(frozen=True, slots=True)
class Book:
    """One table of the history. `label` is the model it follows; its rows are told of `model`, which is `table`."""

    label: str
    model: type[models.Model]
    tracked: type[models.Model]
    as_it_was: frozenset[str]
    """Labels of events that hold the row before the change."""

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)  # noqa: SLF001 - Django's documented API

    @property
    def live_table(self) -> str:
        return str(self.tracked._meta.db_table)  # noqa: SLF001

    @property
    def live_key(self) -> str:
        return str(self.tracked._meta.pk.column)  # noqa: SLF001

    @property
    def words(self) -> str:
        """What one such record is called."""
        return str(self.tracked._meta.verbose_name)  # noqa: SLF001

    def fields(self) -> list[models.Field[Any, Any]]:
        """What of the record is kept, in the order of its form."""
        return [
            field
            for field in self.model._meta.concrete_fields  # noqa: SLF001
            if not field.name.startswith("pgh_")
        ]

    def told(self, *, money: bool) -> list[models.Field[Any, Any]]:
        """The fields a person may read about."""
        return [
            field for field in self.fields() if field.name not in _NOT_TOLD and (money or not is_money(field))
        ]

    def hides(self, field: models.Field[Any, Any]) -> bool:
        """Whether it is a customer's."""
        return field.name in PERSONAL.get(self.label, frozenset())


def is_money(field: models.Field[Any, Any]) -> bool:
    """Amounts, rates and percents, and the currency beside them."""
    if field.name in _MONEY_BESIDE:
        return True
    return (
        isinstance(field, models.DecimalField)
        and field.name not in _NO_MONEY
        and not field.name.endswith(("_mm", "_pt"))
    )


@cache
def books() -> Mapping[str, Book]:
    """All of them by the label of what they follow, in a fixed order."""
    found = (
        _book(model)
        for model in apps.get_models()
        if isinstance(getattr(model, "pgh_tracked_model", None), type)
    )
    return {book.label: book for book in sorted(found, key=lambda book: book.label)}


def _book(model: Any) -> Book:
    tracked = model.pgh_tracked_model
    return Book(tracked._meta.label_lower, model, tracked, _as_it_was(model.pgh_trackers))  # noqa: SLF001


def _as_it_was(trackers: Iterable[Any]) -> frozenset[str]:
    """Of the labels for changes: those whose event holds the old row."""
    return frozenset(
        tracker.label
        for tracker in trackers
        if tracker.label in {UPDATED, CHANGED} and tracker.row == pghistory.Old
    )


def book_of(model: type[models.Model]) -> Book | None:
    """The history of a model, also of a proxy of it and of a library's model that is followed through one."""
    concrete = model._meta.concrete_model  # noqa: SLF001
    for book in books().values():
        if book.tracked._meta.concrete_model is concrete:  # noqa: SLF001
            return book
    return None


def parts_of(book: Book) -> list[tuple[Book, str]]:
    """Histories that are told with this one, each with the column that names its record."""
    concrete = book.tracked._meta.concrete_model  # noqa: SLF001
    label = concrete._meta.label_lower if concrete else book.label  # noqa: SLF001
    return [(books()[part], column) for part, column in PARTS.get(label, ())]


__all__ = ["NAMES", "PARTS", "PERSONAL", "Book", "book_of", "books", "is_money", "parts_of"]
