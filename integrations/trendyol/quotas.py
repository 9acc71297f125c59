"""What Trendyol lets one seller ask per minute (contract section 1.1).

Two rules apply together: a burst rule per endpoint and a minute quota per group of services, the latter by
the seller's product-listing allowance (tier). None means no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

BURST_REQUESTS: Final = 50
BURST_SECONDS: Final = 10.0
STREAM_MIN_INTERVAL_SECONDS: Final = 5.0

TIERS: Final = ("50k", "75k", "150k", "500k", "unlimited")
LOWEST_TIER: Final = "50k"


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one endpoint. `per_minute` is shared by the whole `group`; the rest is its own.

    With `never_waits` a caller whose turn has not come is refused at once: it has other things to do meanwhile.
    """

    endpoint: str
    group: str
    per_minute: int | None
    min_interval: float | None = None
    never_waits: bool = False
    burst: int = BURST_REQUESTS
    burst_seconds: float = BURST_SECONDS


def _tiers(*numbers: int | None) -> Mapping[str, int | None]:
    return MappingProxyType(dict(zip(TIERS, numbers, strict=True)))


def _same(number: int) -> Mapping[str, int | None]:
    return _tiers(*[number] * len(TIERS))


# Services that share one cell of the published table are taken as sharing one budget: the stricter reading.
PER_MINUTE: Final[Mapping[str, Mapping[str, int | None]]] = MappingProxyType(
    {
        "PRODUCT_READ": _tiers(1000, 1250, 1500, 1750, 2000),
        "PRODUCT_WRITE": _tiers(200, 300, 400, 500, 600),
        "INVENTORY_WRITE": _tiers(350, 500, 1000, 1500, 2000),
        "ORDERS_READ": _tiers(30, 40, 50, 100, 100),
        "PACKAGE_UPDATE": _tiers(300, 300, 500, None, None),
        "PACKAGE_BREAK_UP": _tiers(100, 100, 200, None, None),
        "ALTERNATIVE_DELIVERY_RESULT": _tiers(1000, 1000, 1500, None, None),
        "COMMON_LABEL_CREATE": _same(100),
        "COMMON_LABEL_READ": _same(100),
        "CLAIMS_READ": _same(1000),
        "CLAIM_APPROVE": _same(5),
        "CLAIM_ISSUE": _same(5),
        "FINANCE_READ": _same(100),
        "INVOICE_WRITE": _tiers(None, None, None, None, None),
        "QUESTIONS_READ": _same(1000),
        "QUESTIONS_ANSWER": _same(500),
        # Not in the published table: far more than anybody needs, and few enough to be harmless.
        "WEBHOOKS": _same(60),
    }
)


@dataclass(frozen=True, slots=True)
class _Endpoint:
    group: str
    min_interval: float | None = None
    never_waits: bool = False


# Whether the stream shares the budget of getShipmentPackages is not published; sharing is the safe guess.
_ENDPOINTS: Final[Mapping[str, _Endpoint]] = MappingProxyType(
    {
        "orders.stream": _Endpoint("ORDERS_READ", min_interval=STREAM_MIN_INTERVAL_SECONDS),
        "orders.list": _Endpoint("ORDERS_READ"),
        "packages.update": _Endpoint("PACKAGE_UPDATE"),
        "packages.unsupplied": _Endpoint("PACKAGE_BREAK_UP"),
        "packages.split": _Endpoint("PACKAGE_BREAK_UP"),
        "packages.box_info": _Endpoint("PACKAGE_BREAK_UP"),
        "packages.carrier": _Endpoint("PACKAGE_BREAK_UP"),
        "packages.extend_delivery": _Endpoint("PACKAGE_BREAK_UP"),
        "invoices.link": _Endpoint("INVOICE_WRITE"),
        "invoices.delete": _Endpoint("INVOICE_WRITE"),
        "invoices.file": _Endpoint("INVOICE_WRITE"),
        "labels.create": _Endpoint("COMMON_LABEL_CREATE"),
        "labels.read": _Endpoint("COMMON_LABEL_READ"),
        "inventory.push": _Endpoint("INVENTORY_WRITE"),
        "products.batch_result": _Endpoint("PRODUCT_READ"),
        "products.approved": _Endpoint("PRODUCT_READ"),
        "products.inventory_and_price": _Endpoint("PRODUCT_READ"),
        "products.unapproved": _Endpoint("PRODUCT_READ"),
        "products.base": _Endpoint("PRODUCT_READ"),
        "lookups.brands": _Endpoint("PRODUCT_READ"),
        "lookups.brands_by_name": _Endpoint("PRODUCT_READ"),
        "lookups.categories": _Endpoint("PRODUCT_READ"),
        "lookups.attributes": _Endpoint("PRODUCT_READ"),
        "lookups.values": _Endpoint("PRODUCT_READ"),
        "lookups.addresses": _Endpoint("PRODUCT_READ"),
        # Not in the published table; counting it with its neighbours is the safe guess.
        "lookups.carriers": _Endpoint("PRODUCT_READ"),
        "products.audits": _Endpoint("PRODUCT_READ"),
        "products.create": _Endpoint("PRODUCT_WRITE"),
        "products.update_unapproved": _Endpoint("PRODUCT_WRITE"),
        "products.update_content": _Endpoint("PRODUCT_WRITE"),
        "products.update_variant": _Endpoint("PRODUCT_WRITE"),
        "products.update_delivery": _Endpoint("PRODUCT_WRITE"),
        "products.archive": _Endpoint("PRODUCT_WRITE"),
        "products.unlock": _Endpoint("PRODUCT_WRITE"),
        "products.delete": _Endpoint("PRODUCT_WRITE"),
        # A read, but the published table counts it among the writes.
        "products.buybox": _Endpoint("PRODUCT_WRITE"),
        "claims.list": _Endpoint("CLAIMS_READ"),
        "claims.reasons": _Endpoint("CLAIMS_READ"),
        "claims.audit": _Endpoint("CLAIMS_READ"),
        # Five a minute: waiting for a turn would hold up everything else that is to be said.
        "claims.approve": _Endpoint("CLAIM_APPROVE", never_waits=True),
        "claims.issue": _Endpoint("CLAIM_ISSUE", never_waits=True),
        "finance.settlements": _Endpoint("FINANCE_READ"),
        "finance.other": _Endpoint("FINANCE_READ"),
        "finance.cargo_invoice": _Endpoint("FINANCE_READ"),
        "webhooks.list": _Endpoint("WEBHOOKS"),
        "webhooks.create": _Endpoint("WEBHOOKS"),
        "webhooks.update": _Endpoint("WEBHOOKS"),
        "webhooks.delete": _Endpoint("WEBHOOKS"),
        "webhooks.activate": _Endpoint("WEBHOOKS"),
        "webhooks.deactivate": _Endpoint("WEBHOOKS"),
    }
)

ENDPOINTS: Final = tuple(_ENDPOINTS)


def quota_for(endpoint: str, *, tier: str = LOWEST_TIER) -> Quota:
    """Return the limits of `endpoint` for a seller of `tier`.

    Raises ValueError for a tier Trendyol does not have and KeyError for an endpoint we do not call.
    """
    if tier not in TIERS:
        raise ValueError(f"unknown Trendyol tier {tier!r}; choose one of {', '.join(TIERS)}")
    row = _ENDPOINTS[endpoint]
    return Quota(
        endpoint=endpoint,
        group=row.group,
        per_minute=PER_MINUTE[row.group][tier],
        min_interval=row.min_interval,
        never_waits=row.never_waits,
    )
