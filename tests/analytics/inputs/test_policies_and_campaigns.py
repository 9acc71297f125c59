"""The shop's own figures and campaigns: dated, checked, and told where something is unknown or meets something else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from analytics.inputs.campaigns import conflicts_of
from analytics.inputs.policies import last_day, unknown_figures
from analytics.models import Campaign, ProfitPolicy
from tests.analytics.inputs.kit import CAMPAIGNS, POLICIES, campaign, errors, person, policy, told
from tests.factories import make_product, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


FIGURES = {
    "valid_from": "01.07.2026",
    "packaging": "12,50",
    "staff": "150.000",
    "service_fee": "10,19",
    "vat_treatment": "DEDUCTED",
    "service_vat_rate": "20",
    "cost_vat_rate": "0",
    "withholding_rate": "1",
    "withholding_treatment": "PREPAID",
    "note": "",
}


def enter(client: Client, **fields: str) -> Any:
    return client.post(f"{POLICIES}add/", {**FIGURES, **fields}, follow=True)


# --- figures ------------------------------------------------------------------------------------------------------


def test_figures_are_entered(boss: Client) -> None:
    enter(boss)

    row = ProfitPolicy.objects.get()
    assert (row.packaging, row.staff, row.service_fee) == (
        Decimal("12.50"),
        Decimal(150000),
        Decimal("10.19"),
    )


def test_empty_figure_is_unknown_and_told(boss: Client) -> None:
    page = enter(boss, staff="", service_fee="")

    row = ProfitPolicy.objects.get()
    assert ((row.staff, row.service_fee), len(unknown_figures(row))) == ((None, None), 2)
    (warning,) = [text for level, text in told(page) if level == "warning"]
    assert all(name in warning for name in unknown_figures(row))
    assert warning == boss.get(f"{POLICIES}{row.pk}/change/").context["unknown_words"]


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"packaging": "-1"}, "packaging", "-1"),
        ({"staff": "-0,01"}, "staff", "-0,01"),
        ({"service_vat_rate": "101"}, "service_vat_rate", "101"),
        ({"withholding_rate": "-1"}, "withholding_rate", "-1"),
        ({"valid_from": "01.01.2026"}, "valid_from", "01.01.2026"),
        ({"service_fee": "çok"}, "service_fee", ""),
    ],
)
def test_wrong_figure_is_refused_in_one_sentence(
    boss: Client, fields: dict[str, str], name: str, value: str
) -> None:
    policy(date(2026, 1, 1))

    page = enter(boss, **fields)

    ((field, (sentence,)),) = errors(page).items()
    assert (field, value in sentence, ProfitPolicy.objects.count()) == (name, True, 1)


def test_new_figures_begin_as_the_last_ones(boss: Client) -> None:
    policy(date(2025, 1, 1), packaging=Decimal(5))
    policy(date(2026, 1, 1), packaging=Decimal(9), staff=None)

    initial = boss.get(f"{POLICIES}add/").context["adminform"].form.initial

    assert (initial["packaging"], initial["staff"], "note" in initial) == (Decimal(9), None, False)


def test_figures_hold_until_the_day_before_the_next() -> None:
    first, second = policy(date(2025, 1, 1)), policy(date(2026, 1, 1))

    assert (last_day(first), last_day(second)) == (date(2025, 12, 31), None)


# --- campaigns ----------------------------------------------------------------------------------------------------


def add(client: Client, **fields: Any) -> Any:
    data = {
        "name": "Efsane  Günler ",
        "first_day": "10.11.2026",
        "last_day": "12.11.2026",
        "discount": "20",
        "commission_rate": "",
        "note": "",
        **fields,
    }
    return client.post(f"{CAMPAIGNS}add/", data, follow=True)


def test_campaign_is_entered_for_some_models(boss: Client) -> None:
    product = make_product()

    add(boss, products=[str(product.pk)])

    row = Campaign.objects.get()
    assert (row.name, row.discount, list(row.products.all())) == ("Efsane Günler", Decimal(20), [product])


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"last_day": "09.11.2026"}, "last_day", "09.11.2026"),
        ({"last_day": "12.11.2036"}, "last_day", "3656"),
        ({"discount": "120"}, "discount", "120"),
        ({"commission_rate": "-2"}, "commission_rate", "-2"),
        ({"name": "Kasım"}, "first_day", "Kasım"),
    ],
)
def test_wrong_campaign_is_refused_in_one_sentence(
    boss: Client, fields: dict[str, str], name: str, value: str
) -> None:
    campaign("Kasım")

    page = add(boss, **fields)

    ((field, (sentence,)),) = errors(page).items()
    assert (field, value in sentence, Campaign.objects.count()) == (name, True, 1)


def test_campaigns_of_the_same_models_in_the_same_days_are_told(boss: Client) -> None:
    first, second, third = (make_product(f"{number:04d}") for number in (1, 2, 3))
    other = campaign("Kasım", date(2026, 11, 12), date(2026, 11, 20))
    other.products.add(first, second)
    campaign("Ekim", date(2026, 10, 1), date(2026, 11, 9))
    elsewhere = campaign("Bot", date(2026, 11, 1), date(2026, 11, 30))
    elsewhere.products.add(third)

    page = add(boss, products=[str(first.pk)])

    warnings = [text for level, text in told(page) if level == "warning"]
    (conflict,) = conflicts_of(Campaign.objects.get(name="Efsane Günler"))
    assert (conflict.campaign, conflict.codes, conflict.more) == (other, ("0001",), 0)
    assert (len(warnings), "Kasım" in warnings[0], "0001" in warnings[0]) == (1, True, True)


def test_campaign_of_all_models_meets_every_other() -> None:
    everything, some = campaign(), campaign("Bot")
    some.products.add(make_product())

    assert [conflict.campaign for conflict in conflicts_of(everything)] == [some]
    assert [conflict.campaign for conflict in conflicts_of(some)] == [everything]


def test_promised_commission_is_hidden_from_who_may_not_see_amounts(client: Client) -> None:
    row = campaign()
    client.force_login(person("view_campaign", "change_campaign"))

    row.commission_rate, row.discount = Decimal("7.25"), Decimal("11.5")
    row.save()

    page = client.get(f"{CAMPAIGNS}{row.pk}/change/")

    form = page.context["adminform"].form
    assert ("commission_rate" in form.fields, "discount" in form.fields) == (False, True)
    told_of = [field.new for change in page.context["changes"] for field in change.fields]
    assert ("11,50" in told_of, "7,25" in told_of) == (True, False)
