"""Races on returned units: two people decide, two people shelve, and only one of each counts."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from integrations import return_desk
from integrations.models import OutboxMessage
from inventory.contents import quantities
from inventory.models import StockMovement
from inventory.selectors import check_stock
from orders.enums import Disposition, GoodsCondition
from orders.models import ReturnUnit
from orders.return_errors import AlreadyDecided, AlreadySettled
from orders.services.returns import (
    Refusal,
    approve_returns,
    refuse_returns,
    restock_return,
    write_off_return,
)
from tests.concurrency.threads import race
from tests.factories import make_shelf, make_user
from tests.orders.returning import make_accepted, make_unit

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def test_of_two_people_who_decide_at_once_the_second_learns_who_was_first() -> None:
    for _round in range(ROUNDS):
        unit = make_unit()
        other = make_unit(order=unit.order, claim_id=unit.claim_id)
        ali, ayla = make_user(), make_user()
        both = [unit.pk, other.pk]

        results = race(
            partial(approve_returns, unit_ids=both, user=ali),
            partial(
                refuse_returns, unit_ids=both, refusal=Refusal(reason_id=451, description="x"), user=ayla
            ),
        )

        decided = [result for result in results if result.unit_ids]
        loser = next(result for result in results if not result.unit_ids)
        assert len(decided) == 1
        assert {type(row.error) for row in loser.refused} == {AlreadyDecided}
        units = ReturnUnit.objects.filter(pk__in=both)
        assert len({(row.decision, row.decided_by_id) for row in units}) == 1
        assert OutboxMessage.objects.filter(claim_id=unit.claim_id).count() == 1


def test_a_refused_decision_replaced_by_two_people_at_once_is_replaced_once() -> None:
    for _round in range(ROUNDS):
        unit = make_unit()
        return_desk.approve(unit_ids=[unit.pk])
        OutboxMessage.objects.filter(claim_id=unit.claim_id).update(state=OutboxMessage.State.PARKED)

        results = race(*[partial(return_desk.approve, unit_ids=[unit.pk])] * 3)

        assert sorted(len(result.unit_ids) for result in results) == [0, 0, 1]
        states = OutboxMessage.objects.filter(claim_id=unit.claim_id).order_by("pk")
        assert list(states.values_list("state", flat=True)) == ["OBSOLETE", "WAITING"]


def test_a_pair_shelved_six_times_at_once_is_one_pair() -> None:
    shelf = make_shelf("A-B-03")
    for _round in range(ROUNDS):
        unit = make_accepted()

        results = race(*[partial(restock_return, unit_id=unit.pk, shelf_code="A-B-03")] * 6)

        assert sorted(result.repeated for result in results) == [False, True, True, True, True, True]
        assert quantities(shelf.pk)[unit.variant_id] == 1
    assert check_stock().violations == ()


def test_a_pair_put_on_two_shelves_or_written_off_at_once_has_one_end() -> None:
    make_shelf("A-B-03")
    make_shelf("A-B-04")
    for _round in range(ROUNDS):
        unit = make_accepted()
        actions: list[Any] = [
            partial(restock_return, unit_id=unit.pk, shelf_code="A-B-03"),
            partial(restock_return, unit_id=unit.pk, shelf_code="A-B-04"),
            partial(write_off_return, unit_id=unit.pk, reason="topuk kırık"),
        ]

        results = race(*actions)

        assert [type(result) for result in results].count(AlreadySettled) == 2
        unit.refresh_from_db()
        booked = StockMovement.objects.filter(reference=unit.ledger_reference)
        assert sum(row.delta for row in booked) == (1 if unit.disposition == Disposition.RESTOCKED else 0)
    assert check_stock().violations == ()


def test_worn_pair_is_not_shelved_by_somebody_who_saw_it_sound() -> None:
    """The inspection and the shelf race: whatever comes first, the ledger holds what the unit says."""
    from orders.services.returns import inspect_return

    shelf = make_shelf("A-B-03")
    for _round in range(ROUNDS):
        unit = make_accepted()

        race(
            partial(restock_return, unit_id=unit.pk, shelf_code="A-B-03"),
            partial(inspect_return, unit_id=unit.pk, condition=GoodsCondition.WORN),
        )

        unit.refresh_from_db()
        on_shelf = quantities(shelf.pk).get(unit.variant_id or 0, 0)
        assert (unit.condition, unit.disposition, on_shelf) in {
            ("SOUND", "RESTOCKED", 1),
            ("WORN", "", 0),
        }
