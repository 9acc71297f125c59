"""Planning rules in the back office: one general rule, sensible numbers, and who keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from analytics.models import PlanningRule
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/analytics/planningrule/"
VALUES = {
    "lead_days": 14,
    "review_days": 7,
    "service_level": 90,
    "minimum_pairs": 0,
    "lot_pairs": 2,
    "overstock_days": 90,
    "dead_days": 90,
}


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def sent(**changes: Any) -> Any:
    """The answer to a new rule."""
    return client_of(OFFICE).post(f"{LIST}add/", {"product": "", **VALUES, **changes})


def problems(**changes: Any) -> dict[str, list[str]]:
    return dict(sent(**changes).context["adminform"].form.errors)


def test_office_writes_a_rule_for_a_model_and_one_for_all_others() -> None:
    boot = make_product("0172")

    assert [sent().status_code, sent(product=boot.pk, lead_days=30).status_code] == [302, 302]
    found = PlanningRule.objects.order_by("pk").values_list("product", "lead_days")
    assert list(found) == [(None, 14), (boot.pk, 30)]


def test_second_general_rule_is_refused() -> None:
    rule = PlanningRule.objects.create()
    said = "There is a rule for all other models already: change that one, or choose a model here."

    assert problems()["product"] == [said]
    answer = client_of(OFFICE).post(f"{LIST}{rule.pk}/change/", {"product": "", **VALUES, "lead_days": 20})
    assert (answer.status_code, PlanningRule.objects.get().lead_days) == (302, 20)


def test_limit_below_what_an_order_brings_is_refused() -> None:
    said = "An order must last 67 days (60 + 7), so 66 days cannot be too much: write at least 67."

    assert problems(lead_days=60, overstock_days=66) == {"overstock_days": [said]}
    assert sent(lead_days=60, overstock_days=67).status_code == 302


@pytest.mark.parametrize(
    ("name", "value"),
    [("lead_days", 0), ("review_days", 0), ("lot_pairs", 0), ("service_level", 49), ("service_level", 100)],
)
def test_numbers_that_make_no_sense_are_refused(name: str, value: int) -> None:
    assert list(problems(**{name: value})) == [name]


def test_list_shows_the_general_rule_first() -> None:
    PlanningRule.objects.create(product=make_product("0172", title="Bot"))
    PlanningRule.objects.create()
    rows = client_of(OFFICE).get(LIST).context["cl"].result_list

    assert [rule.product and rule.product.code for rule in rows] == [None, "0172"]


def test_analysts_see_rules_and_the_warehouse_does_not() -> None:
    rule = PlanningRule.objects.create()
    pages = [LIST, f"{LIST}{rule.pk}/change/", f"{LIST}add/"]

    assert [client_of(ANALYST).get(page).status_code for page in pages] == [200, 200, 403]
    assert [client_of(WAREHOUSE).get(page).status_code for page in pages] == [403, 403, 403]


def test_list_names_the_model_of_each_rule() -> None:
    """Not the class of the rows: a column named `model` would be shadowed by the admin's own attribute."""
    boot = make_product("0172", title="Bot")
    rule = PlanningRule.objects.create(product=boot)
    PlanningRule.objects.create()

    words = client_of(ANALYST).get(LIST).content.decode()
    names = [name for name in ("All models without a rule of their own", "0172 Bot") if name in words]
    assert names == ["All models without a rule of their own", "0172 Bot"]
    assert ("Planningrule" in words, str(rule)) == (False, "0172 Bot")
