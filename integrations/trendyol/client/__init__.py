"""The Trendyol seller API as methods. Knows neither our tables nor Django; ``gullu.http`` does the HTTP."""

from __future__ import annotations

from gullu.http import HttpSession
from integrations.trendyol.client.claims import (
    CLAIMS_REACH,
    MAX_CLAIMS_SIZE,
    MAX_ISSUE_DESCRIPTION,
    ClaimCalls,
)
from integrations.trendyol.client.finance import FINANCE_SIZES, MAX_FINANCE_WINDOW_MS, FinanceCalls
from integrations.trendyol.client.lookups import (
    MAX_BRANDS_SIZE,
    MAX_VALUES_PAGE,
    MAX_VALUES_SIZE,
    LookupCalls,
)
from integrations.trendyol.client.orders import MAX_ORDERS_SIZE, MAX_PACKAGE_IDS, OrderCalls
from integrations.trendyol.client.packages import (
    CARRIER_CODES,
    MAX_EXTRA_DAYS,
    UNSUPPLIED_REASONS,
    PackageCalls,
)
from integrations.trendyol.client.papers import INVOICE_TYPES, MAX_INVOICE_BYTES, PaperCalls
from integrations.trendyol.client.product_writes import (
    MAX_BUYBOX_BARCODES,
    MAX_PRODUCT_ITEMS,
    AuditsPage,
    ProductWriteCalls,
)
from integrations.trendyol.client.products import (
    MAX_APPROVED_SIZE,
    MAX_BARCODES,
    MAX_PUSH_ITEMS,
    MAX_UNAPPROVED_SIZE,
    ProductCalls,
)
from integrations.trendyol.client.results import (
    ClaimsPage,
    FinancePage,
    InventoryItem,
    OrdersPage,
    ProductsPage,
    RawRecord,
    StreamPage,
    ValuesPage,
    body_hash,
)
from integrations.trendyol.client.setup import (
    PRODUCTION_URL,
    STAGE_URL,
    Credentials,
    Limiter,
    NullLimiter,
    check_base_url,
)
from integrations.trendyol.client.transport import Timing, Transport
from integrations.trendyol.client.webhooks import (
    FORBIDDEN_IN_URL,
    MAX_WEBHOOKS,
    WebhookCalls,
    WebhookForm,
    forbidden_word,
)
from integrations.trendyol.client.wire import NotJson, canonical_json, decode_json
from integrations.trendyol.quotas import LOWEST_TIER

__all__ = [
    "CARRIER_CODES",
    "CLAIMS_REACH",
    "FINANCE_SIZES",
    "FORBIDDEN_IN_URL",
    "INVOICE_TYPES",
    "MAX_APPROVED_SIZE",
    "MAX_BARCODES",
    "MAX_BRANDS_SIZE",
    "MAX_BUYBOX_BARCODES",
    "MAX_CLAIMS_SIZE",
    "MAX_EXTRA_DAYS",
    "MAX_FINANCE_WINDOW_MS",
    "MAX_INVOICE_BYTES",
    "MAX_ISSUE_DESCRIPTION",
    "MAX_ORDERS_SIZE",
    "MAX_PACKAGE_IDS",
    "MAX_PRODUCT_ITEMS",
    "MAX_PUSH_ITEMS",
    "MAX_UNAPPROVED_SIZE",
    "MAX_VALUES_PAGE",
    "MAX_VALUES_SIZE",
    "MAX_WEBHOOKS",
    "PRODUCTION_URL",
    "STAGE_URL",
    "UNSUPPLIED_REASONS",
    "AuditsPage",
    "ClaimsPage",
    "Credentials",
    "FinancePage",
    "InventoryItem",
    "Limiter",
    "NotJson",
    "NullLimiter",
    "OrdersPage",
    "ProductsPage",
    "RawRecord",
    "StreamPage",
    "Timing",
    "TrendyolClient",
    "ValuesPage",
    "WebhookForm",
    "body_hash",
    "canonical_json",
    "check_base_url",
    "decode_json",
    "forbidden_word",
]


class TrendyolClient(
    OrderCalls,
    PackageCalls,
    PaperCalls,
    ProductCalls,
    ProductWriteCalls,
    LookupCalls,
    ClaimCalls,
    FinanceCalls,
    WebhookCalls,
):
    """One seller's conversation with Trendyol, safe to share between threads.

    Reads are repeated at most three times within 20 seconds, writes never. Every method raises a
    TrendyolError that says whether to repeat, when, and whether a write may have happened.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        session: HttpSession,
        limiter: Limiter,
        base_url: str = PRODUCTION_URL,
        tier: str = LOWEST_TIER,
        storefront: str = "TR",
        timing: Timing | None = None,
    ) -> None:
        """`tier` selects the quotas (section 1.1); raises Misconfigured for an unusable address or tier."""
        self._transport = Transport(
            credentials=credentials,
            base_url=base_url,
            session=session,
            limiter=limiter,
            tier=tier,
            storefront=storefront,
            timing=timing,
        )
