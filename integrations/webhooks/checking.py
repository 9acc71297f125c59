"""Once a day: is our webhook still active? If it is not, it is switched on again and the gap is read once more.

The poll reads every change anyway, from its own position. What reading the gap adds: it asks for all changes since the
webhook was last seen active, whatever the position says, so that what the poll's own stream left out or showed late
(as in the incidents the contract lists in section 15) is found without anybody looking for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from gullu import clock
from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations.models import WebhookHook, WebhookState
from integrations.progress import Progress, silent
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.sync.orders import OrdersResult, reread_changes
from integrations.webhooks import hooks
from integrations.webhooks.address import own_form
from orders.enums import Channel

LOCK: Final = "integrations.check_webhooks"
# Thirteen failures five minutes apart, and as much again: the events of that time were lost, too.
FAILING: Final = timedelta(hours=2)
LONGEST_GAP: Final = timedelta(days=14)


@dataclass(slots=True)
class CheckResult:
    """`webhooks` there in all, `ours` of them, `activated` just now; `reread` is what reading the gap did."""

    outcome: str = "DONE"
    webhooks: int = 0
    ours: int = 0
    activated: int = 0
    reread: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        gap = {name: self.reread[name] for name in ("packages", "created", "updated") if self.reread}
        return {
            "outcome": self.outcome,
            "webhooks": self.webhooks,
            "ours": self.ours,
            "activated": self.activated,
            **gap,
        }


def check_webhooks(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> CheckResult:
    """Read the list; switch ours on again if it is passive; read the orders of a gap again.

    A gap is written down before the webhook is switched on and closed when it was read, so a run that dies in
    between is made up for by the next one. Raises TrendyolError (kept with the
    state), `WebhooksOff`, `AddressUnusable`.
    """
    form = own_form()
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return CheckResult(outcome="ALREADY_RUNNING")
        with record_run("check_webhooks", trigger=trigger, actor=actor, alone=True) as run:
            result = CheckResult()
            try:
                _look(result, form.url)
                _read_gap(result, progress)
            except TrendyolError as error:
                WebhookState.objects.filter(channel=Channel.TRENDYOL).update(check_error=error.message)
                raise
            run.counts = result.as_dict()
            return result


def _look(result: CheckResult, url: str) -> None:
    WebhookState.objects.get_or_create(channel=Channel.TRENDYOL)
    listed = hooks.read_hooks(url=url).hooks
    ours = [hook for hook in listed if hook.ours]
    result.webhooks, result.ours = len(listed), len(ours)
    if not ours or any(hook.status == hooks.ACTIVE for hook in ours):
        return
    _open_gap(ours[0], now=clock.now())
    # With our key once more: a wrong one there is the likeliest reason for its having been switched off.
    hooks.renew(get_client(), ours[0].remote_id, own_form(), active=False)
    hooks.read_hooks(url=url)
    result.activated = 1


def _open_gap(hook: WebhookHook, *, now: datetime) -> None:
    """From when it was last seen active, less the time it was failing; an earlier gap that is still open stays."""
    since = now - LONGEST_GAP if hook.active_at is None else max(hook.active_at - FAILING, now - LONGEST_GAP)
    WebhookState.objects.filter(channel=Channel.TRENDYOL, gap_from=None).update(gap_from=since)


def _read_gap(result: CheckResult, progress: Progress) -> None:
    since = hooks.state().gap_from
    if since is None:
        return
    now = clock.now()
    read: OrdersResult = reread_changes(get_client(), since=max(since, now - LONGEST_GAP), progress=progress)
    result.reread = read.as_dict()
    WebhookState.objects.filter(channel=Channel.TRENDYOL).update(gap_from=None, gap_read_at=clock.now())


def reread_days(
    days: int, *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> OrdersResult:
    """Read all changes of the last `days` days again; the position of the poll stays. Raises TrendyolError."""
    with record_run("reread_orders", trigger=trigger, actor=actor) as run:
        result = reread_changes(get_client(), since=clock.now() - timedelta(days=days), progress=progress)
        run.counts = result.as_dict()
        return result
