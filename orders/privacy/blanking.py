"""What is personal in orders, and how it is emptied: rows, their history, and the free text of the timeline.

Numbers of orders, packages and parcels stay: the accounts of the marketplace and of the carrier are kept by them, and
whoever they lead to is known there, not here. City, articles, amounts, reasons and times stay for the statistics.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pghistory.core
from django.db import connection, models
from django.db.models import Case, Q, Value, When

from gullu.models import CarrierLabel
from gullu.privacy.append_only import append_only_lifted
from orders.enums import EventKind
from orders.models import Exchange, Order, OrderDocument, OrderEvent, ReturnUnit

# Each column with what it holds afterwards.
ORDER: Final[Mapping[str, Any]] = {
    "customer_id": None,
    "customer_first_name": "",
    "customer_last_name": "",
    "district": "",
    "shipment_address": {},
    "invoice_address": {},
    "note": "",
    "park_note": "",
    "payload": {},
}
RETURN: Final[Mapping[str, Any]] = {"customer_note": "", "inspection_note": "", "issue_description": ""}
# That a reason was given stays: it is what let the parcel leave.
EXCHANGE: Final[Mapping[str, Any]] = {
    "note": "",
    "override_reason": Case(When(override_reason="", then=Value("")), default=Value("—")),
}
# What people typed into the timeline. A reason is typed, too, but for parking: there it is a code, and stays.
_FREE_TEXT: Final = ("note", "sent_without_number")
_REASON: Final = "reason"
# Where an invoice was: it leads to name and address as long as somebody keeps it there.
_INVOICE: Final = ("link", "file")

_TIMELINE: Final = """
    UPDATE orders_orderevent SET data = data - %s::text[]
     WHERE order_id = ANY(%s) AND data ?| %s::text[] AND kind <> ALL(%s::text[])
"""


def blank_orders(order_ids: Collection[int], *, now: datetime) -> None:
    """Empty everything personal about these orders, in the current transaction. The caller has locked them."""
    orders = Order.objects.filter(pk__in=order_ids)
    cargo_numbers = orders.exclude(cargo_tracking_number="").values("cargo_tracking_number")
    CarrierLabel.objects.filter(cargo_number__in=cargo_numbers).delete()
    orders.update(**ORDER, anonymized_at=now)
    blank_history(Order, order_ids, ORDER)
    blank_rows(ReturnUnit, returns_of(order_ids), RETURN)
    blank_rows(Exchange, exchanges_of(order_ids), EXCHANGE)
    _blank_timeline(order_ids, _FREE_TEXT)
    _blank_timeline(order_ids, [_REASON], besides=[EventKind.PARKED])


def returns_of(order_ids: Collection[int]) -> Q:
    """Units sent back of these orders, also those whose package is not known here."""
    # As a list: each side of the "or" is then read along its index.
    numbers = list(Order.objects.filter(pk__in=order_ids).values_list("order_number", flat=True))
    return Q(order__in=order_ids) | Q(order__isnull=True, order_number__in=numbers)


def exchanges_of(order_ids: Collection[int]) -> Q:
    """Exchanges in which one of these orders is the first or the new one."""
    return Q(new_order__in=order_ids) | Q(line__order__in=order_ids)


def blank_invoices(documents: Collection[OrderDocument]) -> None:
    """Remove these papers, and what history and timeline tell of where they are, in the current transaction."""
    ids = [document.pk for document in documents]
    OrderDocument.objects.filter(pk__in=ids).delete()
    # Afterwards: removing leaves a row in the history as well.
    blank_history(OrderDocument, ids, {"link": "", "file": ""})
    _blank_timeline([document.order_id for document in documents], _INVOICE)


def _blank_timeline(
    order_ids: Collection[int], keys: Sequence[str], *, besides: Sequence[EventKind] = ()
) -> None:
    kinds = [kind.value for kind in besides]
    with append_only_lifted(OrderEvent), connection.cursor() as cursor:
        cursor.execute(_TIMELINE, [list(keys), list(order_ids), list(keys), kinds])


def blank_rows(model: type[models.Model], which: Q, columns: Mapping[str, Any]) -> None:
    """Empty these columns of the rows, and of their history, in the current transaction."""
    ids = list(model._base_manager.filter(which).values_list("pk", flat=True))  # noqa: SLF001
    model._base_manager.filter(pk__in=ids).update(**columns)  # noqa: SLF001
    blank_history(model, ids, columns)


def blank_history(model: type[models.Model], ids: Collection[int], columns: Mapping[str, Any]) -> None:
    """Empty the same columns in what the history kept of these rows: the one change its tables ever see."""
    for history in pghistory.core.event_models(tracks_model=model):
        kept = {field.name for field in history._meta.get_fields()}  # noqa: SLF001 - Django's documented API
        wanted = {name: value for name, value in columns.items() if name in kept}
        if wanted:
            with append_only_lifted(history):
                history._base_manager.filter(pgh_obj_id__in=ids).update(**wanted)  # noqa: SLF001


__all__ = [
    "EXCHANGE",
    "ORDER",
    "RETURN",
    "blank_history",
    "blank_invoices",
    "blank_orders",
    "blank_rows",
    "exchanges_of",
    "returns_of",
]
