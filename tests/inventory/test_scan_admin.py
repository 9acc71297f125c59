"""The office's lists of scans, counts and aliases. They are reached through the admin's own addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import inventory.admin.scans  # noqa: F401  (registers the pages)
from catalog.admin.aliases import BarcodeAliasForm
from catalog.models import BarcodeAlias
from inventory.models import CountTask, StockCount, StockCountLine
from tests.factories import make_shelf, make_superuser, make_user, make_variant
from tests.inventory.scan_kit import Device

pytestmark = pytest.mark.django_db

LISTS = ("inventory_scanlog", "inventory_counttask", "inventory_stockcount", "catalog_barcodealias")


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(make_superuser())
    return client


def rows(number: int) -> None:
    for _number in range(number):
        shelf, variant, user = make_shelf(), make_variant(), make_user()
        CountTask.objects.create(shelf=shelf, variant=variant, reason="EMPTY", created_by=user)
        count = StockCount.objects.create(shelf=shelf, counted_by=user, finished_at=timezone.now())
        StockCountLine.objects.create(count=count, variant=variant, counted=3, expected=5)
        BarcodeAlias.objects.create(code=f"ESKI-{variant.pk}", variant=variant)
        Device("counts", "count_goods", user=user).scan("nothing")


@pytest.mark.parametrize("name", LISTS)
def test_list_shows_rows_with_as_many_statements_for_three_as_for_one(owner: Client, name: str) -> None:
    counts, listed = [], []
    for size in (1, 2):
        rows(size)
        with CaptureQueriesContext(connection) as statements:
            response = owner.get(reverse(f"admin:{name}_changelist"))
        counts.append(len(statements))
        listed.append(len(response.context["cl"].result_list))

    assert listed == [1, 3]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", LISTS[:3])
def test_what_the_scan_pages_write_is_only_looked_at(owner: Client, name: str) -> None:
    rows(1)

    assert owner.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_finished_count_shows_its_differences(owner: Client) -> None:
    rows(1)

    page = owner.get(reverse("admin:inventory_stockcount_change", args=[StockCount.objects.get().pk]))

    assert "-2" in page.content.decode()


def test_scans_are_searched_by_what_was_scanned_and_by_shelf(owner: Client) -> None:
    make_shelf("A-B-03")
    device = Device("counts", "count_goods")
    device.scan("A-B-03")
    device.scan("9999")

    def found(text: str) -> list[Any]:
        page = owner.get(reverse("admin:inventory_scanlog_changelist"), {"q": text})
        return [row.text for row in page.context["cl"].result_list]

    assert [found("a-b-03"), found("9999"), found("yok")] == [["A-B-03"], ["9999"], []]


@pytest.mark.parametrize(("code", "kept"), [(" eski 1\t", "eski1"), ("8680000000017", None), ("  ", None)])
def test_an_alias_is_kept_as_scanners_send_it_and_never_another_barcode(code: str, kept: str | None) -> None:
    make_variant("8680000000017")
    form = BarcodeAliasForm({"code": code, "variant": make_variant().pk, "note": ""})

    assert form.is_valid() == (kept is not None)
    assert form.cleaned_data.get("code") == kept
