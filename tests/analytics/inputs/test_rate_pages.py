"""Rates entered by hand, the chart, and the button that asks the bank."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from analytics.admin.rates import rate_chart
from analytics.enums import RateSource
from analytics.models import ExchangeRate
from gullu.roles import ANALYST, MANAGER
from tests.analytics.inputs.kit import RATES, errors, rate, told
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 10, 23)


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


def add(client: Client, day: str = "23.10.2026", value: str = "42,15") -> Any:
    return client.post(f"{RATES}add/", {"day": day, "rate": value})


def test_rate_is_entered_by_hand(boss: Client) -> None:
    add(boss, f"{timezone.localdate():%d.%m.%Y}", "42,1512")

    row = ExchangeRate.objects.get()
    assert (row.rate, row.source, row.currency) == (Decimal("42.1512"), RateSource.ENTERED, "USD")


@pytest.mark.parametrize(
    ("day", "value", "field", "shown"),
    [
        ("01.01.2999", "42", "day", "01.01.2999"),
        ("22.10.2026", "42", "day", "42,0000"),
        ("23.10.2026", "0", "rate", "0"),
        ("23.10.2026", "-42", "rate", "-42"),
        ("23.10.2026", "4,215", "rate", "4,2150"),
        ("23.10.2026", "421,5", "rate", "421,5000"),
        ("23.10.2026", "kırk", "rate", ""),
    ],
)
def test_wrong_rate_is_refused_in_one_sentence(
    boss: Client, day: str, value: str, field: str, shown: str
) -> None:
    rate(FRIDAY - timedelta(days=1), "42")

    page = add(boss, day, value)

    ((name, (sentence,)),) = errors(page).items()
    assert (name, shown in sentence, ExchangeRate.objects.count()) == (field, True, 1)


def test_corrected_rate_of_the_bank_counts_as_entered(boss: Client) -> None:
    row = rate(FRIDAY, "42", source=RateSource.BANK)

    boss.post(f"{RATES}{row.pk}/change/", {"rate": "42,5"})
    row.refresh_from_db()

    assert (row.rate, row.source, row.day) == (Decimal("42.5"), RateSource.ENTERED, FRIDAY)


def test_rate_saved_without_a_change_stays_the_banks(boss: Client) -> None:
    row = rate(FRIDAY, "42.1512", source=RateSource.BANK)

    boss.post(f"{RATES}{row.pk}/change/", {"rate": "42,1512"})
    row.refresh_from_db()

    assert row.source == RateSource.BANK


def test_button_queues_a_reading(client: Client, settings: Any) -> None:
    settings.EXCHANGE_RATE_URL = "http://127.0.0.1:9/kurlar"
    client.force_login(make_user(MANAGER))

    page = client.post(f"{RATES}read/", follow=True)

    assert [level for level, _ in told(page)] == ["success"]
    assert OrmQ.objects.count() == 1


def test_button_says_that_reading_is_switched_off(boss: Client) -> None:
    page = boss.post(f"{RATES}read/", follow=True)

    assert ([level for level, _ in told(page)], OrmQ.objects.count()) == (["error"], 0)


def test_reading_is_closed_to_who_may_only_look_and_to_links(client: Client) -> None:
    client.force_login(make_user(ANALYST))
    looked = client.post(f"{RATES}read/").status_code
    client.force_login(make_user(MANAGER))

    assert (looked, client.get(f"{RATES}read/").status_code) == (403, 403)


def test_chart_has_the_days_in_order_and_rates_in_words() -> None:
    today = timezone.localdate()
    rate(today, "42.5")
    rate(today - timedelta(days=1), "42")
    rate(today - timedelta(days=2000), "8")

    chart = rate_chart()

    assert chart is not None
    assert chart["keys"] == [(today - timedelta(days=1)).isoformat(), today.isoformat()]
    assert chart["traces"][0]["words"] == ["42,0000 ₺", "42,5000 ₺"]


def test_one_rate_makes_no_chart() -> None:
    rate(timezone.localdate(), "42")

    assert rate_chart() is None


def test_rate_is_named_as_it_is_written_here() -> None:
    assert str(ExchangeRate(currency="USD", day=FRIDAY, rate=Decimal("42.1512"))) == "USD 23.10.2026 42,1512"
