"""The kinds of rows in the marketplace's accounts, as data (contract section 10).

The rows themselves carry a Turkish label that is not the value one asks for, so every kind is asked for by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Service(Enum):
    """Which of the two lists has the kind."""

    SETTLEMENTS = "SETTLEMENTS"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`names`: what to ask for; a second spelling is tried when the first one is refused.

    `rated`: the commission of its rows is the line's rate on the row's amount, so it can be checked.
    """

    names: tuple[str, ...]
    service: Service
    label: Any
    rated: bool = False

    @property
    def name(self) -> str:
        """What is stored, whatever spelling was asked for."""
        return self.names[0]


def _sold(label: Any, *names: str, rated: bool = False) -> Kind:
    return Kind(names=names, service=Service.SETTLEMENTS, label=label, rated=rated)


def _other(label: Any, name: str) -> Kind:
    return Kind(names=(name,), service=Service.OTHER, label=label)


KINDS: Final = (
    _sold(_("Sale"), "Sale", rated=True),
    _sold(_("Return"), "Return", rated=True),
    _sold(pgettext_lazy("settlement", "Discount"), "Discount", rated=True),
    _sold(_("Discount taken back"), "DiscountCancel", rated=True),
    _sold(_("Coupon"), "Coupon", rated=True),
    _sold(_("Coupon taken back"), "CouponCancel", rated=True),
    _sold(_("Provision, in our favour"), "ProvisionPositive"),
    _sold(_("Provision, against us"), "ProvisionNegative"),
    _sold(_("Manual refund"), "ManualRefund", "ManuelRefund"),
    _sold(_("Manual refund taken back"), "ManualRefundCancel", "ManuelRefundCancel"),
    _sold(_("Marketplace discount"), "TYDiscount"),
    _sold(_("Marketplace discount taken back"), "TYDiscountCancel"),
    _sold(_("Marketplace coupon"), "TYCoupon"),
    _sold(_("Marketplace coupon taken back"), "TYCouponCancel"),
    _sold(_("Our share corrected upwards"), "SellerRevenuePositive"),
    _sold(_("Upward correction of our share taken back"), "SellerRevenuePositiveCancel"),
    _sold(_("Our share corrected downwards"), "SellerRevenueNegative"),
    _sold(_("Downward correction of our share taken back"), "SellerRevenueNegativeCancel"),
    _sold(_("Commission corrected upwards"), "CommissionPositive"),
    _sold(_("Upward correction of the commission taken back"), "CommissionPositiveCancel"),
    _sold(_("Commission corrected downwards"), "CommissionNegative"),
    _sold(_("Downward correction of the commission taken back"), "CommissionNegativeCancel"),
    _sold(_("Delivery fee"), "DeliveryFee"),
    _sold(_("Delivery fee taken back"), "DeliveryFeeCancel"),
    _other(pgettext_lazy("settlement", "Payment"), "PaymentOrder"),
    _other(_("Deduction invoice"), "DeductionInvoices"),
    _other(_("Withholding tax"), "Stoppage"),
    _other(_("Cash advance"), "CashAdvance"),
    _other(_("Wire transfer"), "WireTransfer"),
    _other(_("Incoming transfer"), "IncomingTransfer"),
    _other(_("Return invoice"), "ReturnInvoice"),
    _other(_("Commission agreement invoice"), "CommissionAgreementInvoice"),
    _other(_("Financial item"), "FinancialItem"),
)
PAYMENT: Final = "PaymentOrder"
BY_NAME: Final[Mapping[str, Kind]] = {kind.name: kind for kind in KINDS}


def kind_label(name: str) -> str:
    """The kind in words; one nobody translated is shown as it is."""
    kind = BY_NAME.get(name)
    return str(kind.label) if kind else name
