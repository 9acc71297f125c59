"""Who a customer is here: a number of the marketplace, or the telephone number of an order made by hand.

Names are no identity: two people may have the same one. An order that has neither number stands for itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from gullu.text import fold
from orders.enums import OPEN_STATES, Channel
from orders.models import Order
from orders.search import MOST_WORDS, HasWord

# People shown for one search; more means that the words were too common.
MOST_PEOPLE: Final = 20
_MOST_ORDERS: Final = 400
_PHONE_DIGITS: Final = 10
_KEY: Final = re.compile(r"customer-\d{1,18}|phone-\d{10}|order-\d{1,18}")


class NoSuchCustomer(DomainError):
    code = "no_such_customer"
    template = _("There is no data of the customer “%(key)s” any more: search again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person, by `key`. `open_orders` are still to be sent: their data is needed until then."""

    key: str
    name: str
    city: str
    orders: int
    open_orders: int
    first_at: datetime
    last_at: datetime


_COLUMNS: Final = ("customer_first_name", "customer_last_name", "city", "status", "ordered_at")


class _Row(NamedTuple):
    """What is told of an order."""

    first_name: str
    last_name: str
    city: str
    status: str
    ordered_at: datetime


class _Digits(Func):
    """The last ten digits of a text: `+90 (532) 000 00 00` and `0532 000 00 00` are one number."""

    template = "right(regexp_replace(coalesce(%(expressions)s, ''), '[^0-9]', '', 'g'), 10)"
    output_field = TextField()


def _with_phone(orders: QuerySet[Order], *digits: str) -> Any:
    """Orders by hand only: marketplaces may show one relay number for many customers."""
    phone = _Digits(KeyTextTransform("phone", F("shipment_address")))
    by_hand = orders.filter(~Q(channel=Channel.TRENDYOL), customer_id__isnull=True)
    return by_hand.annotate(phone_key=phone).filter(phone_key__in=digits)


def find_customers(text: str) -> list[Customer]:
    """Customers by order, package, cargo, customer or telephone number, or by their whole name; newest first.

    At most `MOST_PEOPLE`. Orders whose personal data was emptied are nobody's any more.
    """
    typed = " ".join(text.split())
    if not typed:
        return []
    orders = Order.objects.filter(anonymized_at__isnull=True)
    digits = re.sub(r"[\s()+-]", "", typed)
    if digits.isdecimal():
        found = _by_number(orders, digits)
    else:
        found = orders.filter(*(HasWord(fold(word)) for word in typed.split()[:MOST_WORDS]))
    rows = found.order_by("-ordered_at", "-pk").defer("payload", "invoice_address")[:_MOST_ORDERS]
    keys = list(dict.fromkeys(key_of(order) for order in rows))[:MOST_PEOPLE]
    return _customers(keys)


def _by_number(orders: QuerySet[Order], digits: str) -> QuerySet[Order]:
    number = int(digits[:18])
    wanted = Q(order_number=digits) | Q(cargo_tracking_number=digits) | Q(package_id=number)
    wanted |= Q(customer_id=number)
    ids = list(orders.filter(wanted).values_list("pk", flat=True)[:_MOST_ORDERS])
    if len(digits) >= _PHONE_DIGITS:
        same = _with_phone(orders, digits[-_PHONE_DIGITS:])
        ids += same.values_list("pk", flat=True)[:_MOST_ORDERS]
    return orders.filter(pk__in=ids)


def key_of(order: Order) -> str:
    """The key of the customer of this order."""
    if order.customer_id is not None:
        return f"customer-{order.customer_id}"
    digits = re.sub(r"\D", "", str(order.shipment_address.get("phone") or ""))[-_PHONE_DIGITS:]
    return f"phone-{digits}" if len(digits) == _PHONE_DIGITS else f"order-{order.pk}"


def orders_of(key: str) -> QuerySet[Order]:
    """All orders of a customer that still hold personal data. Raises `NoSuchCustomer` for a key that is none."""
    if not _KEY.fullmatch(key):
        raise NoSuchCustomer(key=key)
    kind, _dash, number = key.partition("-")
    orders = Order.objects.filter(anonymized_at__isnull=True)
    if kind == "customer":
        return orders.filter(customer_id=int(number))
    if kind == "phone":
        return cast("QuerySet[Order]", _with_phone(orders, number))
    return orders.filter(pk=int(number))


def customer_of(key: str) -> Customer:
    """The customer of this key. Raises `NoSuchCustomer` when nothing of them is kept (any more)."""
    found = _customers([key]) if _KEY.fullmatch(key) else []
    if not found:
        raise NoSuchCustomer(key=key)
    return found[0]


def _customers(keys: Sequence[str]) -> list[Customer]:
    """The customers of these keys of whom anything is kept, in this order. Three statements at most."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        kind, _dash, number = key.partition("-")
        wanted[kind].append(number)
    orders = Order.objects.filter(anonymized_at__isnull=True)
    sources = (
        ("customer", "customer_id", orders.filter(customer_id__in=map(int, wanted["customer"]))),
        ("phone", "phone_key", _with_phone(orders, *wanted["phone"])),
        ("order", "pk", orders.filter(pk__in=map(int, wanted["order"]))),
    )
    rows: dict[str, list[_Row]] = defaultdict(list)
    for kind, column, found in sources:
        if wanted[kind]:
            newest_first = found.order_by("-ordered_at", "-pk")
            for number, *row in newest_first.values_list(column, *_COLUMNS):
                rows[f"{kind}-{number}"].append(_Row(*row))
    return [_customer(key, rows[key]) for key in keys if rows[key]]


def _customer(key: str, rows: Sequence[_Row]) -> Customer:
    return Customer(
        key=key,
        name=f"{rows[0].first_name} {rows[0].last_name}".strip(),
        city=rows[0].city,
        orders=len(rows),
        open_orders=_open(row.status for row in rows),
        first_at=rows[-1].ordered_at,
        last_at=rows[0].ordered_at,
    )


def _open(states: Iterable[str]) -> int:
    return sum(state in OPEN_STATES for state in states)


__all__ = [
    "MOST_PEOPLE",
    "Customer",
    "NoSuchCustomer",
    "customer_of",
    "find_customers",
    "key_of",
    "orders_of",
]
