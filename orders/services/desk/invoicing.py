"""Keeping an invoice and telling the marketplace of it (contract sections 6 and 7.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from PIL import Image, UnidentifiedImageError

from gullu.locks import transaction_lock
from gullu.money import format_number
from orders.desk_errors import (
    FileNotReadable,
    FileTooLarge,
    InvoiceDateAhead,
    InvoiceExists,
    InvoiceLinkTaken,
    InvoiceLinkWrong,
    InvoiceNumberNeeded,
    InvoiceNumberTaken,
    InvoiceNumberWrong,
    InvoiceSaysNothing,
    OrderNotPicked,
)
from orders.enums import Channel, EventKind, OrderState
from orders.locks import lock_lines
from orders.models import Order, OrderDocument
from orders.outbound import tell_invoice_file, tell_invoice_link, tell_invoiced
from orders.services import timeline
from orders.services.desk.common import lock_live_order

MOST_BYTES: Final = 10 * 1024 * 1024
# The stricter of the two forms the sources name: 3 characters, the year, 9 digits.
NUMBER_FORM: Final = re.compile(r"[A-Z0-9]{3}20[2-9]\d\d{9}")
REFUSED: Final = "Rejected"
_INVOICED_STATES: Final = frozenset({OrderState.PICKING, OrderState.SHIPPED, OrderState.DELIVERED})
_PICTURES: Final = {"JPEG": "jpg", "PNG": "png"}


@dataclass(frozen=True, slots=True)
class InvoiceKept:
    """`repeated`: this invoice was kept before."""

    order_number: str
    document_id: int
    repeated: bool


@transaction.atomic
def keep_invoice(
    *,
    order_id: int,
    number: str = "",
    link: str = "",
    file: UploadedFile[Any] | None = None,
    issued_at: datetime | None = None,
    user: AbstractBaseUser | None = None,
) -> InvoiceKept:
    """Keep the invoice of an order and report it: that it exists, its address, its file — what was given.

    While the package is being prepared the marketplace is also told that it was invoiced, which protects it from
    cancellation. A second invoice is taken only after the first was refused there.
    Raises `InvoiceSaysNothing`, `OrderNotPicked`, `InvoiceNumber…`, `InvoiceLink…`, `InvoiceDateAhead`,
    `InvoiceExists`, `FileTooLarge`, `FileNotReadable`, `OrderReplaced`, `OrderBeingSplit`. Nothing is kept then.
    """
    # Two orders must not get the same number or address in the same moment.
    transaction_lock("orders.invoices")
    order = lock_live_order(order_id)
    number, link, moment = number.strip().upper(), link.strip(), issued_at or timezone.now()
    if not (number or link or file):
        raise InvoiceSaysNothing(order=order.order_number)
    if order.status not in _INVOICED_STATES:
        raise OrderNotPicked(order=order.order_number, status=OrderState(order.status).label)
    known = order.documents.order_by("-pk").first()
    if known is not None and _same(known, number, link, file):
        return InvoiceKept(order.order_number, known.pk, repeated=True)
    _check(order, known, number, link, moment)
    kept_file = None if file is None else checked_file(file)
    document = OrderDocument.objects.create(
        order=order,
        number=number,
        link=link,
        file=kept_file or "",
        issued_at=moment,
        created_by_id=user.pk if user else None,
    )
    _tell(order, document, user)
    timeline.note(order.pk, EventKind.INVOICED, user=user, data=_words(document))
    return InvoiceKept(order.order_number, document.pk, repeated=False)


def _same(known: OrderDocument, number: str, link: str, file: object) -> bool:
    return file is None and (known.number, known.link) == (number, link)


def _check(order: Order, known: OrderDocument | None, number: str, link: str, moment: datetime) -> None:
    if known is not None and order.invoice_status != REFUSED:
        raise InvoiceExists(order=order.order_number, number=known.number or known.link or known.file.name)
    if moment > timezone.now():
        date = date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
        raise InvoiceDateAhead(order=order.order_number, date=date)
    if number:
        _check_number(order, number)
    elif order.micro_export:
        raise InvoiceNumberNeeded(order=order.order_number)
    if link:
        _check_link(order, link)


def _check_number(order: Order, number: str) -> None:
    if order.channel != Channel.MANUAL and not NUMBER_FORM.fullmatch(number):
        raise InvoiceNumberWrong(order=order.order_number, number=number)
    taken = OrderDocument.objects.filter(number=number).exclude(order=order).select_related("order").first()
    if taken is not None:
        raise InvoiceNumberTaken(number=number, other=taken.order.order_number)


def _check_link(order: Order, link: str) -> None:
    parts = urlsplit(link)
    if parts.scheme != "https" or "." not in (parts.hostname or "") or len(link) > 500:
        raise InvoiceLinkWrong(link=link[:120])
    taken = OrderDocument.objects.filter(link=link).exclude(order=order).select_related("order").first()
    if taken is not None:
        raise InvoiceLinkTaken(link=link, other=taken.order.order_number)


def _tell(order: Order, document: OrderDocument, user: AbstractBaseUser | None) -> None:
    if order.status == OrderState.PICKING and document.number:
        tell_invoiced(order, lock_lines([order.pk]), number=document.number, user=user)
    if document.link:
        tell_invoice_link(order, document, user=user)
    if document.file:
        tell_invoice_file(order, document, user=user)


def _words(document: OrderDocument) -> dict[str, str]:
    given = {
        "number": document.number,
        "link": document.link,
        "file": document.file.name if document.file else "",
    }
    return {key: value for key, value in given.items() if value}


def checked_file(file: UploadedFile[Any]) -> UploadedFile[Any]:
    """The file under a name we choose, if its content is a PDF, JPEG or PNG of at most 10 MB.

    Raises `FileTooLarge`, `FileNotReadable`. What the sender calls it decides nothing.
    """
    name, size = str(file.name or "")[-60:], file.size or 0
    if size > MOST_BYTES:
        raise FileTooLarge(
            name=name, size=format_number(size / 1024 / 1024, places=1), most=MOST_BYTES // 1024 // 1024
        )
    ending = _ending(file)
    if ending is None:
        raise FileNotReadable(name=name)
    file.seek(0)
    file.name = f"invoice.{ending}"
    return file


def _ending(file: IO[bytes] | UploadedFile[Any]) -> str | None:
    file.seek(0)
    if file.read(5) == b"%PDF-":
        return "pdf"
    file.seek(0)
    try:
        with Image.open(file, formats=list(_PICTURES)) as image:
            image.verify()
            return _PICTURES[image.format or ""]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
