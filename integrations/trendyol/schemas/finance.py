"""Rows of the accounts (contract section 10)."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from integrations.trendyol.schemas.base import (
    LongNumber,
    OptInt,
    OptMoney,
    OptMs,
    Payload,
    RequiredMs,
    RequiredText,
    Text,
    exact_moment,
    moment,
)


class SettlementRow(Payload):
    """One row of settlements or other financials, in the currency it names.

    `label` is Trendyol's Turkish word for the kind, not the kind that was asked for. `debt` is owed by us,
    `credit` to us; `commission_rate` is percent, `commission_amount` money. Raises ValidationError without id or
    date.
    """

    id: RequiredText
    transaction_date_ms: RequiredMs = Field(alias="transactionDate")
    label: Text = Field(default="", alias="transactionType")
    description: Text = ""
    barcode: Text = ""
    order_number: Text = ""
    package_id: OptInt = Field(default=None, alias="shipmentPackageId")
    receipt_id: Text = ""
    debt: OptMoney = None
    credit: OptMoney = None
    commission_rate: OptMoney = None
    commission_amount: OptMoney = None
    commission_invoice_serial_number: Text = ""
    seller_revenue: OptMoney = None
    currency: Text = ""
    country: Text = ""
    affiliate: Text = ""
    store_id: Text = ""
    payment_period: OptInt = None
    payment_order_id: Text = ""
    payment_date_ms: OptMs = Field(default=None, alias="paymentDate")
    order_date_ms: OptMs = Field(default=None, alias="orderDate")

    @property
    def transaction_at(self) -> datetime:
        """When it was booked (read as true epoch)."""
        return exact_moment(self.transaction_date_ms)

    @property
    def paid_at(self) -> datetime | None:
        """When it is or was paid (read as true epoch)."""
        return moment(self.payment_date_ms)

    @property
    def is_cargo_invoice(self) -> bool:
        """Whether `id` is the serial number of a carrier's invoice; both spellings are in use."""
        return self.label.strip().casefold().startswith("kargo fatura")


class CargoInvoiceItem(Payload):
    """What a carrier's invoice charges for one parcel; `label` says whether it went out or came back."""

    label: Text = Field(default="", alias="shipmentPackageType")
    parcel_id: LongNumber = Field(default="", alias="parcelUniqueId")
    order_number: Text = ""
    amount: OptMoney = None
    desi: OptMoney = None
