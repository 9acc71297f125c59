"""The returns page of the warehouse: parcel, article, condition, proof, shelf."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.contents import quantities
from inventory.models import ScanLog
from orders.enums import GoodsCondition
from orders.models import ReturnPhoto, ReturnUnit
from orders.services.returns import add_photo
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant
from tests.inventory.scan_kit import Device, allow, message, outcome
from tests.orders.returning import Status, make_accepted, make_unit, picture_bytes, upload

pytestmark = pytest.mark.django_db


def device() -> Device:
    return Device("returns", "inspect_returns")


def shown(response: Any) -> list[ReturnUnit]:
    return [row.unit for row in response.context["rows"]]


def in_hand(response: Any) -> ReturnUnit | None:
    row = response.context["chosen"]
    return row.unit if row else None


def send_photo(worker: Device, unit: ReturnUnit, content: bytes, *, key: str = "photo-key") -> Any:
    fields = {"key": key, "action": "photo", "unit": str(unit.pk), "photo": upload(content)}
    return worker.client.post(worker.url, fields)


def test_page_needs_its_right() -> None:
    assert (Device("returns").show().status_code, device().show().status_code) == (403, 200)


def test_parcel_article_and_condition_are_three_steps() -> None:
    unit, worker = make_unit(), device()

    parcel = worker.scan(unit.cargo_tracking_number)
    article = worker.scan(unit.barcode)
    done = worker.press("inspect", "WORN")

    assert [outcome(step) for step in (parcel, article, done)] == ["OK", "OK", "OK"]
    assert (shown(parcel), in_hand(parcel), in_hand(article)) == ([unit], None, unit)
    unit.refresh_from_db()
    assert (unit.condition, unit.inspected_by) == ("WORN", worker.user)
    assert in_hand(worker.show()) == unit  # a note or a picture may follow, also after a reload


@pytest.mark.parametrize("name", ["cargo_tracking_number", "order_number", "claim_id"])
def test_parcel_is_found_by_any_of_its_numbers(name: str) -> None:
    unit = make_unit()
    make_unit()

    assert shown(device().scan(getattr(unit, name))) == [unit]


def test_parcel_sent_back_in_its_own_box_is_found_by_the_number_it_went_out_with() -> None:
    unit = make_unit()

    assert shown(device().scan(unit.order.cargo_tracking_number)) == [unit]


def test_article_alone_opens_the_one_return_that_expects_it() -> None:
    unit, worker = make_unit(), device()

    answer = worker.scan(unit.barcode)

    assert (outcome(answer), in_hand(answer), shown(answer)) == ("OK", unit, [unit])


def test_article_several_returns_expect_is_asked_about() -> None:
    variant, worker = make_variant(), device()
    now = timezone.now()
    later = make_unit(variant, act_by_at=now + timedelta(hours=40))
    sooner = make_unit(variant, act_by_at=now + timedelta(hours=3))

    asked = worker.scan(variant.barcode)
    chosen = worker.press("choose", unit=str(later.pk))

    assert (outcome(asked), shown(asked), in_hand(asked)) == ("OK", [sooner, later], None)
    assert (in_hand(chosen), shown(chosen)) == (later, [later])


def test_two_alike_pairs_of_a_parcel_are_inspected_one_after_the_other() -> None:
    first = make_unit()
    second = make_unit(first.variant, order=first.order, claim_id=first.claim_id)
    worker = device()
    worker.scan(first.claim_id)

    for condition in ("SOUND", "DAMAGED"):
        worker.scan(first.barcode)
        worker.press("inspect", condition)

    found = dict(ReturnUnit.objects.values_list("pk", "condition"))
    assert found == {first.pk: "SOUND", second.pk: "DAMAGED"}


def test_strange_article_is_marked_for_the_unit_it_came_instead_of() -> None:
    unit, worker = make_unit(), device()
    other = make_variant("8680000000031", product=make_product("0400"), colour="Bej", size="40")
    worker.scan(unit.claim_id)

    strange = worker.scan("8680000000031")
    worker.press("wrong", unit=str(unit.pk))

    assert (outcome(strange), strange.context["place"].variant) == ("WRONG", other)
    unit.refresh_from_db()
    assert (unit.condition, "0400 Bej 40" in unit.inspection_note) == (GoodsCondition.WRONG_ITEM, True)


def test_other_size_of_what_is_expected_is_a_neighbour() -> None:
    product = make_product("0172")
    unit = make_unit(make_variant("8680000000017", product=product, size="37"))
    make_variant("8680000000024", product=product, size="38")
    worker = device()
    worker.scan(unit.claim_id)

    near = worker.scan("8680000000024")

    assert (outcome(near), "0172 Siyah 37" in message(near)) == ("NEIGHBOUR", True)


def test_unknown_code_in_a_parcel_can_be_marked_too() -> None:
    unit, worker = make_unit(), device()
    worker.scan(unit.claim_id)

    assert outcome(worker.scan("9999999999994")) == "WRONG"
    worker.press("wrong", unit=str(unit.pk))

    unit.refresh_from_db()
    assert (unit.condition, "9999999999994" in unit.inspection_note) == (GoodsCondition.WRONG_ITEM, True)


def test_article_nobody_expects_is_kept_in_the_log_with_a_hint() -> None:
    variant, worker = make_variant("8680000000017"), device()

    known, strange = worker.scan("8680000000017"), worker.scan("9999999999994")

    assert [outcome(known), outcome(strange)] == ["UNKNOWN", "UNKNOWN"]
    rows = ScanLog.objects.filter(page="returns").order_by("pk")
    assert [(row.code, row.variant_id) for row in rows] == [
        ("not_expected", variant.pk),
        ("not_expected", None),
    ]


def test_unit_whose_article_is_not_in_the_catalogue_is_inspected_by_its_barcode() -> None:
    unit, worker = make_unit(), device()
    ReturnUnit.objects.filter(pk=unit.pk).update(variant=None, barcode="8699999999999")

    assert in_hand(worker.scan("8699999999999")) == unit


def test_empty_box_needs_no_scan_of_an_article() -> None:
    unit, worker = make_unit(), device()
    worker.scan(unit.claim_id)

    worker.press("inspect", "MISSING", unit=str(unit.pk))

    unit.refresh_from_db()
    assert unit.condition == GoodsCondition.MISSING


def test_accepted_and_sound_pair_goes_on_the_shelf_at_once() -> None:
    shelf, unit, worker = make_shelf("A-B-03"), make_accepted(condition=""), device()
    worker.scan(unit.cargo_tracking_number)
    worker.scan(unit.barcode)
    ready = worker.press("inspect", "SOUND")

    done = worker.scan("A-B-03", key="shelf-scan-1")
    again = worker.scan("A-B-03", key="shelf-scan-1")

    assert ready.context["for_shelf"] is True
    assert [outcome(done), outcome(again)] == ["DONE", "DONE"]
    assert quantities(shelf.pk) == {unit.variant_id: 1}
    assert shown(worker.show()) == []  # the parcel is finished


def test_pair_on_the_pile_is_shelved_by_article_and_shelf() -> None:
    shelf, unit, worker = make_shelf("A-B-03"), make_accepted(), device()

    worker.scan(unit.barcode)
    worker.scan("A-B-03")

    assert quantities(shelf.pk) == {unit.variant_id: 1}


def test_shelf_of_what_is_not_ours_or_not_in_hand_is_refused() -> None:
    shelf, unit, worker = make_shelf("A-B-03"), make_unit(), device()
    nothing = worker.scan("A-B-03")
    worker.scan(unit.barcode)
    worker.press("inspect", "SOUND")

    early = worker.scan("A-B-03")

    assert [outcome(nothing), outcome(early)] == ["WRONG", "REFUSED"]
    assert early.context["answer"].code == "return_not_accepted"
    assert quantities(shelf.pk) == {}


def test_note_is_kept_and_needs_an_inspection() -> None:
    unit, worker = make_unit(), device()
    worker.scan(unit.barcode)

    early = worker.press("note", note="topuk kırık")
    worker.press("inspect", "DAMAGED")
    worker.press("note", note="topuk kırık")

    unit.refresh_from_db()
    assert (outcome(early), unit.condition, unit.inspection_note) == ("REFUSED", "DAMAGED", "topuk kırık")


def test_picture_is_kept_once_and_shown_to_those_who_may_see_it() -> None:
    unit, worker = make_unit(), device()
    worker.scan(unit.barcode)
    worker.press("inspect", "DAMAGED")

    before = _stored()
    answers = [send_photo(worker, unit, picture_bytes(400, 300)) for _time in range(2)]

    assert [outcome(one) for one in answers] == ["OK", "OK"]
    photo = ReturnPhoto.objects.get()
    assert (photo.unit, photo.created_by) == (unit, worker.user)
    assert _stored() == before + 1
    address = reverse("scan:return-photo", args=[photo.pk])
    got: Any = worker.client.get(address)
    assert (got["Content-Type"], b"".join(got.streaming_content)[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert Device("returns").client.get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert worker.client.get(reverse("scan:return-photo", args=[photo.pk + 1])).status_code == 404


def test_what_is_no_picture_is_refused_and_leaves_no_file() -> None:
    unit, worker = make_unit(), device()
    worker.scan(unit.barcode)
    worker.press("inspect", "DAMAGED")
    before = _stored()

    refused = send_photo(worker, unit, b"<html>", key="photo-key-1")
    for number in range(10):
        add_photo(unit_id=unit.pk, image=f"returns/{number}.jpg")
    full = send_photo(worker, unit, picture_bytes(), key="photo-key-2")

    assert [outcome(refused), outcome(full)] == ["REFUSED", "REFUSED"]
    assert [refused.context["answer"].code, full.context["answer"].code] == [
        "picture_wrong_kind",
        "return_too_many_photos",
    ]
    assert _stored() == before


def _stored() -> int:
    folder = f"returns/{timezone.now():%Y/%m}"
    return len(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else 0


def test_state_is_each_persons_own_and_can_be_dropped() -> None:
    unit, worker = make_unit(), device()
    worker.scan(unit.claim_id)

    assert (shown(worker.show()), shown(device().show())) == ([unit], [])
    assert shown(worker.press("clear")) == []


def test_start_lists_what_waits_for_an_inspection_by_its_time() -> None:
    now = timezone.now()
    calm = make_unit(act_by_at=now + timedelta(hours=31, minutes=20, seconds=30))
    late = make_unit(act_by_at=now - timedelta(minutes=5))
    make_unit(condition="SOUND")

    page = device().show()

    assert [(row.unit, row.tone) for row in page.context["here"]] == [(late, "late"), (calm, "")]
    assert page.context["waiting"] == 2
    assert [word for word in ("31", "20") if word in page.context["here"][1].badge] == ["31", "20"]


def test_warehouse_sees_neither_prices_nor_customers() -> None:
    unit, worker = make_unit(price="97531.86"), device()

    text = worker.scan(unit.barcode).content.decode() + worker.press("inspect", "SOUND").content.decode()

    assert [word for word in ("97.531,86", "97531,86", "97531.86", "Yılmaz", "Ayşe") if word in text] == []


def test_hostile_texts_are_shown_as_text() -> None:
    unit = make_unit(customer_note="<script>alert(1)</script>", reason="<b>x</b>")

    text = device().scan(unit.barcode).content.decode()

    assert ("<script>alert(1)" in text, "<b>x</b>" in text) == (False, False)


@pytest.mark.parametrize("unit", ["", "0", "x", "9" * 30, "-1"])
def test_button_without_a_unit_is_refused_in_words(unit: str) -> None:
    answer = device().press("inspect", "SOUND", unit=unit)

    assert (outcome(answer), answer.context["answer"].code) == ("REFUSED", "return_not_found")


def test_page_and_scans_use_a_constant_number_of_statements() -> None:
    worker, counts = device(), []
    for size in (1, 3):
        worker.press("clear")
        order = make_order([(make_variant(), size)])
        claim = f"claim-{size}"
        units = [make_unit(make_variant(), order=order, claim_id=claim) for _number in range(size)]
        counts.append(
            [
                _statements(worker.show),
                _statements(lambda code=claim: worker.scan(code)),
                _statements(lambda code=units[0].barcode: worker.scan(code)),
                _statements(lambda: worker.press("inspect", "SOUND")),
            ]
        )

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 26


def _statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as context:
        work()
    return len(context)


def test_menu_of_the_page_is_open_to_the_warehouse_role() -> None:
    client = Client()
    client.force_login(make_user("Depo"))

    assert client.get(reverse("scan:returns")).status_code == 200


def test_unit_of_status_unknown_to_us_is_shown_as_sent() -> None:
    unit = make_unit(status="SomethingNew", claim_id="claim-x")

    assert "SomethingNew" in device().scan("claim-x").content.decode()
    assert unit.status == "SomethingNew"


def test_allow_is_enough_to_see_pictures_of_returns() -> None:
    photo = ReturnPhoto.objects.create(unit=make_unit(status=Status.ACCEPTED), image="returns/none.jpg")
    client = Client()
    client.force_login(allow(make_user(), "inspect_returns"))

    assert client.get(reverse("scan:return-photo", args=[photo.pk])).status_code == 404
