"""What the queries never tell and never take, and that their number of statements stays."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from analytics.facts.services import refresh_facts
from analytics.insights.functions import FUNCTIONS, Answer, WrongQuery, arguments_in, call, schema_of
from analytics.profit.services import refresh_profit
from gullu.roles import ROLES
from orders.enums import OrderState
from orders.models import Order, OrderLine
from tests.analytics.profitkit import DAY, make_shop, refresh, sell, sell_one, send_back
from tests.factories import make_order, make_product, make_superuser, make_variant

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
MARCH = {"period": "FREE", "first_day": "2025-03-01", "last_day": "2025-03-31"}


def asked(name: str, today: date = TODAY, **given: Any) -> Any:
    """The data of an answer."""
    answer = call(name, given, functions=FUNCTIONS, today=today)
    assert isinstance(answer, Answer), answer
    return answer.data


# --- nobody is named --------------------------------------------------------------------------------------------------

PLANTED = {
    "order_number": "77700077700",
    "customer_first_name": "Zümrüt",
    "customer_last_name": "Karakaplan",
    "customer_email": "zumrut@example.com",
    "phone": "5321112233",
    "city": "Ardahan",
    "district": "Göle",
    "address": "Papatya Sokak 7",
    "neighbourhood": "Papatya Mahallesi",
    "cargo_tracking_number": "7280999988887",
    "note": "kapıya bırakın",
}


def test_no_result_holds_anything_about_customers() -> None:
    make_shop()
    names = {field.name for field in Order._meta.get_fields()}
    planted = {name: value for name, value in PLANTED.items() if name in names}
    assert {"order_number", "customer_first_name", "customer_last_name", "city", "district"} <= set(planted)
    variant = make_variant(product=make_product("BOT"))
    line = sell(*[(variant, 2)], **planted)[0]
    send_back(line, reason="Beden küçük geldi")
    other = make_variant(cost=None)
    sell_one((other, 1), **{**planted, "order_number": "77700077701"})
    order = make_order(
        [(variant, 1)], **{**planted, "order_number": "77700077702"}, status=OrderState.CANCELLED
    )
    OrderLine.objects.filter(order=order).update(cancel_reason="Zümrüt Karakaplan aradı")
    picker = make_superuser("ustabasi-mehmet")
    Order.objects.update(picked_by=picker)
    refresh_facts()
    refresh_profit()

    told = []
    for function in FUNCTIONS:
        told += [
            _everything(function, {**given, **days}) for given in _choices(function) for days in ({}, MARCH)
        ]

    assert len(told) > 60
    text = "\n".join(told)
    assert "BOT" in text
    secrets = [*planted.values(), "77700077701", "77700077702", "ustabasi-mehmet", line.order.order_number]
    assert [secret for secret in secrets if secret in text] == []


def _choices(function: Any) -> list[dict[str, Any]]:
    """Every value of every argument that has fixed ones, one at a time."""
    found: list[dict[str, Any]] = [{}]
    for name, schema in schema_of(function)["function"]["parameters"]["properties"].items():
        kinds = [schema, *schema.get("anyOf", [])]
        found += [{name: value} for kind in kinds for value in kind.get("enum", []) if value != "FREE"]
    return found


def _everything(function: Any, given: dict[str, Any]) -> str:
    known = function.arguments.model_fields
    today = DAY if "first_day" in given else TODAY
    answer = call(
        function.name,
        {name: value for name, value in given.items() if name in known},
        functions=FUNCTIONS,
        today=today,
    )
    if isinstance(answer, WrongQuery):
        # A quick choice beside both days.
        return ""
    return json.dumps(answer.data, ensure_ascii=False)


# --- arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("sales", {"by": "PICKER"}),
        ("sales", {"by": "ORDER"}),
        ("profit", {"by": "ORDER"}),
        ("sales", {"sql": "select 1"}),
        ("sales", {"period": "FREE"}),
        ("sales", {"first_day": "2026-11-02", "last_day": "2026-11-01"}),
        ("sales", {"first_day": "1026-11-02", "last_day": "2026-11-01"}),
        ("sales", {"first_day": "0001-01-01", "last_day": "0001-01-31", "compare": "BEFORE"}),
        ("sales", {"first_day": "9999-12-01", "last_day": "9999-12-31", "by": "WEEK"}),
        ("sales", {"limit": 51}),
        ("sales", {"model": "x" * 101}),
        ("stock_levels", {"words": "x" * 61}),
        ("forecasts", {"limit": 0}),
    ],
)
def test_wrong_arguments_are_refused(name: str, given: dict[str, Any]) -> None:
    assert isinstance(call(name, given, functions=FUNCTIONS, today=TODAY), WrongQuery)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "7",
        '{"model": "\\u0000"}',
        '{"model": "\\ud800"}',
        "[" * 2000,
        '{"a":"' + "x" * 20_000 + '"}',
    ],
)
def test_arguments_that_are_no_object_are_refused(text: str) -> None:
    assert isinstance(arguments_in(text), WrongQuery)


def test_no_arguments_are_the_usual_ones() -> None:
    assert arguments_in("") == {}
    assert asked("sales")["period"]["days"] == 28


def test_every_right_exists_in_a_role_and_every_schema_stands_alone() -> None:
    rights = frozenset().union(*ROLES.values())
    assert [one.name for one in FUNCTIONS if one.right not in rights] == []
    text = json.dumps([schema_of(one) for one in FUNCTIONS])
    assert ("$ref" in text, '"title"' in text) == (False, False)
    assert "additionalProperties" in text


def test_number_of_statements_does_not_grow_with_the_rows() -> None:
    make_shop()
    _fill(2)
    few = {one.name: _statements(one.name) for one in FUNCTIONS}
    _fill(6)
    assert {one.name: _statements(one.name) for one in FUNCTIONS} == few
    assert max(few.values()) <= 20


def _fill(models: int) -> None:
    for _number in range(models):
        sell_one((make_variant(), 1), ordered_at=NOON)
        sell_one((make_variant(cost=None), 1), ordered_at=NOON)
    refresh()


def _statements(name: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        asked(name)
    return len(caught)
