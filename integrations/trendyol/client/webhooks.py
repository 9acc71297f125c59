"""Administration of webhooks (contract section 11.1). What they send arrives in `integrations.webhooks`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from integrations.trendyol.client.reading import envelope, require, segment
from integrations.trendyol.client.transport import Call, Transport
from integrations.trendyol.client.wire import NotJson, canonical_json, decode_json
from integrations.trendyol.errors import OutcomeUnknown, SchemaChanged, TrendyolError
from integrations.trendyol.schemas import WEBHOOK_STATUSES, WebhookPayload, explain

MAX_WEBHOOKS: Final = 15
FORBIDDEN_IN_URL: Final = ("trendyol", "dolap", "localhost")
"""Words Trendyol does not take in the address of a webhook, in any letter case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookForm:
    """What a webhook is made from. With `api_key` it is sent as `x-api-key`, else user and password as HTTP Basic.

    No statuses: all, also those Trendyol adds later. Secrets stay out of `repr`.
    """

    url: str
    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    statuses: Sequence[str] = ()

    @property
    def authentication(self) -> Literal["API_KEY", "BASIC_AUTHENTICATION"]:
        """The name of the scheme there."""
        return "API_KEY" if self.api_key else "BASIC_AUTHENTICATION"

    def as_json(self) -> dict[str, object]:
        """The body as the contract's samples have it."""
        basic = not self.api_key
        return {
            "url": self.url,
            "username": self.username if basic else None,
            "password": self.password if basic else None,
            "authenticationType": self.authentication,
            "apiKey": self.api_key or None,
            "subscribedStatuses": list(self.statuses),
        }

    def scrub(self, text: str) -> str:
        """The text without the secrets, should the other side echo them."""
        for secret in filter(None, (self.api_key, self.password)):
            text = text.replace(secret, "***")
        return text


def forbidden_word(url: str) -> str:
    """The word for which Trendyol would refuse this address; empty when there is none."""
    lower = url.lower()
    return next((word for word in FORBIDDEN_IN_URL if word in lower), "")


class WebhookCalls:
    """Methods of the webhook service. Writes are sent once and raise Rejected or OutcomeUnknown."""

    _transport: Transport

    def webhooks(self) -> list[WebhookPayload]:
        """Read all webhooks of this seller, passive ones included (at most 15). Raises SchemaChanged."""
        endpoint = "webhooks.list"
        data = self._transport.read(Call(endpoint, "GET", self._webhooks_path()))
        if not isinstance(data, list):
            raise SchemaChanged(endpoint=endpoint, detail="the answer is no list")
        try:
            return [WebhookPayload.model_validate(row) for row in data]
        except ValidationError as error:
            raise SchemaChanged(endpoint=endpoint, detail=explain(error)) from None

    def create_webhook(self, form: WebhookForm) -> str:
        """Make a webhook, which is active at once; returns its id. Raises InvalidRequest for a hopeless address."""
        endpoint = "webhooks.create"
        _check(form, endpoint=endpoint)
        call = Call(endpoint, "POST", self._webhooks_path(), body=canonical_json(form.as_json()))
        try:
            reply = self._transport.write(call)
        except TrendyolError as error:
            raise _scrubbed(error, form) from error.__cause__
        try:
            webhook_id = envelope(decode_json(reply.body), endpoint=endpoint).get("id")
        except (NotJson, SchemaChanged):
            webhook_id = None
        if not isinstance(webhook_id, str) or not webhook_id:
            raise OutcomeUnknown(endpoint=endpoint, status=reply.status, detail="an answer without an id")
        return webhook_id

    def update_webhook(self, webhook_id: str, form: WebhookForm) -> None:
        """Replace everything about a webhook. Whether it is active stays as it is."""
        endpoint = "webhooks.update"
        _check(form, endpoint=endpoint)
        path = f"{self._webhooks_path()}/{segment(webhook_id, endpoint=endpoint)}"
        try:
            self._transport.tell(Call(endpoint, "PUT", path, body=canonical_json(form.as_json())))
        except TrendyolError as error:
            raise _scrubbed(error, form) from error.__cause__

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook for good."""
        self._tell("webhooks.delete", "DELETE", webhook_id)

    def activate_webhook(self, webhook_id: str) -> None:
        """Let a passive webhook be sent events again; nothing of the time between is sent."""
        self._tell("webhooks.activate", "PUT", webhook_id, "/activate")

    def deactivate_webhook(self, webhook_id: str) -> None:
        """Let a webhook be sent nothing until it is activated. It still counts among the 15."""
        self._tell("webhooks.deactivate", "PUT", webhook_id, "/deactivate")

    def _tell(self, endpoint: str, method: str, webhook_id: str, action: str = "") -> None:
        path = f"{self._webhooks_path()}/{segment(webhook_id, endpoint=endpoint)}{action}"
        # The answer is the text "200 OK", which is no JSON.
        self._transport.tell(Call(endpoint, method, path))

    def _webhooks_path(self) -> str:
        return f"/integration/webhook/sellers/{self._transport.seller_id}/webhooks"


def _check(form: WebhookForm, *, endpoint: str) -> None:
    parts = urlsplit(form.url)
    web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    require(web, endpoint=endpoint, detail="the address must begin with https:// and name a host")
    word = forbidden_word(form.url)
    require(not word, endpoint=endpoint, detail=f"the address must not contain {word}")
    known = bool(form.api_key) or bool(form.username and form.password)
    require(known, endpoint=endpoint, detail="a key, or a user name with a password, is needed")
    unknown = sorted(set(form.statuses) - set(WEBHOOK_STATUSES))
    require(not unknown, endpoint=endpoint, detail=f"unknown statuses: {', '.join(unknown)}")


def _scrubbed(error: TrendyolError, form: WebhookForm) -> TrendyolError:
    error.data["detail"] = form.scrub(str(error.data["detail"]))
    return error
