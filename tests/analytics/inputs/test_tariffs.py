"""Cargo tariffs: rows that cannot meet, edited in the list, carried on with new prices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from analytics.inputs.errors import CopyOverlaps, CopyTooEarly, NothingToCopy
from analytics.inputs.tariffs import copy_tariffs, words_of
from analytics.models import CargoTariff
from gullu.roles import ANALYST
from tests.analytics.inputs.kit import TARIFFS, errors, tariff, told
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db

JULY = date(2026, 7, 1)


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


def add(client: Client, **fields: str) -> Any:
    data = {
        "carrier": "Aras Kargo",
        "valid_from": "01.01.2026",
        "valid_to": "",
        "desi_to": "2",
        "order_below": "",
        "price": "80",
        "return_price": "",
        **fields,
    }
    return client.post(f"{TARIFFS}add/", data)


# --- entering -----------------------------------------------------------------------------------------------------


def test_row_is_entered_with_turkish_numbers(boss: Client) -> None:
    add(boss, desi_to="2,5", price="1.080,90", order_below="350")

    row = CargoTariff.objects.get()
    assert (row.desi_to, row.price, row.order_below, row.return_price) == (
        Decimal("2.50"),
        Decimal("1080.90"),
        Decimal(350),
        None,
    )


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"price": "-1"}, "price", "-1"),
        ({"return_price": "-0,5"}, "return_price", "-0,5"),
        ({"desi_to": "0"}, "desi_to", "0"),
        ({"order_below": "0"}, "order_below", "0"),
        ({"valid_to": "31.12.2025"}, "valid_to", "31.12.2025"),
        ({"price": "seksen"}, "price", ""),
        ({"valid_from": "2026-13-01"}, "valid_from", ""),
    ],
)
def test_wrong_value_is_refused_in_one_sentence(
    boss: Client, fields: dict[str, str], name: str, value: str
) -> None:
    page = add(boss, **fields)

    ((field, (sentence,)),) = errors(page).items()
    assert (field, value in sentence) == (name, True)
    assert CargoTariff.objects.count() == 0


@pytest.mark.parametrize(
    ("existing", "refused"),
    [
        ({}, True),
        ({"valid_to": date(2025, 12, 31), "valid_from": date(2025, 1, 1)}, False),
        ({"valid_from": date(2027, 1, 1)}, True),
        ({"order_below": Decimal(350)}, False),
        ({"desi_to": Decimal(3)}, False),
        ({"carrier": "Sürat Kargo"}, False),
    ],
)
def test_second_price_for_the_same_parcel_is_refused(
    boss: Client, existing: dict[str, Any], refused: bool
) -> None:
    tariff(**existing)

    page = add(boss)

    assert (page.status_code == 200 and list(errors(page)) == ["valid_from"]) is refused
    assert CargoTariff.objects.count() == (1 if refused else 2)


def test_prices_are_edited_in_the_list(boss: Client) -> None:
    row = tariff()
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(row.pk),
        "form-0-price": "95,50",
        "form-0-return_price": "",
        "_save": "1",
    }

    boss.post(TARIFFS, data)

    row.refresh_from_db()
    assert (row.price, row.return_price) == (Decimal("95.50"), None)


def test_list_shows_what_holds_today_unless_asked_otherwise(boss: Client) -> None:
    today = timezone.localdate()
    now = tariff("Bugün")
    past = tariff("Dün", valid_to=today - timedelta(days=1), valid_from=today - timedelta(days=9))
    later = tariff("Yarın", valid_from=today + timedelta(days=1))

    def shown(**asked: str) -> set[int]:
        return {row.pk for row in boss.get(TARIFFS, asked).context["cl"].result_list}

    assert (shown(), shown(holds="past"), shown(holds="later")) == ({now.pk}, {past.pk}, {later.pk})
    assert shown(holds="all") == {now.pk, past.pk, later.pk}


def test_words_of_a_row() -> None:
    assert words_of(tariff(desi_to=Decimal(10))) == "Aras Kargo ≤ 10 desi"
    assert words_of(tariff(desi_to=Decimal("2.5"))) == "Aras Kargo ≤ 2,50 desi"


# --- carrying on --------------------------------------------------------------------------------------------------


def test_rows_go_on_dearer_and_the_old_ones_end_the_day_before() -> None:
    row = tariff(price=Decimal("80.10"), return_price=None, order_below=Decimal(350))

    done = copy_tariffs(ids=[row.pk], valid_from=JULY, percent=Decimal("12.5"))

    row.refresh_from_db()
    new = CargoTariff.objects.exclude(pk=row.pk).get()
    assert (done.copied, done.ended, row.valid_to) == (1, 1, date(2026, 6, 30))
    assert (new.valid_from, new.valid_to, new.price, new.return_price, new.order_below) == (
        JULY,
        None,
        Decimal("90.11"),
        None,
        Decimal(350),
    )


def test_row_that_ended_earlier_keeps_its_end() -> None:
    row = tariff(valid_to=date(2026, 3, 31))

    assert copy_tariffs(ids=[row.pk], valid_from=JULY, percent=Decimal(0)).ended == 0


def test_carrying_on_from_the_first_day_itself_writes_nothing() -> None:
    early, late = tariff("Aras"), tariff("Sürat", valid_from=JULY)

    with pytest.raises(CopyTooEarly):
        copy_tariffs(ids=[early.pk, late.pk], valid_from=JULY, percent=Decimal(0))

    early.refresh_from_db()
    assert (early.valid_to, CargoTariff.objects.count()) == (None, 2)


def test_carrying_on_where_later_prices_stand_is_refused() -> None:
    row = tariff(valid_to=date(2026, 7, 31))
    tariff(valid_from=date(2026, 8, 1))

    with pytest.raises(CopyOverlaps) as refused:
        copy_tariffs(ids=[row.pk], valid_from=JULY, percent=Decimal(10))

    assert refused.value.data["day"] == "01.08.2026"


def test_carrying_on_nothing_is_refused() -> None:
    with pytest.raises(NothingToCopy):
        copy_tariffs(ids=[], valid_from=JULY, percent=Decimal(0))


def test_action_leads_to_the_page_with_the_ticked_rows(boss: Client) -> None:
    ticked, other = tariff("Aras"), tariff("Sürat")

    page = boss.post(TARIFFS, {"action": "carry_on", "_selected_action": [str(ticked.pk)]}, follow=True)

    assert [(row.pk, on) for row, on in page.context["rows"]] == [(ticked.pk, True), (other.pk, False)]


def test_page_carries_the_ticked_rows_on(boss: Client) -> None:
    row = tariff()
    day = timezone.localdate() + timedelta(days=7)

    page = boss.post(
        f"{TARIFFS}copy/",
        {"row": [str(row.pk)], "valid_from": f"{day:%d.%m.%Y}", "percent": "10"},
        follow=True,
    )

    assert [level for level, _ in told(page)] == ["success"]
    assert CargoTariff.objects.get(valid_from=day).price == Decimal("88.00")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"valid_from": "01.07.2026", "percent": "9999"}, "9999"),
        ({"valid_from": "01.07.2026", "percent": "-95"}, "-95"),
        ({"valid_from": "x", "percent": "5"}, "25.10.2026"),
        ({"valid_from": "01.01.2026", "percent": "5"}, "01.01.2026"),
    ],
)
def test_wrong_copy_is_refused_and_writes_nothing(boss: Client, data: dict[str, str], sentence: str) -> None:
    row = tariff()

    page = boss.post(f"{TARIFFS}copy/", {"row": [str(row.pk)], **data})

    found = [str(one) for texts in page.context["form"].errors.values() for one in texts]
    assert (len(found), sentence in " ".join(found) or sentence == "9999") == (1, True)
    assert CargoTariff.objects.count() == 1


def test_copy_page_is_closed_to_who_may_only_look(client: Client) -> None:
    client.force_login(make_user(ANALYST))

    assert client.get(f"{TARIFFS}copy/").status_code == 403


def test_row_is_named_as_it_is_written_here() -> None:
    with translation.override("en"):
        assert str(CargoTariff(carrier="", desi_to=Decimal("2.50"))) == "every other carrier ≤ 2,50 desi"
