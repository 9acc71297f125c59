"""The webhooks this seller has at Trendyol: reading them, registering ours, switching and removing them.

The network is never inside a transaction. What somebody asks for is written into the list of activities before it is
sent, and once more with how it ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gullu import clock
from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.errors import DomainError
from gullu.models import User
from integrations.models import WebhookHook, WebhookState
from integrations.trendyol.client import MAX_WEBHOOKS, TrendyolClient, WebhookForm
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import OutcomeUnknown
from integrations.trendyol.schemas import WebhookPayload
from integrations.webhooks.address import own_form, own_url
from integrations.webhooks.errors import TooManyWebhooks, UnknownWebhook
from orders.enums import Channel

ACTIVE, PASSIVE = WebhookHook.Status.ACTIVE, WebhookHook.Status.PASSIVE


@dataclass(frozen=True, slots=True)
class HooksResult:
    """The webhooks as they are now, our own first; `done` is the number of the webhook something was done to."""

    hooks: tuple[WebhookHook, ...]
    done: str = ""


def read_hooks(*, url: str = "") -> HooksResult:
    """Read the list and remember it. `url` is the address that counts as ours. Raises TrendyolError."""
    return HooksResult(hooks=_remember(get_client().webhooks(), url=url or own_url()))


def register(*, actor: User | None, form: WebhookForm | None = None) -> HooksResult:
    """Register our address, or bring the webhook that has it up to date and switch it on. Safe to repeat.

    Raises `WebhooksOff`, `AddressUnusable`, `TooManyWebhooks`, TrendyolError.
    """
    wanted = form or own_form()
    client = get_client()
    with _recorded(actor, "REGISTER", address=wanted.url):
        listed = client.webhooks()
        same = next((hook for hook in listed if hook.url == wanted.url), None)
        if same is not None:
            renew(client, same.id, wanted, active=same.active)
        elif len(listed) >= MAX_WEBHOOKS:
            raise TooManyWebhooks(most=MAX_WEBHOOKS)
        else:
            _create(client, wanted)
    return _with_number_of(read_hooks(url=wanted.url), wanted.url)


def switch(*, remote_id: str, active: bool, actor: User | None) -> HooksResult:
    """Switch a webhook on or off. Raises TrendyolError."""
    client = get_client()
    with _recorded(actor, "ACTIVATE" if active else "DEACTIVATE", webhook=remote_id):
        (client.activate_webhook if active else client.deactivate_webhook)(remote_id)
    return HooksResult(hooks=read_hooks().hooks, done=remote_id)


def remove(*, remote_id: str, actor: User | None) -> HooksResult:
    """Remove a webhook for good. Raises TrendyolError."""
    client = get_client()
    with _recorded(actor, "REMOVE", webhook=remote_id):
        client.delete_webhook(remote_id)
    return HooksResult(hooks=read_hooks().hooks, done=remote_id)


def renew(client: TrendyolClient, remote_id: str, form: WebhookForm, *, active: bool) -> None:
    """Give a webhook our key and address once more, which nobody can read there, and switch it on if it is off."""
    client.update_webhook(remote_id, form)
    if not active:
        client.activate_webhook(remote_id)


def known_hook(remote_id: str) -> WebhookHook:
    """A webhook of the list read last. Raises `UnknownWebhook`."""
    hook = WebhookHook.objects.filter(channel=Channel.TRENDYOL, remote_id=remote_id).first()
    if hook is None:
        raise UnknownWebhook(webhook=remote_id)
    return hook


def known_hooks() -> tuple[WebhookHook, ...]:
    """The list read last, our own first."""
    return tuple(WebhookHook.objects.filter(channel=Channel.TRENDYOL).order_by("-ours", "url", "remote_id"))


def state() -> WebhookState:
    """How things stand; an empty one before anything happened."""
    found = WebhookState.objects.filter(channel=Channel.TRENDYOL).first()
    return found or WebhookState(channel=Channel.TRENDYOL)


def _create(client: TrendyolClient, form: WebhookForm) -> None:
    try:
        client.create_webhook(form)
    except OutcomeUnknown:
        # Asking again could make a second one: look whether it is there.
        if not any(hook.url == form.url for hook in client.webhooks()):
            raise


def _with_number_of(result: HooksResult, url: str) -> HooksResult:
    done = next((hook.remote_id for hook in result.hooks if hook.url == url), "")
    return HooksResult(hooks=result.hooks, done=done)


@contextmanager
def _recorded(actor: User | None, action: str, **details: str) -> Iterator[None]:
    _note(actor, action, "ASKED", details)
    try:
        yield
    except DomainError as error:
        _note(actor, action, "FAILED", {**details, "code": error.code})
        raise
    _note(actor, action, "DONE", details)


def _note(actor: User | None, action: str, outcome: str, details: dict[str, str]) -> None:
    record(Activity.Kind.WEBHOOK, actor=actor, details={"action": action, "outcome": outcome, **details})


@transaction.atomic
def _remember(listed: Sequence[WebhookPayload], *, url: str) -> tuple[WebhookHook, ...]:
    now = clock.now()
    known = {hook.remote_id: hook for hook in WebhookHook.objects.filter(channel=Channel.TRENDYOL)}
    rows = [_row(payload, known.get(payload.id), url=url, now=now) for payload in listed]
    WebhookHook.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["channel", "remote_id"], update_fields=_COLUMNS
    )
    gone = known.keys() - {row.remote_id for row in rows}
    WebhookHook.objects.filter(channel=Channel.TRENDYOL, remote_id__in=gone).delete()
    WebhookState.objects.update_or_create(
        channel=Channel.TRENDYOL, defaults={"checked_at": now, "check_error": ""}
    )
    return known_hooks()


_COLUMNS = ["url", "username", "authentication", "subscribed", "status", "ours", "active_since", "active_at",
            "passive_since"]  # fmt: skip


def _row(payload: WebhookPayload, known: WebhookHook | None, *, url: str, now: datetime) -> WebhookHook:
    times: dict[str, Any]
    if payload.active:
        since = known.active_since if known and known.active_since and known.passive_since is None else now
        times = {"active_since": since, "active_at": now, "passive_since": None}
    else:
        since = known.passive_since if known and known.passive_since else now
        times = {
            "active_since": None,
            "active_at": known.active_at if known else None,
            "passive_since": since,
        }
    return WebhookHook(
        channel=Channel.TRENDYOL,
        remote_id=payload.id[:64],
        url=payload.url[:500],
        username=payload.username[:150],
        authentication=payload.authentication_type[:30],
        subscribed=payload.subscribed_statuses,
        status=ACTIVE if payload.active else PASSIVE,
        ours=bool(url) and payload.url == url,
        **times,
    )
