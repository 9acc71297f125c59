from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.inputs.rates import ALREADY_RUNNING, CURRENT, read_rates, require_on
from gullu.commands import TerminalProgress, WorkCommand
from gullu.forms import TurkishDateField
from gullu.models import JobRun


class Command(WorkCommand):
    help = "Read the dollar rates of the days that have none yet from the central bank."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--from",
            dest="since",
            metavar="DATE",
            help="fill all days from this one on (2026-10-25 or 25.10.2026)",
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        require_on()
        since = _day(options["since"]) if options["since"] else None
        return read_rates(trigger=JobRun.Trigger.COMMAND, since=since).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == ALREADY_RUNNING:
            return _("The rates are being read already.")
        if figures["outcome"] == CURRENT:
            return _("The rate of the last working day is known; nothing was asked.")
        words = _("%(rates)s rates read; %(closed)s days have none, %(kept)s had one already.")
        return words % figures


def _day(text: str) -> date:
    try:
        day: date = TurkishDateField().clean(text)
    except ValidationError as error:
        raise CommandError(f"--from {text}: {' '.join(error.messages)}") from error
    if day > timezone.localdate():
        raise CommandError(
            _("--from %(day)s has not come yet: choose a day that has passed.") % {"day": text}
        )
    return day
