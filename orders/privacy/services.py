"""The two rights of a customer that need work: to get what is kept of them, and to have it erased."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from openpyxl import Workbook

from gullu.audit.services import record
from gullu.models import Activity, User
from gullu.workbooks import add_sheet
from orders.enums import OPEN_STATES
from orders.models import Exchange, Order, OrderDocument, ReturnPhoto, ReturnUnit
from orders.privacy.blanking import blank_orders, exchanges_of, returns_of
from orders.privacy.columns import EXCHANGES, LINES, ORDERS, RETURNS, as_data
from orders.privacy.people import NoSuchCustomer, orders_of
from orders.privacy.retentions import SETTLED, remove_photos

DATA_FILE: Final = "veriler.json"
BOOK_FILE: Final = "veriler.xlsx"
FILES_FOLDER: Final = "belgeler"


@dataclass(frozen=True, slots=True)
class Erased:
    """Numbers of orders: emptied, kept because they are still to be sent, and with an invoice that the law keeps."""

    orders: int
    still_open: tuple[str, ...]
    invoices_kept: int


# --- handing out --------------------------------------------------------------------------------------------------


def export_customer(*, key: str, actor: User) -> bytes:
    """Everything kept of a customer, as a ZIP of a workbook, the same as JSON, invoices and pictures.

    Recorded as PERSONAL_DATA. Raises `NoSuchCustomer`.
    """
    orders = list(orders_of(key).prefetch_related("lines").order_by("ordered_at", "pk"))
    if not orders:
        raise NoSuchCustomer(key=key)
    ids = [order.pk for order in orders]
    returns = list(ReturnUnit.objects.filter(returns_of(ids)).order_by("claimed_at", "pk"))
    exchanges = list(
        Exchange.objects.filter(exchanges_of(ids)).select_related("new_order").order_by("created_at", "pk")
    )
    record(
        Activity.Kind.PERSONAL_DATA,
        actor=actor,
        subject=orders[-1],
        details={"deed": "EXPORTED", "orders": len(orders)},
    )
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(BOOK_FILE, _workbook(orders, returns, exchanges))
        archive.writestr(DATA_FILE, _json(orders, returns, exchanges))
        for name, content in _files(ids):
            archive.writestr(f"{FILES_FOLDER}/{name}", content)
    return target.getvalue()


def _workbook(orders: list[Order], returns: list[ReturnUnit], exchanges: list[Exchange]) -> bytes:
    book, target = Workbook(write_only=True), BytesIO()
    add_sheet(book, _("Orders"), ORDERS, orders)
    add_sheet(book, _("Lines"), LINES, [line for order in orders for line in order.lines.all()])
    add_sheet(book, _("Returns"), RETURNS, returns)
    add_sheet(book, _("Exchanges"), EXCHANGES, exchanges)
    book.save(target)
    return target.getvalue()


def _json(orders: list[Order], returns: list[ReturnUnit], exchanges: list[Exchange]) -> str:
    data: dict[str, Any] = {
        "orders": [
            {
                **as_data(ORDERS, order),
                "delivery_address": order.shipment_address,
                "invoice_address": order.invoice_address,
                "message": order.payload,
                "lines": [as_data(LINES, line) for line in order.lines.all()],
            }
            for order in orders
        ],
        "returns": [as_data(RETURNS, unit) for unit in returns],
        "exchanges": [as_data(EXCHANGES, exchange) for exchange in exchanges],
    }
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _files(order_ids: list[int]) -> Iterator[tuple[str, bytes]]:
    """Invoices and pictures that are there; a file that was lost is no reason to hand out nothing."""
    kept = [
        *((document.file, "fatura") for document in OrderDocument.objects.filter(order__in=order_ids)),
        *((photo.image, "iade") for photo in ReturnPhoto.objects.filter(unit__order__in=order_ids)),
    ]
    for number, (file, word) in enumerate(kept, start=1):
        if file.name and file.storage.exists(file.name):
            with file.open("rb") as content:
                yield f"{word}-{number}{PurePosixPath(file.name).suffix}", content.read()


# --- erasing ------------------------------------------------------------------------------------------------------


def erase_customer(*, key: str, actor: User) -> Erased:
    """Empty what is kept of a customer, except what is needed to send their open orders and what the law keeps.

    Invoices stay until their time is over, pictures of returns until these are decided. Recorded as PERSONAL_DATA.
    Raises `NoSuchCustomer`.
    """
    erased, order_ids = _erase(key=key, actor=actor)
    # Outside of the transaction: files cannot be brought back. What a process that dies here leaves goes at night.
    photos = ReturnPhoto.objects.filter(unit__order__in=order_ids, unit__status__in=SETTLED)
    remove_photos(list(photos))
    return erased


@transaction.atomic
def _erase(*, key: str, actor: User) -> tuple[Erased, list[int]]:
    pks = list(orders_of(key).values_list("pk", flat=True))
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=pks, anonymized_at__isnull=True
    )
    orders = list(rows.defer("payload").order_by("pk"))
    if not orders:
        raise NoSuchCustomer(key=key)
    still_open = tuple(order.order_number for order in orders if order.status in OPEN_STATES)
    ids = [order.pk for order in orders if order.status not in OPEN_STATES]
    if ids:
        blank_orders(ids, now=timezone.now())
        packages = [order.package_id for order in orders if order.pk in ids and order.package_id]
        for name in settings.FORGET_PACKAGES:
            import_string(name)(packages)
    erased = Erased(len(ids), still_open, OrderDocument.objects.filter(order__in=ids).count())
    record(
        Activity.Kind.PERSONAL_DATA,
        actor=actor,
        details={"deed": "ERASED", "orders": erased.orders, "still_open": len(still_open)},
    )
    return erased, ids


__all__ = ["Erased", "erase_customer", "export_customer"]
