"""Alarms about orders and returns: the clock of a return that nobody has decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from gullu.alarms.definition import Alarm, Level
from orders.return_selectors import waiting

SOON: Final = timedelta(hours=12)
VERY_SOON: Final = timedelta(hours=3)


def check() -> list[Alarm]:
    """One statement."""
    now = timezone.now()
    found = (
        waiting("decide")
        .filter(act_by_at__lt=now + SOON)
        .aggregate(count=Count("pk"), first=Min("act_by_at"), over=Count("pk", filter=Q(act_by_at__lte=now)))
    )
    if not found["count"]:
        return []
    words = ngettext(
        "%(count)s return must be decided soon, the first by %(time)s: after that the marketplace accepts it by"
        " itself.",
        "%(count)s returns must be decided soon, the first by %(time)s: after that the marketplace accepts them by"
        " itself.",
        found["count"],
    )
    over = ngettext(
        "The time of %(count)s return is over.", "The time of %(count)s returns is over.", found["over"]
    ) % {"count": found["over"]}
    first = f"{timezone.localtime(found['first']):%d.%m.%Y %H:%M}"
    sentence = words % {"count": found["count"], "time": first}
    return [
        Alarm(
            code="CLAIM_CLOCK",
            level=Level.DANGER if found["first"] <= now + VERY_SOON else Level.WARNING,
            sentence=f"{sentence} {over}" if found["over"] else sentence,
            link=reverse("admin:orders_returnunit_changelist") + "?waiting=decide",
            rights=("orders.view_returnunit",),
        )
    ]
