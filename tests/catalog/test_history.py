"""Changes of business records are kept by the database: who, what it was before, what it is now."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from catalog.models import Variant
from tests.factories import make_superuser, make_variant

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_price_changed_in_the_back_office_keeps_who_changed_it(client: Client) -> None:
    owner, variant = make_superuser(), make_variant(sale_price=Decimal("500.00"))
    client.force_login(owner)
    address = reverse("admin:catalog_variant_change", args=[variant.pk])
    form = client.get(address).context["adminform"].form
    data = {bound.html_name: bound.value() for bound in form}
    data = {name: value for name, value in data.items() if value is not None and value is not False}

    response = client.post(address, {**data, "sale_price": "450,00"})

    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Variant.objects.get().sale_price == Decimal("450.00")
    row = apps.get_model("catalog", "VariantHistory").objects.get(pgh_label="update")
    assert (row.sale_price, row.pgh_label) == (Decimal("450.00"), "update")
    assert row.pgh_context.metadata["user"] == owner.pk


def test_a_bulk_update_is_kept_too() -> None:
    make_variant(sale_price=Decimal("500.00"))
    make_variant(sale_price=Decimal("500.00"))

    Variant.objects.update(sale_price=Decimal("400.00"))

    history = apps.get_model("catalog", "VariantHistory").objects.filter(pgh_label="update")
    assert list(history.values_list("sale_price", flat=True)) == [Decimal("400.00")] * 2
