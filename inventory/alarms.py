"""Alarms about stock: broken rules, balances below zero, pairs promised that are not here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gullu.alarms.definition import Alarm, Level
from inventory.models import CentralStock, RafUrun
from inventory.selectors import availability
from inventory.stock_watch import newest_check

RIGHTS: Final = ("inventory.view_centralstock",)
CHECK_WITHIN: Final = timedelta(hours=6)
MOST_NAMED: Final = 3


def check() -> list[Alarm]:
    """Four statements."""
    return [*_negative(), *_oversold(), *_violations()]


def _named(barcodes: list[str]) -> str:
    more = len(barcodes) - MOST_NAMED
    named = ", ".join(barcodes[:MOST_NAMED])
    return _("%(barcodes)s and %(count)s more") % {"barcodes": named, "count": more} if more > 0 else named


def _negative() -> Iterator[Alarm]:
    central = CentralStock.objects.filter(qty__lt=0).values_list("variant__barcode", flat=True)
    shelves = RafUrun.objects.filter(adet__lt=0).values_list("variant__barcode", flat=True)
    barcodes = sorted({*central, *shelves})
    if barcodes:
        yield Alarm(
            code="STOCK_NEGATIVE",
            level=Level.DANGER,
            sentence=_("Stock below zero: %(barcodes)s. Count these barcodes.")
            % {"barcodes": _named(barcodes)},
            link=reverse("admin:inventory_centralstock_changelist"),
            rights=RIGHTS,
        )


def _oversold() -> Iterator[Alarm]:
    rows = sorted(
        (row for row in availability() if row.oversold), key=lambda row: (-row.oversold, row.barcode)
    )
    if rows:
        pairs = sum(row.oversold for row in rows)
        words = ngettext(
            "%(count)s pair is promised to a customer, but not here: %(barcodes)s. Find it, or report that it cannot"
            " be supplied.",
            "%(count)s pairs are promised to customers, but not here: %(barcodes)s. Find them, or report that they"
            " cannot be supplied.",
            pairs,
        )
        yield Alarm(
            code="STOCK_OVERSOLD",
            level=Level.DANGER,
            sentence=words % {"count": pairs, "barcodes": _named([row.barcode for row in rows])},
            link=reverse("admin:inventory_centralstock_changelist") + "?available=oversold",
            rights=RIGHTS,
        )


def _violations() -> Iterator[Alarm]:
    found = newest_check()
    if found is None:
        return
    link = reverse("admin:gullu_jobrun_change", args=[found.run_id])
    rights = (*RIGHTS, "gullu.view_jobrun")
    if found.violations:
        yield Alarm(
            code="STOCK_CHECK",
            level=Level.DANGER,
            sentence=_(
                "The stock check found %(count)s contradictions between balances and movements: %(barcodes)s. Run"
                " “check_stock”; “check_stock --repair” builds the balances anew from the movements."
            )
            % {"count": found.violations, "barcodes": _named(list(found.barcodes))},
            link=link,
            rights=rights,
        )
    if timezone.now() - found.checked_at > CHECK_WITHIN:
        yield Alarm(
            code="STOCK_UNCHECKED",
            level=Level.WARNING,
            sentence=_("The stock was last checked on %(time)s: look whether the worker runs its schedules.")
            % {"time": f"{timezone.localtime(found.checked_at):%d.%m.%Y %H:%M}"},
            link=link,
            rights=rights,
        )
