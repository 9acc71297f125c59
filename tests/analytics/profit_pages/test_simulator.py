"""The price simulator: the formula for one pair, what it begins with, wrong input, and what can be shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import parse_qs, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from analytics.enums import VatTreatment, WithholdingTreatment
from analytics.facts.services import refresh_facts
from analytics.models import Campaign, CargoTariff, CostPart, CostSheet, ExchangeRate, ProfitPolicy
from analytics.profit.definition import Inputs, Policy, simulate
from analytics.profit.simulator import Trial, break_even, curve, outcome
from catalog.models import Currency, Product
from orders.enums import Disposition
from orders.models import Order, ReturnUnit
from tests.analytics.profit_pages.kit import PAGE, client_of, earn, opened, sold
from tests.factories import make_product, make_variant

D = Decimal

TRIAL = Trial(
    price=D(500),
    commission_rate=D(20),
    unit_cost=D(200),
    staff=D(15),
    cargo=D(60),
    return_cargo=D(70),
    service_fee=D(12),
    packaging=D(10),
    vat_rate=D(10),
    withholding_rate=D(1),
)
TYPED = {
    "price": "500",
    "commission_rate": "20",
    "unit_cost": "200",
    "staff": "15",
    "cargo": "60",
    "return_cargo": "70",
    "service_fee": "12",
    "packaging": "10",
    "return_rate": "0",
    "lost_rate": "0",
    "vat_rate": "10",
    "vat_treatment": "DEDUCTED",
    "service_vat_rate": "20",
    "cost_vat_rate": "0",
    "withholding_rate": "1",
    "withholding_treatment": "PREPAID",
}


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- the formula ------------------------------------------------------------------------------------------------------


def test_pair_earns_what_is_left_of_its_price() -> None:
    found = outcome(TRIAL)

    # VAT: 500 × 10/110 − (100 + 60 + 12 + 10) × 20/120 = 45,45 − 30,33.
    assert found.parts == {
        "commission": D("100.00"),
        "product_cost": D("200.00"),
        "staff": D("15.00"),
        "cargo": D("60.00"),
        "service_fee": D("12.00"),
        "packaging": D("10.00"),
        "return_cost": D("0.00"),
        "vat": D("15.12"),
        "withholding_cost": D("0.00"),
    }
    assert (found.profit, found.margin, found.withheld) == (D("87.88"), D("17.6"), D("4.55"))


@pytest.mark.parametrize("treatment", list(VatTreatment))
@pytest.mark.parametrize("withholding", list(WithholdingTreatment))
@pytest.mark.parametrize("price", ["1", "249.99", "333.33", "1999.90"])
def test_trial_without_returns_is_the_profit_of_a_line_of_one_pair(
    price: str, withholding: str, treatment: str
) -> None:
    trial = replace(TRIAL, price=D(price), vat_treatment=treatment, withholding_treatment=withholding)
    policy = Policy(
        packaging=D(10), staff_per_pair=D(15), vat_treatment=treatment, withholding_treatment=withholding
    )
    line = simulate(
        Inputs(
            total=D(price),
            vat_rate=D(10),
            unit_cost=D(200),
            commission_rate=D(20),
            cargo=D(60),
            service_fee=D(12),
            policy=policy,
        )
    )

    found = outcome(trial)

    assert {name: getattr(line, name) for name in found.parts} == found.parts
    assert found.profit == line.profit


def test_pairs_that_come_back_are_spread_over_all() -> None:
    found = outcome(replace(TRIAL, return_rate=D(25), lost_rate=D(50)))

    # Three of four pairs are paid and kept; every fourth comes back for 70 ₺, every second of those is lost.
    assert (found.sale, found.parts["commission"], found.parts["product_cost"]) == (D(375), D(75), D(150))
    assert (found.parts["cargo"], found.parts["return_cost"]) == (D(60), D("17.50") + D(25))
    # VAT: 375 × 10/110 − (75 + 60 + 12 + 10 + 17,50) × 20/120 = 34,09 − 29,08; of lost goods none is given back.
    assert found.parts["vat"] == D("5.01")
    assert found.profit == D(375) - D(75) - D(150) - D(15) - D(60) - D(12) - D(10) - D("42.50") - D("5.01")


def test_discount_is_taken_off_the_price() -> None:
    assert outcome(replace(TRIAL, price=D(600), discount=D("16.67"))).paid == D("499.98")


@pytest.mark.parametrize(
    "trial",
    [
        TRIAL,
        replace(TRIAL, discount=D(30)),
        replace(TRIAL, return_rate=D("12.5"), lost_rate=D(20)),
        replace(TRIAL, vat_treatment=VatTreatment.IGNORED),
    ],
)
def test_break_even_price_is_the_lowest_without_a_loss(trial: Trial) -> None:
    price = break_even(trial)
    assert price is not None

    at, below = (outcome(replace(trial, price=price - less)).profit for less in (D(0), D("0.01")))

    assert at is not None
    assert below is not None
    assert at >= 0 > below
    assert at < D("0.05")


def test_nothing_breaks_even_where_everything_comes_back() -> None:
    assert break_even(replace(TRIAL, return_rate=D(100))) is None


def test_nothing_breaks_even_where_everything_is_commission() -> None:
    trial = replace(TRIAL, commission_rate=D(100), vat_treatment=VatTreatment.IGNORED)

    assert break_even(trial) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("unit_cost", "COST"), ("commission_rate", "COMMISSION"), ("cargo", "CARGO"), ("staff", "STAFF")],
)
def test_what_is_not_known_is_never_nothing(name: str, code: str) -> None:
    trial = replace(TRIAL, **{name: None})  # type: ignore[arg-type]

    found = outcome(trial)

    assert (found.profit, found.missing, break_even(trial), curve(trial)) == (None, (code,), None, [])


def test_curve_goes_through_the_trial_and_rises() -> None:
    points = curve(TRIAL, also=(D("371.11"),))

    assert {point.price: point.profit for point in points}[D(500)] == D("87.88")
    assert (points[0].price, points[-1].price, len(points)) == (D(250), D(750), 22)
    assert [point.profit for point in points] == sorted(point.profit for point in points)


# --- the page ---------------------------------------------------------------------------------------------------------

pages = pytest.mark.usefixtures("in_english")


def tried(**changes: str) -> str:
    return urlencode({**TYPED, **changes})


@pages
@pytest.mark.django_db
def test_page_shows_what_a_pair_earns() -> None:
    context = opened(tried(price="1.000,50"), path="simulator/")
    answer = context["answer"]

    assert (answer.outcome.paid, answer.lacking) == (D("1000.50"), "")
    assert answer.waterfall["traces"][0]["values"][0] == 1000.5
    assert sum(answer.waterfall["traces"][0]["values"][:-1]) == pytest.approx(float(answer.outcome.profit))
    assert [trace["name"] for trace in answer.curve["traces"]] == [
        "Profit per pair",
        "This price",
        "Break-even price",
    ]


@pages
@pytest.mark.django_db
def test_enter_in_a_field_reckons_what_was_typed() -> None:
    """Enter presses the first button of its form: beside the price that must not be the one that fetches figures."""
    make_product("0172")
    page = client_of().get(f"{PAGE}simulator/?{urlencode({**TYPED, 'model': '0172'})}").content.decode()

    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    tried = [form for form in forms if 'name="price"' in form]
    assert [('name="load"' in form, 'name="model" value="0172"' in form) for form in tried] == [(False, True)]


@pages
@pytest.mark.django_db
def test_empty_page_begins_with_the_figures_of_the_shop() -> None:
    ProfitPolicy.objects.create(
        valid_from=timezone.localdate() - timedelta(days=3), packaging=D("8.50"), service_fee=D("13.19")
    )

    context = opened(path="simulator/")

    form = context["bench"].form
    assert {
        name: form[name].value() for name in ("price", "packaging", "service_fee", "withholding_rate")
    } == {
        "price": "",
        "packaging": "8,50",
        "service_fee": "13,19",
        "withholding_rate": "1",
    }
    assert (context["answer"], form.is_bound) == (None, False)


@pages
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({"price": ""}, "price", "This field is required."),
        ({"price": "bin lira"}, "price", "Write the number like 1.234,50."),
        ({"price": "0"}, "price", "Ensure this value is greater than or equal to 0.01."),
        ({"discount": "100"}, "discount", "Ensure this value is less than or equal to 99.99."),
        ({"commission_rate": "101"}, "commission_rate", "Ensure this value is less than or equal to 100."),
        ({"unit_cost": "-1"}, "unit_cost", "Ensure this value is greater than or equal to 0."),
        ({"return_rate": ""}, "return_rate", "This field is required."),
        (
            {"vat_treatment": "X"},
            "vat_treatment",
            "Select a valid choice. X is not one of the available choices.",
        ),
        ({"cargo": "1,234"}, "cargo", "Ensure that there are no more than 2 decimal places."),
    ],
)
def test_wrong_field_says_what_is_wrong(changes: dict[str, str], field: str, error: str) -> None:
    context = opened(tried(**changes), path="simulator/")

    assert context["bench"].form.errors == {field: [error]}
    assert context["answer"] is None


@pages
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("campaign=7", "This campaign is no longer there: it was left out."),
        ("campaign=x", "This campaign is no longer there: it was left out."),
    ],
)
def test_wrong_model_and_campaign_say_so(query: str, sentence: str) -> None:
    assert opened(query, path="simulator/")["problems"] == (sentence,)


@pages
@pytest.mark.django_db
def test_trial_that_lacks_a_cost_names_it() -> None:
    context = opened(tried(unit_cost="", cargo=""), path="simulator/")

    assert context["answer"].lacking == "Product cost, Cargo tariff"
    assert (context["waterfall"], context["answer"].curve) == (None, None)


@pages
@pytest.mark.django_db
def test_link_to_a_trial_opens_the_same_trial() -> None:
    first = opened(tried(price="749,90", return_rate="12,5"), path="simulator/")

    again = opened(first["query"], path="simulator/")

    assert parse_qs(first["query"])["price"] == ["749,90"]
    assert again["answer"].outcome == first["answer"].outcome


def sold_model() -> Product:
    """Four pairs of a model sold within ninety days, one of which came back and was written off."""
    today = timezone.localdate()
    product = make_product("0172", title="Bot", vat_rate=10, desi=D(2))
    variant = make_variant(product=product)
    at = timezone.now() - timedelta(days=5)
    order = sold(variant, 4, 450, at=at, cargo_provider="Aras Kargo")
    come_back(order)
    refresh_facts()
    parts = {
        "commission": 270, "product_cost": 600, "staff": 60, "cargo": 240, "service_fee": 12, "packaging": 40,
        "return_cost": 70, "vat": 50, "withheld": 0, "withholding_cost": 0,
    }  # fmt: skip
    earn(order, {**parts, "sale": 1350})
    CargoTariff.objects.create(
        carrier="Aras Kargo", valid_from=today - timedelta(days=9), desi_to=3, price=70, return_price=75
    )
    sheet = CostSheet.objects.create(product=product, valid_from=today - timedelta(days=30))
    CostPart.objects.create(sheet=sheet, kind="STITCHING", amount=D("80.50"))
    CostPart.objects.create(sheet=sheet, kind="SOLE", amount=D(3), currency=Currency.USD)
    ExchangeRate.objects.create(day=today - timedelta(days=2), rate=D(40))
    ProfitPolicy.objects.create(valid_from=today - timedelta(days=60), packaging=D(10), staff=D(60000))
    return product


def come_back(order: Order) -> None:
    line = order.lines.get()
    now = timezone.now()
    ReturnUnit.objects.create(
        claim_item_id="u1",
        claim_id="c1",
        order_number=order.order_number,
        order=order,
        line=line,
        variant=line.variant,
        barcode=line.barcode,
        status="Accepted",
        claimed_at=now,
        remote_modified_at=now,
        disposition=Disposition.WRITTEN_OFF,
    )


@pages
@pytest.mark.django_db
def test_model_begins_with_its_real_figures() -> None:
    sold_model()

    context = opened("model=0172", path="simulator/")

    form, sources = context["bench"].form, context["bench"].sources
    assert {name: form[name].value() for name in form.fields} == {
        "price": "450", "discount": "", "commission_rate": "20", "unit_cost": "200,50", "staff": "15", "cargo": "60",
        "service_fee": "3", "packaging": "10", "return_rate": "25", "return_cargo": "75", "lost_rate": "100",
        "vat_rate": "10", "vat_treatment": "DEDUCTED", "service_vat_rate": "20", "cost_vat_rate": "0",
        "withholding_rate": "1", "withholding_treatment": "PREPAID",
    }  # fmt: skip
    assert sources["price"] == "average of the last 90 days"
    assert sources["unit_cost"].startswith("cost sheet from ")
    assert context["answer"].lacking == ""


@pages
@pytest.mark.django_db
def test_model_without_a_sale_begins_with_the_catalogue() -> None:
    product = make_product("0300")
    for size, price in (("36", 400), ("37", 500)):
        make_variant(product=product, size=size, sale_price=D(price), cost=D(120), cost_currency=Currency.TRY)

    context = opened("model=0300", path="simulator/")

    form = context["bench"].form
    assert {name: form[name].value() for name in ("price", "unit_cost", "cargo", "return_rate")} == {
        "price": "450",
        "unit_cost": "120",
        "cargo": "",
        "return_rate": "0",
    }
    assert context["answer"].lacking == "Commission, Cargo tariff, Packaging cost, Staff cost, Service fee"


@pages
@pytest.mark.django_db
def test_one_barcode_without_a_cost_leaves_the_cost_unknown() -> None:
    product = make_product("0300")
    make_variant(product=product, size="36", cost=D(120))
    make_variant(product=product, size="37", cost=None)

    assert opened("model=0300", path="simulator/")["bench"].form["unit_cost"].value() == ""


@pages
@pytest.mark.django_db
def test_campaign_brings_its_discount_and_commission() -> None:
    sold_model()
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        name="Yaz", first_day=today, last_day=today, discount=D(20), commission_rate=D("12.5")
    )

    context = opened(f"model=0172&campaign={campaign.pk}&load=1&price=1", path="simulator/")

    form = context["bench"].form
    assert [form[name].value() for name in ("price", "discount", "commission_rate")] == ["450", "20", "12,50"]
    assert context["bench"].sources["discount"] == "Yaz"


@pages
@pytest.mark.django_db
def test_number_of_statements_does_not_depend_on_the_goods() -> None:
    sold_model()
    client = client_of()
    counts = []
    for number in range(2):
        for place in range(number * 3):
            make_product(f"09{place}")
        with CaptureQueriesContext(connection) as caught:
            client.get(f"{PAGE}simulator/?model=0172")
        counts.append(len(caught))

    assert counts == [counts[0]] * 2
    assert counts[0] <= 26


@pages
@pytest.mark.django_db
def test_trial_is_kept_as_a_workbook() -> None:
    answer = client_of().get(f"{PAGE}simulator/excel/?{tried()}")

    sheet = load_workbook(BytesIO(answer.content))["From the price to the profit of a p"[:31]]
    assert list(sheet.iter_rows(values_only=True))[-1] == ("Profit", 87.88)


@pages
@pytest.mark.django_db
def test_trial_is_printed() -> None:
    answer = client_of().get(f"{PAGE}simulator/pdf/?{tried()}")

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


@pages
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["excel/", "pdf/"])
def test_there_is_no_file_of_a_wrong_trial(path: str) -> None:
    assert client_of().get(f"{PAGE}simulator/{path}?price=x").status_code == 404
