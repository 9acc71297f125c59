"""Locks of the analytics app. Order: the lock of a kind of commission file, then the row of a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analytics.commissions.errors import ImportNotFound
from analytics.models import CargoTariff, CommissionImport, ProductionPlan
from analytics.production.errors import PlanNotFound
from gullu.locks import transaction_lock


def lock_commissions(kind: str) -> datetime:
    """Serialise what reads or changes the commissions of this kind as a whole; returns the database's time."""
    return transaction_lock(f"analytics.commissions.{kind}")


def lock_import(import_id: int) -> CommissionImport:
    """The file, locked; raises `ImportNotFound`."""
    rows = CommissionImport.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=import_id).first()
    if row is None:
        raise ImportNotFound(id=import_id)
    return row


def lock_insight_budget() -> datetime:
    """Serialise who sets money aside for the language model; returns the database's time."""
    return transaction_lock("analytics.insights.budget")


def lock_questions() -> datetime:
    """Serialise who asks the language model; returns the database's time."""
    return transaction_lock("analytics.insights.questions")


def lock_tariffs(ids: Sequence[int]) -> list[CargoTariff]:
    """The rows of cargo tariffs, locked; those that are gone are left out."""
    rows = CargoTariff.objects.select_for_update(no_key=True, of=("self",))
    return list(rows.filter(pk__in=ids).order_by("pk"))


def lock_plan(plan_id: int) -> ProductionPlan:
    """The production plan, locked; its lines are changed under this lock only. Raises `PlanNotFound`."""
    rows = ProductionPlan.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=plan_id).first()
    if row is None:
        raise PlanNotFound(id=plan_id)
    return row
