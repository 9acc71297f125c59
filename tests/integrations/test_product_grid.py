"""The grid of a model: what it shows, what it writes, and what it refuses."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product, Variant
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE, setup_roles
from integrations.models import Listing, OutboxMessage
from integrations.product_grid import grid as grids
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def web() -> Client:
    return Client()


@pytest.fixture
def product() -> Product:
    product = make_product("0172")
    for colour in ("Kırmızı", "Siyah"):
        for size in ("36", "37"):
            make_variant(
                product=product,
                colour=colour,
                size=size,
                sale_price=Decimal("1299.90"),
                list_price=Decimal("1499.90"),
                cost=Decimal("12.50"),
                cost_currency="USD",
            )
    return product


def signed_in(web: Client, role: str) -> Client:
    setup_roles()
    web.force_login(make_user(role))
    return web


def address(product: Product) -> str:
    return reverse("product_grid:grid", args=[product.pk])


def as_shown(web: Client, product: Product, **query: str) -> dict[str, str]:
    """What a browser would send back if nothing were changed."""
    context = web.get(address(product), query).context
    sent = {"seen": context["seen"]}
    for block in context["colours"]:
        for row in block["rows"]:
            for field in row.fields:
                if field is not None and (field.name != "discontinued" or field.value):
                    sent[field.key] = field.value
    return sent


def of(product: Product, colour: str, size: str) -> Variant:
    return Variant.objects.get(product=product, colour=colour, size=size)


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [(MANAGER, 200, 302), (OFFICE, 200, 302), (WAREHOUSE, 200, 403), (ANALYST, 200, 403)],
)
def test_rights_of_each_role(web: Client, product: Product, role: str, read: int, write: int) -> None:
    signed_in(web, role)

    assert web.get(address(product)).status_code == read
    assert web.post(address(product), as_shown(web, product)).status_code == write


def test_strangers_are_sent_to_the_sign_in_and_customers_nowhere(web: Client, product: Product) -> None:
    assert web.get(address(product)).status_code == 302
    web.force_login(make_user(None))
    assert web.get(address(product)).status_code == 403


def test_pickers_see_no_price_and_no_cost(web: Client, product: Product) -> None:
    signed_in(web, WAREHOUSE)

    page = web.get(address(product)).content.decode()

    assert "1299,90" not in page
    assert "sale_price-" not in page


def test_several_barcodes_are_changed_at_once(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)
    first, second = of(product, "Kırmızı", "36"), of(product, "Siyah", "37")
    sent = as_shown(web, product)
    sent |= {
        f"sale_price-{first.pk}": "1.199,90",
        f"cost-{first.pk}": "",
        f"safety_buffer-{second.pk}": "2",
        f"discontinued-{second.pk}": "on",
    }

    response = web.post(address(product), sent, follow=True)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.sale_price, first.list_price, first.cost) == (Decimal("1199.90"), Decimal("1499.90"), None)
    assert (second.safety_buffer, second.discontinued, second.sale_price) == (2, True, Decimal("1299.90"))
    assert "2" in str(next(iter(response.context["messages"])))


def test_a_form_sent_back_as_it_was_writes_nothing(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)
    before = list(Variant.objects.order_by("pk").values())

    web.post(address(product), as_shown(web, product))

    assert list(Variant.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("sale_price", "12,3,4"),
        ("sale_price", "0"),
        ("sale_price", "1.600,00"),
        ("cost", "-1"),
        ("cost_currency", "GBP"),
        ("safety_buffer", "yarım"),
        ("safety_buffer", ""),
    ],
)
def test_one_wrong_value_writes_nothing_and_is_shown_at_its_field(
    web: Client, product: Product, name: str, typed: str
) -> None:
    signed_in(web, OFFICE)
    wrong, right = of(product, "Siyah", "36"), of(product, "Siyah", "37")
    sent = as_shown(web, product) | {f"{name}-{wrong.pk}": typed, f"safety_buffer-{right.pk}": "3"}

    response = web.post(address(product), sent)

    assert response.status_code == 422
    assert list(response.context["errors"]) == [f"{name}-{wrong.pk}"]
    assert (typed or "—") in response.context["errors"][f"{name}-{wrong.pk}"]
    right.refresh_from_db()
    assert right.safety_buffer == 0
    fields = {
        field.key: field.value
        for block in response.context["colours"]
        for row in block["rows"]
        for field in row.fields
    }
    assert (fields[f"{name}-{wrong.pk}"], fields[f"safety_buffer-{right.pk}"]) == (typed, "3")


def test_what_somebody_else_changed_meanwhile_is_told_and_not_overwritten(
    web: Client, product: Product
) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    sent = as_shown(web, product) | {f"sale_price-{variant.pk}": "1.249,90"}
    Variant.objects.filter(pk=variant.pk).update(sale_price=Decimal("1100.00"))

    response = web.post(address(product), sent)

    assert "1.100,00" in response.context["errors"][f"sale_price-{variant.pk}"]
    variant.refresh_from_db()
    assert variant.sale_price == Decimal("1100.00")


def test_what_somebody_else_changed_elsewhere_does_not_stand_in_the_way(
    web: Client, product: Product
) -> None:
    signed_in(web, OFFICE)
    mine, theirs = of(product, "Siyah", "36"), of(product, "Siyah", "37")
    sent = as_shown(web, product) | {f"safety_buffer-{mine.pk}": "1"}
    Variant.objects.filter(pk=theirs.pk).update(sale_price=Decimal("1100.00"))

    assert web.post(address(product), sent).status_code == 302

    theirs.refresh_from_db()
    assert theirs.sale_price == Decimal("1100.00")


@pytest.mark.parametrize("seen", ["", "tampered", "e30:1abc:xyz"])
def test_a_page_whose_seal_is_broken_writes_nothing(web: Client, product: Product, seen: str) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    sent = as_shown(web, product) | {"seen": seen, f"safety_buffer-{variant.pk}": "5"}

    web.post(address(product), sent)

    variant.refresh_from_db()
    assert variant.safety_buffer == 0


def test_the_seal_of_another_model_is_refused(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)
    other = make_variant(product=make_product("0999"), safety_buffer=0)
    sent = as_shown(web, other.product) | {f"safety_buffer-{other.pk}": "5"}

    web.post(address(product), sent)

    other.refresh_from_db()
    assert other.safety_buffer == 0


def test_a_price_that_differs_on_the_marketplace_is_shown(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    Listing.objects.create(
        barcode=variant.barcode,
        variant=variant,
        state=Listing.State.APPROVED,
        sale_price=Decimal("999.90"),
        list_price=Decimal("1499.90"),
    )

    page = web.get(address(product))

    assert [cell.variant.pk for cell in page.context["grid"].differing] == [variant.pk]
    assert "999,90" in page.content.decode()


def test_our_prices_are_sent_where_the_marketplace_shows_others(web: Client, product: Product) -> None:
    for number, variant in enumerate(Variant.objects.order_by("pk")):
        Listing.objects.create(
            barcode=variant.barcode,
            variant=variant,
            state=Listing.State.APPROVED,
            sale_price=Decimal("999.90") if number < 2 else Decimal("1299.90"),
            list_price=Decimal("1499.90"),
        )
    signed_in(web, OFFICE)

    web.post(address(product), {"send_prices": "1"})
    web.post(address(product), {"send_prices": "1"})

    (message,) = OutboxMessage.objects.all()
    assert message.kind == OutboxMessage.Kind.PRODUCT_PRICE
    assert message.product_writes.count() == 2
    signed_in(web, ANALYST)
    assert web.post(address(product), {"send_prices": "1"}).status_code == 403


def test_a_model_without_variants_says_so(web: Client) -> None:
    signed_in(web, OFFICE)

    page = web.get(address(make_product("0500")))

    assert page.status_code == 200
    assert "henüz varyant" in page.content.decode()


def test_a_large_model_is_shown_in_parts_and_each_part_can_be_saved(
    web: Client, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "MOST_SHOWN", 2)
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    sent = as_shown(web, product, part="2") | {f"safety_buffer-{variant.pk}": "4"}

    response = web.post(f"{address(product)}?part=2", sent)

    assert response.status_code == 302
    variant.refresh_from_db()
    assert variant.safety_buffer == 4


@pytest.mark.parametrize("part", ["0", "99", "²", "-1", "x" * 50])
def test_a_part_that_does_not_exist_shows_one_that_does(web: Client, product: Product, part: str) -> None:
    signed_in(web, OFFICE)

    assert web.get(address(product), {"part": part}).context["grid"].part == 1


def test_history_tells_who_changed_what_from_which_value_to_which(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    for price in ("1.199,90", "1.149,90"):
        web.post(address(product), as_shown(web, product) | {f"sale_price-{variant.pk}": price})

    changes = [change for change in web.get(address(product)).context["changes"] if change.fields]

    person = web.get(address(product)).context["request"].user.get_username()
    assert [(change.who, field.old, field.new) for change in changes for field in change.fields] == [
        (person, "1.199,90", "1.149,90"),
        (person, "1.299,90", "1.199,90"),
    ]
    assert variant.barcode in changes[0].what


def test_history_gathers_what_was_added_at_once(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)

    changes = web.get(address(product)).context["changes"]

    assert [(change.began, change.of_model) for change in changes] == [(True, False), (True, True)]
    assert changes[0].what.startswith("4 ")


def test_history_shows_amounts_only_to_those_who_may_see_them(web: Client, product: Product) -> None:
    variant = of(product, "Siyah", "36")
    Variant.objects.filter(pk=variant.pk).update(sale_price=Decimal("777.70"))
    signed_in(web, WAREHOUSE)

    assert "777,70" not in web.get(address(product)).content.decode()


def test_the_number_of_statements_does_not_grow_with_the_model(
    web: Client, product: Product, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    web.post(address(product), as_shown(web, product) | {f"safety_buffer-{variant.pk}": "1"})
    web.get(address(product))
    with django_assert_max_num_queries(60) as few:
        web.get(address(product))
    for number in range(12):
        make_variant(product=product, colour=f"Renk {number}", size="38")

    with django_assert_num_queries(len(few)):
        web.get(address(product))


def test_the_enter_key_saves_and_sends_nothing_to_the_marketplace(web: Client, product: Product) -> None:
    """A browser presses the first button of the form the field belongs to."""
    variant = of(product, "Siyah", "36")
    Listing.objects.create(
        barcode=variant.barcode,
        variant=variant,
        state=Listing.State.APPROVED,
        sale_price=Decimal("999.90"),
        list_price=Decimal("1499.90"),
    )
    signed_in(web, OFFICE)

    html = web.get(address(product)).content.decode()

    grid_form = html[html.index('id="pg"') :].partition("</form>")[0]
    buttons = re.findall(r"<button type=\"submit\"[^>]*>", grid_form)
    own = [button for button in buttons if "form=" not in button]
    assert ['name="send_prices"' in button for button in buttons] == [True, False]
    assert own == ['<button type="submit" class="lb-button">']


def test_fields_of_the_grid_that_were_not_sent_are_left_as_they_are(web: Client, product: Product) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    sent = {"seen": as_shown(web, product)["seen"], f"safety_buffer-{variant.pk}": "4"}

    assert web.post(address(product), sent).status_code == 302

    variant.refresh_from_db()
    assert (variant.sale_price, variant.cost, variant.cost_currency, variant.safety_buffer) == (
        Decimal("1299.90"),
        Decimal("12.50"),
        "USD",
        4,
    )


def test_what_somebody_else_changed_is_said_once_and_may_then_be_changed(
    web: Client, product: Product
) -> None:
    signed_in(web, OFFICE)
    variant = of(product, "Siyah", "36")
    sent = as_shown(web, product) | {f"sale_price-{variant.pk}": "1.249,90"}
    Variant.objects.filter(pk=variant.pk).update(sale_price=Decimal("1100.00"))

    refused = web.post(address(product), sent)
    again = web.post(address(product), sent | {"seen": refused.context["seen"]})

    variant.refresh_from_db()
    assert (refused.status_code, again.status_code, variant.sale_price) == (422, 302, Decimal("1249.90"))
