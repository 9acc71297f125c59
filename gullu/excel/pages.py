"""What the page of a file shows: rows by what becomes of them, a hundred at a time, and where the file stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from gullu.excel.keeping import left_out_of, preview_of
from gullu.excel.kinds import kinds
from gullu.excel.lines import Outcome, PreviewRow
from gullu.excel.services import Standing, is_writable
from gullu.models import JobRun
from gullu.money import format_number

ROWS_PER_PAGE: Final = 100
LABELS: Final[dict[Outcome, Promise]] = {
    Outcome.WRONG: pgettext_lazy("rows of a sheet", "Wrong"),
    Outcome.NEW: pgettext_lazy("rows of a sheet", "New"),
    Outcome.CHANGED: pgettext_lazy("rows of a sheet", "Changed"),
    Outcome.SAME: pgettext_lazy("rows of a sheet", "Unchanged"),
}
_COUNTS: Final = {
    Outcome.WRONG: "wrong",
    Outcome.NEW: "new",
    Outcome.CHANGED: "changed",
    Outcome.SAME: "unchanged",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """Rows with one outcome."""

    outcome: str
    label: Any
    count: int
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """Tabs and the rows of the chosen one. `writable` rows would be written, with or without the wrong ones."""

    tabs: tuple[Tab, ...]
    rows: tuple[PreviewRow, ...]
    numbers: Page[PreviewRow]
    notes: tuple[str, ...]
    counts: dict[str, int]
    wrong: int
    writable: bool
    all_wrong: bool


def preview_page(standing: Standing, request: HttpRequest) -> FilePage:
    """Read the page; no statements. Once the file was applied it holds what was not taken. Raises `ContentGone`."""
    kept = standing.kept
    run = standing.applied if standing.stage == "APPLIED" else standing.read
    if kept is None or run is None:
        raise ValueError("a file has a page when it was read")
    preview = preview_of(kept)
    rows = left_out_of(kept) if standing.stage == "APPLIED" else preview.rows
    counts = {outcome: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
    filled = [outcome for outcome in LABELS if counts[outcome]]
    wanted = request.GET.get("rows")
    shown = next((outcome for outcome in filled if outcome == wanted), filled[0] if filled else Outcome.SAME)
    numbers = Paginator([row for row in rows if row.outcome is shown], ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return FilePage(
        tabs=tuple(Tab(one.value, LABELS[one], counts[one], one is shown) for one in filled),
        rows=tuple(numbers.object_list),
        numbers=numbers,
        notes=preview.notes,
        counts={name: run.counts.get(name, 0) for name in _COUNTS.values()},
        wrong=run.counts.get("wrong", 0),
        writable=is_writable(run.counts),
        all_wrong=run.counts.get("wrong", 0) == run.counts.get("rows", 0),
    )


def state_in_words(standing: Standing) -> str:
    """One sentence: waiting, how far, to be decided, being written, written, or why not."""
    stage = standing.stage
    if stage == "READING":
        done = standing.read.counts.get("done", 0) if standing.read else 0
        return _("%(done)s rows are read.") % {"done": format_number(done, places=0)}
    if stage == "REFUSED" or (stage == "PREVIEW" and standing.applied is not None):
        return _refusal(standing.read if stage == "REFUSED" else standing.applied)
    if stage == "APPLIED":
        return _result(standing.applied)
    return {"WAITING": _("Waiting for the worker…"), "APPLYING": _("The rows are being written…")}.get(
        stage, ""
    )


def _refusal(run: JobRun | None) -> str:
    if run is None or run.state == JobRun.State.LOST or not run.error:
        return _("The worker was stopped in the middle of it, nothing was written: try again.")
    return run.error


def _result(run: JobRun | None) -> str:
    counts = run.counts if run else {}
    words = {name: format_number(counts.get(name, 0), places=0) for name in _COUNTS.values()}
    return (
        _("Written: %(new)s new, %(changed)s changed. Unchanged: %(unchanged)s. Left out: %(wrong)s.") % words
    )


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A file somebody handed in lately."""

    token: str
    name: str
    kind: Any
    at: datetime

    @classmethod
    def of(cls, run: JobRun, token: str) -> RecentFile:
        kind = kinds().get(run.counts.get("kind", ""))
        return cls(token, run.counts.get("name", ""), kind.label if kind else "", run.started_at)


__all__ = ["ROWS_PER_PAGE", "FilePage", "RecentFile", "Tab", "preview_page", "state_in_words"]
