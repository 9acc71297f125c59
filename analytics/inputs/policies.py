"""The shop's own figures read: which of them nobody knows yet, and what follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from analytics.models import ProfitPolicy

MAY_BE_UNKNOWN: Final = ("packaging", "staff", "service_fee")


def unknown_figures(policy: ProfitPolicy) -> list[str]:
    """Names of the figures that are not known, as the form has them."""
    fields = {field.name: field for field in ProfitPolicy._meta.fields}  # noqa: SLF001
    return [str(fields[name].verbose_name) for name in MAY_BE_UNKNOWN if getattr(policy, name) is None]


def last_policy(before: date | None = None) -> ProfitPolicy | None:
    """The newest figures; with `before`, the newest that hold from a day before it."""
    rows = ProfitPolicy.objects.order_by("-valid_from")
    return (rows.filter(valid_from__lt=before) if before else rows).first()


def last_day(policy: ProfitPolicy) -> date | None:
    """The last day the figures hold; None for the newest."""
    later = ProfitPolicy.objects.filter(valid_from__gt=policy.valid_from).order_by("valid_from")
    following = later.values_list("valid_from", flat=True).first()
    return following - timedelta(days=1) if following else None
