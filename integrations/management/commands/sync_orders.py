from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.trendyol.sync import reconcile_orders, sync_orders


class Command(WorkCommand):
    help = "Read new and changed orders from Trendyol."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--reconcile", action="store_true", help="read every order again that is not finished here"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        if options["reconcile"]:
            return reconcile_orders(trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()
        return sync_orders(trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("Orders are being read already.")
        if "asked" in figures:
            return (
                _("%(asked)s open orders read again, %(changed)s changed, %(missing)s not found.") % figures
            )
        return (
            _("%(packages)s packages read: %(created)s new, %(updated)s changed, %(problems)s problems.")
            % figures
        )
