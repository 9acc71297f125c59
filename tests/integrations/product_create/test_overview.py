"""The list of all models on their way to the marketplace: what is worst about each, and what narrows it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Product
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.listing import cards
from integrations.models import Listing, OutboxMessage, ProductWrite
from integrations.product_create.overview import Worst
from tests.factories import make_product, make_variant
from tests.integrations.product_create.listingkit import CHANNEL, make_model, signed_in

pytestmark = pytest.mark.django_db
URL = reverse("product_create:overview")
Kind = OutboxMessage.Kind
State = ProductWrite.State


def listed(code: str, state: str = Listing.State.APPROVED, *, barcodes: int = 1) -> Product:
    """A model of the range whose first barcode is listed."""
    product = make_model(code, colours=("Siyah",), sizes=("36", "37")[:barcodes], draft=False)
    variant = product.variants.earliest("pk")
    Listing.objects.create(channel=CHANNEL, barcode=variant.barcode, variant=variant, state=state)
    return product


def asked(product: Product, kind: str, state: str) -> None:
    message = OutboxMessage.objects.create(
        channel=CHANNEL,
        kind=kind,
        key=f"{kind}:{OutboxMessage.objects.count()}",
        due_at="2026-11-21T12:00:00+03:00",
    )
    variant = product.variants.earliest("pk")
    ProductWrite.objects.create(
        message=message, product=product, variant=variant, barcode=variant.barcode, body={}, state=state
    )


def shown(browser: Client, **query: str) -> list[tuple[str, Worst]]:
    return [(row.product.code, row.worst) for row in browser.get(URL, query).context["rows"]]


@pytest.fixture
def models() -> None:
    """One of each, and one that has nothing to do with the marketplace."""
    listed("0001")
    listed("0002", Listing.State.REJECTED)
    listed("0003", Listing.State.PENDING)
    listed("0004", barcodes=2)
    make_model("0005")
    make_variant(product=make_product("0006"))


def test_each_model_has_what_is_worst_about_it(office: Client, models: None) -> None:
    assert shown(office) == [
        ("0001", Worst.FINE),
        ("0002", Worst.REJECTED),
        ("0003", Worst.WAITING),
        ("0004", Worst.MISSING),
        ("0005", Worst.DRAFT),
    ]


@pytest.mark.parametrize("worst", list(Worst))
def test_filter_shows_exactly_the_models_that_are_so(office: Client, models: None, worst: Worst) -> None:
    rows = shown(office, worst=worst.value)

    assert rows == [row for row in shown(office) if row[1] is worst]
    assert len(rows) == 1


def test_search_and_unknown_filters(office: Client, models: None) -> None:
    Product.objects.filter(code="0003").update(title="Şık IŞILTI")

    assert shown(office, q="sık ısılti", worst="YOK") == [("0003", Worst.WAITING)]
    assert shown(office, q="yok böyle") == []
    assert shown(office, page="yok") == shown(office)


def test_refusal_counts_until_something_newer_was_sent(office: Client) -> None:
    product = listed("0001")
    asked(product, Kind.PRODUCT_CREATE, State.FAILED)
    seen = [shown(office)]
    asked(product, Kind.PRODUCT_UNAPPROVED, State.SENT)
    seen.append(shown(office))
    asked(product, Kind.PRODUCT_PRICE, State.FAILED)
    seen.append(shown(office))
    asked(product, Kind.PRODUCT_PRICE, State.SUCCESS)
    ProductWrite.objects.filter(state=State.SENT).update(state=State.SUCCESS)
    seen.append(shown(office))

    assert [rows[0][1] for rows in seen] == [Worst.REJECTED, Worst.WAITING, Worst.REJECTED, Worst.FINE]


def test_model_with_a_card_is_listed_before_it_was_sent(office: Client) -> None:
    product = make_model("0001", draft=False)
    cards.open_card(channel=CHANNEL, product_id=product.pk)

    assert shown(office) == [("0001", Worst.MISSING)]


@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (WAREHOUSE, 403), (ANALYST, 403)]
)
def test_rights(role: str, status: int) -> None:
    assert signed_in(role).get(URL).status_code == status


def test_statements_do_not_grow_with_models(office: Client, models: None) -> None:
    office.get(URL)
    with CaptureQueriesContext(connection) as few:
        office.get(URL)
    for number in range(10, 16):
        listed(f"00{number}", Listing.State.REJECTED)

    with CaptureQueriesContext(connection) as many:
        office.get(URL)

    assert len(many) == len(few)


def test_hostile_words_are_shown_as_text(office: Client) -> None:
    bad = "<script>alert(1)</script>"
    listed("0001")
    Product.objects.update(title=bad)

    assert [office.get(URL, {"q": text}).content.decode().count(bad) for text in (bad, "")] == [0, 0]
