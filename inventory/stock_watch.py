"""Whether the stock is true, looked at every hour: the result of the newest check, and the job that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gullu.jobs import record_run
from gullu.models import JobRun
from inventory.selectors import check_stock

NAME: Final = "check_stock"
# The first ones show what it is about; `manage.py check_stock` lists all.
MOST_KEPT: Final = 10


@dataclass(frozen=True, slots=True)
class StockChecked:
    """The newest check that came to its end. `barcodes` are the first ones something is wrong with."""

    run_id: int
    checked_at: datetime
    violations: int
    barcodes: tuple[str, ...]


def watch_stock(*, trigger: str = JobRun.Trigger.SCHEDULE) -> dict[str, Any]:
    """Check the whole stock and keep the result on the run's row; returns the counts."""
    with record_run(NAME, trigger=trigger) as run:
        found = check_stock().as_dict()
        violations = found.pop("violations")
        run.counts = {**found, "violations": len(violations), "first": violations[:MOST_KEPT]}
        return run.counts


def newest_check() -> StockChecked | None:
    """The newest check that came to its end; one statement."""
    runs = JobRun.objects.filter(name=NAME, state=JobRun.State.DONE)
    run = runs.order_by("-started_at", "-pk").first()
    if run is None:
        return None
    barcodes = dict.fromkeys(row["barcode"] for row in run.counts["first"])
    return StockChecked(run.pk, run.started_at, run.counts["violations"], tuple(barcodes))
