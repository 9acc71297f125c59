"""Two people at one plan at once: real threads on real PostgreSQL."""

from __future__ import annotations

from functools import partial

import pytest

from analytics.enums import PlanState
from analytics.production.errors import MoreThanPlanned, NumbersChanged, PlanMoved
from analytics.production.services import (
    NumbersSaved,
    change_planned,
    record_made,
    set_plan_state,
)
from tests.analytics.production.kit import entered, make_plan, numbers
from tests.concurrency.threads import race
from tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results: list[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_one_of_two_people_changes_a_number() -> None:
    one = make_variant()
    plan = make_plan({one: 4})

    results = race(
        *(partial(change_planned, plan_id=plan.pk, entered=entered((one, 4, wanted))) for wanted in (6, 8, 2))
    )

    assert kinds(results) == [NumbersChanged.__name__, NumbersChanged.__name__, NumbersSaved.__name__]
    winner = next(place for place, result in enumerate(results) if isinstance(result, NumbersSaved))
    assert numbers(plan)[one.pk][1] == (6, 8, 2)[winner]


def test_barcode_added_by_two_people_stands_once() -> None:
    product = make_product()
    one, new = make_variant(product=product, size="37"), make_variant(product=product, size="38")
    plan = make_plan({one: 4})

    results = race(*[partial(change_planned, plan_id=plan.pk, entered=entered((new, 0, 2)))] * 3)

    assert (kinds(results), numbers(plan)[new.pk]) == ([NumbersSaved.__name__] * 3, (0, 2, 0))


def test_pairs_are_never_made_beyond_a_plan_that_shrinks() -> None:
    for _round in range(4):
        one = make_variant()
        plan = make_plan({one: 6}, state="WORKING")

        results = race(
            partial(record_made, plan_id=plan.pk, entered=entered((one, 0, 6))),
            partial(change_planned, plan_id=plan.pk, entered=entered((one, 6, 2))),
        )

        refused = [result for result in results if isinstance(result, Exception)]
        assert (len(refused), numbers(plan)[one.pk] in {(6, 6, 6), (6, 2, 0)}) == (1, True)
        assert type(refused[0]).__name__ in {"LessThanMade", MoreThanPlanned.__name__}


def test_plan_started_by_one_is_not_cancelled_unseen_by_another() -> None:
    plan = make_plan({make_variant(): 4})

    results = race(
        partial(set_plan_state, plan_id=plan.pk, seen=PlanState.DRAFT, wanted=PlanState.WORKING),
        partial(set_plan_state, plan_id=plan.pk, seen=PlanState.DRAFT, wanted=PlanState.CANCELLED),
    )

    assert kinds(results) == [PlanMoved.__name__, "PlanSet"]
