"""What travels with a parcel: invoices and labels (contract sections 7.1 and 7.2)."""

from __future__ import annotations

from typing import Any, Final

from gullu.http import FilePart, multipart
from integrations.trendyol.client.reading import require, segment
from integrations.trendyol.client.transport import Call, Transport
from integrations.trendyol.client.wire import canonical_json
from integrations.trendyol.errors import SchemaChanged

MAX_INVOICE_BYTES: Final = 10 * 1024 * 1024
INVOICE_TYPES: Final = frozenset({"application/pdf", "image/jpeg", "image/png"})
MARKETPLACE_CHANNEL: Final = 1


class PaperCalls:
    """Methods of the invoice and the label services."""

    _transport: Transport

    def create_invoice_link(
        self, *, package_id: int, link: str, number: str = "", issued_ms: int | None = None
    ) -> None:
        """Send the address of an invoice; it must stay reachable for ten years (contract section 7.2).

        `number` (3 letters or digits, the year, 9 digits) and `issued_ms` (epoch) are required for micro
        export. Sent once. Raises Rejected with status 409 when the package has an invoice already, or the
        link belongs to another package; OutcomeUnknown when it may have arrived.
        """
        endpoint = "invoices.link"
        require(bool(link), endpoint=endpoint, detail="the link is empty")
        body = {
            "invoiceLink": link,
            "shipmentPackageId": package_id,
            **({"invoiceNumber": number} if number else {}),
            **({"invoiceDateTime": issued_ms} if issued_ms else {}),
        }
        self._transport.tell(
            Call(endpoint, "POST", self._path("seller-invoice-links"), body=canonical_json(body))
        )

    def delete_invoice_link(self, *, package_id: int, customer_id: int) -> None:
        """Take the invoice of a package back, link or file, so that another can be sent (section 7.2).

        Only for a rejected invoice of an order within Turkey: abroad it is replaced without deleting.
        Raises like `create_invoice_link`.
        """
        body = {
            "serviceSourceId": package_id,
            "channelId": MARKETPLACE_CHANNEL,
            "customerId": customer_id,
        }
        path = self._path("seller-invoice-links/delete")
        self._transport.tell(Call("invoices.delete", "POST", path, body=canonical_json(body)))

    def upload_invoice_file(
        self, *, package_id: int, file: FilePart, number: str = "", issued_ms: int | None = None
    ) -> None:
        """Send an invoice as pdf, jpeg or png of at most 10 MB (section 7.2); like `create_invoice_link`."""
        endpoint = "invoices.file"
        known = file.content_type in INVOICE_TYPES
        require(known, endpoint=endpoint, detail=f"{file.content_type} is no pdf, jpeg or png")
        require(len(file.content) <= MAX_INVOICE_BYTES, endpoint=endpoint, detail="the file exceeds 10 MB")
        values = {
            "shipmentPackageId": str(package_id),
            **({"invoiceNumber": number} if number else {}),
            **({"invoiceDateTime": str(issued_ms)} if issued_ms else {}),
        }
        form = multipart(values, [file])
        self._transport.tell(Call(endpoint, "POST", self._path("seller-invoice-file"), body=form))

    def create_common_label(self, *, cargo_number: str, boxes: int = 1) -> None:
        """Ask for the label of a parcel in ZPL, one per box (section 7.1). Sent once.

        Only Trendyol Express and Aras under Trendyol's own contract. Raises Rejected, OutcomeUnknown.
        """
        endpoint = "labels.create"
        require(boxes >= 1, endpoint=endpoint, detail="at least one box is needed")
        body = canonical_json({"format": "ZPL", "boxQuantity": boxes})
        self._transport.tell(Call(endpoint, "POST", self._label_path(cargo_number, endpoint), body=body))

    def read_common_label(self, *, cargo_number: str) -> list[str]:
        """Return the labels that were asked for, ZPL, one per box (section 7.1).

        Raises Rejected (400 or 404) while they are not ready or were never asked for, SchemaChanged.
        """
        endpoint = "labels.read"
        data = self._transport.read(Call(endpoint, "GET", self._label_path(cargo_number, endpoint)))
        rows = data.get("data") if isinstance(data, dict) else None
        if not isinstance(rows, list) or not rows:
            raise SchemaChanged(endpoint=endpoint, detail="data is missing or empty")
        return [_label(row, endpoint=endpoint) for row in rows]

    def _path(self, service: str) -> str:
        return f"/integration/sellers/{self._transport.seller_id}/{service}"

    def _label_path(self, cargo_number: str, endpoint: str) -> str:
        return self._path(f"common-label/{segment(cargo_number, endpoint=endpoint)}")


def _label(row: Any, *, endpoint: str) -> str:
    label = row.get("label") if isinstance(row, dict) else None
    if not isinstance(label, str) or not label.strip():
        raise SchemaChanged(endpoint=endpoint, detail="a label is missing or no text")
    return label.strip()
