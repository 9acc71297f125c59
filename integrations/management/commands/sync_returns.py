from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.trendyol.sync import sync_returns


class Command(WorkCommand):
    help = "Read customer returns (claims) from Trendyol."

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        del options
        return sync_returns(trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("Returns are being read already.")
        return _("%(claims)s claims with %(units)s units read, %(to_decide)s wait for a decision.") % figures
