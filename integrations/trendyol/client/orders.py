"""Order packages: the stream, the list, and the three things a seller reports (contract sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from integrations.trendyol.client.wire import canonical_json
from integrations.trendyol.errors import OutcomeUnknown, SchemaChanged

MAX_ORDERS_SIZE: Final = 200
MAX_PACKAGE_IDS: Final = 50
UNSUPPLIED_REASONS: Final = frozenset({500, 501, 502, 504, 505, 506})

Lines = Sequence[tuple[int, int]]
"""Pairs of line id and quantity."""


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

    def update_package(
        self,
        *,
        package_id: int,
        status: Literal["Picking", "Invoiced"],
        lines: Lines,
        invoice_number: str | None = None,
    ) -> None:
        """Report that a package is being picked or was invoiced (contract section 6).

        Sent once. Raises Rejected when the package does not allow it, OutcomeUnknown when it may have
        worked: read the package before repeating.
        """
        endpoint = "packages.update"
        require(status in {"Picking", "Invoiced"}, endpoint=endpoint, detail=f"{status} cannot be reported")
        wants_invoice = status == "Invoiced"
        require(
            bool(invoice_number) == wants_invoice,
            endpoint=endpoint,
            detail="an invoice number belongs to Invoiced, and only there",
        )
        params = {"invoiceNumber": invoice_number} if wants_invoice else {}
        body = {"lines": _lines(lines, endpoint=endpoint), "params": params, "status": status}
        self._put(endpoint, self._package_path(package_id), body)

    def mark_unsupplied(self, *, package_id: int, lines: Lines, reason_id: int) -> None:
        """Report lines that cannot be supplied; Trendyol cancels them and breaks the package up (section 6).

        `reason_id` is one of UNSUPPLIED_REASONS. Sent once; raises like `update_package`.
        """
        endpoint = "packages.unsupplied"
        known = reason_id in UNSUPPLIED_REASONS
        require(known, endpoint=endpoint, detail=f"the reason {reason_id} does not exist")
        body = {"lines": _lines(lines, endpoint=endpoint), "reasonId": reason_id}
        self._put(endpoint, f"{self._package_path(package_id)}/items/unsupplied", body)

    def _put(self, endpoint: str, path: str, body: Mapping[str, object]) -> None:
        reply = self._transport.write(Call(endpoint, "PUT", path, body=canonical_json(body)))
        # These answers are empty or plain text; a web page comes from something in between.
        if reply.body.lstrip()[:1] == b"<":
            raise OutcomeUnknown(endpoint=endpoint, status=reply.status, detail="a web page as answer")

    def _package_path(self, package_id: int) -> str:
        seller_id = self._transport.seller_id
        return f"/integration/order/sellers/{seller_id}/shipment-packages/{int(package_id)}"


def _lines(lines: Lines, *, endpoint: str) -> list[dict[str, int]]:
    require(bool(lines), endpoint=endpoint, detail="at least one line is needed")
    positive = all(quantity > 0 for _line_id, quantity in lines)
    require(positive, endpoint=endpoint, detail="every quantity must be positive")
    return [{"lineId": line_id, "quantity": quantity} for line_id, quantity in lines]
