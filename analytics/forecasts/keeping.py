"""How long forecasts are kept. There is no schedule: each run that ends does it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from analytics.models import ForecastRun, ForecastTask, VariantForecast

# Totals of models: 90 nights whose 28 days are over can be held against what was sold.
KEEP_RUNS: Final = timedelta(days=120)
# Barcodes, thousands of rows a night, are looked at in the newest run only.
KEEP_BARCODES_OF: Final = 3
KEEP_FAILED: Final = timedelta(days=30)


@transaction.atomic
def prune_forecasts(*, now: datetime | None = None) -> int:
    """Drop old runs and the barcodes and tasks of all but the newest; returns how many runs went.

    The newest runs that are done stay, however old they are.
    """
    moment = now or timezone.now()
    done = ForecastRun.objects.filter(state=ForecastRun.State.DONE).order_by("-ended_at", "-pk")
    newest = list(done.values_list("pk", flat=True)[:KEEP_BARCODES_OF])
    ended = ForecastRun.objects.exclude(state=ForecastRun.State.RUNNING)
    without = ended.exclude(pk__in=newest)
    VariantForecast.objects.filter(run__in=without).delete()
    ForecastTask.objects.filter(run__in=without.filter(state=ForecastRun.State.DONE)).delete()
    old = done.filter(ended_at__lt=moment - KEEP_RUNS).exclude(pk__in=newest)
    failed = ended.exclude(state=ForecastRun.State.DONE).filter(ended_at__lt=moment - KEEP_FAILED)
    return sum(_drop(list(rows.values_list("pk", flat=True))) for rows in (old, failed))


def _drop(runs: list[int]) -> int:
    ForecastRun.objects.filter(pk__in=runs).delete()
    return len(runs)
