"""A shop whose stored texts attack the pages that show them, and whose amounts and customers are known by sight."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.db import DatabaseError, models, transaction

from catalog.models import Variant
from orders.models import Order, OrderLine
from tests.factories import make_order
from tests.gullu.test_admin_pages import OWN_APPS, make_rows
from tests.web.hostile import TEXTS

PHONE: Final = "05321987654"
PHONES: Final = (PHONE, "5321987654", "0532 198 76 54")
STREET: Final = "Menekşeq7 Sokak 41"
# Amounts as pages would write them, with and without the dots of thousands.
PRICE: Final = Decimal("7913.57")
PRICES: Final = ("7913,57", "7.913,57", "7913.57")
COST: Final = Decimal("4386.29")
COSTS: Final = ("4386,29", "4.386,29", "4386.29")

# What rows are found by, and what our own code reads as a word of its own.
_KEPT: Final = frozenset(
    {
        "barcode",
        "code",
        "currency",
        "key",
        "name_key",
        "password",
        "record_id",
        "remote_status",
        "status",
        "func",
        "url",
    }
)
_ADDRESS: Final = {
    "name": TEXTS["html"],
    "full_name": TEXTS["html"],
    "phone": PHONE,
    "address": STREET,
    "address1": STREET,
    "full_address": STREET,
    "city": "İzmir",
    "district": "Bornova",
}


def plant() -> None:
    """Everything the back office has pages for, with hostile texts wherever the database takes them."""
    make_rows()
    for model in apps.get_models():
        if model._meta.app_label in OWN_APPS - {"django_q", "auth"}:
            for field in model._meta.concrete_fields:
                _poison(model, field)
    Variant.objects.update(sale_price=PRICE, list_price=PRICE, cost=COST)
    for variant in Variant.objects.all():
        make_order([(variant, 1)], unit_price=PRICE)
    OrderLine.objects.update(unit_price=PRICE, unit_gross=PRICE, total=PRICE)
    Order.objects.update(
        customer_first_name=TEXTS["html"][:200],
        customer_last_name=TEXTS["expression"],
        shipment_address=_ADDRESS,
        invoice_address=_ADDRESS,
        total_amount=PRICE,
        gross_amount=PRICE,
    )


def _poison(model: type[models.Model], field: Any) -> None:
    if (
        not isinstance(field, models.CharField | models.TextField)
        or isinstance(field, models.FileField | models.GeneratedField)
        or field.choices
        or field.unique
        or field.name in _KEPT
    ):
        return
    text = TEXTS["html"][: field.max_length or None]
    try:
        with transaction.atomic():
            model._base_manager.update(**{field.name: text})
    except DatabaseError:
        return  # a ledger, a constraint, or a length: nothing hostile can stand there
