from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.trendyol.sync import sync_products


class Command(WorkCommand):
    help = "Read Trendyol's listing of our products: approval, prices, and its own stock numbers."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--import", action="store_true", dest="import_new", help="make products of what is unknown here"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        trigger, import_new = JobRun.Trigger.COMMAND, bool(options["import_new"])
        return sync_products(import_new=import_new, trigger=trigger, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("Products are being read already.")
        read = _(
            "%(approved)s approved and %(unapproved)s unapproved barcodes read, %(unknown_here)s unknown here,"
            " %(gone)s gone, %(drifts)s with a different stock number."
        )
        if not figures["imported"] and not figures["refused"]:
            return read % figures
        taken = _(
            "%(imported)s barcodes in %(imported_models)s new models taken in, %(refused)s could not be."
        )
        return f"{read} {taken}" % figures
