from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.commissions.applying import apply_import, drop_import
from analytics.commissions.reading import open_import, read_import, wrong_rows
from analytics.enums import ImportState
from gullu.commands import TerminalProgress, WorkCommand
from gullu.forms import TurkishDateField
from gullu.models import JobRun

WRONG_ROWS_SHOWN: Final = 20


class Command(WorkCommand):
    help = "Read commissions of orders, or commission rates, from an Excel or CSV file of Trendyol's."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx or .csv")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
        parser.add_argument(
            "--valid-rows-only", action="store_true", help="leave wrong rows out instead of writing nothing"
        )
        parser.add_argument(
            "--valid-from", metavar="DATE", help="first day of the rates of a tariff (default: today)"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        path: Path = options["file"]
        try:
            with path.open("rb") as content:
                return self._import(content, path.name, options, progress)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error

    def _import(
        self, content: BinaryIO, name: str, options: Mapping[str, Any], progress: TerminalProgress
    ) -> Mapping[str, Any]:
        opened = open_import(content=content, name=name, valid_from=_day(options["valid_from"]))
        read = read_import(
            import_id=opened.import_id, content=content, trigger=JobRun.Trigger.COMMAND, progress=progress
        )
        figures = {**read.as_dict(), "errors": _errors(opened.import_id), "dry_run": options["dry_run"]}
        if read.outcome != ImportState.PREVIEW:
            return figures
        only_valid = options["valid_rows_only"]
        refused = bool(read.wrong) and (not only_valid or read.wrong == _all(figures))
        if options["dry_run"] or refused:
            # One that waited for a decision before this command goes on waiting.
            if opened.created:
                drop_import(import_id=opened.import_id)
            return {**figures, "outcome": "DRY_RUN" if options["dry_run"] else "ROWS_WRONG"}
        applied = apply_import(import_id=opened.import_id, only_valid=only_valid)
        return {**figures, "outcome": applied.state}

    def sentence(self, figures: Mapping[str, Any]) -> str:
        for error in figures["errors"]:
            sys.stderr.write(_("Row %(row)s: %(error)s") % error + "\n")
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("This file is being read already.")
        words = _(
            "%(rows)s rows read: %(new)s new, %(changed)s changed, %(ended)s ended, %(same)s unchanged, "
            "%(wrong)s wrong, %(unknown_here)s not known here."
        )
        return f"{words % figures} {self._ending(figures)}"

    def _ending(self, figures: Mapping[str, Any]) -> str:
        endings = {
            "DRY_RUN": _("Nothing was written."),
            "ROWS_WRONG": _("Nothing was written."),
            ImportState.UNCHANGED: _("There was nothing to change."),
        }
        written = _("Written; can be undone as file %(import_id)s.") % figures
        return endings.get(figures["outcome"], written)

    def problem(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] != "ROWS_WRONG":
            return ""
        words = _(
            "Nothing was written, wrong rows: %(wrong)s. Mend the file, or leave them out with --valid-rows-only."
        )
        return words % figures


def _all(figures: Mapping[str, Any]) -> int:
    return sum(figures[name] for name in ("new", "changed", "same", "wrong"))


def _errors(import_id: int) -> list[dict[str, Any]]:
    rows = wrong_rows(import_id=import_id, most=WRONG_ROWS_SHOWN)
    return [
        {"row": row.row_number, "name": row.name, "code": row.error_code, "error": row.error} for row in rows
    ]


def _day(text: str | None) -> Any:
    if not text:
        return timezone.localdate()
    try:
        return TurkishDateField().clean(text)
    except ValidationError as error:
        raise CommandError(f"--valid-from {text}: {' '.join(error.messages)}") from error
