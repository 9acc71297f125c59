from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from analytics.forecasts.errors import NobodyWorks, RunFailed
from analytics.forecasts.runs import Progress, progress_of
from analytics.forecasts.services import start_run, work_here
from analytics.models import ForecastRun
from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun

POLL_SECONDS: Final = 0.5


class Command(WorkCommand):
    help = "Forecast what will be sold in the next 14 and 28 days."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--here", action="store_true", help="work in this process instead of the workers of the queue"
        )
        parser.add_argument(
            "--patience",
            type=float,
            default=120.0,
            metavar="SECONDS",
            help="give up waiting when no worker did anything for so long (default: %(default)s)",
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        started = time.monotonic()
        begun = start_run(trigger=JobRun.Trigger.COMMAND, queue=not options["here"])

        def report(now: Progress) -> None:
            progress(_("Forecasts"), now.done, now.of or None)

        if options["here"]:
            ended = work_here(begun.run_id, report=report)
        else:
            ended = _watched(begun.run_id, patience=options["patience"], report=report)
        run = ForecastRun.objects.get(pk=begun.run_id)
        if ended.state != ForecastRun.State.DONE:
            raise RunFailed(day=f"{run.last_day:%d.%m.%Y}", error=run.error or run.get_state_display())
        job = JobRun.objects.filter(counts__run=run.pk).first()
        seconds = round(time.monotonic() - started, 1)
        return {**(job.counts if job else asdict(ended)), "outcome": run.state, "seconds": seconds}

    def sentence(self, figures: Mapping[str, Any]) -> str:
        words = _(
            "%(forecast_models)s models and %(forecast_barcodes)s barcodes forecast in %(seconds)s seconds."
        )
        fallen = _("%(fell_back)s groups could not be studied and have the plain average.")
        return f"{words % figures} {fallen % figures if figures['fell_back'] else ''}".strip()


def _watched(run_id: int, *, patience: float, report: Any) -> Progress:
    """Wait until the workers are done. Raises `NobodyWorks` when nothing moves for `patience` seconds."""
    moved_at, before = time.monotonic(), None
    while not (now := progress_of(run_id)).over:
        report(now)
        if now != before:
            moved_at, before = time.monotonic(), now
        elif time.monotonic() - moved_at > patience:
            raise NobodyWorks(seconds=f"{patience:g}")
        time.sleep(POLL_SECONDS)
    report(now)
    return now
