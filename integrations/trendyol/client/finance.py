"""The accounts: settlements, payments and deductions, invoices of the carriers (contract section 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from integrations.trendyol.client.reading import DAY_MS, envelope, joined, page_fields, require, segment
from integrations.trendyol.client.results import FinancePage
from integrations.trendyol.client.transport import Call, Query, Transport

FINANCE_SIZES: Final = (500, 1000)
MAX_FINANCE_WINDOW_MS: Final = 15 * DAY_MS
CARGO_INVOICE_SIZE: Final = 500


class FinanceCalls:
    """Methods of the finance service. All are reads; rows appear after delivery."""

    _transport: Transport

    def settlements(
        self,
        kinds: Sequence[str],
        *,
        start_ms: int,
        end_ms: int,
        page: int = 0,
        size: Literal[500, 1000] = 1000,
    ) -> FinancePage:
        """Read one page of what sales brought and cost: Sale, Return, Discount … (contract section 10).

        Times are epoch milliseconds, at most 15 days apart. A row names its kind in Turkish only: ask for one
        kind at a time to know which it is. Raises TrendyolError.
        """
        return self._rows("finance.settlements", "/settlements", kinds, (start_ms, end_ms), (page, size), {})

    def other_financials(
        self,
        kinds: Sequence[str],
        *,
        start_ms: int,
        end_ms: int,
        page: int = 0,
        size: Literal[500, 1000] = 1000,
        sub_kind: str | None = None,
    ) -> FinancePage:
        """Read one page of payments and deductions: PaymentOrder, DeductionInvoices … (contract section 10).

        `sub_kind` (PlatformServiceFee) narrows DeductionInvoices. Like `settlements` otherwise.
        """
        query = {"transactionSubType": sub_kind}
        return self._rows("finance.other", "/otherfinancials", kinds, (start_ms, end_ms), (page, size), query)

    def cargo_invoice_items(self, serial_number: str, *, page: int = 0) -> FinancePage:
        """Read one page of the parcels a carrier's invoice charges for, 500 a page (contract section 10).

        `serial_number` is the `id` of a DeductionInvoices row whose label is "Kargo Faturası" or "Kargo Fatura".
        """
        endpoint = "finance.cargo_invoice"
        require(page >= 0, endpoint=endpoint, detail="the page is negative")
        path = f"/cargo-invoice/{segment(serial_number, endpoint=endpoint)}/items"
        return self._page(endpoint, path, {"page": page, "size": CARGO_INVOICE_SIZE})

    def _rows(
        self,
        endpoint: str,
        path: str,
        kinds: Sequence[str],
        window: tuple[int, int],
        place: tuple[int, int],
        query: Query,
    ) -> FinancePage:
        (start_ms, end_ms), (page, size) = window, place
        require(bool(kinds) and all(kinds), endpoint=endpoint, detail="at least one kind is needed")
        require(start_ms <= end_ms, endpoint=endpoint, detail="the window ends before it starts")
        short = end_ms - start_ms <= MAX_FINANCE_WINDOW_MS
        require(short, endpoint=endpoint, detail="the window is longer than 15 days")
        require(size in FINANCE_SIZES, endpoint=endpoint, detail="the page size must be 500 or 1000")
        require(page >= 0, endpoint=endpoint, detail="the page is negative")
        kind = {"transactionType": kinds[0]} if len(kinds) == 1 else {"transactionTypes": joined(kinds)}
        times = {"startDate": start_ms, "endDate": end_ms, "page": page, "size": size}
        return self._page(endpoint, path, {**kind, **times, **query})

    def _page(self, endpoint: str, path: str, query: Query) -> FinancePage:
        root = f"/integration/finance/che/sellers/{self._transport.seller_id}"
        data = envelope(
            self._transport.read(Call(endpoint, "GET", f"{root}{path}", query)), endpoint=endpoint
        )
        return FinancePage(**page_fields(data, endpoint=endpoint))
