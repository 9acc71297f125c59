"""A customer whose every word can be found again, wherever it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from gullu.models import CarrierLabel
from integrations.models import OutboxMessage
from orders.enums import EventKind, ExchangeReason, OrderState
from orders.models import Exchange, Order, OrderDocument, ReturnPhoto, ReturnUnit
from orders.services import timeline
from tests.factories import make_order, make_variant
from tests.orders.returning import Status, make_unit, picture_bytes

# Each of them stands in no other text of the tests.
NAME, SURNAME = "Zümrütanka", "Kırçiçeği"
PHONE, DISTRICT, STREET = "05329876123", "Gülnarkaya", "Menekşeli Sokak 7713"
NOTE = "komşusu Perihana"
MARKS = (NAME, SURNAME, PHONE, DISTRICT, STREET, NOTE, "9990001112223")


def plant(*, ordered_at: datetime | None = None, status: OrderState = OrderState.DELIVERED) -> Order:
    """An order with personal data in every place that may hold some, also in its history."""
    variant = make_variant()
    at = ordered_at or timezone.now() - timedelta(days=3)
    address = {"full_address": STREET, "phone": PHONE, "district": DISTRICT, "name": f"{NAME} {SURNAME}"}
    person: dict[str, Any] = {
        "customer_id": 9990001112223,
        "customer_first_name": NAME,
        "customer_last_name": SURNAME,
        "district": DISTRICT,
        "shipment_address": address,
        "invoice_address": {**address, "company": SURNAME},
        "note": NOTE,
        "payload": {"customerFirstName": NAME, "shipmentAddress": address, "customerId": 9990001112223},
    }
    order = make_order([(variant, 1)], status=status, ordered_at=at, **person)
    Order.objects.filter(pk=order.pk).update(note=f"{NOTE} 2")  # leaves a row in the history
    timeline.note(order.pk, EventKind.PARKED, user=None, data={"reason": "OTHER", "note": NOTE})
    timeline.note(order.pk, EventKind.CANCELLED, user=None, data={"reason": NOTE})
    unit = make_unit(variant, order=order, customer_note=NOTE, inspection_note=NOTE, status=Status.ACCEPTED)
    # Of a package that is not known here.
    lost = make_unit(variant, order=order, customer_note=NOTE, claimed_at=at)
    ReturnUnit.objects.filter(pk=lost.pk).update(order=None, line=None)
    told = {"units": [unit.claim_item_id], "reason_id": 1, "description": NOTE, "photo_ids": []}
    OutboxMessage.objects.create(
        kind="CLAIM_REFUSE", order=order, key=f"claim-refuse:{unit.claim_id}", claim_id=unit.claim_id, body=told,
        state="DELIVERED", due_at=at,
    )  # fmt: skip
    OutboxMessage.objects.update(created_at=at)
    photo = ReturnPhoto(unit=unit)
    photo.image.save("foto.png", ContentFile(picture_bytes()))
    document = OrderDocument(order=order, number="GIB2026000000001", issued_at=at)
    document.file.save("fatura.pdf", ContentFile(b"%PDF-1.4 fatura"))
    CarrierLabel.objects.create(
        cargo_number=order.cargo_tracking_number, zpl=f"^XA^FD{NAME} {STREET}^FS^XZ", received_at=at
    )
    exchange = Exchange.objects.create(
        line=order.lines.get(),
        order_number=order.order_number,
        old_variant=variant,
        reason=ExchangeReason.TOO_SMALL,
        note=NOTE,
        new_order=make_order([(variant, 1)], status=status, ordered_at=at, **person),
    )
    Exchange.objects.filter(pk=exchange.pk).update(return_carrier="Aras")
    order.refresh_from_db()
    return order


def places_of(*marks: str) -> set[tuple[str, str]]:
    """(table, mark) wherever a mark stands in any column of any table of the database."""
    found: set[tuple[str, str]] = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [table for (table,) in cursor.fetchall()]
        # A row as text shows every column, jsonb and text alike.
        select = "SELECT '{0}', mark FROM unnest(%s::text[]) AS mark WHERE EXISTS (SELECT FROM {0} AS t WHERE t::text LIKE '%%' || mark || '%%')"
        cursor.execute(" UNION ALL ".join(map(select.format, tables)), [list(marks)] * len(tables))
        found.update(cursor.fetchall())
    return found
