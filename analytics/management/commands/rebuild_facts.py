from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from analytics.facts.services import ALREADY_RUNNING, rebuild_facts
from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun


class Command(WorkCommand):
    help = "Make the facts of sales again from the orders."

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        return rebuild_facts(trigger=JobRun.Trigger.COMMAND).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        words = _("%(lines)s lines of %(orders)s orders written in %(seconds)s seconds.")
        return "" if figures["outcome"] == ALREADY_RUNNING else words % figures

    def problem(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == ALREADY_RUNNING:
            return _("Nothing was done: the facts are being written by another run.")
        return ""
