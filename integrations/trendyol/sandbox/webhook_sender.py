"""Sends what the webhooks wait for, from a thread of its own, over HTTP, and to this machine only."""

import base64
import http.client
import threading
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

from .background import Background
from .state import State
from .webhook_entities import API_KEY, Delivery, Hook
from .webhooks import Webhooks

_TICK_SECONDS = 0.05
_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One attempt; `status` 0 means that there was no answer."""

    at_ms: int
    url: str
    package_id: int
    status: int


class WebhookSender(Background):
    """One attempt at a time, in the order of the queue."""

    def __init__(self, webhooks: Webhooks, state: State) -> None:
        super().__init__("sandbox-webhooks")
        self._webhooks = webhooks
        self._state = state
        self._round = threading.Lock()
        self.sent: deque[SentEvent] = deque(maxlen=2000)

    def _run(self) -> None:
        while not self._stop.wait(_TICK_SECONDS):
            if self._webhooks.waiting:
                self.deliver_due()

    def deliver_due(self) -> int:
        """Send everything that is due, now; returns how many attempts were made."""
        with self._round:
            due = self._webhooks.take_due()
            for delivery in due:
                self._attempt(delivery)
            return len(due)

    def wait(self, *, seconds: float = 10.0) -> bool:
        """Wait until nothing that is due is left. Returns whether it was reached in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._round, self._state.transaction() as now:
                if not any(delivery.due_ms <= now for delivery in self._webhooks.waiting):
                    return True
            time.sleep(_TICK_SECONDS / 5)
        return False

    def _attempt(self, delivery: Delivery) -> None:
        with self._state.transaction():
            hook = self._state.hooks.get(delivery.hook_id)
            if hook is None or not hook.active:
                return
            if not hook.local:
                self._state.warnings["webhook_not_sent"] += 1
                return
        status = _post(hook, delivery.body)
        self.sent.append(
            SentEvent(at_ms=self._state.now(), url=hook.url, package_id=delivery.package_id, status=status)
        )
        self._webhooks.settle(delivery, delivered=200 <= status < 300)


def _post(hook: Hook, body: bytes) -> int:
    parts = urlsplit(hook.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request("POST", path, body=body, headers=_headers(hook))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _headers(hook: Hook) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "Trendyol Webhook"}
    if hook.authentication == API_KEY:
        return {**headers, "x-api-key": hook.api_key or ""}
    token = base64.b64encode(f"{hook.username}:{hook.password}".encode()).decode()
    return {**headers, "Authorization": f"Basic {token}"}
