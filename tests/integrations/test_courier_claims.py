"""Returns: five decisions a minute, units that were decided meanwhile, and reasons that come and go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from gullu.models import JobRun
from integrations.models import ClaimIssueReason, OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.client import Credentials
from integrations.trendyol.connection import using
from integrations.trendyol.errors import SchemaChanged, TrendyolError
from integrations.trendyol.limiter import DatabaseLimiter
from integrations.trendyol.sandbox import claim_search
from integrations.trendyol.sandbox.claim_reasons import CLAIM_ISSUE_REASONS
from integrations.trendyol.sync import read_issue_reasons, reread_claims, sync_returns
from orders.models import ReturnPhoto, ReturnUnit
from orders.outbound import tell_claim_approved, tell_claim_refused, tell_picking
from tests.integrations import deskkit as kit
from tests.integrations.conftest import Shop, client_for

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


def approve(units: list[ReturnUnit]) -> None:
    tell_claim_approved(
        claim_id=units[0].claim_id,
        units=[unit.claim_item_id for unit in units],
        order=units[0].order,
        decided_at=timezone.now(),
    )


def refuse(units: list[ReturnUnit], **fields: Any) -> None:
    values = {
        "reason_id": 51,
        "description": "Tabanda kullanım izi var.",
        "photo_ids": [kit.photo(units[0])],
        **fields,
    }
    tell_claim_refused(
        claim_id=units[0].claim_id,
        units=[unit.claim_item_id for unit in units],
        order=units[0].order,
        decided_at=timezone.now(),
        **values,
    )


def statuses_here(units: list[ReturnUnit]) -> list[str]:
    rows = ReturnUnit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("claim_item_id")
    return list(rows.values_list("status", flat=True))


# --- five a minute ----------------------------------------------------------------------------------------------


class NoSleep:
    def __call__(self, seconds: float) -> None:
        raise AssertionError(f"the run would have waited for {seconds} seconds")


def test_the_sixth_decision_of_a_minute_waits_and_the_run_goes_on(shop: Shop) -> None:
    for _number in range(7):
        approve(kit.claim(shop, units=1))
    order = kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    credentials = Credentials(seller_id="987654", api_key="sandbox-key", api_secret="sandbox-secret")

    with using(client_for(shop.sandbox, limiter=DatabaseLimiter(credentials, sleep=NoSleep()))):
        result = send_outbox()

    assert (result.delivered, result.paused, result.later, result.stopped, result.trouble) == (
        6,
        2,
        0,
        "",
        "",
    )
    assert kit.there(shop, order).status == "Picking"
    left = OutboxMessage.objects.filter(state=State.WAITING).order_by("pk")
    assert [message.attempts for message in left] == [0, 0]
    assert timedelta(0) < left[0].due_at - timezone.now() <= timedelta(seconds=61)
    run = JobRun.objects.filter(name="send_outbox").latest("pk")
    assert (run.state, run.counts["paused"], run.counts["delivered"]) == (JobRun.State.DONE, 2, 6)


def test_an_outage_of_returns_is_shown_and_holds_up_nothing_else(shop: Shop) -> None:
    for _number in range(2):
        approve(kit.claim(shop, units=1))
    order = kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    shop.sandbox.faults.add(endpoint="claim-approve", kind="429", times=None)

    result = send_outbox()

    assert (result.delivered, result.later, result.paused, kit.asked(shop, "claim-approve")) == (1, 1, 1, 1)
    run = JobRun.objects.filter(name="send_outbox").latest("pk")
    assert (run.state, run.error) == (JobRun.State.FAILED, result.trouble)
    assert result.trouble != ""


# --- decided meanwhile ------------------------------------------------------------------------------------------


def test_the_units_are_read_again_after_the_answer(shop: Shop) -> None:
    units = kit.claim(shop)
    refuse(units)

    send_outbox()

    assert statuses_here(units) == ["Unresolved", "Unresolved"]
    assert kit.latest("CLAIM_REFUSE").answer == {
        "units": {unit.claim_item_id: "Unresolved" for unit in units}
    }


@pytest.mark.parametrize(("status", "state"), [("Accepted", State.DELIVERED), ("Unresolved", State.OBSOLETE)])
def test_a_claim_decided_there_first_is_done_or_over(shop: Shop, status: str, state: State) -> None:
    units = kit.claim(shop)
    approve(units)
    shop.sandbox.shop.set_claim_status(units[0].claim_id, status)

    send_outbox()

    message = kit.latest("CLAIM_APPROVE")
    assert (message.state, message.last_error != "") == (state, True)
    assert statuses_here(units) == [status, status]


def test_one_unit_decided_there_does_not_keep_the_others_from_being_decided(shop: Shop) -> None:
    units = kit.claim(shop)
    refuse(units)
    decided, open_unit = units
    shop.sandbox.shop.set_claim_status(decided.claim_id, "Accepted", [decided.claim_item_id])

    assert send_outbox().later == 1
    kit.again("CLAIM_REFUSE")

    assert kit.statuses(shop, units) == ["Accepted", "Unresolved"]
    assert kit.latest("CLAIM_REFUSE").state == State.DELIVERED
    assert open_unit.claim_item_id in kit.latest("CLAIM_REFUSE").answer["units"]


def test_a_parcel_that_has_not_arrived_is_refused_with_trendyols_words(shop: Shop) -> None:
    approve(kit.claim(shop, status="Created"))

    send_outbox()

    message = kit.latest("CLAIM_APPROVE")
    assert (message.state, message.last_error != "") == (State.PARKED, True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"reason_id": 1701}, "claimIssueReasonId geçersiz"), ({"photo_ids": []}, "dosya yüklenmelidir")],
    ids=["reason", "file"],
)
def test_a_refusal_trendyol_does_not_take_says_why(shop: Shop, fields: dict[str, Any], words: str) -> None:
    units = kit.claim(shop)
    refuse(units, **fields)

    send_outbox()

    message = kit.latest("CLAIM_REFUSE")
    assert (message.state, words in message.last_error) == (State.PARKED, True)
    assert statuses_here(units) == ["WaitingInAction", "WaitingInAction"]


@pytest.mark.parametrize("gone", ["row", "file"])
def test_a_picture_that_is_gone_is_one_sentence_and_nothing_is_sent(shop: Shop, gone: str) -> None:
    refuse(kit.claim(shop))
    picture = ReturnPhoto.objects.get()
    default_storage.delete(picture.image.name or "") if gone == "file" else picture.delete()

    send_outbox()

    assert (kit.latest("CLAIM_REFUSE").state, kit.asked(shop, "claim-issue")) == (State.PARKED, 0)


# --- reading ----------------------------------------------------------------------------------------------------


def test_the_parcels_of_a_return_are_known_by_their_packages(shop: Shop) -> None:
    exchange = kit.claim(shop, units=1, replacement=True)
    rejected = kit.claim(shop, units=1, status="Rejected")

    sync_returns()

    for unit in exchange + rejected:
        unit.refresh_from_db()
        claim = shop.sandbox.shop.claims[unit.claim_id]
        assert (unit.return_package_id, unit.replacement_package_id, unit.rejected_package_id) == (
            claim.return_package_id,
            claim.replacement.package_id if claim.replacement else None,
            claim.rejected.package_id if claim.rejected else None,
        )
    assert (exchange[0].replacement_package_id, rejected[0].rejected_package_id).count(None) == 0


def test_claims_are_read_again_by_their_numbers(shop: Shop) -> None:
    units = kit.claim(shop)
    shop.sandbox.shop.set_claim_status(units[0].claim_id, "Accepted")

    found = reread_claims([units[0].claim_id, "f9da2317-0000-4b86-b8f7-0535c3b65799"])

    assert (found, statuses_here(units)) == ({units[0].claim_id}, ["Accepted", "Accepted"])


def offered() -> list[tuple[int, str]]:
    rows = ClaimIssueReason.objects.filter(active=True).order_by("reason_id")
    return list(rows.values_list("reason_id", "name"))


def test_refusal_reasons_are_those_trendyol_lists(shop: Shop, monkeypatch: Any) -> None:
    first = read_issue_reasons()
    assert (first.offered, first.ended, offered()) == (len(CLAIM_ISSUE_REASONS), 0, list(CLAIM_ISSUE_REASONS))

    shorter = (*CLAIM_ISSUE_REASONS[1:-1], (2101, "Yeni metin"), (9999, "Yeni neden"))
    monkeypatch.setattr(claim_search, "CLAIM_ISSUE_REASONS", shorter)
    second = read_issue_reasons(force=True)

    assert (second.offered, second.ended, offered()) == (len(shorter), 1, list(shorter))
    ended = ClaimIssueReason.objects.get(active=False)
    assert ended.reason_id == CLAIM_ISSUE_REASONS[0][0]
    monkeypatch.undo()
    assert read_issue_reasons(force=True).ended == 1  # 9999
    assert offered() == list(CLAIM_ISSUE_REASONS)


def test_reasons_younger_than_a_day_are_not_asked_for_again(shop: Shop) -> None:
    read_issue_reasons()

    assert read_issue_reasons().fresh is True
    assert kit.asked(shop, "claim-issue-reasons") == 1
    ClaimIssueReason.objects.update(read_at=timezone.now() - timedelta(hours=25))
    assert read_issue_reasons().fresh is False


@pytest.mark.parametrize(("reasons", "error"), [((), SchemaChanged), (None, TrendyolError)])
def test_a_list_that_cannot_be_read_ends_no_reason(
    shop: Shop, monkeypatch: Any, reasons: Any, error: type[TrendyolError]
) -> None:
    read_issue_reasons()
    if reasons is None:
        shop.sandbox.faults.add(endpoint="claim-issue-reasons", kind="html_502", times=None)
    else:
        monkeypatch.setattr(claim_search, "CLAIM_ISSUE_REASONS", reasons)

    with pytest.raises(error):
        read_issue_reasons(force=True)

    assert len(offered()) == len(CLAIM_ISSUE_REASONS)
