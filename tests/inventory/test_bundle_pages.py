"""Pages of closed cartons: rights, packing by form, wrong input."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Variant
from gullu.roles import ANALYST, OFFICE, WAREHOUSE, setup_roles
from inventory.bundles import bundles, set_bundle_parts
from inventory.models import CentralStock
from inventory.services import ensure_receiving_shelf, receive_stock
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def carton() -> Variant:
    """A carton of two pairs of size 36; ten loose ones lie on the receiving shelf."""
    product = make_product("0172")
    part = make_variant(product=product, colour="Siyah", size="36")
    receive_stock(barcode=part.barcode, shelf_code=ensure_receiving_shelf().code, quantity=10)
    bundle = make_variant(product=product, colour="Siyah", size="Seri 36")
    set_bundle_parts(bundle_id=bundle.pk, parts={part.pk: 2})
    return bundle


def signed_in(client: Client, role: str) -> Client:
    setup_roles()
    client.force_login(make_user(role))
    return client


def address(carton: Variant) -> str:
    return reverse("admin:inventory_bundle", args=[carton.pk])


def filled(client: Client, carton: Variant, **typed: str) -> dict[str, str]:
    form = client.get(address(carton)).context["form"]
    return {name: str(form[name].value()) for name in form.fields} | typed


def test_cartons_are_packed_and_opened_by_form(client: Client, carton: Variant) -> None:
    signed_in(client, WAREHOUSE)

    response = client.post(address(carton), filled(client, carton, cartons="3", action="pack"))
    assert response.status_code == 302
    client.post(address(carton), filled(client, carton, cartons="1", action="open"))

    assert CentralStock.objects.get(variant=carton).qty == 2
    assert CentralStock.objects.get(variant__size="36").qty == 6


def test_a_form_sent_twice_packs_once(client: Client, carton: Variant) -> None:
    signed_in(client, WAREHOUSE)
    sent = filled(client, carton, cartons="3", action="pack")

    client.post(address(carton), sent)
    client.post(address(carton), sent)

    assert CentralStock.objects.get(variant=carton).qty == 3


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"cartons": "6"}, "12"),
        ({"cartons": "0"}, "1"),
        ({"from_shelf": "YOK-01"}, "YOK-01"),
        ({"cartons": "çok"}, ""),
    ],
)
def test_what_cannot_be_packed_is_told_and_nothing_moves(
    client: Client, carton: Variant, typed: dict[str, str], told: str
) -> None:
    signed_in(client, WAREHOUSE)

    response = client.post(address(carton), filled(client, carton, action="pack", **typed))

    assert response.status_code == 422
    assert told in response.content.decode()
    assert CentralStock.objects.get(variant__size="36").qty == 10


def test_the_office_says_what_a_carton_holds(client: Client, carton: Variant) -> None:
    signed_in(client, OFFICE)
    part = Variant.objects.get(size="36")

    client.post(address(carton), {"action": "content", f"pairs-{part.pk}": "5"})
    assert [content.quantity for bundle in bundles() for content in bundle.contents] == [5]

    response = client.post(address(carton), {"action": "content", f"pairs-{part.pk}": "beş"})
    assert response.status_code == 422
    assert "beş" in response.content.decode()
    client.post(address(carton), {"action": "content", f"pairs-{part.pk}": ""})
    assert bundles() == []


def test_who_may_do_what(client: Client, carton: Variant) -> None:
    part = Variant.objects.get(size="36")
    content = {"action": "content", f"pairs-{part.pk}": "5"}
    signed_in(client, WAREHOUSE)
    assert client.post(address(carton), content).status_code == 403
    signed_in(client, ANALYST)
    assert client.get(address(carton)).status_code == 200
    assert client.post(address(carton), {"action": "pack"}).status_code == 403
    assert client.post(address(carton), {"action": "burn"}).status_code == 400
    client.logout()
    client.force_login(make_user(None))
    assert client.get(address(carton)).status_code == 302


def test_the_list_finds_the_cartons_of_a_model(client: Client, carton: Variant) -> None:
    signed_in(client, WAREHOUSE)
    page = reverse("admin:inventory_bundles")

    assert [bundle.variant for bundle in client.get(page).context["bundles"]] == [carton]
    assert [bundle.variant for bundle in client.get(page, {"q": "0172"}).context["bundles"]] == [carton]
    assert client.get(page, {"q": "9999"}).context["bundles"] == []
    assert "9999" in client.get(page, {"q": "9999"}).content.decode()


def test_a_number_longer_than_any_carton_is_told(client: Client, carton: Variant) -> None:
    signed_in(client, OFFICE)
    part = Variant.objects.get(size="36")

    told = client.post(address(carton), {"action": "content", f"pairs-{part.pk}": "9" * 5000})

    assert (told.status_code, told.context["problem"][:40]) == (422, "9" * 39 + "…")
    assert [content.quantity for content in bundles()[0].contents] == [2]
