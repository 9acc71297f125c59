"""The shop's history shared out: whose signal is used for what, with which campaigns, and which days are masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.facts.services import refresh_facts
from analytics.forecasting.holidays import Campaign as CampaignDays
from analytics.forecasts.errors import NothingSold
from analytics.forecasts.preparing import group_label, prepare_tasks
from analytics.models import Campaign
from catalog.models import Product, Variant
from tests.analytics.forecasts.kit import at, move, sell, yesterday
from tests.factories import make_product, make_shelf, make_variant

pytestmark = pytest.mark.django_db

BEGINS = yesterday() - timedelta(days=39)


def shop() -> dict[str, Variant]:
    """Forty days: a boot that sells daily, a small model of its category, and one without a category."""
    goods = {
        "boot": make_variant(product=make_product("0172", category="Bot")),
        "small": make_variant(product=make_product("0173", category="Bot")),
        "alone": make_variant(product=make_product("0300", category="")),
    }
    for number in range(40):
        sell(BEGINS + timedelta(days=number), [(goods["boot"], 1)])
    sell(yesterday(), [(goods["small"], 1), (goods["alone"], 1)])
    refresh_facts()
    return goods


def campaign(name: str, begins: int, *products: Product) -> CampaignDays:
    first = yesterday() + timedelta(days=begins)
    row = Campaign.objects.create(name=name, first_day=first, last_day=first + timedelta(days=2))
    row.products.set(products)
    return CampaignDays(name, row.first_day, row.last_day)


def test_each_group_has_one_task_and_what_takes_longest_comes_first() -> None:
    goods = shop()

    found = {one.task.group: one.task for one in prepare_tasks(yesterday())}

    assert list(found) == ["category:Bot", "model:0172", ""]
    asked = {group: [task.history.barcodes[place] for place in task.asked] for group, task in found.items()}
    assert asked == {
        "category:Bot": [str(goods["small"].pk)],
        "model:0172": [str(goods["boot"].pk)],
        "": [str(goods["alone"].pk)],
    }
    boot = found["model:0172"].history
    assert (boot.first_date, boot.last_date, boot.quantities.sum()) == (BEGINS, yesterday(), 40)


def test_campaigns_act_on_their_models_and_those_of_all_on_everything() -> None:
    goods = shop()
    everyone = campaign("Kasım", -5)
    boots = campaign("Bot günleri", 20, goods["boot"].product)
    campaign("Uzak", 40)
    campaign("Geçmiş", -60)

    found = {one.task.group: one.campaigns for one in prepare_tasks(yesterday())}

    assert found == {"category:Bot": (everyone,), "model:0172": (everyone, boots), "": (everyone,)}


def test_days_without_stock_are_masked_in_the_history() -> None:
    goods = shop()
    shelf = make_shelf()
    move(goods["small"], shelf, 1, at(BEGINS))
    move(goods["small"], shelf, -1, at(BEGINS + timedelta(days=3)))
    move(goods["small"], shelf, 1, at(BEGINS + timedelta(days=6)))

    task = next(one.task for one in prepare_tasks(yesterday()) if one.task.group == "category:Bot")
    there = task.history.in_stock[:, task.asked[0]]

    assert [place for place, stocked in enumerate(there) if not stocked] == [4, 5]


@pytest.mark.parametrize(
    "end",
    [
        lambda goods: Variant.objects.filter(pk=goods.pk).update(discontinued=True),
        lambda goods: Product.objects.filter(pk=goods.product_id).update(discontinued=True),
        lambda goods: Variant.objects.filter(pk=goods.pk).update(active=False),
        lambda goods: Product.objects.filter(pk=goods.product_id).update(active=False),
    ],
)
def test_what_is_gone_for_good_is_not_forecast_and_what_is_left_of_it_is(
    end: Callable[[Variant], int],
) -> None:
    goods = shop()
    end(goods["boot"])

    def forecast() -> set[str]:
        return {barcode for one in prepare_tasks(yesterday()) for barcode in one.task.history.barcodes}

    # Its category has no signal of its own without the boot.
    assert forecast() == {str(goods["small"].pk), str(goods["alone"].pk)}
    move(goods["boot"], make_shelf(), 1, at(BEGINS))
    assert forecast() == {str(variant.pk) for variant in goods.values()}


def test_a_shop_of_which_all_is_gone_for_good_has_nothing_to_forecast() -> None:
    shop()
    Product.objects.update(discontinued=True)
    with pytest.raises(NothingSold):
        prepare_tasks(yesterday())


def test_a_model_and_a_category_of_one_name_are_two_groups() -> None:
    twin = make_variant(product=make_product("Bot", category="Bot"))
    small = make_variant(product=make_product("0173", category="Bot"))
    for number in range(40):
        sell(BEGINS + timedelta(days=number), [(twin, 1)])
    sell(yesterday(), [(small, 1)])
    refresh_facts()

    groups = [one.task.group for one in prepare_tasks(yesterday())]

    assert groups == ["category:Bot", "model:Bot"]
    assert [group_label(group) for group in groups] == ["Bot", "Bot"]


def test_preparing_is_five_statements_with_any_number_of_campaigns() -> None:
    goods = shop()
    for number in range(4):
        campaign(f"K{number}", -number, goods["boot"].product)
    with CaptureQueriesContext(connection) as queries:
        prepare_tasks(yesterday())

    assert len(queries) == 5
