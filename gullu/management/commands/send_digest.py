from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.digest import send_digest
from gullu.models import JobRun


class Command(WorkCommand):
    help = "Mail the daily summary: what is late, urgent, waiting or wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--to", action="append", metavar="ADDRESS", help="instead of DIGEST_RECIPIENTS; may be repeated"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        return send_digest(to=options["to"] or (), trigger=JobRun.Trigger.COMMAND).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        return _("The daily summary was sent to %(recipients)s people.") % figures
