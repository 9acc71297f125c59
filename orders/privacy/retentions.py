"""How long customers' data in orders is kept, kind by kind. Named in `settings.RETENTIONS`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gullu.models import CarrierLabel
from gullu.privacy.definition import Retention
from orders.enums import OPEN_STATES
from orders.models import Order, OrderDocument, ReturnPhoto, ReturnUnit
from orders.privacy.blanking import RETURN, blank_invoices, blank_orders, blank_rows

# The marketplace has decided: nothing has to be proved with a picture any more.
SETTLED: Final = (ReturnUnit.Status.ACCEPTED, ReturnUnit.Status.REJECTED, ReturnUnit.Status.CANCELLED)

# --- names, addresses, notes ------------------------------------------------------------------------------------


def _finished(before: datetime) -> QuerySet[Order]:
    """Orders of that time which nobody has to prepare any more."""
    return Order.objects.filter(ordered_at__lt=before, anonymized_at__isnull=True).exclude(
        status__in=OPEN_STATES
    )


@transaction.atomic
def _clean_orders(before: datetime, most: int) -> int:
    rows = _finished(before).order_by("ordered_at", "pk").values_list("pk", flat=True)[:most]
    # What another run or a person has in hand is left for the next round.
    ids = sorted(rows.select_for_update(no_key=True, skip_locked=True, of=("self",)))
    if ids:
        blank_orders(ids, now=timezone.now())
    return len(ids)


# --- notes that came when the order was emptied already, or of an order nobody knows here ---------------------------


def _late_returns(before: datetime) -> QuerySet[ReturnUnit]:
    rows = ReturnUnit.objects.filter(Q(order__isnull=True) | Q(order__anonymized_at__isnull=False))
    return rows.filter(claimed_at__lt=before).exclude(**RETURN)


@transaction.atomic
def _clean_late_returns(before: datetime, most: int) -> int:
    ids = list(_late_returns(before).order_by("claimed_at").values_list("pk", flat=True)[:most])
    blank_rows(ReturnUnit, Q(pk__in=ids), RETURN)
    return len(ids)


# --- messages of the marketplace as they came ---------------------------------------------------------------------


def _with_message(before: datetime) -> QuerySet[Order]:
    return Order.objects.filter(ordered_at__lt=before).exclude(payload={})


@transaction.atomic
def _clean_messages(before: datetime, most: int) -> int:
    rows = _with_message(before).order_by("ordered_at", "pk").values_list("pk", flat=True)[:most]
    ids = sorted(rows.select_for_update(no_key=True, skip_locked=True, of=("self",)))
    return Order.objects.filter(pk__in=ids).update(payload={})


def _labels(before: datetime) -> QuerySet[CarrierLabel]:
    return CarrierLabel.objects.filter(received_at__lt=before)


@transaction.atomic
def _clean_labels(before: datetime, most: int) -> int:
    ids = list(_labels(before).order_by("pk").values_list("pk", flat=True)[:most])
    deleted, _by_model = CarrierLabel.objects.filter(pk__in=ids).delete()
    return deleted


# --- files --------------------------------------------------------------------------------------------------------


def _photos(before: datetime) -> QuerySet[ReturnPhoto]:
    # Those of a customer who was erased do not wait, but for what is still being argued about.
    erased = Q(unit__order__anonymized_at__isnull=False, unit__status__in=SETTLED)
    return ReturnPhoto.objects.filter(Q(created_at__lt=before) | erased)


def _clean_photos(before: datetime, most: int) -> int:
    photos = list(_photos(before).order_by("pk")[:most])
    remove_photos(photos)
    return len(photos)


def remove_photos(photos: Collection[ReturnPhoto]) -> None:
    """The file goes first: who dies in between finds the row again, and a file that is gone is no error."""
    for photo in photos:
        photo.image.delete(save=False)
    ReturnPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()


def _documents(before: datetime) -> QuerySet[OrderDocument]:
    return OrderDocument.objects.filter(created_at__lt=before)


def _clean_documents(before: datetime, most: int) -> int:
    documents = list(_documents(before).order_by("pk")[:most])
    for document in documents:
        if document.file:
            document.file.delete(save=False)
    with transaction.atomic():
        blank_invoices(documents)
    return len(documents)


RETENTIONS: Final = (
    Retention(
        code="ORDERS",
        what=_(
            "Names, addresses, telephone numbers and notes of finished orders, their returns and exchanges"
        ),
        setting="RETENTION_CUSTOMER_DAYS",
        due=lambda before: _finished(before).count(),
        clean=_clean_orders,
    ),
    Retention(
        code="RETURNS",
        what=_("Notes of returns that came later, or whose order is not known here"),
        setting="RETENTION_CUSTOMER_DAYS",
        due=lambda before: _late_returns(before).count(),
        clean=_clean_late_returns,
    ),
    Retention(
        code="PHOTOS",
        what=_("Pictures of returned goods"),
        setting="RETENTION_CUSTOMER_DAYS",
        due=lambda before: _photos(before).count(),
        clean=_clean_photos,
    ),
    Retention(
        code="MESSAGES",
        what=_("Messages of the marketplace as they came"),
        setting="RETENTION_MESSAGE_DAYS",
        due=lambda before: _with_message(before).count(),
        clean=_clean_messages,
    ),
    Retention(
        code="LABELS",
        what=_("Cargo labels of carriers"),
        setting="RETENTION_MESSAGE_DAYS",
        due=lambda before: _labels(before).count(),
        clean=_clean_labels,
    ),
    Retention(
        code="DOCUMENTS",
        what=_("Invoices"),
        setting="RETENTION_DOCUMENT_DAYS",
        due=lambda before: _documents(before).count(),
        clean=_clean_documents,
    ),
)
