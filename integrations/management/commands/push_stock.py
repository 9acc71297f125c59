from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.trendyol.push import push_stock


class Command(WorkCommand):
    help = "Tell Trendyol what may still be sold. Only what changed is sent."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="send every barcode, changed or not")
        parser.add_argument("--dry-run", action="store_true", help="read and compare, send nothing")

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        result = push_stock(
            send_all=options["all"],
            dry_run=options["dry_run"],
            trigger=JobRun.Trigger.COMMAND,
            progress=progress,
        )
        return result.as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("A push is already running.")
        if figures["outcome"] == "DRY_RUN":
            return (
                _("Dry run: %(sent)s of %(evaluated)s barcodes would be sent (%(quantity)s pairs).") % figures
            )
        return (
            _(
                "%(sent)s of %(evaluated)s barcodes sent (%(quantity)s pairs offered, %(reserved)s reserved),"
                " %(skipped)s unchanged, %(failed)s refused."
            )
            % figures
        )
