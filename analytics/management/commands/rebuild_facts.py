from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from analytics.facts.services import ALREADY_RUNNING, rebuild_facts
from analytics.profit.services import rebuild_profit
from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun


class Command(WorkCommand):
    help = "Make the facts of sales again from the orders, and the profits from them. Kept costs stay."

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        facts = rebuild_facts(trigger=JobRun.Trigger.COMMAND)
        if facts.outcome == ALREADY_RUNNING:
            return facts.as_dict()
        profit = rebuild_profit(trigger=JobRun.Trigger.COMMAND)
        return {**facts.as_dict(), "profit": profit.as_dict()}

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if self.problem(figures):
            return ""
        facts = _("%(lines)s lines of %(orders)s orders written in %(seconds)s seconds.") % figures
        profit = _("%(lines)s profits reckoned in %(seconds)s seconds.") % figures["profit"]
        return f"{facts} {profit}"

    def problem(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == ALREADY_RUNNING:
            return _("Nothing was done: the facts are being written by another run.")
        if figures["profit"]["outcome"] == ALREADY_RUNNING:
            return _(
                "The facts were made again, the profits were not: they are being reckoned by another run."
            )
        return ""
