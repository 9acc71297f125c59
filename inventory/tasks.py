"""What the worker runs for the stock."""

from __future__ import annotations

from typing import Any

from gullu.models import JobRun
from inventory.stock_watch import watch_stock


def check_stock_job(*, trigger: str = JobRun.Trigger.SCHEDULE, **_: Any) -> dict[str, Any]:
    """Whether every balance agrees with the ledger. What is wrong raises an alarm; the job itself did its work."""
    return watch_stock(trigger=trigger)
