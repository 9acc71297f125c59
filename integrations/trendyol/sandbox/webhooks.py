"""Webhooks of the seller (contract section 11): who is registered, and what is to be sent to them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from .clock import MINUTE_MS, SECOND_MS
from .entities import STATUSES, Package
from .errors import Refusal, product_refused
from .payloads import package_fragment
from .state import State
from .webhook_entities import API_KEY, BASIC, LOOPBACK, Delivery, Hook

MOST_HOOKS = 15
MOST_ERRORS = 13
REPEAT_AFTER_MS = 5 * MINUTE_MS
_FORBIDDEN = ("trendyol", "dolap", "localhost")


def status_name(status: str) -> str:
    """`AtCollectionPoint` as webhooks write it: `AT_COLLECTION_POINT`. UnDelivered and its like have no gap."""
    one_word = {"UnDelivered", "UnSupplied", "UnPacked"}
    if status in one_word:
        return status.upper()
    return "".join(f"_{x}" if x.isupper() and place else x for place, x in enumerate(status)).upper()


HOOK_STATUSES = frozenset(status_name(status) for status in STATUSES)


class Webhooks:
    """The webhooks, and a queue of what has to be sent. What waits there does not survive a restart."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._announced: dict[int, tuple[str, int]] = {}
        self.waiting: list[Delivery] = []
        state.on_packages_changed(self._changed)
        state.on_due("webhook", lambda key, _due_ms: self._changed([int(key)]))

    # -- administration -----------------------------------------------------------------------------

    def hooks(self) -> list[Hook]:
        with self._state.transaction():
            return list(self._state.hooks.values())

    def get(self, hook_id: str) -> Hook:
        """Raises Refusal 404."""
        hook = self._state.hooks.get(hook_id)
        if hook is None:
            raise product_refused("Webhook bulunamadı", key="webhook.not.found", status=404)
        return hook

    def create(self, body: Mapping[str, Any]) -> Hook:
        """Raises Refusal for a wrong body and for the sixteenth."""
        with self._state.transaction() as now:
            values = self._checked(body)
            if len(self._state.hooks) >= MOST_HOOKS:
                raise product_refused(f"En fazla {MOST_HOOKS} webhook tanımlanabilir", key="webhook.limit")
            hook = Hook(hook_id=str(uuid.uuid4()), created_ms=now, modified_ms=None, **values)
            self._state.mark_hook(hook)
            return hook

    def update(self, hook_id: str, body: Mapping[str, Any]) -> None:
        """Replace everything but whether it is active."""
        with self._state.transaction() as now:
            hook = self.get(hook_id)
            for name, value in self._checked(body).items():
                setattr(hook, name, value)
            hook.modified_ms = now
            self._state.mark_hook(hook)

    def delete(self, hook_id: str) -> None:
        with self._state.transaction():
            self._state.drop_hook(self.get(hook_id).hook_id)
            self._forget(hook_id)

    def switch(self, hook_id: str, *, active: bool) -> None:
        """What happened while it was passive is never sent."""
        with self._state.transaction() as now:
            hook = self.get(hook_id)
            hook.active, hook.errors, hook.modified_ms = active, 0, now
            self._state.mark_hook(hook)
            if not active:
                self._forget(hook_id)

    def _checked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        kind = body.get("authenticationType")
        if kind not in {API_KEY, BASIC}:
            raise _invalid("authenticationType")
        wanted = ("apiKey",) if kind == API_KEY else ("username", "password")
        for name in wanted:
            if not isinstance(body.get(name), str) or not body[name]:
                raise _invalid(name)
        return {
            "url": self._checked_url(body.get("url")),
            "authentication": kind,
            "username": body.get("username") if kind == BASIC else None,
            "password": body.get("password") if kind == BASIC else None,
            "api_key": body.get("apiKey") if kind == API_KEY else None,
            "statuses": _statuses(body.get("subscribedStatuses") or []),
        }

    def _checked_url(self, url: Any) -> str:
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise _invalid("url")
        local = "webhooks_local" in self._state.config.quirks and parts.hostname in LOOPBACK
        forbidden = [word for word in _FORBIDDEN if word in str(url).lower()]
        if not local and (forbidden or parts.hostname in LOOPBACK):
            raise product_refused("url Trendyol, Dolap ya da Localhost içeremez", key="webhook.url.forbidden")
        return str(url)

    # -- events -------------------------------------------------------------------------------------

    def _changed(self, package_ids: Iterable[int]) -> None:
        """Called inside a transaction with the packages it changed."""
        active = [hook for hook in self._state.hooks.values() if hook.active]
        if not active:
            return
        now = self._state.now()
        for package_id in package_ids:
            package = self._state.packages.get(package_id)
            if package is None or package.archived:
                continue
            if package.visible_ms > now:
                self._state.schedule("webhook", str(package_id), package.visible_ms)
            else:
                self._announce(package, active, now)

    def _announce(self, package: Package, hooks: Sequence[Hook], now: int) -> None:
        stamp = (package.status, package.last_modified_ms)
        if self._announced.get(package.package_id) == stamp:
            return
        self._announced[package.package_id] = stamp
        status = status_name(package.status)
        body = _envelope(package_fragment(package, self._state.config))
        wait = SECOND_MS if "webhook_reordered" in self._state.config.quirks else 0
        for hook in hooks:
            if not hook.statuses or status in hook.statuses:
                self.waiting.append(
                    Delivery(
                        hook_id=hook.hook_id, package_id=package.package_id, body=body, due_ms=now + wait
                    )
                )

    def take_due(self) -> list[Delivery]:
        """What has to be sent now, taken out of the queue: in order, or the other way round, or all of it twice."""
        with self._state.lock:
            now, quirks = self._state.now(), self._state.config.quirks
            due = sorted((x for x in self.waiting if x.due_ms <= now), key=lambda x: x.serial)
            self.waiting = [delivery for delivery in self.waiting if delivery.due_ms > now]
        if "webhook_reordered" in quirks:
            due.reverse()
        return [x for x in due for _ in range(2)] if "webhook_duplicates" in quirks else due

    def settle(self, delivery: Delivery, *, delivered: bool) -> None:
        """Note how an attempt ended: repeat it five minutes later, and give the webhook up after 13 errors."""
        with self._state.transaction() as now:
            hook = self._state.hooks.get(delivery.hook_id)
            if hook is None or not hook.active:
                return
            hook.errors = 0 if delivered else hook.errors + 1
            if hook.errors >= MOST_ERRORS:
                hook.active, hook.modified_ms = False, now
                self._forget(hook.hook_id)
            elif not delivered and delivery not in self.waiting:
                delivery.attempts += 1
                delivery.due_ms = now + REPEAT_AFTER_MS
                self.waiting.append(delivery)
            self._state.mark_hook(hook)

    def _forget(self, hook_id: str) -> None:
        self.waiting = [delivery for delivery in self.waiting if delivery.hook_id != hook_id]


def _envelope(fragment: str) -> bytes:
    return f'{{"totalElements":1,"totalPages":1,"page":0,"size":1,"content":[{fragment}]}}'.encode()


def _statuses(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(status in HOOK_STATUSES for status in value):
        raise _invalid("subscribedStatuses")
    return list(value)


def _invalid(name: str) -> Refusal:
    return product_refused(f"{name} geçersiz", key=f"webhook.{name}.invalid")
