from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from gullu.privacy.services import anonymize_customers


class Command(WorkCommand):
    help = "Empty personal data whose retention time is over. Safe to break off and to repeat."

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        return anonymize_customers(trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("Personal data is being emptied already.")
        return _("Personal data of %(rows)s rows was emptied.") % {"rows": sum(figures["cleaned"].values())}

    def problem(self, figures: Mapping[str, Any]) -> str:
        return str(figures["failed"])
