from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.trendyol.sync import sync_products


class Command(WorkCommand):
    help = "Read Trendyol's listing of our products: approval, prices, and its own stock numbers."

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        del options
        return sync_products(trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("Products are being read already.")
        return (
            _(
                "%(approved)s approved and %(unapproved)s unapproved barcodes read, %(unknown_here)s unknown here,"
                " %(gone)s gone, %(drifts)s with a different stock number."
            )
            % figures
        )
