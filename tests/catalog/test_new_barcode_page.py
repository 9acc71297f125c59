"""A variant made in the back office without a barcode gets one of the shop's own."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from catalog.barcodes import ean13_check_digit
from catalog.models import Variant
from tests.factories import make_product, make_superuser, make_variant

pytestmark = pytest.mark.django_db


def add(client: Client, barcode: str) -> list[str]:
    """Add a variant on its page; returns what the page said."""
    client.force_login(make_superuser())
    data = {
        "barcode": barcode,
        "product": make_product().pk,
        "colour": "Bej",
        "size": "38",
        "cost_currency": "TRY",
        "safety_buffer": "0",
        "active": "on",
    }
    response = client.post(reverse("admin:catalog_variant_add"), data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_an_empty_barcode_becomes_a_valid_one_of_the_series(client: Client) -> None:
    add(client, "")

    barcode = Variant.objects.get().barcode
    assert (len(barcode), barcode[:2], barcode[-1]) == (13, "29", ean13_check_digit(barcode[:12]))


def test_a_given_barcode_is_kept_and_one_that_begins_like_another_is_warned_about(client: Client) -> None:
    make_variant("86800000")

    said = add(client, "8680000000017")

    assert Variant.objects.filter(barcode="8680000000017").exists()
    assert any("86800000" in text and "8680000000017" in text for text in said)
