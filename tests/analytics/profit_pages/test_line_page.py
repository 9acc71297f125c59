"""One line reckoned out, as the engine itself wrote it: every sentence has the numbers its part is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from analytics.facts.services import refresh_facts
from analytics.models import CargoTariff, CostPart, CostSheet, ExchangeRate, ProfitLine, ProfitPolicy
from analytics.profit.services import refresh_profit
from catalog.models import Currency
from orders.enums import Channel, OrderState
from orders.models import Order, OrderLine, ReturnUnit
from tests.analytics.papers.kit import page_texts
from tests.analytics.profit_pages.kit import NOVEMBER, PAGE, client_of, opened
from tests.factories import make_order, make_product, make_variant

pytestmark = pytest.mark.django_db

# A month that is over, so that its staff is spread over all its pairs whatever the day of the test is.
DAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def shop(*, told: bool = True, **policy: object) -> Order:
    """Four pairs in one package, three of them of one line, of which one came back."""
    first = date(2026, 1, 1)
    ProfitPolicy.objects.create(
        **{"valid_from": first, "packaging": Decimal("12.50"), "staff": 3100, "service_fee": 10, **policy}
    )
    CargoTariff.objects.create(carrier="Aras Kargo", valid_from=first, desi_to=30, price=120, return_price=90)
    ExchangeRate.objects.create(day=first, rate=Decimal("40.1234"))
    if told:
        # A later rate: that of the day of the sale will not be another one.
        ExchangeRate.objects.create(day=date(2026, 3, 31), rate=Decimal(50))
    product = make_product("0172", title="Bot", desi=Decimal(2))
    sheet = CostSheet.objects.create(product=product, valid_from=first)
    CostPart.objects.create(sheet=sheet, kind="STITCHING", amount=Decimal(100))
    CostPart.objects.create(sheet=sheet, kind="SOLE", amount=Decimal(2), currency=Currency.USD)
    goods = [make_variant(product=product, size=size) for size in ("37", "38")]
    order = make_order(
        [(goods[0], 3), (goods[1], 1)],
        unit_price=Decimal(500),
        ordered_at=DAY,
        status=OrderState.DELIVERED,
        cargo_provider="Aras Kargo",
    )
    OrderLine.objects.filter(order=order).update(commission_rate=Decimal("20.00"))
    come_back(order.lines.get(quantity=3))
    refresh_facts()
    refresh_profit()
    return order


def come_back(line: OrderLine) -> None:
    ReturnUnit.objects.create(
        claim_item_id="u1",
        claim_id="c1",
        order_number=line.order.order_number,
        order=line.order,
        line=line,
        barcode=line.barcode,
        cargo_provider="Aras Kargo",
        status="Accepted",
        claimed_at=DAY + timedelta(days=5),
        remote_modified_at=timezone.now(),
    )


def sentences(order: Order) -> dict[str, tuple[str, ...]]:
    line = order.lines.get(quantity=3)
    context = opened(path=f"lines/{line.pk}/")
    parts = context["explained"]
    return {part.name: part.words for part in (parts.sale, *parts.parts)}


def test_every_part_names_the_numbers_it_is_made_of() -> None:
    order = shop()

    assert sentences(order) == {
        "Net sale": ("3 pairs sold for 1.500,00 ₺.", "1 of them came back: 500,00 ₺ were paid back."),
        "Commission": ("Rate sent with the order", "%20 of 1.000,00 ₺."),
        "Product cost": (
            "2 pairs kept × 180,2468 ₺.",
            "A pair: 100,00 ₺ + 2,00 $ × 40,1234.",
            "Cost sheet of the model; kept since the sale, whatever the costs of today are.",
        ),
        "Staff share": (
            "3 pairs × 775,00 ₺.",
            "March 2026: 3.100,00 ₺ a month, 31 of its 31 days ÷ 4 pairs sold in them.",
        ),
        "Cargo": ("Aras Kargo: 120,00 ₺ for the package of 4 pairs; 3 of them are of this line.",),
        "Service fee": ("10,00 ₺ per order, shared on its lines by their sale: 1.000,00 ₺ of 1.500,00 ₺.",),
        "Packaging": ("3 pairs × 12,50 ₺.",),
        "Return costs": ("The way back of 1 pairs, and the cost of those that cannot be sold again.",),
        "VAT": ("VAT in the sale at %10: 90,91 ₺.", "Less what is contained in the costs: 70,70 ₺."),
        "Withholding": ("9,09 ₺ were withheld: prepaid tax, which costs nothing.",),
    }


def test_cost_that_waits_for_the_rate_of_its_day_says_so() -> None:
    assert sentences(shop(told=False))["Product cost"] == (
        "With the last dollar rate known: the cost is kept once the rate of the day of the sale is known.",
    )


def test_parts_of_the_engine_add_up_on_the_page() -> None:
    order = shop()
    line = order.lines.get(quantity=3)

    explained = opened(path=f"lines/{line.pk}/")["explained"]

    amounts = [part.amount for part in (explained.sale, *explained.parts)]
    assert sum(amounts, Decimal(0)) == ProfitLine.objects.get(pk=line.pk).profit


def test_page_has_the_figures_of_the_engine() -> None:
    shop()

    context = opened(MARCH)

    earned = sum(row.profit for row in ProfitLine.objects.all() if row.profit is not None)
    assert context["whole"].profit == earned
    assert context["waterfall"]["traces"][0]["values"][-1] == pytest.approx(float(earned))
    assert sum(context["waterfall"]["traces"][0]["values"][:-1]) == pytest.approx(float(earned))


def test_taxes_are_told_as_the_shop_treats_them() -> None:
    order = shop(vat_treatment="IGNORED", withholding_treatment="COST")

    found = sentences(order)

    assert (found["VAT"], found["Withholding"]) == (
        ("VAT is not counted.",),
        ("9,09 ₺ were withheld and count as a cost.",),
    )


def test_figures_that_were_never_entered_are_said_to_be_missing() -> None:
    order = shop(packaging=None, staff=None, service_fee=None)

    found = sentences(order)

    assert {name: found[name] for name in ("Packaging", "Staff share", "Service fee")} == {
        "Packaging": ("The packaging cost of this day was not entered.",),
        "Staff share": ("The staff cost of this day was not entered.",),
        "Service fee": ("The service fee of this day was not entered.",),
    }


def test_order_of_our_own_pays_no_marketplace() -> None:
    shop()
    order = make_order(
        [(make_variant(), 3)],
        unit_price=Decimal(100),
        ordered_at=DAY,
        status=OrderState.DELIVERED,
        channel=Channel.MANUAL,
        cargo_provider="Yurtiçi",
    )
    refresh_facts()
    refresh_profit()

    found = sentences(order)

    assert (found["Commission"], found["Service fee"], found["Withholding"]) == (
        ("No commission",),
        ("None is charged on this channel.",),
        ("Nothing was withheld.",),
    )
    assert found["Cargo"] == ("No tariff of Yurtiçi holds for this package.",)


def test_other_lines_of_the_order_are_a_click_away() -> None:
    order = shop()
    line = order.lines.get(quantity=3)

    address = opened(path=f"lines/{line.pk}/")["order_lines"]

    rows = opened(address.partition("?")[2], path="lines/")["page"].object_list
    assert sorted(row.line.quantity for row in rows) == [1, 3]
    assert opened(NOVEMBER, path="lines/")["page"].paginator.count == 0


def test_line_is_kept_as_a_workbook_and_printed() -> None:
    order = shop()
    line = order.lines.get(quantity=3)
    opened(MARCH)
    client = client_of()
    page = client.get(f"{PAGE}lines/{line.pk}/").content.decode()

    excel, pdf = (client.get(f"{PAGE}lines/{line.pk}/{kind}/") for kind in ("excel", "pdf"))

    assert [f'href="{PAGE}lines/{line.pk}/{kind}/"' in page for kind in ("excel", "pdf")] == [True, True]
    rows = [
        row[:2] for row in load_workbook(BytesIO(excel.content)).worksheets[1].iter_rows(values_only=True)
    ]
    assert (rows[0], rows[1], rows[-1]) == (
        ("Part", "Amount"),
        ("Net sale", 1000),
        ("Profit", float(ProfitLine.objects.get(pk=line.pk).profit)),
    )
    assert "3 pairs sold for 1.500,00 ₺." in " ".join(" ".join(page_texts(pdf.content)).split())
