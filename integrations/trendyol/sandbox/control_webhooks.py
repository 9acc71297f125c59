"""The part of the control API and page that is about webhooks."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from html import escape
from typing import Any

from .messages import Request
from .shop import Shop
from .webhook_entities import Hook
from .webhook_sender import WebhookSender

_HOOK_PATH = re.compile(r"/control/api/webhooks/([0-9a-f-]+)/(passive|active)")
Action = Callable[[Request], Any]


class ControlWebhooks:
    """What Trendyol does to a webhook, and a look at what was sent."""

    def __init__(self, shop: Shop, sender: WebhookSender) -> None:
        self._webhooks = shop.webhooks
        self.gets: dict[str, Action] = {
            "/control/api/webhooks": lambda _: [self._summary(hook) for hook in self._webhooks.hooks()],
            "/control/api/webhooks/sent": lambda _: [asdict(event) for event in list(sender.sent)[-200:]],
        }

    def object_action(self, path: str) -> Action | None:
        """The action of a path with the number of a webhook in it."""
        match = _HOOK_PATH.fullmatch(path)
        return partial(self._switch, match[1], match[2] == "active") if match else None

    def _switch(self, hook_id: str, active: bool, _request: Request) -> dict[str, Any]:
        self._webhooks.switch(hook_id, active=active)
        return self._summary(self._webhooks.get(hook_id))

    def _summary(self, hook: Hook) -> dict[str, Any]:
        waiting = sum(1 for delivery in self._webhooks.waiting if delivery.hook_id == hook.hook_id)
        return {**hook.shown(), "errors": hook.errors, "waiting": waiting}


def hook_rows(shop: Shop) -> str:
    """The rows of the page's table."""
    return "".join(_row(hook, shop) for hook in shop.webhooks.hooks())


def _row(hook: Hook, shop: Shop) -> str:
    waiting = sum(1 for delivery in shop.webhooks.waiting if delivery.hook_id == hook.hook_id)
    cells: Sequence[object] = (hook.url, "Aktif" if hook.active else "Pasif", hook.errors, waiting)
    action, text = ("passive", "Pasifleştir") if hook.active else ("active", "Aktifleştir")
    button = (
        f'<form method="post" action="/control/api/webhooks/{escape(hook.hook_id)}/{action}">'
        f"<button>{text}</button></form>"
    )
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + f"<td>{button}</td></tr>"
