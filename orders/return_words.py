"""Words for what happens to a returned unit: statuses, steps of the timeline, and the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orders.enums import GoodsCondition
from orders.models import ReturnUnit


class ReturnStep(models.TextChoices):
    """What a timeline entry of kind RETURN tells. Values are stored for ever: add, never rename."""

    INSPECTED = "INSPECTED", pgettext_lazy("return step", "inspected")
    APPROVED = "APPROVED", pgettext_lazy("return step", "approved")
    REFUSED = "REFUSED", pgettext_lazy("return step", "refused")
    REOPENED = "REOPENED", pgettext_lazy("return step", "decision not taken by the marketplace")
    RESTOCKED = "RESTOCKED", pgettext_lazy("return step", "back in stock")
    WRITTEN_OFF = "WRITTEN_OFF", pgettext_lazy("return step", "written off")


# Names of what such an entry carries, and of the codes in it.
DETAIL_NAMES = {"step": gettext_lazy("step"), "condition": gettext_lazy("condition")}


def detail_words(name: str, value: Any) -> str:
    """A code of a timeline entry in words; anything else as it is."""
    codes = {"step": ReturnStep, "condition": GoodsCondition}.get(name)
    return str(dict(codes.choices).get(value, value)) if codes else str(value)


def status_words(status: str) -> str:
    """The marketplace's status in our words, or as it was sent when we do not know it."""
    return str(dict(ReturnUnit.Status.choices).get(status, status))


def moment_words(moment: datetime) -> str:
    """`21.08.2026 14:30`, Istanbul time."""
    return date_format(timezone.localtime(moment), "d.m.Y H:i")


def time_words(deadline: datetime, now: datetime) -> str:
    """What is left of the time to decide, in hours and minutes: `31 h 20 min left`, `2 h 5 min over`."""
    minutes = int(abs(deadline - now).total_seconds()) // 60
    values = {"hours": minutes // 60, "minutes": minutes % 60}
    if deadline <= now:
        return _("%(hours)s h %(minutes)s min over") % values
    return _("%(hours)s h %(minutes)s min left") % values
