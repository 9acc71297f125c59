"""Plans: what is kept, who may change which number, the states, and what counts as coming."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from analytics.enums import PlanState
from analytics.models import ProductionPlan, ProductionPlanLine
from analytics.production.errors import (
    LessThanMade,
    MoreThanPlanned,
    MoveRefused,
    NothingPlanned,
    NothingToMake,
    NotWorkedOn,
    NumbersChanged,
    PairsOpen,
    PlanClosed,
    PlanMoved,
    PlanNotFound,
    UnknownGoods,
)
from analytics.production.selectors import coming, grids, percent_made, plan_models, plans
from analytics.production.services import (
    MOVES,
    NumbersSaved,
    PlanSet,
    change_planned,
    record_all_made,
    record_made,
    save_plan,
    set_plan_state,
)
from tests.analytics.production.kit import entered, make_plan, numbers, terms
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def moved(plan: ProductionPlan, seen: PlanState, wanted: PlanState, *, without_open: bool = False) -> PlanSet:
    return set_plan_state(plan_id=plan.pk, seen=seen, wanted=wanted, without_open=without_open)


# --- a new plan -------------------------------------------------------------------------------------------------------


def test_advice_is_kept_as_a_draft_without_what_is_not_made() -> None:
    one, two = make_variant(), make_variant()
    person = make_user()

    saved = save_plan(terms=terms(note="Acele"), pairs={one.pk: 4, two.pk: 0}, actor=person)

    plan = ProductionPlan.objects.get(pk=saved.plan_id)
    assert (saved.lines, saved.pairs, plan.state, plan.created_by, plan.note) == (
        1,
        4,
        "DRAFT",
        person,
        "Acele",
    )
    assert numbers(plan) == {one.pk: (4, 4, 0)}


def test_plan_of_nothing_is_refused() -> None:
    with pytest.raises(NothingToMake):
        save_plan(terms=terms(), pairs={make_variant().pk: 0}, actor=make_user())

    assert ProductionPlan.objects.count() == 0


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_planned_numbers_are_changed_and_the_advice_stays() -> None:
    product = make_product()
    one, two = make_variant(product=product, size="37"), make_variant(product=product, size="38")
    plan = make_plan({one: 4})

    saved = change_planned(plan_id=plan.pk, entered=entered((one, 4, 6), (two, 0, 2)))

    assert (saved, numbers(plan)) == (NumbersSaved(2), {one.pk: (4, 6, 0), two.pk: (0, 2, 0)})


def test_numbers_left_as_they_were_are_not_written() -> None:
    one = make_variant()
    plan = make_plan({one: 4})

    assert change_planned(plan_id=plan.pk, entered=entered((one, 4, 4))) == NumbersSaved(0)


def test_number_somebody_else_changed_meanwhile_keeps_everything() -> None:
    product = make_product("0172")
    one = make_variant(product=product, colour="Siyah", size="37")
    two = make_variant(product=product, colour="Siyah", size="38")
    plan = make_plan({one: 4, two: 4})
    change_planned(plan_id=plan.pk, entered=entered((one, 4, 6)))

    with pytest.raises(NumbersChanged) as refused:
        change_planned(plan_id=plan.pk, entered=entered((one, 4, 2), (two, 4, 2)))

    assert refused.value.data == {"goods": "0172 Siyah 37"}
    assert numbers(plan) == {one.pk: (4, 6, 0), two.pk: (4, 4, 0)}


def test_two_people_who_want_the_same_do_not_disagree() -> None:
    one = make_variant()
    plan = make_plan({one: 4})
    change_planned(plan_id=plan.pk, entered=entered((one, 4, 6)))

    change_planned(plan_id=plan.pk, entered=entered((one, 4, 6)))

    assert numbers(plan) == {one.pk: (4, 6, 0)}


def test_fewer_than_are_made_cannot_be_planned() -> None:
    one = make_variant()
    plan = make_plan({one: 6}, state="WORKING")
    record_made(plan_id=plan.pk, entered=entered((one, 0, 4)))

    with pytest.raises(LessThanMade, match=r"4 pairs of .* are made already"):
        change_planned(plan_id=plan.pk, entered=entered((one, 6, 2)))

    assert numbers(plan) == {one.pk: (6, 6, 4)}


def test_barcode_of_another_model_is_not_added() -> None:
    plan = make_plan({make_variant(): 4})

    with pytest.raises(UnknownGoods):
        change_planned(plan_id=plan.pk, entered=entered((make_variant(), 0, 2)))


@pytest.mark.parametrize("state", ["CANCELLED", "DONE"])
def test_closed_plan_is_not_changed(state: str) -> None:
    one = make_variant()
    plan = make_plan({one: 4})
    ProductionPlan.objects.filter(pk=plan.pk).update(state=state)

    with pytest.raises(PlanClosed):
        change_planned(plan_id=plan.pk, entered=entered((one, 4, 6)))
    with pytest.raises(NotWorkedOn):
        record_made(plan_id=plan.pk, entered=entered((one, 0, 2)))


def test_more_than_planned_is_not_made() -> None:
    one, other = make_variant(), make_variant()
    plan = make_plan({one: 4}, state="WORKING")

    with pytest.raises(MoreThanPlanned, match=r"5 pairs of .* but 4 are planned"):
        record_made(plan_id=plan.pk, entered=entered((one, 0, 5)))
    with pytest.raises(MoreThanPlanned, match="but 0 are planned"):
        record_made(plan_id=plan.pk, entered=entered((other, 0, 1)))

    assert numbers(plan) == {one.pk: (4, 4, 0)}


def test_database_itself_refuses_more_made_than_planned() -> None:
    make_plan({make_variant(): 4})

    with pytest.raises(IntegrityError, match="plan_line_made_as_planned"), transaction.atomic():
        ProductionPlanLine.objects.update(made=5)


def test_all_of_one_model_is_made_at_once() -> None:
    product = make_product()
    one, two = make_variant(product=product, size="37"), make_variant(product=product, size="38")
    other = make_variant()
    plan = make_plan({one: 4, two: 2, other: 6}, state="WORKING")

    saved = record_all_made(plan_id=plan.pk, product_id=product.pk)

    assert (saved.changed, numbers(plan)) == (
        2,
        {one.pk: (4, 4, 4), two.pk: (2, 2, 2), other.pk: (6, 6, 0)},
    )


def test_plan_that_is_not_there_is_said() -> None:
    with pytest.raises(PlanNotFound, match="no production plan 77"):
        change_planned(plan_id=77, entered=[])


# --- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", list(PlanState))
@pytest.mark.parametrize("wanted", list(PlanState))
def test_only_legal_moves_are_made(seen: PlanState, wanted: PlanState) -> None:
    plan = make_plan({make_variant(): 4})
    ProductionPlan.objects.filter(pk=plan.pk).update(state=seen)
    legal = wanted == seen or wanted in MOVES[seen]

    if not legal:
        with pytest.raises(MoveRefused):
            moved(plan, seen, wanted)
    else:
        assert moved(plan, seen, wanted, without_open=True).state == wanted

    plan.refresh_from_db()
    assert plan.state == (wanted if legal else seen)


def test_every_state_has_its_moves() -> None:
    assert {state: {one.value for one in MOVES[state]} for state in PlanState} == {
        "DRAFT": {"WORKING", "CANCELLED"},
        "WORKING": {"DONE", "CANCELLED"},
        "DONE": {"WORKING"},
        "CANCELLED": {"DRAFT"},
    }


def test_plan_somebody_else_moved_is_looked_at_again() -> None:
    plan = make_plan({make_variant(): 4}, state="CANCELLED")

    with pytest.raises(PlanMoved, match="Cancelled"):
        moved(plan, PlanState.DRAFT, PlanState.WORKING)


def test_plan_without_pairs_is_not_started() -> None:
    one = make_variant()
    plan = make_plan({one: 4})
    change_planned(plan_id=plan.pk, entered=entered((one, 4, 0)))

    with pytest.raises(NothingPlanned):
        moved(plan, PlanState.DRAFT, PlanState.WORKING)


def test_plan_with_open_pairs_is_finished_only_on_purpose() -> None:
    one = make_variant()
    plan = make_plan({one: 6}, state="WORKING")
    record_made(plan_id=plan.pk, entered=entered((one, 0, 4)))

    with pytest.raises(PairsOpen, match="2 pairs"):
        moved(plan, PlanState.WORKING, PlanState.DONE)

    assert moved(plan, PlanState.WORKING, PlanState.DONE, without_open=True) == PlanSet(PlanState.DONE, 2)


# --- what is coming -----------------------------------------------------------------------------------------------------


def test_open_pairs_of_working_plans_are_coming() -> None:
    one, two, three = make_variant(), make_variant(), make_variant()
    working = make_plan({one: 6, two: 4}, state="WORKING")
    other = make_plan({one: 2}, state="WORKING")
    make_plan({one: 4, three: 4})
    make_plan({three: 4}, state="CANCELLED")
    record_made(plan_id=working.pk, entered=entered((one, 0, 2), (two, 0, 4)))

    assert coming() == {one.pk: 6}
    assert coming(without=other.pk) == {one.pk: 4}


# --- reading ------------------------------------------------------------------------------------------------------------


def test_plans_have_their_sums_whatever_their_number() -> None:
    product = make_product()
    one, two = make_variant(product=product, size="37"), make_variant(product=product, size="38")
    first = make_plan({one: 4}, name="A", state="WORKING")
    second = make_plan({one: 3, two: 4, make_variant(): 2}, name="B")
    record_made(plan_id=first.pk, entered=entered((one, 0, 3)))

    names = ("planned", "made", "models")
    with CaptureQueriesContext(connection) as statements:
        rows = [(row.name, *(getattr(row, name) for name in names), percent_made(row)) for row in plans()]

    assert rows == [("B", 9, 0, 2, 0), ("A", 4, 3, 1, 75)]
    assert len(statements) == 1
    assert [row.pk for row in plans("DRAFT")] == [second.pk]


def test_grid_has_all_sizes_of_the_colours_that_are_in_the_plan() -> None:
    product = make_product("0172")
    black = {size: make_variant(product=product, colour="Siyah", size=size) for size in ("38", "37", "40")}
    make_variant(product=product, colour="Siyah", size="41", discontinued=True)
    make_variant(product=product, colour="Bej", size="37")
    plan = make_plan({black["37"]: 4, black["40"]: 2})

    grid = grids(plan.pk, list(plan_models(plan.pk)))[0]
    printed = grids(plan.pk, [product], planned_only=True)[0]

    assert (grid.sizes, [row.colour for row in grid.rows]) == (("37", "38", "40"), ["Siyah"])
    assert [cell.planned for cell in grid.rows[0].known] == [4, 0, 2]
    assert (printed.sizes, printed.sums(), printed.planned) == (("37", "40"), [4, 2], 6)
