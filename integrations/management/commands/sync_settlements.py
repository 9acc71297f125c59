from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.forms import TurkishDateField
from gullu.models import JobRun
from integrations.trendyol.sync.settlements import sync_settlements


class Command(WorkCommand):
    help = "Read Trendyol's accounts: settlements, payments and deductions."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--since", metavar="DATE", help="read again from this day on (2026-10-25 or 25.10.2026)"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        since = _day(options["since"]) if options["since"] else None
        return sync_settlements(trigger=JobRun.Trigger.COMMAND, progress=progress, since=since).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("The accounts are being read already.")
        words = _(
            "%(rows)s rows read, %(new)s of them new, %(matched)s with their order, %(problems)s problems."
        )
        return words % figures


def _day(text: str) -> date:
    try:
        day: date = TurkishDateField().clean(text)
    except ValidationError as error:
        raise CommandError(f"--since {text}: {' '.join(error.messages)}") from error
    return day
