"""The one writer of production plans. Each change takes the plan's row lock (docs/locking.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F, Sum

from analytics.enums import PlanState
from analytics.locks import lock_plan
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
    UnknownGoods,
)
from catalog.models import Variant
from gullu.models import User

# What was finished or cancelled by mistake can be taken up again.
MOVES: Final[Mapping[PlanState, frozenset[PlanState]]] = {
    PlanState.DRAFT: frozenset({PlanState.WORKING, PlanState.CANCELLED}),
    PlanState.WORKING: frozenset({PlanState.DONE, PlanState.CANCELLED}),
    PlanState.DONE: frozenset({PlanState.WORKING}),
    PlanState.CANCELLED: frozenset({PlanState.DRAFT}),
}
_OPEN: Final = frozenset({PlanState.DRAFT, PlanState.WORKING})


# --- a new plan -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """What a plan is made with (`ProductionPlan`)."""

    name: str
    first_day: date
    days: int
    daily_capacity: int
    lot_least: int
    lot_most: int
    note: str = ""

    @property
    def capacity(self) -> int:
        """Pairs in all."""
        return self.days * self.daily_capacity


@dataclass(frozen=True, slots=True)
class PlanSaved:
    plan_id: int
    lines: int
    pairs: int


@transaction.atomic
def save_plan(*, terms: PlanTerms, pairs: Mapping[int, int], actor: User) -> PlanSaved:
    """Keep an advice as a draft; `pairs` by variant, those of zero are left out. Raises `NothingToMake`."""
    wanted = {variant: number for variant, number in pairs.items() if number > 0}
    if not wanted:
        raise NothingToMake
    plan = ProductionPlan.objects.create(
        name=terms.name,
        first_day=terms.first_day,
        days=terms.days,
        daily_capacity=terms.daily_capacity,
        lot_least=terms.lot_least,
        lot_most=terms.lot_most,
        note=terms.note,
        created_by=actor,
    )
    ProductionPlanLine.objects.bulk_create(
        ProductionPlanLine(plan=plan, variant_id=variant, suggested=number, planned=number)
        for variant, number in sorted(wanted.items())
    )
    return PlanSaved(plan.pk, len(wanted), sum(wanted.values()))


# --- numbers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entered:
    """A number a person entered for a variant, and the one the page showed before."""

    variant_id: int
    seen: int
    wanted: int


@dataclass(frozen=True, slots=True)
class NumbersSaved:
    """How many barcodes got another number."""

    changed: int


@transaction.atomic
def change_planned(*, plan_id: int, entered: Sequence[Entered]) -> NumbersSaved:
    """Set planned pairs, all or nothing; a barcode that is not in the plan yet is added.

    Raises `PlanNotFound`, `PlanClosed`, `NumbersChanged` (somebody else set one of these numbers since the page was
    opened), `LessThanMade`, `UnknownGoods`.
    """
    plan = lock_plan(plan_id)
    if plan.state not in _OPEN:
        raise PlanClosed(plan=plan.name, state=plan.get_state_display())
    changes = [one for one in entered if one.wanted != one.seen]
    lines = _lines(plan, changes)
    _refuse_changed(changes, {variant: line.planned for variant, line in lines.items()})
    for one in changes:
        line = lines.get(one.variant_id)
        if line and one.wanted < line.made:
            raise LessThanMade(goods=_goods([one.variant_id]), made=line.made, wanted=one.wanted)
    new = [one for one in changes if one.variant_id not in lines]
    _refuse_unknown(plan, new)
    for one in changes:
        if line := lines.get(one.variant_id):
            line.planned = one.wanted
    ProductionPlanLine.objects.bulk_update(lines.values(), ["planned"])
    ProductionPlanLine.objects.bulk_create(
        ProductionPlanLine(plan=plan, variant_id=one.variant_id, planned=one.wanted) for one in new
    )
    return _saved(plan, len(changes))


@transaction.atomic
def record_made(*, plan_id: int, entered: Sequence[Entered]) -> NumbersSaved:
    """Set how many pairs are made in all so far, all or nothing; the stock is not touched, goods are scanned in.

    Raises `PlanNotFound`, `NotWorkedOn`, `NumbersChanged`, `MoreThanPlanned`.
    """
    plan = _lock_working(plan_id)
    changes = [one for one in entered if one.wanted != one.seen]
    lines = _lines(plan, changes)
    _refuse_changed(changes, {variant: line.made for variant, line in lines.items()})
    for one in changes:
        line = lines.get(one.variant_id)
        planned = line.planned if line else 0
        if line is None or one.wanted > planned:
            raise MoreThanPlanned(goods=_goods([one.variant_id]), wanted=one.wanted, planned=planned)
        line.made = one.wanted
    ProductionPlanLine.objects.bulk_update(lines.values(), ["made"])
    return _saved(plan, len(changes))


@transaction.atomic
def record_all_made(*, plan_id: int, product_id: int) -> NumbersSaved:
    """Everything planned of a model is made. Raises `PlanNotFound`, `NotWorkedOn`."""
    plan = _lock_working(plan_id)
    lines = ProductionPlanLine.objects.filter(plan=plan, variant__product=product_id, made__lt=F("planned"))
    return _saved(plan, lines.update(made=F("planned")))


def _lock_working(plan_id: int) -> ProductionPlan:
    plan = lock_plan(plan_id)
    if plan.state != PlanState.WORKING:
        raise NotWorkedOn(plan=plan.name, state=plan.get_state_display())
    return plan


def _lines(plan: ProductionPlan, changes: Sequence[Entered]) -> dict[int, ProductionPlanLine]:
    wanted = [one.variant_id for one in changes]
    lines = ProductionPlanLine.objects.filter(plan=plan, variant__in=wanted).order_by("pk")
    return {line.variant_id: line for line in lines}


def _refuse_changed(changes: Sequence[Entered], now: Mapping[int, int]) -> None:
    """What was set to the very number that was entered is no conflict."""
    others = [one.variant_id for one in changes if now.get(one.variant_id, 0) not in {one.seen, one.wanted}]
    if others:
        raise NumbersChanged(goods=_goods(others))


def _refuse_unknown(plan: ProductionPlan, new: Sequence[Entered]) -> None:
    """Barcodes are added of models that are in the plan: no page offers others."""
    if new:
        models = ProductionPlanLine.objects.filter(plan=plan).values("variant__product")
        wanted = [one.variant_id for one in new]
        if Variant.objects.filter(pk__in=wanted, product__in=models).count() < len(wanted):
            raise UnknownGoods


def _goods(variants: Collection[int]) -> str:
    """`0172 Siyah 38, 0172 Siyah 39 …`: the first few."""
    rows = Variant.objects.filter(pk__in=variants).select_related("product").order_by("pk")[:4]
    names = [f"{row.product.code} {row.colour} {row.size}" for row in rows]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _saved(plan: ProductionPlan, changed: int) -> NumbersSaved:
    if changed:
        plan.save(update_fields=["changed_at"])
    return NumbersSaved(changed)


# --- states -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanSet:
    """What a plan became; `open` pairs no longer count as coming."""

    state: PlanState
    open: int


@transaction.atomic
def set_plan_state(
    *, plan_id: int, seen: PlanState, wanted: PlanState, without_open: bool = False
) -> PlanSet:
    """The one writer of `ProductionPlan.state`; `seen` is the state the page showed.

    Raises `PlanNotFound`, `PlanMoved`, `MoveRefused`, `NothingPlanned`, and `PairsOpen` for finishing a plan that is
    not all made, unless `without_open` says that the rest is given up.
    """
    plan = lock_plan(plan_id)
    if plan.state == wanted:
        return PlanSet(wanted, _open_pairs(plan))
    if plan.state != seen:
        raise PlanMoved(plan=plan.name, state=plan.get_state_display())
    if wanted not in MOVES[seen]:
        raise MoveRefused(plan=plan.name, state=seen.label, wanted=wanted.label)
    left = _open_pairs(plan)
    if (
        wanted == PlanState.WORKING
        and not ProductionPlanLine.objects.filter(plan=plan, planned__gt=0).exists()
    ):
        raise NothingPlanned(plan=plan.name)
    if wanted == PlanState.DONE and left and not without_open:
        raise PairsOpen(plan=plan.name, pairs=left)
    plan.state = wanted
    plan.save(update_fields=["state", "changed_at"])
    return PlanSet(wanted, left)


def _open_pairs(plan: ProductionPlan) -> int:
    lines = ProductionPlanLine.objects.filter(plan=plan)
    return int(lines.aggregate(open=Sum(F("planned") - F("made"), default=0))["open"])


__all__ = [
    "MOVES",
    "Entered",
    "NumbersSaved",
    "PlanSaved",
    "PlanSet",
    "PlanTerms",
    "change_planned",
    "record_all_made",
    "record_made",
    "save_plan",
    "set_plan_state",
]
