"""The walk of a batch as numbers: which shelves to take from, and which orders make a short walk."""

from __future__ import annotations

from orders.batch_plan import Balance, Candidate, allocate, choose


def lies(variant: int, shelf: int, pairs: int, *, away: int = 0) -> Balance:
    return Balance(
        variant_id=variant,
        shelf_id=shelf,
        shelf_code=f"A-{shelf:02d}",
        route_order=shelf,
        booked=pairs,
        elsewhere=away,
    )


def test_plan_takes_from_the_first_shelf_of_the_walk_that_has_enough() -> None:
    plan = allocate(wanted={1: 3}, balances=[lies(1, 1, 2), lies(1, 2, 3), lies(1, 3, 9)])

    assert plan.take == {(1, 2): 3}
    assert plan.short == {}


def test_plan_splits_over_the_fullest_shelves_when_none_has_enough() -> None:
    plan = allocate(wanted={1: 5}, balances=[lies(1, 1, 1), lies(1, 2, 2), lies(1, 3, 3)])

    assert plan.take == {(1, 3): 3, (1, 2): 2}


def test_plan_prefers_a_shelf_that_is_a_stop_anyway() -> None:
    plan = allocate(wanted={1: 1, 2: 1}, balances=[lies(1, 1, 5), lies(1, 2, 5), lies(2, 2, 1)])

    assert plan.take == {(1, 2): 1, (2, 2): 1}


def test_plan_stays_at_the_shelf_where_collecting_began() -> None:
    balances = [lies(1, 1, 2), lies(1, 2, 3)]
    before = allocate(wanted={1: 4}, balances=balances)

    after = allocate(wanted={1: 3}, balances=balances, in_hand={(1, 1): 1})

    assert before.take == {(1, 2): 3, (1, 1): 1}
    assert after.take == {(1, 1): 1, (1, 2): 2}


def test_plan_names_what_no_shelf_holds() -> None:
    plan = allocate(wanted={1: 3, 2: 1}, balances=[lies(1, 1, 2, away=1)])

    assert plan.take == {(1, 1): 1}
    assert plan.short == {1: 2, 2: 1}


def wants(order: int, *variants: int, due_soon: bool = False) -> Candidate:
    return Candidate(
        order_id=order, wants={variant: variants.count(variant) for variant in variants}, due_soon=due_soon
    )


def test_choice_takes_single_pairs_before_larger_orders() -> None:
    balances = [lies(1, 1, 9), lies(2, 2, 9)]

    chosen = choose([wants(7, 1, 2), wants(8, 2), wants(9, 1)], size=2, balances=balances, promised={})

    assert chosen == [9, 8]


def test_choice_takes_what_is_due_soon_and_then_what_lies_beside_it() -> None:
    balances = [lies(number, number, 9) for number in range(1, 10)]
    candidates = [wants(100 + number, number, due_soon=number == 8) for number in range(1, 10)]

    chosen = choose(candidates, size=3, balances=balances, promised={})

    assert chosen == [106, 107, 108]


def test_choice_leaves_out_what_others_are_going_to_take() -> None:
    balances = [lies(1, 1, 3), lies(2, 2, 1, away=1)]

    chosen = choose([wants(5, 1), wants(6, 1), wants(7, 2)], size=9, balances=balances, promised={1: 2})

    assert chosen == [5]
