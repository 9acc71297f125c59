"""Webhooks as Trendyol lists them (contract section 11.1). Secrets are never told."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator

from integrations.trendyol.schemas.base import OptMs, Payload, RequiredText, Text, TextList

WEBHOOK_STATUSES: Final = (
    "CREATED",
    "PICKING",
    "INVOICED",
    "SHIPPED",
    "CANCELLED",
    "DELIVERED",
    "UNDELIVERED",
    "RETURNED",
    "UNSUPPLIED",
    "AWAITING",
    "UNPACKED",
    "AT_COLLECTION_POINT",
    "VERIFIED",
)
"""Package statuses a webhook can be for, in the spelling of the webhook service."""


class WebhookPayload(Payload):
    """One webhook. `status` is ACTIVE or PASSIVE; no statuses means all. Its dates may be hours off (section 4)."""

    id: RequiredText
    url: RequiredText
    status: Annotated[
        RequiredText, BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
    ]
    username: Text = ""
    authentication_type: Text = ""
    subscribed_statuses: TextList = []
    created_date: OptMs = None
    last_modified_date: OptMs = None

    @property
    def active(self) -> bool:
        """Whether it is sent events."""
        return self.status == "ACTIVE"
