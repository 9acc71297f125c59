"""The list of what was asked for our products, and sending again what was refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gullu.models import User
from integrations.models import OutboxMessage, ProductWrite
from tests.factories import make_superuser, make_user
from tests.integrations import listkit as kit
from tests.integrations.listkit import barcode, make_model

pytestmark = pytest.mark.django_db

LIST = "admin:integrations_productwrite_changelist"


@pytest.fixture
def browser() -> Client:
    return Client()


def may(user: User, *names: str) -> User:
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return user


def fail(*barcodes: str) -> None:
    rows = ProductWrite.objects.filter(barcode__in=barcodes)
    rows.update(state="FAILED", reasons=["Marka bulunamadı", "Görsel küçük"])
    ProductWrite.objects.exclude(barcode__in=barcodes).update(state="SUCCESS")
    OutboxMessage.objects.update(state="DELIVERED")


def act(browser: Client, *writes: ProductWrite) -> Any:
    data = {"action": "send_again", "_selected_action": [row.pk for row in writes]}
    return browser.post(reverse(LIST), data, follow=True)


def told(response: Any) -> list[str]:
    return [message.level_tag for message in response.context["messages"]]


def test_the_list_shows_what_became_of_each_item(browser: Client) -> None:
    kit.create(make_model(), user=make_superuser())
    fail(barcode(size="37"))
    browser.force_login(make_superuser())

    page = browser.get(reverse(LIST)).content.decode()

    assert page.count("Marka bulunamadı · Görsel küçük") == 1
    assert page.index(barcode(size="37")) < page.index(barcode(size="36"))


@pytest.mark.parametrize("sizes", [("36",), ("36", "37", "38", "39")])
def test_the_list_takes_the_same_statements_however_long_it_is(
    browser: Client, sizes: tuple[str, ...], record_property: Any
) -> None:
    kit.create(make_model(sizes=sizes), user=make_superuser())
    browser.force_login(make_superuser())
    browser.get(reverse(LIST))

    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse(LIST))

    own = [query for query in queries if "integrations_productwrite" in query["sql"]]
    assert len(own) == 1


def test_filters_and_search_find_items(browser: Client) -> None:
    kit.create(make_model())
    fail(barcode(size="37"))
    browser.force_login(make_superuser())

    def shown(**query: str) -> list[str]:
        response = browser.get(reverse(LIST), query)
        return [row.barcode for row in response.context["cl"].result_list]

    assert shown(state__exact="FAILED") == [barcode(size="37")]
    assert shown(kind="PRODUCT_PRICE") == []
    assert shown(kind="PRODUCT_CREATE", q=barcode(size="36")) == [barcode(size="36")]


def test_one_item_is_shown_whole(browser: Client) -> None:
    kit.create(make_model(sizes=("36",)))
    fail(barcode())
    browser.force_login(make_superuser())

    page = browser.get(
        reverse("admin:integrations_productwrite_change", args=[ProductWrite.objects.get().pk])
    )

    assert page.status_code == 200
    assert "<p>Görsel küçük</p>" in page.content.decode()


def test_what_was_refused_is_sent_again(browser: Client) -> None:
    kit.create(make_model())
    fail(barcode(size="37"))
    browser.force_login(make_superuser())

    response = act(browser, *ProductWrite.objects.all())

    assert told(response) == ["success", "warning"]
    assert ProductWrite.objects.filter(state="WAITING").get().barcode == barcode(size="37")


def test_nothing_refused_is_told_in_one_sentence(browser: Client) -> None:
    kit.create(make_model())
    fail()
    browser.force_login(make_superuser())

    response = act(browser, *ProductWrite.objects.all())

    assert (told(response), ProductWrite.objects.count()) == (["error"], 2)


def test_who_may_look_may_not_send(browser: Client) -> None:
    kit.create(make_model())
    fail(barcode(size="37"))
    browser.force_login(may(make_user(is_staff=True), "view_productwrite"))

    page = browser.get(reverse(LIST))
    act(browser, *ProductWrite.objects.all())

    assert (page.status_code, "send_again" in page.content.decode()) == (200, False)
    assert ProductWrite.objects.filter(state="WAITING").count() == 0


def test_prices_are_hidden_from_those_who_may_not_see_amounts(browser: Client) -> None:
    kit.create(make_model(sizes=("36",)))
    url = reverse("admin:integrations_productwrite_change", args=[ProductWrite.objects.get().pk])
    browser.force_login(may(make_user(is_staff=True), "view_productwrite"))

    assert "salePrice" not in browser.get(url).content.decode()
    browser.force_login(make_superuser())
    assert "salePrice" in browser.get(url).content.decode()
