"""What a seller does to a package: status, break-up, boxes, carrier, extra time (contract section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal

from integrations.trendyol.client.reading import require
from integrations.trendyol.client.transport import Call, Transport
from integrations.trendyol.client.wire import canonical_json

UNSUPPLIED_REASONS: Final = frozenset({500, 501, 502, 504, 505, 506})
CARRIER_CODES: Final = (
    "TEXMP",
    "YKMP",
    "ARASMP",
    "SURATMP",
    "HOROZMP",
    "DHLECOMMP",
    "PTTMP",
    "CEVAMP",
    "UPSMP",
    "KOLAYGELSINMP",
    "CEVATEDARIK",
)
"""Codes `change_carrier` takes; TEXMP is refused without a quota for Trendyol Express."""
MAX_EXTRA_DAYS: Final = 3

Lines = Sequence[tuple[int, int]]
"""Pairs of line id and quantity."""


class PackageCalls:
    """Methods of the package service. All are sent once.

    Each raises Rejected when the package does not allow it, OutcomeUnknown when it may have worked: read the
    package before repeating.
    """

    _transport: Transport

    def update_package(
        self,
        *,
        package_id: int,
        status: Literal["Picking", "Invoiced"],
        lines: Lines,
        invoice_number: str | None = None,
    ) -> None:
        """Report that a package is being picked or was invoiced (contract section 6)."""
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
        self._put(endpoint, package_id, "", body)

    def mark_unsupplied(self, *, package_id: int, lines: Lines, reason_id: int) -> None:
        """Report lines that cannot be supplied; Trendyol cancels them and breaks the package up (section 6).

        `reason_id` is one of UNSUPPLIED_REASONS.
        """
        endpoint = "packages.unsupplied"
        known = reason_id in UNSUPPLIED_REASONS
        require(known, endpoint=endpoint, detail=f"the reason {reason_id} does not exist")
        body = {"lines": _lines(lines, endpoint=endpoint), "reasonId": reason_id}
        self._put(endpoint, package_id, "/items/unsupplied", body)

    def split_packages(self, *, package_id: int, groups: Sequence[Lines]) -> None:
        """Break a package up: one new package per group, what no group names forms one more (section 6).

        Works asynchronously and answers nothing: the package becomes UnPacked, and its children, with package
        and cargo numbers of their own, appear in a later reading of the order (section 5.6).
        """
        endpoint = "packages.split"
        require(bool(groups), endpoint=endpoint, detail="at least one group is needed")
        parts = [
            {"packageDetails": _lines(group, endpoint=endpoint, names=("orderLineId", "quantities"))}
            for group in groups
        ]
        self._send("POST", endpoint, package_id, "/split-packages", {"splitPackages": parts})

    def box_info(self, *, package_id: int, boxes: int, desi: Decimal) -> None:
        """Report the number of boxes and the desi of a package (section 6). Repeating it changes nothing."""
        endpoint = "packages.box_info"
        require(boxes >= 1, endpoint=endpoint, detail="at least one box is needed")
        require(desi >= 0, endpoint=endpoint, detail="the desi is negative")
        self._put(endpoint, package_id, "/box-info", {"boxQuantity": boxes, "deci": desi})

    def change_carrier(self, *, package_id: int, carrier: str) -> None:
        """Give a package to another carrier, one of CARRIER_CODES (section 6).

        Once in five minutes per package. The cargo number changes: read the package afterwards.
        """
        endpoint = "packages.carrier"
        require(carrier in CARRIER_CODES, endpoint=endpoint, detail=f"the carrier {carrier} does not exist")
        self._put(endpoint, package_id, "/cargo-providers", {"cargoProvider": carrier})

    def extend_delivery(self, *, package_id: int, days: int) -> None:
        """Move the agreed delivery date by one to three days (section 6). Repeating it adds again."""
        endpoint = "packages.extend_delivery"
        right = 1 <= days <= MAX_EXTRA_DAYS
        require(right, endpoint=endpoint, detail=f"only 1 to {MAX_EXTRA_DAYS} days can be asked for")
        self._put(endpoint, package_id, "/extended-agreed-delivery-date", {"extendedDayCount": days})

    def _put(self, endpoint: str, package_id: int, path: str, body: Mapping[str, object]) -> None:
        self._send("PUT", endpoint, package_id, path, body)

    def _send(
        self, method: str, endpoint: str, package_id: int, path: str, body: Mapping[str, object]
    ) -> None:
        root = f"/integration/order/sellers/{self._transport.seller_id}/shipment-packages/{int(package_id)}"
        self._transport.tell(Call(endpoint, method, f"{root}{path}", body=canonical_json(body)))


def _lines(
    lines: Lines, *, endpoint: str, names: tuple[str, str] = ("lineId", "quantity")
) -> list[dict[str, int]]:
    require(bool(lines), endpoint=endpoint, detail="at least one line is needed")
    positive = all(quantity > 0 for _line_id, quantity in lines)
    require(positive, endpoint=endpoint, detail="every quantity must be positive")
    return [dict(zip(names, (line_id, quantity), strict=True)) for line_id, quantity in lines]
