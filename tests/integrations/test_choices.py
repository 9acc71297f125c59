"""Choosing a brand, a category, a value: what is found first, and that letters and case do not matter."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.listing.choices import (
    attributes_of,
    category_rules,
    children_of,
    search_brands,
    search_categories,
    search_values,
)
from integrations.listing.reference import refresh_categories, refresh_due
from integrations.models import MarketBrand
from integrations.trendyol.sandbox.attributes import adult_sizes
from tests.factories import make_superuser
from tests.integrations.referencekit import BEDEN, TRENDYOL, names, read, sizes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("client")]


def brand(name: str, remote_id: int, channel: str = TRENDYOL) -> None:
    MarketBrand.objects.create(channel=channel, name=name, remote_id=remote_id, read_at=timezone.now())


def test_brands_are_found_in_any_case_the_very_name_first() -> None:
    for number, name in enumerate(
        ["Alışık", "Işık Ayakkabı", "IŞIK", "Gökışık", "Ev Işıkları", "%100 Işık_"], start=1
    ):
        brand(name, number)
    brand("Işık", 9, channel="OTHER")

    assert names(search_brands(TRENDYOL, "ışık")) == [
        *("IŞIK", "Işık Ayakkabı", "%100 Işık_", "Ev Işıkları", "Alışık", "Gökışık")
    ]
    assert names(search_brands(TRENDYOL, "isik", limit=2)) == ["IŞIK", "Işık Ayakkabı"]
    assert names(search_brands(TRENDYOL, "AYAKKABI  işik")) == ["Işık Ayakkabı"]
    assert names(search_brands(TRENDYOL, "%")) == names(search_brands(TRENDYOL, "_")) == ["%100 Işık_"]
    assert len(search_brands(TRENDYOL, "")) == 6


def test_categories_that_take_products_come_first() -> None:
    refresh_categories(channel=TRENDYOL)

    found = search_categories(TRENDYOL, "LOAFER")
    assert names(found) == ["Loafer", "Loafer Ayakkabı", "Erkek Loafer"]
    shoes = search_categories(TRENDYOL, "ayakkabı", limit=200)
    leaves = [row.leaf for row in shoes]
    assert leaves == sorted(leaves, reverse=True)
    assert names(shoes[:1]) == ["Ayakkabı Bağcığı"]
    assert names(search_categories(TRENDYOL, "cocuk bot")) == ["Çocuk Bot"]
    assert search_categories(TRENDYOL, "cocuk çizme") == []


def test_the_tree_is_walked_level_by_level() -> None:
    refresh_categories(channel=TRENDYOL)

    assert names(children_of(TRENDYOL, None)) == ["Aksesuar", "Ayakkabı", "Giyim"]
    assert names(children_of(TRENDYOL, 420)) == ["Bootie", "Bot", "Çizme", "Erkek Bot", "Kar Botu"]
    assert children_of(TRENDYOL, 411) == []


def test_a_size_is_found_among_more_than_a_thousand() -> None:
    beden = sizes(read())

    assert names(search_values(beden.pk, "37", limit=4)) == ["37", "37,5", "37-38", "37/38"]
    assert names(search_values(beden.pk, "xl", limit=2)) == ["XL", "3XL"]
    first = names(search_values(beden.pk, "", limit=500))
    assert first.index("5XL") < first.index("16") < first.index("37") < first.index("50")


def test_colours_are_found_by_their_letters() -> None:
    web_colour = read().attributes.get(name="Web Color")

    assert names(search_values(web_colour.pk, "GÜMÜS")) == ["Gümüş"]
    assert names(search_values(web_colour.pk, "sarı")) == ["Sarı"]


def test_required_attributes_come_first_and_rules_cost_two_statements(
    django_assert_num_queries: Any,
) -> None:
    found = read(405)

    assert [row.remote_id for row in attributes_of(found)] == [
        *(47, 348, BEDEN, 294, 296, 1192, 228, 229),
        *(14, 1216, 343, 346, 1180),
    ]
    with django_assert_num_queries(2):
        rules = category_rules(found)
    by_name = {rule.name: rule for rule in rules.attributes}
    assert (rules.remote_id, rules.name, rules.leaf) == (405, "Topuklu Ayakkabı", True)
    assert by_name["Beden"].value_ids == frozenset(number for number, _text in adult_sizes())
    assert by_name["Renk"].value_ids == frozenset()
    assert (by_name["Renk"].slicer, by_name["Beden"].varianter, by_name["Ortam"].multiple) == (
        True,
        True,
        True,
    )


def test_values_that_were_not_read_are_unknown() -> None:
    found = read()
    found.attributes.update(values_read_at=None)

    assert {rule.value_ids for rule in category_rules(found).attributes} == {None}


# --- looking it up ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "word"), [("marketbrand", "ÇIGDÜS"), ("marketcategory", "cocuk sandalet")])
def test_the_lists_are_searched_and_cannot_be_changed(model: str, word: str) -> None:
    refresh_due(channel=TRENDYOL)
    browser = Client()
    browser.force_login(make_superuser())
    url = reverse(f"admin:integrations_{model}_changelist")
    browser.get(url)

    with CaptureQueriesContext(connection) as whole:
        browser.get(url)
    with CaptureQueriesContext(connection) as searched:
        found = browser.get(url, {"q": word}).context["cl"].result_list

    shown = {str(row) for row in found}
    assert (
        shown
        == {
            "marketbrand": {row.name for row in search_brands(TRENDYOL, word)},
            "marketcategory": {"Ayakkabı › Çocuk Ayakkabı › Çocuk Sandalet"},
        }[model]
    )
    assert len(searched) == len(whole)
    assert browser.get(reverse(f"admin:integrations_{model}_add")).status_code == 403
