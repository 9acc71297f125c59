"""Questions people typed may name somebody: written insights are not kept for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from analytics.models import Insight
from gullu.privacy.definition import Retention


def _insights(before: datetime) -> QuerySet[Insight]:
    return Insight.objects.filter(asked_at__lt=before)


@transaction.atomic
def _clean_insights(before: datetime, most: int) -> int:
    ids = list(_insights(before).order_by("pk").values_list("pk", flat=True)[:most])
    Insight.objects.filter(pk__in=ids).delete()
    return len(ids)


RETENTIONS: Final = (
    Retention(
        code="INSIGHTS",
        what=_("Questions to the language model and their answers"),
        setting="RETENTION_CUSTOMER_DAYS",
        due=lambda before: _insights(before).count(),
        clean=_clean_insights,
    ),
)
