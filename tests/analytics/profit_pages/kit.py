"""A small shop whose profits are written down line by line, so that every number on a page can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from analytics.enums import CommissionBasis
from analytics.facts.services import refresh_facts
from analytics.models import ProfitLine, ProfitState
from catalog.models import Variant
from gullu.roles import WAREHOUSE
from orders.enums import OrderState
from orders.models import Order
from tests.factories import make_order, make_product, make_superuser, make_user, make_variant

PAGE = "/analytics/profit/"
NOVEMBER = "from=2026-11-01&to=2026-11-30"
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

BOOTS = {
    "commission": 200, "product_cost": 400, "staff": 40, "cargo": 60, "service_fee": 10, "packaging": 30, "return_cost": 0,
    "vat": 60, "withheld": 9, "withholding_cost": 0,
}  # fmt: skip
SANDAL = {
    "commission": 60, "product_cost": 180, "staff": 20, "cargo": 60, "service_fee": 10, "packaging": 15, "return_cost": 0,
    "vat": 15, "withheld": 3, "withholding_cost": 0,
}  # fmt: skip
NO_COST = {**SANDAL, "product_cost": None, "vat": None, "missing": ["COST"]}


def sold(variant: Variant | str, pairs: int, price: int, *, at: datetime = NOON, **fields: Any) -> Order:
    """A delivered order of one line."""
    lines = [(variant, pairs)]
    fields = {"status": OrderState.DELIVERED, **fields}
    return make_order(lines, unit_price=Decimal(price), ordered_at=at, **fields)


def earn(order: Order, parts: Mapping[str, Any]) -> ProfitLine:
    """Write the profit of the order's one line; the facts must be there."""
    line = order.lines.get()
    basis = CommissionBasis.SETTLED if parts["commission"] is not None else CommissionBasis.UNKNOWN
    values = {"sale": line.total, "commission_basis": basis, **parts}
    return ProfitLine.objects.create(line_id=line.pk, **values)


def built() -> None:
    """As if the profits had been reckoned a moment ago."""
    now = timezone.now()
    ProfitState.objects.update_or_create(pk=1, defaults={"built_at": now, "refreshed_at": now})


def small_shop(at: datetime = NOON) -> list[ProfitLine]:
    """Two boots earn 200 ₺, a sandal loses 60 ₺, and nobody knows what another sandal cost."""
    boot = make_variant(product=make_product("0172", title="Bot", category="Bot"), size="37")
    sandal = make_variant(product=make_product("0300", title="Sandalet", category="Sandalet"), size="38")
    orders = [
        sold(boot, 2, 500, at=at),
        sold(sandal, 1, 300, at=at - timedelta(days=1)),
        sold(sandal, 1, 300, at=at - timedelta(days=2)),
    ]
    refresh_facts()
    built()
    return [earn(order, parts) for order, parts in zip(orders, (BOOTS, SANDAL, NO_COST), strict=True)]


def client_of(role: str | None = None) -> Client:
    """Somebody of a role; without one, the owner."""
    client = Client()
    client.force_login(make_user(role) if role else make_superuser())
    return client


def with_rights(*names: str, **fields: Any) -> Client:
    """Somebody who has these rights beside those of the warehouse."""
    person = make_user(WAREHOUSE, **fields)
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(person)
    return client


def opened(query: str = "", *, path: str = "", role: str | None = None) -> Any:
    """The context of a page."""
    answer = client_of(role).get(f"{PAGE}{path}?{query}")
    assert answer.status_code == 200
    return answer.context
