"""Cost sheets: entered by parts, prefilled from the last one, and corrected for past sales on purpose only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from analytics.inputs.costs import last_day, with_totals, without_cost
from analytics.models import CostPart, CostSheet
from gullu.models import JobRun
from gullu.money import format_money
from gullu.roles import ANALYST, MANAGER
from tests.analytics.inputs.kit import COSTS, errors, parts_form, rate, sheet, told
from tests.factories import make_product, make_superuser, make_user, make_variant

pytestmark = pytest.mark.django_db

TODAY_TEXT = "today"
SOLE = {"kind": "SOLE", "name": "", "amount": "1.234,50", "currency": "TRY"}


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(make_superuser("patron"))
    return client


def add(
    client: Client, product: Any, *parts: dict[str, str], day: date | None = None, total: int | None = None
) -> Any:
    begins = day or timezone.localdate()
    data = {"product": str(product.pk), "valid_from": f"{begins:%d.%m.%Y}", "note": ""}
    return client.post(f"{COSTS}add/", {**data, **parts_form(*parts, total=total)}, follow=True)


# --- entering -----------------------------------------------------------------------------------------------------


def test_sheet_is_entered_by_parts_in_lira_and_dollars(boss: Client) -> None:
    product = make_product()

    add(boss, product, SOLE, {"kind": "UPPER", "name": "Dana", "amount": "7,4", "currency": "USD"}, total=6)

    made = CostSheet.objects.get()
    assert list(made.parts.order_by("pk").values_list("kind", "name", "amount", "currency")) == [
        ("SOLE", "", Decimal("1234.5000"), "TRY"),
        ("UPPER", "Dana", Decimal("7.4000"), "USD"),
    ]
    assert (made.product, made.created_by and made.created_by.username) == (product, "patron")


def test_page_of_a_new_sheet_is_filled_with_the_parts_of_the_last_one(boss: Client) -> None:
    product = make_product()
    sheet(product, date(2025, 1, 1), TRY="50")
    sheet(product, date(2026, 1, 1), TRY="80", USD="3")
    sheet(make_product(), date(2026, 2, 1), TRY="999")

    page = boss.get(f"{COSTS}add/?product={product.pk}")

    (formset,) = [inline.formset for inline in page.context["inline_admin_formsets"]]
    filled = [
        (form.initial["amount"], form.initial["currency"])
        for form in formset.forms
        if "amount" in form.initial
    ]
    assert filled == [(Decimal("80.0000"), "TRY"), (Decimal("3.0000"), "USD")]
    assert page.context["adminform"].form.initial["product"] == str(product.pk)


def test_row_nobody_fills_says_nothing(boss: Client) -> None:
    page = boss.get(f"{COSTS}add/")

    (formset,) = [inline.formset for inline in page.context["inline_admin_formsets"]]
    choices = [value for value, _words in formset.forms[0].fields["kind"].choices]
    assert (choices[0], formset.forms[0]["currency"].value(), formset.initial_form_count()) == ("", "TRY", 0)


def test_prefilled_parts_that_are_left_as_they_are_are_saved(boss: Client) -> None:
    product = make_product()
    sheet(product, date(2026, 1, 1), TRY="80")

    add(boss, product, {"kind": "SOLE", "name": "", "amount": "80", "currency": "TRY"}, total=6)

    assert CostPart.objects.filter(sheet__valid_from=timezone.localdate()).count() == 1


@pytest.mark.parametrize("product", ["x", "99999999999999999999", "0", "²", "-1"])
def test_odd_model_in_the_address_gives_an_empty_page(boss: Client, product: str) -> None:
    assert boss.get(f"{COSTS}add/", {"product": product}).status_code == 200


# --- refused ------------------------------------------------------------------------------------------------------


def test_second_sheet_of_a_day_is_refused_with_the_day(boss: Client) -> None:
    product = make_product("0172")
    sheet(product, date(2026, 3, 1))

    page = add(boss, product, SOLE, day=date(2026, 3, 1))

    (sentence,) = errors(page)["valid_from"]
    assert ("0172" in sentence, "01.03.2026" in sentence) == (True, True)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({**SOLE, "amount": "-5"}, "-5"),
        ({**SOLE, "amount": "zwölf"}, ""),
        ({**SOLE, "amount": "1.234"}, ""),
        ({**SOLE, "amount": "0"}, ""),
        ({**SOLE, "amount": "", "kind": ""}, ""),
    ],
)
def test_parts_that_make_no_cost_are_refused_in_one_sentence(
    boss: Client, part: dict[str, str], value: str
) -> None:
    page = add(boss, make_product(), part, total=1)

    (sentence,) = errors(page)["parts"]
    assert value in sentence
    assert CostSheet.objects.count() == 0


def test_date_that_cannot_be_is_refused(boss: Client) -> None:
    data = {"product": str(make_product().pk), "valid_from": "31.02.2026", **parts_form(SOLE)}

    page = boss.post(f"{COSTS}add/", data)

    assert (len(errors(page)["valid_from"]), CostSheet.objects.count()) == (1, 0)


# --- the past -----------------------------------------------------------------------------------------------------


def test_sheet_of_a_past_day_says_what_happens_to_past_sales(boss: Client) -> None:
    past = timezone.localdate() - timedelta(days=10)

    page = add(boss, make_product(), SOLE, day=past)

    (warning,) = [text for level, text in told(page) if level == "warning"]
    assert f"{past:%d.%m.%Y}" in warning


def test_sheet_of_today_warns_of_nothing(boss: Client) -> None:
    page = add(boss, make_product(), SOLE)

    assert [level for level, _ in told(page)] == ["success"]


def test_correction_is_offered_and_carried_out_for_who_may(client: Client) -> None:
    made = sheet(day=date(2026, 1, 1))
    client.force_login(make_user(MANAGER))

    form = client.get(f"{COSTS}{made.pk}/change/").context["correct"]
    page = client.post(
        f"{COSTS}{made.pk}/correct/", {"first_day": "01.01.2026", "last_day": "31.01.2026"}, follow=True
    )

    assert form.initial["first_day"] == date(2026, 1, 1)
    assert [level for level, _ in told(page)] == ["success"]
    assert JobRun.objects.get(name="correct_costs").actor is not None


@pytest.mark.parametrize("days", [("31.01.2026", "01.01.2026"), ("", "01.01.2026"), ("x", "01.01.2026")])
def test_correction_of_days_that_cannot_be_is_refused(boss: Client, days: tuple[str, str]) -> None:
    made = sheet()

    page = boss.post(f"{COSTS}{made.pk}/correct/", {"first_day": days[0], "last_day": days[1]}, follow=True)

    assert [level for level, _ in told(page)] == ["error"]
    assert JobRun.objects.count() == 0


def test_correction_is_closed_to_who_may_only_look(client: Client) -> None:
    made = sheet()
    client.force_login(make_user(ANALYST))

    assert client.get(f"{COSTS}{made.pk}/change/").context["correct"] is None
    assert client.post(f"{COSTS}{made.pk}/correct/", {}).status_code == 403


# --- reading ------------------------------------------------------------------------------------------------------


def test_total_is_told_per_currency_and_in_lira_at_the_last_known_rate(boss: Client) -> None:
    rate(timezone.localdate() - timedelta(days=3), "40")
    made = sheet(TRY="100", USD="2.5")

    page = boss.get(f"{COSTS}{made.pk}/change/").content.decode()

    shown = [format_money(Decimal(100)), format_money(Decimal("2.5"), "USD"), format_money(Decimal(200))]
    assert [amount in page for amount in shown] == [True] * 3


def test_dollars_without_any_rate_have_no_total_in_lira() -> None:
    sheet(TRY="100", USD="2.5")
    sheet(TRY="100")

    rows = with_totals(CostSheet.objects.order_by("pk"))
    assert [row.in_lira for row in rows] == [None, Decimal(100)]  # type: ignore[attr-defined]


def test_sheet_holds_until_the_day_before_the_next() -> None:
    product = make_product()
    first, second = sheet(product, date(2026, 1, 1)), sheet(product, date(2026, 7, 1))

    assert (last_day(first), last_day(second)) == (date(2026, 6, 30), None)


def test_models_without_a_cost_are_those_with_neither_sheet_nor_cost_at_every_barcode() -> None:
    bare = make_variant(cost=None).product
    make_variant(cost=Decimal(10))
    half = make_variant(cost=Decimal(10)).product
    make_variant(product=half, size="38", cost=None)
    covered = make_variant(cost=None).product
    sheet(covered, date(2026, 1, 1))
    later = make_variant(cost=None).product
    sheet(later, timezone.localdate() + timedelta(days=5))
    make_variant(cost=None, active=False)

    assert set(without_cost()) == {bare, half, later}


def test_history_tells_old_and_new_amount_of_a_part(boss: Client) -> None:
    made = sheet(TRY="100")
    part = made.parts.get()
    data = {
        "valid_from": f"{made.valid_from:%d.%m.%Y}",
        "note": "zam",
        "parts-TOTAL_FORMS": "1",
        "parts-INITIAL_FORMS": "1",
        "parts-0-id": str(part.pk),
        "parts-0-sheet": str(made.pk),
        "parts-0-kind": "SOLE",
        "parts-0-name": "",
        "parts-0-amount": "120,5",
        "parts-0-currency": "TRY",
    }
    boss.post(f"{COSTS}{made.pk}/change/", data)

    changes = boss.get(f"{COSTS}{made.pk}/change/").context["changes"]

    newest = [change for change in changes if not change.began]
    told_fields = {(change.who, field.old, field.new) for change in newest for field in change.fields}
    assert told_fields == {("patron", "", "zam"), ("patron", "100,00", "120,50")}
