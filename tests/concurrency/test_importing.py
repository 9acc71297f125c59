"""Imports, adopting and settling by several people at once: real threads, real PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from catalog.models import Product, ProductImage, Variant
from catalog.taking_in import NewModel, NewVariant, take_in
from gullu.models import User
from integrations.listing import importing
from integrations.listing.adopting import adopt
from integrations.listing.importing import import_listings
from integrations.listing.settling import take_theirs
from integrations.listing.sheets import RemoteSheet
from integrations.models import ChannelProduct, Listing
from tests.concurrency.threads import race
from tests.factories import make_user, make_variant

pytestmark = pytest.mark.django_db(transaction=True)
CHANNEL = "TRENDYOL"


def unknown(models: int = 5, sizes: int = 6) -> None:
    Listing.objects.bulk_create(
        Listing(
            channel=CHANNEL,
            barcode=f"86990{model:04d}{number:04d}",
            state=Listing.State.APPROVED,
            list_price=Decimal(600),
            sale_price=Decimal(500),
            remote=RemoteSheet(
                product_code=f"A{model}",
                title="Babet",
                colour="Siyah",
                size=str(30 + number),
                image_urls=("https://cdn.example/1.jpg", "https://cdn.example/2.jpg"),
            ).as_json(),
        )
        for model in range(models)
        for number in range(sizes)
    )


def test_two_imports_at_once_import_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 6)
    unknown()

    done = race(*[partial(import_listings, channel=CHANNEL)] * 3)

    assert [
        sum(getattr(one, name) for one in done) for name in ("models", "variants", "pictures", "cards")
    ] == [
        5,
        30,
        10,
        5,
    ]
    assert [one.refused for one in done] == [(), (), ()]
    assert (Product.objects.count(), Variant.objects.count(), ProductImage.objects.count()) == (5, 30, 10)


def test_barcode_that_somebody_makes_meanwhile_is_taken_once() -> None:
    unknown(1, 1)
    barcode = Listing.objects.get().barcode

    def by_hand() -> Any:
        variant = NewVariant(barcode=barcode, colour="Siyah", size="30")
        return take_in([NewModel(code="ELLE", title="Elle", variants=(variant,))])

    race(partial(import_listings, channel=CHANNEL), by_hand)

    assert list(Variant.objects.values_list("barcode", flat=True)) == [barcode]


def test_two_readings_open_one_card() -> None:
    variant = make_variant("8699000000001")
    Listing.objects.create(
        channel=CHANNEL,
        barcode=variant.barcode,
        variant=variant,
        state=Listing.State.APPROVED,
        remote=RemoteSheet(title="Babet").as_json(),
    )

    race(*[partial(adopt, channel=CHANNEL)] * 3)

    assert ChannelProduct.objects.count() == 1


def test_two_people_who_take_theirs_write_it_once() -> None:
    variant = make_variant()
    listing = Listing.objects.create(
        channel=CHANNEL,
        barcode=variant.barcode,
        variant=variant,
        state=Listing.State.APPROVED,
        sale_price=Decimal(400),
        remote=RemoteSheet(title="Babet").as_json(),
    )
    people: list[User] = [make_user(), make_user()]

    done = race(
        *(
            partial(take_theirs, channel=CHANNEL, listing_ids=[listing.pk], field="sale_price", user=person)
            for person in people
        )
    )

    assert sorted((one.done, one.passed) for one in done) == [(0, 1), (1, 0)]
    assert Variant.objects.get().sale_price == 400
