"""Channel-neutral pieces of talking to a marketplace."""

from __future__ import annotations

from integrations.models.core import (
    ClaimIssueReason,
    Listing,
    OutboxMessage,
    RateWindow,
    Settlement,
    SyncCursor,
    SyncProblem,
)
from integrations.models.market import MarketAttribute, MarketBrand, MarketCategory, MarketValue
from integrations.models.products import ChannelProduct, ProductWrite
from integrations.models.webhooks import WebhookEvent, WebhookHook, WebhookState

__all__ = [
    "ChannelProduct",
    "ClaimIssueReason",
    "Listing",
    "MarketAttribute",
    "MarketBrand",
    "MarketCategory",
    "MarketValue",
    "OutboxMessage",
    "ProductWrite",
    "RateWindow",
    "Settlement",
    "SyncCursor",
    "SyncProblem",
    "WebhookEvent",
    "WebhookHook",
    "WebhookState",
]
