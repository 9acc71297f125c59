from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.outbox import send_outbox


class Command(WorkCommand):
    help = "Deliver what marketplaces must be told."

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        del options
        result = send_outbox(trigger=JobRun.Trigger.COMMAND, progress=progress)
        return {**result.as_dict(), "error": result.stopped or result.trouble}

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("Messages are being delivered already.")
        return (
            _(
                "%(delivered)s messages delivered, %(obsolete)s no longer needed, %(refused)s refused,"
                " %(later)s to be tried again."
            )
            % figures
        )

    def problem(self, figures: Mapping[str, Any]) -> str:
        return str(figures["error"])
