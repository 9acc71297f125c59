"""Plans as the service makes them, and people with a role."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from analytics.enums import PlanState
from analytics.models import ProductionPlan, ProductionPlanLine
from analytics.production.services import Entered, PlanTerms, save_plan, set_plan_state
from catalog.models import Variant
from tests.factories import make_superuser, make_user

FRIDAY = date(2026, 11, 20)


def terms(**changes: Any) -> PlanTerms:
    values = {
        "name": "Kasım",
        "first_day": FRIDAY,
        "days": 5,
        "daily_capacity": 10,
        "lot_least": 2,
        "lot_most": 6,
        **changes,
    }
    return PlanTerms(**values)


def make_plan(pairs: dict[Variant, int], *, state: str = "DRAFT", **changes: Any) -> ProductionPlan:
    """A plan of these pairs; a WORKING one was started."""
    by_id = {variant.pk: number for variant, number in pairs.items()}
    saved = save_plan(terms=terms(**changes), pairs=by_id, actor=make_user())
    if state != "DRAFT":
        set_plan_state(plan_id=saved.plan_id, seen=PlanState.DRAFT, wanted=PlanState(state))
    return ProductionPlan.objects.get(pk=saved.plan_id)


def entered(*numbers: tuple[Variant, int, int]) -> list[Entered]:
    """(variant, seen, wanted)"""
    return [Entered(variant.pk, seen, wanted) for variant, seen, wanted in numbers]


def numbers(plan: ProductionPlan) -> dict[int, tuple[int, int, int]]:
    """By variant: advised, planned, made."""
    rows = ProductionPlanLine.objects.filter(plan=plan)
    return {row.variant_id: (row.suggested, row.planned, row.made) for row in rows}


def client_of(role: str | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role) if role else make_superuser())
    return client
