"""The accounts as an Excel workbook: payments, months, and the rows that differ from what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook

from gullu.workbooks import Column, Sheet
from integrations.models import Settlement
from integrations.reconciliation import against_us, differing, months, payment_ids, payments
from integrations.settlement_kinds import kind_label

# Without a payment to show, the rows of this time are written; the sums above them cover everything.
ROWS_LOOK_BACK: Final = timedelta(days=92)
MOST_PAYMENTS: Final = 200


def settlement_workbook(*, payment: str, tolerance: Decimal, now: datetime) -> bytes:
    """One payment order, or without one all of them with the rows of the last three months."""
    book = Workbook(write_only=True)
    ids = [payment] if payment else list(payment_ids()[:MOST_PAYMENTS])
    Sheet(book, _("Payments"), _payment_columns()).add_all(payments(ids, tolerance=tolerance))
    if not payment:
        Sheet(book, _("Months"), _month_columns()).add_all(months(tolerance=tolerance, most=120))
    known = Settlement.objects.filter(payment_order_id=payment) if payment else Settlement.objects.all()
    wrong = differing(known, tolerance=tolerance)
    Sheet(book, _("Differences"), [*_row_columns(), _difference()]).add_all(_read(wrong))
    rows = known if payment else known.filter(transaction_at__gte=now - ROWS_LOOK_BACK)
    Sheet(book, _("Rows"), _row_columns()).add_all(_read(rows))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _read(rows: QuerySet[Settlement]) -> Iterator[Settlement]:
    """Without the raw messages, in pieces: three months are tens of thousands of rows."""
    return rows.defer("payload").order_by("-transaction_at", "-pk").iterator(chunk_size=2000)


def _sums() -> list[Column]:
    return [
        Column(_("Rows"), lambda one: one.totals.rows, 9),
        Column(_("Owed to us"), lambda one: one.totals.credit),
        Column(_("Owed by us"), lambda one: one.totals.debt),
        Column(_("Our share"), lambda one: one.totals.net),
        Column(_("Commission"), lambda one: one.totals.commission),
        Column(_("Compared rows"), lambda one: one.totals.compared, 12),
        Column(_("Commission of these"), lambda one: one.totals.charged, 16),
        Column(_("Commission expected"), lambda one: one.totals.expected, 16),
        Column(_("Charged too much"), lambda one: one.totals.overcharged, 16),
        Column(_("Differing rows"), lambda one: one.totals.differences, 12),
    ]


def _payment_columns() -> list[Column]:
    return [
        Column(_("Payment"), lambda one: one.payment_order_id),
        Column(_("Paid on"), lambda one: one.paid_at or one.paid_on, 17),
        Column(_("Paid"), lambda one: one.paid),
        *_sums(),
        Column(_("Not explained"), lambda one: one.unexplained),
    ]


def _month_columns() -> list[Column]:
    return [Column(_("Month"), lambda one: f"{one.month:%m.%Y}", 12), *_sums()]


def _row_columns() -> list[Column]:
    return [
        Column(_("Booked"), lambda row: row.transaction_at, 17),
        Column(_("Kind"), lambda row: kind_label(row.kind), 24),
        Column(_("Name there"), lambda row: row.label, 24),
        Column(_("Order number"), lambda row: row.order_number, 16),
        Column(_("Package"), lambda row: "" if row.package_id is None else str(row.package_id)),
        Column(_("Barcode"), lambda row: row.barcode, 16),
        Column(_("Owed to us"), lambda row: row.credit),
        Column(_("Owed by us"), lambda row: row.debt),
        Column(_("Rate, %"), lambda row: row.commission_rate, 9),
        Column(_("Commission"), lambda row: row.commission_amount),
        Column(_("Commission expected"), lambda row: row.expected_commission, 16),
        Column(_("Our share"), lambda row: row.seller_revenue),
        Column(_("Payment"), lambda row: row.payment_order_id),
        Column(_("Paid on"), lambda row: row.payment_date, 12),
        Column(_("Description"), lambda row: row.description, 30),
    ]


def _difference() -> Column:
    return Column(_("Against us"), against_us)
