"""Reading order packages: the stream and the list (contract section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from integrations.trendyol.client.reading import (
    REACH,
    check_count,
    check_size,
    check_window,
    envelope,
    joined,
    page_fields,
    records,
    require,
)
from integrations.trendyol.client.results import OrdersPage, StreamPage
from integrations.trendyol.client.transport import Call, Transport
from integrations.trendyol.errors import SchemaChanged

MAX_ORDERS_SIZE: Final = 200
MAX_PACKAGE_IDS: Final = 50


class OrderCalls:
    """Methods of the order service."""

    _transport: Transport

    def stream_orders(
        self,
        *,
        start_ms: int,
        end_ms: int,
        size: int = MAX_ORDERS_SIZE,
        statuses: Sequence[str] | None = None,
        cursor: str | None = None,
    ) -> StreamPage:
        """Read one page of packages modified in the window, newest first (contract section 5.2).

        Times are epoch milliseconds, at most 14 days apart. Repeat every argument unchanged with the cursor
        of the page before. The packages stay raw. Raises TrendyolError.
        """
        endpoint = "orders.stream"
        check_window(start_ms, end_ms, endpoint=endpoint)
        check_size(size, limit=MAX_ORDERS_SIZE, endpoint=endpoint)
        query = {
            "lastModifiedStartDate": start_ms,
            "lastModifiedEndDate": end_ms,
            "size": size,
            "packageItemStatuses": joined(statuses),
            "nextCursor": cursor or None,
        }
        path = f"/integration/order/sellers/{self._transport.seller_id}/orders/stream"
        data = envelope(self._transport.read(Call(endpoint, "GET", path, query)), endpoint=endpoint)
        has_more, next_cursor = data.get("hasMore"), data.get("nextCursor")
        if not isinstance(has_more, bool):
            raise SchemaChanged(endpoint=endpoint, detail="hasMore is missing or no boolean")
        if has_more and not next_cursor:
            raise SchemaChanged(endpoint=endpoint, detail="more is promised without nextCursor")
        return StreamPage(
            content=records(data, endpoint=endpoint, may_be_null=not has_more),
            has_more=has_more,
            next_cursor=str(next_cursor) if has_more else None,
        )

    def get_orders(
        self,
        *,
        order_number: str | None = None,
        package_ids: Sequence[int] | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        status: str | None = None,
        page: int = 0,
        size: int = MAX_ORDERS_SIZE,
        order_by: Literal["PackageLastModifiedDate", "CreatedDate"] = "PackageLastModifiedDate",
        direction: Literal["ASC", "DESC"] = "ASC",
    ) -> OrdersPage:
        """Read one page of packages: one order, up to 50 packages, or a window (contract section 5.1).

        Without dates Trendyol looks at the last seven days. Only the first 10,000 packages of a query can be
        reached. Raises TrendyolError.
        """
        endpoint = "orders.list"
        check_window(start_ms, end_ms, endpoint=endpoint)
        check_size(size, limit=MAX_ORDERS_SIZE, endpoint=endpoint)
        check_count(package_ids, limit=MAX_PACKAGE_IDS, endpoint=endpoint, what="package ids")
        reachable = page >= 0 and (page + 1) * size <= REACH
        require(reachable, endpoint=endpoint, detail=f"only the first {REACH} packages can be read")
        query = {
            "orderNumber": order_number,
            "shipmentPackageIds": joined(package_ids),
            "startDate": start_ms,
            "endDate": end_ms,
            "status": status,
            "page": page,
            "size": size,
            "orderByField": order_by,
            "orderByDirection": direction,
        }
        path = f"/integration/order/sellers/{self._transport.seller_id}/v2/orders"
        data = envelope(self._transport.read(Call(endpoint, "GET", path, query)), endpoint=endpoint)
        return OrdersPage(**page_fields(data, endpoint=endpoint))
