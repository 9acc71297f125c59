"""What of a customer is shown to whom.

Packing needs a name that tells two parcels apart, and a label. Phone numbers, addresses and whatever else identifies a
customer are masked on every page, for everybody, until somebody with `gullu.unmask_customers` asks for one order: that
is recorded. Who has not that right sees names shortened. Printed cargo labels hold what the carrier needs; the form of
a manual order and of an exchange is filled in full, and opening it is recorded like asking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gullu.audit.services import record
from gullu.models import Activity, User
from gullu.roles import UNMASK_CUSTOMERS
from orders.models import Order

DOT: Final = "•"
# Long enough that four digits at the front and two at the end do not give the number away.
_LEAST_DIGITS: Final = 10
# Keys of customers' data in what marketplaces send and in our own columns, folded to lower case without underscores.
_PHONES: Final = frozenset({"phone", "gsm", "mobilephone", "phonenumber", "gsmnumber"})
_EMAILS: Final = frozenset({"customeremail", "email"})
_NUMBERS: Final = frozenset({"identitynumber", "taxnumber", "tcidentitynumber", "tckn", "vkn", "customerid"})
_NAMES: Final = frozenset(
    {"customerfirstname", "customerlastname", "firstname", "lastname", "fullname", "name", "company"}
)
_PLACES: Final = frozenset(
    {
        "address1",
        "address2",
        "addressline1",
        "addressline2",
        "fulladdress",
        "shortaddress",
        "neighborhood",
        "postalcode",
        "latitude",
        "longitude",
        "taxoffice",
    }
)
# A name is a customer's only inside one of these; articles and carriers have names, too.
_ADDRESSES: Final = frozenset({"shipmentaddress", "invoiceaddress"})


def mask_phone(phone: str) -> str:
    """`0532 000 00 34` → `0532 ••• •• 34`; short or odd ones lose all their digits. Empty stays empty."""
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return DOT * 3 if phone.strip() else ""
    national = digits[-10:]
    if len(digits) < _LEAST_DIGITS:
        return DOT * len(digits)
    return f"0{national[:3]} {DOT * 3} {DOT * 2} {national[-2:]}"


def mask_email(email: str) -> str:
    """`ayse@ornek.com` → `a•••@•••`."""
    local, at, _domain = email.strip().partition("@")
    return f"{local[:1]}{DOT * 3}@{DOT * 3}" if at else mask_text(email)


def mask_number(number: str) -> str:
    """Identity and tax numbers: the last two digits stay."""
    text = str(number).strip()
    return f"{DOT * (len(text) - 2)}{text[-2:]}" if len(text) > 4 else DOT * len(text)


def mask_text(text: str) -> str:
    """Everything hidden, also how long it is."""
    return DOT * 5 if text.strip() else ""


def name_for(order: Order, user: User) -> str:
    """The customer's name as this person may see it."""
    return order.customer_name if user.has_perm(UNMASK_CUSTOMERS) else order.customer_short


def mask_data(value: Any, *, key: str = "", within: bool = False) -> Any:
    """A copy of a marketplace's message, or of kept values by column, without what identifies the customer.

    `within` says that the value lies inside an address, where plain names are a customer's.
    """
    name = key.replace("_", "").lower()
    if isinstance(value, Mapping):
        inside = within or name in _ADDRESSES
        return {one: mask_data(part, key=str(one), within=inside) for one, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_data(part, key=key, within=within) for part in value]
    return value if value in (None, "") or isinstance(value, bool) else _masked(name, value, within=within)


def _masked(name: str, value: Any, *, within: bool) -> Any:
    if name in _PHONES:
        return mask_phone(str(value))
    if name in _EMAILS:
        return mask_email(str(value))
    if name in _NUMBERS:
        return mask_number(str(value))
    if name in _PLACES or (name in _NAMES and (within or name.startswith("customer"))):
        return mask_text(str(value))
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """What a page shows of an order's customer. `in_full`: nothing is masked; `hidden`: something is."""

    order_id: int
    name: str
    phone: str
    delivery: str
    invoice: str
    note: str
    in_full: bool
    hidden: bool


def customer_card(order: Order, *, user: User, in_full: bool = False) -> CustomerCard:
    """The card of an order's customer, masked unless `in_full`. Whoever asks for it in full is recorded elsewhere."""
    delivery, invoice = _delivery(order), _invoice(order)
    phone = str(order.shipment_address.get("phone") or "")
    place = " / ".join(part for part in (order.district, order.city) if part)
    return CustomerCard(
        order_id=order.pk,
        name=name_for(order, user),
        phone=phone if in_full else mask_phone(phone),
        delivery=delivery if in_full else " ".join(part for part in (mask_text(delivery), place) if part),
        invoice=invoice if in_full else mask_text(invoice),
        note=order.note,
        in_full=in_full,
        hidden=not in_full and bool(phone or delivery or invoice),
    )


def _street(address: Mapping[str, Any]) -> str:
    lines = " ".join(part for part in (address.get("address1"), address.get("address2")) if part)
    return str(address.get("full_address") or lines)


def _delivery(order: Order) -> str:
    street = _street(order.shipment_address)
    place = " / ".join(part for part in (order.district, order.city) if part)
    parts = (street, "" if place in street else place, order.shipment_address.get("postal_code"))
    return " ".join(str(part) for part in parts if part) if street else ""


def _invoice(order: Order) -> str:
    address = order.invoice_address
    parts = (address.get("company"), address.get("name"), _street(address))
    return ", ".join(str(part) for part in parts if part)


def record_unmasking(*, order: Order, user: User, by: str) -> None:
    """Write down that a customer's data was shown in full: whose, to whom, and by which page."""
    values = {
        "name": order.customer_name,
        "phone": order.shipment_address.get("phone"),
        "delivery address": _delivery(order),
        "invoice address": _invoice(order),
    }
    fields = [field for field, value in values.items() if value]
    record(Activity.Kind.UNMASKED, actor=user, subject=order, details={"fields": fields, "by": by})
