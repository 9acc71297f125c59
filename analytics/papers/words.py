"""How far a paper is and what is missing in it, in sentences."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.papers.services import PaperState
from gullu.models import JobRun
from gullu.money import format_number

_MEGABYTE: Final = 1024 * 1024


def state_in_words(state: PaperState) -> str:
    """One sentence: waiting, how far, ready, or why not."""
    counts = state.counts
    match state.state:
        case "WAITING":
            return _("Waiting for the worker…")
        case JobRun.State.RUNNING:
            words = {"done": counts.get("entries", 0), "of": counts.get("of", 0)}
            return _("%(done)s of %(of)s models and colours are done.") % words
        case JobRun.State.DONE:
            size = format_number(counts["bytes"] / _MEGABYTE, places=1)
            words = {"entries": counts["entries"], "pages": counts["pages"], "size": size}
            if not counts["pages"]:
                return _("Ready: %(entries)s models and colours, %(size)s MB.") % words
            return _("Ready: %(entries)s models and colours on %(pages)s pages, %(size)s MB.") % words
        case JobRun.State.LOST:
            return _("The worker was stopped while it made this file: make it again.")
    reason = state.run.error if state.run else ""
    return _("It could not be made: %(reason)s") % {"reason": reason}


def problems_in_words(state: PaperState) -> list[str]:
    """What the person should know before sending the paper to somebody."""
    if not state.ready:
        return []
    counted = [
        (
            state.counts.get("without_picture", 0),
            ngettext(
                "%(count)s entry has no picture here and shows a placeholder: add one on the model’s page.",
                "%(count)s entries have no picture here and show a placeholder: add them on the models’ pages.",
                state.counts.get("without_picture", 0),
            ),
        ),
        (
            state.counts.get("unreadable", 0),
            ngettext(
                "%(count)s entry has a picture that cannot be read and shows a placeholder.",
                "%(count)s entries have pictures that cannot be read and show a placeholder.",
                state.counts.get("unreadable", 0),
            ),
        ),
        (
            state.counts.get("coarse", 0),
            ngettext(
                "%(count)s picture is small for its place and may look coarse in print.",
                "%(count)s pictures are small for their place and may look coarse in print.",
                state.counts.get("coarse", 0),
            ),
        ),
    ]
    return [sentence % {"count": count} for count, sentence in counted if count]
