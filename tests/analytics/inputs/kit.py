"""Rows of inputs for tests, and ways to look at the pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.models import Campaign, CargoTariff, CostPart, CostSheet, ExchangeRate, ProfitPolicy
from catalog.models import Product
from gullu.models import User
from tests.factories import make_product, make_user

RATES, COSTS = "/admin/analytics/exchangerate/", "/admin/analytics/costsheet/"
TARIFFS, POLICIES = "/admin/analytics/cargotariff/", "/admin/analytics/profitpolicy/"
CAMPAIGNS = "/admin/analytics/campaign/"


def person(*rights: str) -> User:
    """Staff with exactly these rights."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def told(response: Any) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in response.context["messages"]]


def errors(response: Any) -> dict[str, list[str]]:
    """Sentences of a refused form by field, those of its rows as well."""
    form = response.context["adminform"].form
    found = {name: [str(one) for one in sentences] for name, sentences in form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        rows = [str(one) for row in inline.formset.errors for texts in row.values() for one in texts]
        rows += [str(one) for one in inline.formset.non_form_errors()]
        if rows:
            found["parts"] = rows
    return found


def statements(client: Client, url: str) -> int:
    """Statements of a page, opened for the second time: the first keeps kinds of contents and people's rights."""
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def rate(day: date, value: str, **fields: Any) -> ExchangeRate:
    return ExchangeRate.objects.create(day=day, rate=Decimal(value), **fields)


def sheet(product: Product | None = None, day: date = date(2026, 1, 1), **parts: str) -> CostSheet:
    """A sheet with a part in lira (`TRY`) and one in dollars (`USD`)."""
    made = CostSheet.objects.create(product=product or make_product(), valid_from=day)
    for currency, amount in (parts or {"TRY": "100"}).items():
        CostPart.objects.create(sheet=made, kind="SOLE", amount=Decimal(amount), currency=currency)
    return made


def tariff(carrier: str = "Aras Kargo", **fields: Any) -> CargoTariff:
    values: dict[str, Any] = {
        "valid_from": date(2026, 1, 1),
        "desi_to": Decimal(2),
        "price": Decimal("80.00"),
        "return_price": Decimal("60.00"),
        **fields,
    }
    return CargoTariff.objects.create(carrier=carrier, **values)


def policy(day: date = date(2026, 1, 1), **fields: Any) -> ProfitPolicy:
    values: dict[str, Any] = {
        "packaging": Decimal(10),
        "staff": Decimal(9000),
        "service_fee": Decimal(8),
        **fields,
    }
    return ProfitPolicy.objects.create(valid_from=day, **values)


def campaign(
    name: str = "Efsane Günler", first: date = date(2026, 11, 10), last: date = date(2026, 11, 12)
) -> Campaign:
    return Campaign.objects.create(name=name, first_day=first, last_day=last)


def parts_form(*rows: dict[str, str], total: int | None = None) -> dict[str, str]:
    """What the rows of parts post."""
    count = total or len(rows)
    data = {"parts-TOTAL_FORMS": str(count), "parts-INITIAL_FORMS": "0"}
    empty = {"kind": "", "name": "", "amount": "", "currency": "TRY"}
    for number, row in enumerate([*rows, *[{}] * (count - len(rows))]):
        data |= {f"parts-{number}-{name}": value for name, value in (empty | row).items()}
    return data
