from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun
from integrations.models import WebhookHook
from integrations.webhooks import hooks
from integrations.webhooks.checking import LONGEST_GAP, check_webhooks, reread_days

ACTIONS = ("list", "register", "activate", "deactivate", "remove", "check", "reread")
ABOUT_ONE = frozenset({"activate", "deactivate", "remove"})


class Command(WorkCommand):
    help = "List, register, switch, remove and check this shop's webhooks at Trendyol; read orders of past days again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("webhook", nargs="?", default="", help="number of the webhook, as list shows it")
        parser.add_argument(
            "--days", type=int, default=1, help="reread: how many days, at most 14 (default: %(default)s)"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        action, webhook = options["action"], options["webhook"]
        if (action in ABOUT_ONE) != bool(webhook):
            wrong = (
                _("%(action)s needs the number of a webhook.")
                if not webhook
                else _("%(action)s takes no number.")
            )
            raise CommandError(wrong % {"action": action})
        if action == "check":
            return check_webhooks(trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()
        if action == "reread":
            return self._reread(options["days"], progress)
        result = _ask(action, webhook)
        return {
            "outcome": "DONE",
            "action": action,
            "webhook": result.done,
            "webhooks": [_row(h) for h in result.hooks],
        }

    def _reread(self, days: int, progress: TerminalProgress) -> Mapping[str, Any]:
        if not 1 <= days <= LONGEST_GAP.days:
            raise CommandError(
                _("--days %(days)s: only 1 to %(most)s days can be read again.")
                % {"days": days, "most": LONGEST_GAP.days}
            )
        return reread_days(days, trigger=JobRun.Trigger.COMMAND, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if figures["outcome"] == "ALREADY_RUNNING":
            return _("The webhooks are being checked already.")
        if "activated" in figures:
            return (
                _("%(webhooks)s webhooks, %(ours)s of them lead here, %(activated)s switched on again.")
                % figures
            )
        if "packages" in figures:
            return _("%(packages)s packages read again: %(created)s new, %(updated)s changed.") % figures
        lines = [
            f"{row['id']}  {row['status']:<7}  {row['authentication']:<20}  {row['url']}{'  *' if row['ours'] else ''}"
            for row in figures["webhooks"]
        ]
        return "\n".join(lines) or _("Trendyol lists no webhook.")


def _ask(action: str, webhook: str) -> hooks.HooksResult:
    if action == "register":
        return hooks.register(actor=None)
    if action == "remove":
        return hooks.remove(remote_id=webhook, actor=None)
    if action in ABOUT_ONE:
        return hooks.switch(remote_id=webhook, active=action == "activate", actor=None)
    return hooks.read_hooks()


def _row(hook: WebhookHook) -> dict[str, Any]:
    return {
        "id": hook.remote_id,
        "url": hook.url,
        "status": hook.status,
        "authentication": hook.authentication,
        "statuses": hook.subscribed,
        "ours": hook.ours,
    }
