"""Inspecting, deciding, restocking and writing off returned units."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import OutboxMessage
from inventory.contents import quantities
from inventory.enums import StockState
from inventory.models import StockMovement
from inventory.shelf_codes import RECEIVING_CODE
from orders.enums import Disposition, EventKind, GoodsCondition, OrderState, ReturnDecision
from orders.models import OrderEvent, ReturnPhoto, ReturnUnit
from orders.return_errors import (
    AlreadyDecided,
    AlreadySettled,
    DescriptionMissing,
    DescriptionTooLong,
    GoesBack,
    InspectionClosed,
    NotAccepted,
    NothingCame,
    NotInspected,
    NotSound,
    NotWaiting,
    ReturnNotFound,
    SeveralClaims,
    StrangePhoto,
    TimeIsOver,
    TooManyPhotos,
    UnknownArticle,
    UnknownCondition,
    WriteOffReason,
)
from orders.return_selectors import (
    count_waiting,
    expecting,
    most_urgent_first,
    waiting,
    waiting_for_shelf,
)
from orders.services.returns import (
    MOST_PHOTOS,
    Refusal,
    add_photo,
    approve_returns,
    inspect_return,
    refuse_returns,
    reopen_decisions,
    restock_return,
    write_off_return,
)
from tests.factories import make_order, make_shelf, make_user, make_variant
from tests.orders.returning import Status, make_accepted, make_unit

pytestmark = pytest.mark.django_db


def steps(unit: ReturnUnit) -> list[str]:
    events = OrderEvent.objects.filter(order=unit.order, kind=EventKind.RETURN).order_by("pk")
    return [event.data["step"] for event in events]


def booked(unit: ReturnUnit) -> list[tuple[str, str, int]]:
    rows = StockMovement.objects.filter(reference=unit.ledger_reference).order_by("pk")
    return [(row.kind, row.shelf.code, row.delta) for row in rows.select_related("shelf")]


# --- inspecting -----------------------------------------------------------------------------------------------


def test_inspection_is_kept_with_person_and_timeline() -> None:
    unit, worker = make_unit(), make_user()

    done = inspect_return(unit_id=unit.pk, condition="DAMAGED", note=" topuk kırık ", user=worker)

    unit.refresh_from_db()
    assert (done.condition, done.for_shelf, done.repeated) == (GoodsCondition.DAMAGED, False, False)
    assert (unit.condition, unit.inspection_note, unit.inspected_by) == ("DAMAGED", "topuk kırık", worker)
    assert steps(unit) == ["INSPECTED"]


def test_inspection_may_be_corrected_and_repeating_it_changes_nothing() -> None:
    unit = make_unit()
    inspect_return(unit_id=unit.pk, condition="SOUND", note="ok")
    inspect_return(unit_id=unit.pk, condition="WORN")

    again = inspect_return(unit_id=unit.pk, condition="WORN")

    unit.refresh_from_db()
    assert (unit.condition, unit.inspection_note, again.repeated) == ("WORN", "ok", True)
    assert steps(unit) == ["INSPECTED", "INSPECTED"]


def test_inspection_of_what_is_settled_or_closed_is_refused() -> None:
    settled = make_accepted(disposition=Disposition.WRITTEN_OFF)
    rejected = make_unit(status=Status.REJECTED)

    with pytest.raises(AlreadySettled):
        inspect_return(unit_id=settled.pk, condition="WORN")
    with pytest.raises(InspectionClosed):
        inspect_return(unit_id=rejected.pk, condition="WORN")
    with pytest.raises(UnknownCondition):
        inspect_return(unit_id=settled.pk, condition="SHINY")
    with pytest.raises(ReturnNotFound):
        inspect_return(unit_id=0, condition="WORN")


def test_pictures_are_limited() -> None:
    unit = make_unit()
    for number in range(MOST_PHOTOS):
        add_photo(unit_id=unit.pk, image=f"returns/{number}.jpg")

    with pytest.raises(TooManyPhotos):
        add_photo(unit_id=unit.pk, image="returns/one-more.jpg")


# --- deciding -------------------------------------------------------------------------------------------------


def test_units_of_one_claim_are_approved_in_one_message() -> None:
    first = make_unit()
    second = make_unit(order=first.order, claim_id=first.claim_id)
    other, boss = make_unit(), make_user()

    done = approve_returns(unit_ids=[first.pk, second.pk, other.pk], user=boss)

    assert (set(done.unit_ids), done.refused) == ({first.pk, second.pk, other.pk}, ())
    bodies = {row.claim_id: row.body for row in OutboxMessage.objects.all()}
    assert bodies == {
        first.claim_id: {"units": sorted([first.claim_item_id, second.claim_item_id])},
        other.claim_id: {"units": [other.claim_item_id]},
    }
    first.refresh_from_db()
    assert (first.decision, first.decided_by, first.status) == (
        ReturnDecision.APPROVED,
        boss,
        Status.WAITING,
    )
    assert steps(other) == ["APPROVED"]


def test_units_that_cannot_be_decided_are_named_and_the_others_go_on() -> None:
    good = make_unit()
    boss = make_user(first_name="Ayla", last_name="Şen")
    decided = make_unit()
    approve_returns(unit_ids=[decided.pk], user=boss)
    accepted = make_accepted()
    late = make_unit(act_by_at=timezone.now() - timedelta(minutes=1))

    done = approve_returns(unit_ids=[good.pk, decided.pk, accepted.pk, late.pk, 0])

    assert done.unit_ids == (good.pk,)
    errors = {row.unit_id: type(row.error) for row in done.refused}
    assert errors == {
        decided.pk: AlreadyDecided,
        accepted.pk: NotWaiting,
        late.pk: TimeIsOver,
        0: ReturnNotFound,
    }
    sentence = next(row.error.message for row in done.refused if row.unit_id == decided.pk)
    assert str(boss) in sentence


def test_units_of_one_claim_may_be_decided_differently() -> None:
    kept = make_unit()
    disputed = make_unit(order=kept.order, claim_id=kept.claim_id)
    photo = ReturnPhoto.objects.create(unit=disputed, image="returns/1.jpg")

    approve_returns(unit_ids=[kept.pk])
    done = refuse_returns(
        unit_ids=[disputed.pk], refusal=Refusal(reason_id=51, description="giyilmiş", photo_ids=(photo.pk,))
    )

    assert done.unit_ids == (disputed.pk,)
    disputed.refresh_from_db()
    assert (disputed.decision, disputed.issue_reason_id, disputed.issue_description) == (
        "REFUSED",
        51,
        "giyilmiş",
    )
    messages = {row.kind: row.body for row in OutboxMessage.objects.all()}
    assert messages["CLAIM_REFUSE"] == {
        "units": [disputed.claim_item_id],
        "reason_id": 51,
        "description": "giyilmiş",
        "photo_ids": [photo.pk],
    }
    assert messages["CLAIM_APPROVE"] == {"units": [kept.claim_item_id]}


def test_refusal_needs_a_text_one_claim_and_its_own_pictures() -> None:
    unit, other = make_unit(), make_unit()
    strange = ReturnPhoto.objects.create(unit=other, image="returns/1.jpg")

    def refuse(ids: list[int], text: str, *photos: int) -> None:
        refuse_returns(unit_ids=ids, refusal=Refusal(reason_id=51, description=text, photo_ids=photos))

    with pytest.raises(DescriptionMissing):
        refuse([unit.pk], "  ")
    with pytest.raises(DescriptionTooLong):
        refuse([unit.pk], "a" * 501)
    with pytest.raises(SeveralClaims):
        refuse([unit.pk, other.pk], "giyilmiş")
    with pytest.raises(StrangePhoto):
        refuse([unit.pk], "giyilmiş", strange.pk)
    assert OutboxMessage.objects.count() == 0


def test_unit_without_a_known_order_can_be_decided() -> None:
    unit = make_unit()
    ReturnUnit.objects.filter(pk=unit.pk).update(order=None, line=None)

    done = approve_returns(unit_ids=[unit.pk])

    message = OutboxMessage.objects.get()
    assert (done.unit_ids, message.order, message.claim_id) == ((unit.pk,), None, unit.claim_id)


def test_decision_the_marketplace_did_not_take_can_be_made_again_with_a_new_message() -> None:
    unit = make_unit()
    approve_returns(unit_ids=[unit.pk])

    assert reopen_decisions(claim_item_ids=[unit.claim_item_id]) == 1
    done = refuse_returns(unit_ids=[unit.pk], refusal=Refusal(reason_id=51, description="giyilmiş"))
    assert reopen_decisions(claim_item_ids=[unit.claim_item_id]) == 1
    approve_returns(unit_ids=[unit.pk])

    assert done.unit_ids == (unit.pk,)
    assert list(OutboxMessage.objects.order_by("pk").values_list("kind", flat=True)) == [
        "CLAIM_APPROVE",
        "CLAIM_REFUSE",
        "CLAIM_APPROVE",
    ]
    unit.refresh_from_db()
    assert (unit.decision, unit.issue_reason_id, unit.issue_description) == ("APPROVED", None, "")
    assert steps(unit) == ["APPROVED", "REOPENED", "REFUSED", "REOPENED", "APPROVED"]


# --- the goods ------------------------------------------------------------------------------------------------


def test_restocked_pair_is_booked_once_and_repeating_is_harmless() -> None:
    shelf, worker, unit = make_shelf("A-B-03"), make_user(), make_accepted()

    first = restock_return(unit_id=unit.pk, shelf_code="a=b=03", user=worker)
    again = restock_return(unit_id=unit.pk, shelf_code="A-B-03", user=worker)

    assert (first.shelf_code, first.repeated, again.repeated) == ("A-B-03", False, True)
    assert quantities(shelf.pk) == {unit.variant_id: 1}
    assert booked(unit) == [("RETURN", "A-B-03", 1)]
    assert StockMovement.objects.get(reference=unit.ledger_reference).key == f"return:{unit.pk}"
    unit.refresh_from_db()
    assert (unit.disposition, unit.shelf, unit.settled_by) == (Disposition.RESTOCKED, shelf, worker)
    assert steps(unit) == ["RESTOCKED"]


def test_settled_unit_takes_no_other_end() -> None:
    make_shelf("A-B-03")
    make_shelf("A-B-04")
    shelved, gone = make_accepted(), make_accepted(condition=GoodsCondition.DAMAGED)
    restock_return(unit_id=shelved.pk, shelf_code="A-B-03")
    write_off_return(unit_id=gone.pk, reason="topuk kırık")

    with pytest.raises(AlreadySettled) as caught:
        restock_return(unit_id=shelved.pk, shelf_code="A-B-04")
    assert "A-B-03" in caught.value.message
    with pytest.raises(AlreadySettled):
        write_off_return(unit_id=shelved.pk, reason="vazgeçildi")
    with pytest.raises(AlreadySettled):
        restock_return(unit_id=gone.pk, shelf_code="A-B-03")
    assert write_off_return(unit_id=gone.pk, reason="topuk kırık").repeated is True
    assert (len(booked(shelved)), len(booked(gone))) == (1, 2)


def test_written_off_pair_goes_in_and_out_again() -> None:
    unit = make_accepted(condition=GoodsCondition.WORN)

    done = write_off_return(unit_id=unit.pk, reason=" giyilmiş ")

    assert (done.reason, done.repeated) == ("giyilmiş", False)
    assert booked(unit) == [("RETURN", RECEIVING_CODE, 1), ("WRITE_OFF", RECEIVING_CODE, -1)]
    unit.refresh_from_db()
    assert (unit.disposition, unit.shelf) == (Disposition.WRITTEN_OFF, None)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status": Status.WAITING}, NotAccepted),
        ({"status": Status.WAITING, "decision": ReturnDecision.APPROVED}, NotAccepted),
        ({"status": Status.FRAUD_CHECK}, NotAccepted),
        ({"status": Status.UNRESOLVED}, NotAccepted),
        ({"status": Status.REJECTED}, GoesBack),
        ({"status": Status.CANCELLED}, GoesBack),
        ({"condition": ""}, NotInspected),
        ({"condition": GoodsCondition.WORN}, NotSound),
        ({"condition": GoodsCondition.MISSING}, NotSound),
        ({"variant": None, "barcode": "868-not-known"}, UnknownArticle),
    ],
)
def test_only_what_is_ours_sound_and_known_is_restocked(
    fields: dict[str, Any], error: type[Exception]
) -> None:
    make_shelf("A-B-03")
    unit = make_accepted()
    ReturnUnit.objects.filter(pk=unit.pk).update(**fields)

    with pytest.raises(error):
        restock_return(unit_id=unit.pk, shelf_code="A-B-03")

    assert booked(unit) == []
    unit.refresh_from_db()
    assert unit.disposition == ""


def test_writing_off_needs_a_reason_and_goods() -> None:
    empty = make_accepted(condition=GoodsCondition.MISSING)

    with pytest.raises(NothingCame):
        write_off_return(unit_id=empty.pk, reason="kutu boş")
    with pytest.raises(WriteOffReason):
        write_off_return(unit_id=empty.pk, reason=" ")


@pytest.mark.parametrize("state", [StockState.HISTORIC, StockState.RESERVED, StockState.RELEASED])
def test_pair_of_a_line_that_was_never_taken_here_is_restocked_all_the_same(state: StockState) -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant()
    order = make_order([(variant, 1)], status=OrderState.DELIVERED)
    order.lines.update(stock_state=state)
    unit = make_accepted(variant, order=order)

    restock_return(unit_id=unit.pk, shelf_code="A-B-03")

    assert quantities(shelf.pk) == {variant.pk: 1}


def test_article_that_came_into_the_catalogue_later_is_found_by_its_barcode() -> None:
    shelf, unit = make_shelf("A-B-03"), make_accepted()
    ReturnUnit.objects.filter(pk=unit.pk).update(variant=None)

    restock_return(unit_id=unit.pk, shelf_code="A-B-03")

    unit.refresh_from_db()
    assert (unit.variant_id is not None, quantities(shelf.pk)) == (True, {unit.variant_id: 1})


def test_auto_accepted_unit_is_inspected_and_shelved_without_a_decision() -> None:
    shelf = make_shelf("A-B-03")
    unit = make_accepted(condition="", auto_accepted=True)

    inspected = inspect_return(unit_id=unit.pk, condition="SOUND")
    restock_return(unit_id=unit.pk, shelf_code="A-B-03")

    assert inspected.for_shelf is True
    assert quantities(shelf.pk) == {unit.variant_id: 1}


def test_of_a_claim_accepted_in_part_only_the_accepted_pair_is_shelved() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant()
    order = make_order([(variant, 2)], status=OrderState.DELIVERED)
    accepted = make_accepted(variant, order=order)
    rejected = make_unit(
        variant, order=order, claim_id=accepted.claim_id, status=Status.REJECTED, condition="SOUND"
    )

    restock_return(unit_id=accepted.pk, shelf_code="A-B-03")
    with pytest.raises(GoesBack):
        restock_return(unit_id=rejected.pk, shelf_code="A-B-03")

    assert quantities(shelf.pk) == {variant.pk: 1}


# --- what waits -----------------------------------------------------------------------------------------------


def test_waiting_for_shelf_is_what_can_be_restocked_now() -> None:
    make_shelf("A-B-03")
    second = make_accepted(inspected_at=timezone.now())
    first = make_accepted(inspected_at=timezone.now() - timedelta(hours=2))
    for fields in (
        {"status": Status.WAITING},
        {"condition": "WORN"},
        {"condition": ""},
        {"disposition": Disposition.WRITTEN_OFF},
        {"variant": None, "barcode": "868"},
    ):
        ReturnUnit.objects.filter(pk=make_accepted().pk).update(**fields)

    assert waiting_for_shelf() == [first, second]
    assert (waiting_for_shelf(1), count_waiting("shelve")) == ([first], 2)
    restock_return(unit_id=first.pk, shelf_code="A-B-03")
    assert waiting_for_shelf() == [second]


def test_to_inspect_leaves_out_what_was_accepted_before_it_was_seen_here() -> None:
    here = make_unit()
    since = make_accepted(condition="")
    before = make_accepted(condition="", remote_modified_at=timezone.now() - timedelta(days=60))
    make_unit(status=Status.CREATED)

    assert set(waiting("inspect")) == {here, since}
    assert before not in waiting("inspect")


def test_disputed_are_those_we_refused_and_those_the_marketplace_looks_at() -> None:
    units = {make_unit(status=Status.UNRESOLVED), make_unit(status=Status.ANALYSIS)}
    refused = make_unit(decision=ReturnDecision.REFUSED)
    make_unit()

    assert set(waiting("disputed")) == units | {refused}


def test_list_begins_with_the_shortest_time_to_decide() -> None:
    now = timezone.now()
    calm = make_unit(act_by_at=now + timedelta(hours=40))
    urgent = make_unit(act_by_at=now + timedelta(hours=2))
    unknown = make_unit(act_by_at=None)
    older = make_accepted(claimed_at=now - timedelta(days=9))
    newer = make_unit(decision="APPROVED", act_by_at=now, claimed_at=now)

    assert list(ReturnUnit.objects.order_by(*most_urgent_first())) == [urgent, calm, unknown, newer, older]


def test_article_is_expected_by_units_to_inspect_to_come_and_to_shelve() -> None:
    variant = make_variant()
    coming = make_unit(variant, status=Status.CREATED, act_by_at=None)
    here = make_unit(variant)
    pile = make_accepted(variant)
    make_unit(variant, status=Status.CANCELLED)
    make_accepted(variant, condition="", remote_modified_at=timezone.now() - timedelta(days=60))

    assert list(expecting(variant, variant.barcode)) == [here, coming, pile]
