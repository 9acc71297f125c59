"""Deciding on returns: the marketplace's rules, second tries, the pages, and the whole way over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gullu.errors import DomainError
from gullu.roles import MANAGER, OFFICE, WAREHOUSE
from integrations import claim_messages, return_desk
from integrations.models import ClaimIssueReason, OutboxMessage
from integrations.outbox import retry, send_outbox
from integrations.trendyol.claim_rules import needs_file, usable_from
from inventory.contents import quantities
from orders.models import ReturnPhoto, ReturnUnit
from orders.return_errors import AlreadyDecided, TimeIsOver
from orders.services.returns import Refusal, inspect_return, restock_return
from tests.factories import make_shelf, make_user
from tests.integrations import deskkit as kit
from tests.integrations.conftest import Shop
from tests.orders.returning import make_accepted, make_unit, picture_bytes, upload

pytestmark = pytest.mark.django_db

LIST = "admin:orders_returnunit_changelist"
State = OutboxMessage.State


@pytest.fixture
def office() -> Client:
    person = Client()
    person.force_login(make_user(OFFICE))
    return person


@pytest.fixture
def offered() -> None:
    for number, name in ((51, "Kullanılmış"), (1651, "Teslim edilmedi"), (451, "Analiz")):
        ClaimIssueReason.objects.create(reason_id=number, name=name, read_at=timezone.now())
    ClaimIssueReason.objects.create(reason_id=251, name="Eski", active=False, read_at=timezone.now())


def address(step: str, *units: ReturnUnit) -> str:
    ids = ",".join(str(unit.pk) for unit in units)
    return f"{reverse(f'admin:orders_returnunit_{step}')}?ids={ids}"


def page_of(unit: ReturnUnit) -> str:
    return reverse("admin:orders_returnunit_change", args=[unit.pk])


def texts(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def photo(unit: ReturnUnit) -> int:
    return ReturnPhoto.objects.create(unit=unit, image="returns/1.jpg").pk


def park(unit: ReturnUnit, reason: str = "Trendyol bunu almadı") -> OutboxMessage:
    """The message about the unit, refused by the marketplace."""
    message = OutboxMessage.objects.get(claim_id=unit.claim_id, state=State.WAITING)
    OutboxMessage.objects.filter(pk=message.pk).update(state=State.PARKED, last_error=reason)
    message.refresh_from_db()
    return message


def refusal(reason_id: int = 51, *photos: int) -> Refusal:
    return Refusal(reason_id=reason_id, description="Tabanda kullanım izi var.", photo_ids=photos)


# --- the marketplace's rules ----------------------------------------------------------------------------------


def test_files_are_needed_but_for_three_reasons() -> None:
    assert [needs_file(number) for number in (51, 451, 1651, 2101, 2079)] == [True, False, False, False, True]


def test_not_delivered_may_be_said_after_a_day() -> None:
    deadline = timezone.now() + timedelta(hours=30)

    assert usable_from(1651, deadline) == deadline - timedelta(hours=24)
    assert (usable_from(51, deadline), usable_from(1651, None)) == (None, None)


def test_refusal_follows_the_rules_of_the_marketplace(offered: None) -> None:
    unit = make_unit(act_by_at=timezone.now() + timedelta(hours=40))

    def code(given: Refusal) -> str:
        with pytest.raises(DomainError) as caught:
            return_desk.refuse(unit_ids=[unit.pk], refusal=given)
        return caught.value.code

    assert code(refusal(51)) == "return_picture_missing"
    assert code(refusal(1651)) == "return_reason_too_early"
    assert code(refusal(251, photo(unit))) == "return_reason_not_offered"
    assert code(refusal(9999, photo(unit))) == "return_reason_not_offered"
    assert OutboxMessage.objects.count() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=17), tick=False):
        assert return_desk.refuse(unit_ids=[unit.pk], refusal=refusal(1651)).unit_ids == (unit.pk,)


def test_analysis_needs_no_picture(offered: None) -> None:
    unit = make_unit()

    assert return_desk.refuse(unit_ids=[unit.pk], refusal=refusal(451)).unit_ids == (unit.pk,)


def test_reasons_say_how_old_they_are(offered: None) -> None:
    now = timezone.now()

    assert [row.reason_id for row in return_desk.reasons(now).offered] == [51, 451, 1651]
    assert (return_desk.reasons(now).old, return_desk.reasons(now + timedelta(hours=25)).old) == (False, True)


# --- second tries ---------------------------------------------------------------------------------------------


def test_decision_the_marketplace_refused_is_replaced_and_its_message_closed(offered: None) -> None:
    unit, boss = make_unit(), make_user()
    return_desk.approve(unit_ids=[unit.pk], user=boss)
    message = park(unit)

    done = return_desk.refuse(unit_ids=[unit.pk], refusal=refusal(51, photo(unit)), user=boss)

    assert done.unit_ids == (unit.pk,)
    message.refresh_from_db()
    assert (message.state, retry(message_ids=[message.pk])) == (State.OBSOLETE, 0)
    unit.refresh_from_db()
    assert unit.decision == "REFUSED"
    assert (
        OutboxMessage.objects.filter(state=State.WAITING).values_list("kind", flat=True).get()
        == "CLAIM_REFUSE"
    )


def test_other_units_of_a_replaced_message_are_open_again() -> None:
    unit = make_unit()
    other = make_unit(order=unit.order, claim_id=unit.claim_id)
    return_desk.approve(unit_ids=[unit.pk, other.pk])
    park(unit)

    return_desk.approve(unit_ids=[unit.pk])

    other.refresh_from_db()
    assert other.decision == ""
    assert return_desk.approve(unit_ids=[other.pk]).unit_ids == (other.pk,)


def test_decision_on_its_way_cannot_be_replaced() -> None:
    unit = make_unit()
    return_desk.approve(unit_ids=[unit.pk])

    done = return_desk.approve(unit_ids=[unit.pk])

    assert [type(row.error) for row in done.refused] == [AlreadyDecided]
    assert OutboxMessage.objects.count() == 1


def test_nothing_is_taken_back_when_the_second_try_comes_too_late() -> None:
    unit = make_unit()
    return_desk.approve(unit_ids=[unit.pk])
    message = park(unit)
    ReturnUnit.objects.filter(pk=unit.pk).update(act_by_at=timezone.now() - timedelta(minutes=1))

    done = return_desk.approve(unit_ids=[unit.pk])

    assert [type(row.error) for row in done.refused] == [TimeIsOver]
    message.refresh_from_db()
    unit.refresh_from_db()
    assert (message.state, unit.decision) == (State.PARKED, "APPROVED")


def test_message_made_due_again_wins_over_a_new_decision() -> None:
    unit = make_unit()
    return_desk.approve(unit_ids=[unit.pk])
    message = park(unit)
    retry(message_ids=[message.pk])

    assert claim_messages.withdraw(claim_id=unit.claim_id, units=[unit.claim_item_id]) == frozenset()
    assert return_desk.approve(unit_ids=[unit.pk]).unit_ids == ()


# --- the pages ------------------------------------------------------------------------------------------------


def test_accepting_asks_first_and_tells_of_each_unit(office: Client) -> None:
    good, late = make_unit(), make_unit(act_by_at=timezone.now() - timedelta(minutes=1))

    asked = office.get(address("approve", good, late))
    assert OutboxMessage.objects.count() == 0
    done = office.post(address("approve", good, late))

    assert (asked.status_code, done.status_code) == (200, 302)
    assert [late.barcode in text for text in texts(done)] == [False, True]
    assert OutboxMessage.objects.get().claim_id == good.claim_id


def test_refusing_sends_reason_text_and_chosen_and_new_pictures(office: Client, offered: None) -> None:
    unit = make_unit()
    chosen, left_out = photo(unit), photo(unit)
    form = office.get(address("refuse", unit))
    fields = {
        "reason": "51",
        "description": "Tabanda kullanım izi var.",
        "photos": [str(chosen)],
        "pictures": [upload(picture_bytes(), "a.jpg"), upload(picture_bytes(), "b.jpg")],
    }

    done = office.post(address("refuse", unit), fields)

    assert form.context["chosen_photos"] == {chosen, left_out}
    assert done["Location"] == page_of(unit)
    body = OutboxMessage.objects.get().body
    new = list(
        ReturnPhoto.objects.exclude(pk__in=[chosen, left_out]).order_by("pk").values_list("pk", flat=True)
    )
    assert (body["reason_id"], body["photo_ids"], len(new)) == (51, [chosen, *new], 2)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "51", "description": "x"}, "Kullanılmış"),
        ({"reason": "1651", "description": "x"}, "Teslim edilmedi"),
        ({"reason": "", "description": "x"}, ""),
        ({"reason": "51", "description": ""}, ""),
        ({"reason": "51", "description": "x" * 501}, ""),
        ({"reason": "51", "description": "x", "photos": ["999999"]}, "Kullanılmış"),
    ],
)
def test_wrong_refusals_are_answered_in_words_and_change_nothing(
    office: Client, offered: None, fields: dict[str, Any], words: str
) -> None:
    unit = make_unit(act_by_at=timezone.now() + timedelta(hours=40))

    response = office.post(address("refuse", unit), fields)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert response.context["form"].errors != {}
    unit.refresh_from_db()
    assert (unit.decision, OutboxMessage.objects.count()) == ("", 0)


def test_refusal_with_something_that_is_no_picture_names_it(office: Client, offered: None) -> None:
    unit = make_unit()
    fields = {"reason": "51", "description": "x", "pictures": [upload(b"<html>", "belge.pdf")]}

    response = office.post(address("refuse", unit), fields)

    assert "belge.pdf" in response.content.decode()
    assert (ReturnPhoto.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_refusing_units_of_two_returns_at_once_is_refused(office: Client, offered: None) -> None:
    first, second = make_unit(), make_unit()

    response = office.post(address("refuse", first, second), {"reason": "451", "description": "x"})

    assert "2" in str(response.context["form"].errors)
    assert OutboxMessage.objects.count() == 0


def test_refusal_page_without_or_with_old_reasons_offers_to_read_them(office: Client) -> None:
    unit = make_unit()
    button = reverse("admin:orders_returnunit_reasons")

    empty = office.get(address("refuse", unit)).content.decode()
    reason = ClaimIssueReason.objects.create(reason_id=51, name="Kullanılmış", read_at=timezone.now())
    fresh = office.get(address("refuse", unit)).content.decode()
    ClaimIssueReason.objects.filter(pk=reason.pk).update(read_at=timezone.now() - timedelta(days=2))
    old = office.get(address("refuse", unit)).content.decode()

    assert [button in html for html in (empty, fresh, old)] == [True, False, True]


def test_button_reads_the_reasons_from_the_marketplace(office: Client, shop: Shop) -> None:
    unit = make_unit()

    response = office.post(address("reasons", unit))

    assert response["Location"].startswith(reverse("admin:orders_returnunit_refuse"))
    offered = set(ClaimIssueReason.objects.filter(active=True).values_list("reason_id", flat=True))
    assert {51, 451, 1651, 2101} <= offered
    assert 251 not in offered


def test_button_says_why_the_reasons_could_not_be_read(office: Client, shop: Shop) -> None:
    shop.sandbox.faults.add(endpoint="*", kind="html_502", times=None)

    response = office.post(address("reasons", make_unit()))

    assert (response.status_code, ClaimIssueReason.objects.count(), len(texts(response))) == (302, 0, 1)


def test_unit_whose_decision_was_not_taken_is_on_the_list_and_says_why(office: Client) -> None:
    unit, decided = make_unit(), make_unit()
    return_desk.approve(unit_ids=[unit.pk, decided.pk])
    park(unit, "Kalem işlem bekleyen durumda değil")

    rows = office.get(reverse(LIST), {"waiting": "decide"}).context["cl"].result_list
    page = office.get(page_of(unit))

    assert list(rows) == [unit]
    assert page.context["page"].decidable == (unit.pk,)
    assert "Kalem işlem bekleyen durumda değil" in page.content.decode()


def test_refused_message_is_tried_again_from_the_page_of_its_return(office: Client) -> None:
    unit, other = make_unit(), make_unit()
    return_desk.approve(unit_ids=[unit.pk])
    message = park(unit)

    strange = office.post(reverse("admin:orders_returnunit_retry", args=[other.pk, message.pk]))
    message.refresh_from_db()
    assert message.state == State.PARKED
    done = office.post(reverse("admin:orders_returnunit_retry", args=[unit.pk, message.pk]))

    message.refresh_from_db()
    assert (strange.status_code, done.status_code, message.state) == (302, 302, State.WAITING)


def test_pages_of_the_desk_are_closed_to_the_warehouse() -> None:
    unit, worker = make_unit(), Client()
    worker.force_login(make_user(WAREHOUSE))
    steps = ("approve", "refuse", "reasons")

    assert [worker.post(address(step, unit)).status_code for step in steps] == [403, 403, 403]
    assert worker.post(reverse("admin:orders_returnunit_retry", args=[unit.pk, 1])).status_code == 403
    actions = worker.get(reverse(LIST)).content.decode()
    assert 'value="approve"' not in actions
    assert OutboxMessage.objects.count() == 0


def test_asking_pages_only_listen_to_posts() -> None:
    client, unit = Client(), make_unit()
    client.force_login(make_user(MANAGER))

    assert client.get(address("reasons", unit)).status_code == 405
    assert client.get(reverse("admin:orders_returnunit_retry", args=[unit.pk, 1])).status_code == 405


def test_page_of_the_list_counts_refused_messages_in_one_statement(
    office: Client, django_assert_num_queries: Any
) -> None:
    for _number in range(2):
        unit = make_unit()
        return_desk.approve(unit_ids=[unit.pk])
        park(unit)

    with django_assert_num_queries(1):
        assert len(claim_messages.not_taken()) == 2


# --- the whole way --------------------------------------------------------------------------------------------


def test_return_is_accepted_over_http_and_its_pair_shelved(office: Client, shop: Shop) -> None:
    kept, other = kit.claim(shop, units=2)
    new_shelf = make_shelf("R-A-01")
    inspect_return(unit_id=kept.pk, condition="SOUND")
    office.post(address("approve", kept))

    send_outbox()

    assert sorted(kit.statuses(shop, [kept, other])) == ["Accepted", "WaitingInAction"]
    restock_return(unit_id=kept.pk, shelf_code="R-A-01")
    assert quantities(new_shelf.pk) == {kept.variant_id: 1}


def test_return_is_refused_over_http_with_its_picture(office: Client, shop: Shop) -> None:
    (unit,) = kit.claim(shop, units=1)
    office.post(address("reasons", unit))
    fields = {"reason": "51", "description": "Tabanda iz", "pictures": [upload(picture_bytes())]}
    office.post(address("refuse", unit), fields)

    send_outbox()

    assert kit.statuses(shop, [unit]) == ["Unresolved"]
    unit.refresh_from_db()
    assert (unit.status, unit.decision) == ("Unresolved", "REFUSED")
    assert default_storage.exists(ReturnPhoto.objects.get().image.name)


def test_removed_reason_parks_the_message_and_the_unit_is_decided_again(office: Client, shop: Shop) -> None:
    (unit,) = kit.claim(shop, units=1)
    ClaimIssueReason.objects.create(reason_id=251, name="Eski neden", read_at=timezone.now())
    given = Refusal(reason_id=251, description="iz var", photo_ids=(kit.photo(unit),))
    return_desk.refuse(unit_ids=[unit.pk], refusal=given)
    send_outbox()
    assert list(claim_messages.not_taken()) == [unit.claim_item_id]

    office.post(address("approve", unit))
    send_outbox()

    assert kit.statuses(shop, [unit]) == ["Accepted"]
    states = OutboxMessage.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [("CLAIM_REFUSE", State.OBSOLETE), ("CLAIM_APPROVE", State.DELIVERED)]


def test_page_of_an_accepted_return_opens_with_its_messages(office: Client) -> None:
    unit = make_unit()
    return_desk.approve(unit_ids=[unit.pk])

    response = office.get(page_of(unit))

    assert [message.kind for message in response.context["page"].messages] == ["CLAIM_APPROVE"]
    assert office.get(page_of(make_accepted())).context["page"].messages == ()
