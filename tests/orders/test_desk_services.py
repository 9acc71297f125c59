"""What the office does to an order: invoice, carrier, boxes, extra time. Each writes one message, once."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from gullu.errors import DomainError
from integrations.models import OutboxMessage
from orders import desk_errors as errors
from orders.enums import CarrierCode, Channel, EventKind, OrderState
from orders.errors import OrderBeingSplit
from orders.models import Order, OrderDocument
from orders.services.desk import ask_extra_time, change_carrier, keep_invoice, report_boxes
from orders.services.desk.invoicing import MOST_BYTES
from tests.factories import make_order, make_user, make_variant

pytestmark = pytest.mark.django_db

NUMBER = "ABC2026000000001"
LINK = "https://fatura.example.com/1.pdf"


def order_in(status: OrderState = OrderState.PICKING, **fields: Any) -> Order:
    return make_order([(make_variant(), 1)], status=status, **fields)


def sent() -> list[tuple[str, dict[str, Any]]]:
    return list(OutboxMessage.objects.order_by("pk").values_list("kind", "body"))


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "PNG")
    return content.getvalue()


# --- carrier ----------------------------------------------------------------------------------------------------


def test_a_carrier_is_asked_for_once_per_form() -> None:
    order, user = order_in(OrderState.CREATED), make_user()

    for _time in range(2):
        change_carrier(order_id=order.pk, carrier=CarrierCode.ARAS, request="one", user=user)

    assert sent() == [("CARRIER", {"carrier": "ARASMP"})]
    event = order.events.get(kind=EventKind.CARRIER)
    assert (event.actor, event.data["carrier"]) == (user, "Aras Kargo")


def test_a_second_carrier_within_five_minutes_is_refused() -> None:
    order = order_in()
    change_carrier(order_id=order.pk, carrier=CarrierCode.ARAS, request="one")

    with pytest.raises(errors.CarrierJustChanged):
        change_carrier(order_id=order.pk, carrier=CarrierCode.PTT, request="two")

    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("fields", "carrier", "error"),
    [
        ({}, "KARGOM", errors.CarrierUnknown),
        ({"cargo_provider": "PTT Kargo Marketplace"}, CarrierCode.PTT, errors.CarrierSame),
        ({"status": OrderState.SHIPPED}, CarrierCode.PTT, errors.OrderNotHere),
        ({"superseded": True}, CarrierCode.PTT, errors.OrderReplaced),
        ({"split_asked_at": timezone.now()}, CarrierCode.PTT, OrderBeingSplit),
    ],
)
def test_an_impossible_carrier_is_refused(fields: Any, carrier: str, error: type[DomainError]) -> None:
    order = order_in(**fields)

    with pytest.raises(error) as refused:
        change_carrier(order_id=order.pk, carrier=carrier, request="one")

    assert order.order_number in str(refused.value) or carrier in str(refused.value)
    assert sent() == []


def test_the_carrier_of_an_order_of_our_own_is_only_written_down() -> None:
    order = order_in(channel=Channel.MANUAL, package_id=None, cargo_tracking_number="123")

    change_carrier(order_id=order.pk, carrier=CarrierCode.ARAS, request="one")

    order.refresh_from_db()
    assert (order.cargo_provider, order.cargo_tracking_number, sent()) == ("Aras Kargo", "", [])


# --- boxes and time ---------------------------------------------------------------------------------------------


def test_boxes_and_desi_are_kept_and_reported_once() -> None:
    order = order_in()

    for _time in range(2):
        report_boxes(order_id=order.pk, boxes=2, desi=Decimal("3.5"), request="one")

    order.refresh_from_db()
    assert (order.box_count, order.desi) == (2, Decimal("3.50"))
    assert sent() == [("BOXES", {"boxes": 2, "desi": "3.5"})]


@pytest.mark.parametrize(("boxes", "desi"), [(0, "1"), (100, "1"), (1, "0"), (1, "10000")])
def test_impossible_boxes_are_refused(boxes: int, desi: str) -> None:
    with pytest.raises(errors.BoxesImpossible):
        report_boxes(order_id=order_in().pk, boxes=boxes, desi=Decimal(desi), request="one")


def test_extra_time_is_asked_for_once_per_order() -> None:
    order = order_in(ship_by_at=timezone.now() + timedelta(hours=5))
    ask_extra_time(order_id=order.pk, days=2, request="one")
    ask_extra_time(order_id=order.pk, days=2, request="one")

    with pytest.raises(errors.ExtraTimeAsked):
        ask_extra_time(order_id=order.pk, days=1, request="two")

    assert sent() == [("EXTRA_TIME", {"days": 2})]


def test_extra_time_comes_too_late_after_the_agreed_date() -> None:
    order = order_in(ship_by_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(errors.ExtraTimeTooLate):
        ask_extra_time(order_id=order.pk, days=1, request="one")


def test_more_than_three_days_are_refused() -> None:
    with pytest.raises(errors.ExtraTimeImpossible):
        ask_extra_time(order_id=order_in().pk, days=4, request="one")


def test_the_date_of_an_order_of_our_own_moves_at_once() -> None:
    date = timezone.now() + timedelta(hours=5)
    order = order_in(channel=Channel.MANUAL, package_id=None, ship_by_at=date)

    ask_extra_time(order_id=order.pk, days=3, request="one")

    order.refresh_from_db()
    assert (order.ship_by_at, sent()) == (date + timedelta(days=3), [])


# --- invoices ---------------------------------------------------------------------------------------------------


def test_an_invoice_number_and_address_are_kept_and_reported(settings: Any) -> None:
    order = order_in()

    kept = keep_invoice(order_id=order.pk, number=NUMBER.lower(), link=LINK)
    again = keep_invoice(order_id=order.pk, number=NUMBER, link=LINK)

    document = OrderDocument.objects.get()
    line = order.lines.get()
    assert (kept.repeated, again.repeated, again.document_id) == (False, True, document.pk)
    assert (document.number, document.link) == (NUMBER, LINK)
    assert sent() == [
        ("INVOICED", {"lines": [{"line_id": line.line_id, "quantity": 1}], "invoice_number": NUMBER}),
        ("INVOICE_LINK", {"document_id": document.pk}),
    ]


def test_a_shipped_order_gets_its_invoice_without_another_status() -> None:
    order = order_in(OrderState.SHIPPED)

    keep_invoice(order_id=order.pk, number=NUMBER, link=LINK)

    assert [kind for kind, _body in sent()] == ["INVOICE_LINK"]


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"%PDF-1.7 ..."), ("b.pdf", picture())])
def test_a_file_is_judged_by_its_content_and_kept_under_our_name(
    settings: Any, tmp_path: Any, name: str, content: bytes
) -> None:
    settings.MEDIA_ROOT = tmp_path
    order = order_in()

    keep_invoice(order_id=order.pk, file=SimpleUploadedFile(name, content))

    document = OrderDocument.objects.get()
    assert document.file.name.rsplit("/", 1)[1].startswith("invoice")
    assert document.file.name.endswith((".pdf", ".png"))
    assert document.file.read() == content
    assert [kind for kind, _body in sent()] == ["INVOICE_FILE"]


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (lambda: SimpleUploadedFile("a.pdf", b"<svg onload=alert(1)>"), errors.FileNotReadable),
        (lambda: SimpleUploadedFile("a.pdf", b""), errors.FileNotReadable),
        (lambda: SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * MOST_BYTES), errors.FileTooLarge),
    ],
)
def test_a_file_that_is_no_invoice_is_refused(
    file: Callable[[], SimpleUploadedFile], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        keep_invoice(order_id=order_in().pk, file=file())

    assert not OrderDocument.objects.exists()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, errors.InvoiceSaysNothing),
        ({"number": "12345"}, errors.InvoiceNumberWrong),
        ({"number": "ABC2019000000001"}, errors.InvoiceNumberWrong),
        ({"link": "http://fatura.example.com/1"}, errors.InvoiceLinkWrong),
        ({"link": "https://fatura"}, errors.InvoiceLinkWrong),
        ({"link": LINK, "issued_at": timezone.now() + timedelta(days=365)}, errors.InvoiceDateAhead),
    ],
)
def test_a_wrong_invoice_is_refused_and_nothing_is_kept(given: Any, error: type[DomainError]) -> None:
    with pytest.raises(error):
        keep_invoice(order_id=order_in().pk, **given)

    assert (OrderDocument.objects.count(), sent()) == (0, [])


def test_a_micro_export_needs_its_invoice_number() -> None:
    with pytest.raises(errors.InvoiceNumberNeeded):
        keep_invoice(order_id=order_in(micro_export=True).pk, link=LINK)


def test_a_new_order_is_not_invoiced_yet() -> None:
    with pytest.raises(errors.OrderNotPicked):
        keep_invoice(order_id=order_in(OrderState.CREATED).pk, number=NUMBER)


def test_number_and_address_of_another_order_are_refused() -> None:
    keep_invoice(order_id=order_in().pk, number=NUMBER, link=LINK)
    other = order_in()

    with pytest.raises(errors.InvoiceNumberTaken):
        keep_invoice(order_id=other.pk, number=NUMBER)
    with pytest.raises(errors.InvoiceLinkTaken):
        keep_invoice(order_id=other.pk, link=LINK)


def test_another_invoice_is_taken_only_after_a_refusal() -> None:
    order = order_in()
    keep_invoice(order_id=order.pk, number=NUMBER)
    second = NUMBER[:-1] + "2"

    with pytest.raises(errors.InvoiceExists):
        keep_invoice(order_id=order.pk, number=second)
    Order.objects.filter(pk=order.pk).update(invoice_status="Rejected")
    keep_invoice(order_id=order.pk, number=second)

    assert list(OrderDocument.objects.order_by("pk").values_list("number", flat=True)) == [NUMBER, second]
