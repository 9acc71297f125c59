"""Whole models taken in at once, and pictures by address."""

from __future__ import annotations

from typing import Any

import pytest
from pghistory.models import Events

from catalog.models import Product, ProductImage, Variant
from catalog.pictures.services import MOST_PICTURES, put_addresses
from catalog.taking_in import NewModel, NewVariant, take_in
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db


def model(code: str = "A1", *barcodes: str, **fields: Any) -> NewModel:
    variants = tuple(
        NewVariant(barcode=barcode, colour="Siyah", size=str(36 + number))
        for number, barcode in enumerate(barcodes)
    )
    return NewModel(code=code, title="Babet", variants=variants, **fields)


def urls(product: Product) -> list[str]:
    return list(product.images.order_by("colour", "position").values_list("url", flat=True))


def addresses(count: int, *, first: int = 1) -> tuple[str, ...]:
    return tuple(f"https://cdn.example/{number}.jpg" for number in range(first, first + count))


def test_models_and_barcodes_are_written_in_the_name_of_a_person() -> None:
    user = make_user()

    taken = take_in([model("A1", "8690000000011", "8690000000012"), model("A2")], user=user)

    assert (taken.models, taken.variants, taken.left) == (2, 2, frozenset())
    variant = Variant.objects.get(barcode="8690000000011")
    assert (variant.product.code, variant.stock_code) == ("A1", "A1-36 Siyah")
    assert Events.objects.tracks(variant).get().pgh_context["user"] == user.pk


def test_what_the_database_does_not_take_is_named() -> None:
    product = make_product("A1")
    make_variant("8690000000011")
    make_variant(product=product, colour="Siyah", size="37")

    taken = take_in([model("A1", "8690000000011", "8690000000012", "8690000000013")])

    assert (taken.models, taken.variants) == (0, 1)
    assert taken.left == {"8690000000011", "8690000000012"}


def test_drafts_get_no_barcodes() -> None:
    make_product("A1", draft=True)

    taken = take_in([model("A1", "8690000000011")])

    assert (dict(taken.products), set(taken.left)) == ({}, {"8690000000011"})


def test_pictures_are_put_behind_those_that_are_there() -> None:
    product = make_product()
    ProductImage.objects.create(product=product, colour="Siyah", url=addresses(1)[0])

    added = put_addresses(wanted={(product.pk, "Siyah"): addresses(12)}, user=None)

    assert (added, urls(product)) == (MOST_PICTURES - 1, list(addresses(MOST_PICTURES)))


def test_strange_addresses_and_unknown_models_are_left_out() -> None:
    product = make_product()
    wanted = {
        (product.pk, "Siyah"): ("ftp://cdn.example/1.jpg", "x", *addresses(1)),
        (0, "Siyah"): addresses(1),
    }

    assert put_addresses(wanted=wanted, user=None) == 1
    assert urls(product) == list(addresses(1))


def test_replacing_keeps_what_is_equal_and_files_of_our_own() -> None:
    same, other, own, nothing = (make_product() for _number in range(4))
    for product in (same, other, nothing):
        put_addresses(wanted={(product.pk, "Siyah"): addresses(2)}, user=None)
    described = {"file": "a", "thumb": "a", "digest": "a", "width": 9, "height": 9}
    ProductImage.objects.create(product=own, colour="Siyah", url="/1.jpg", **described)
    before = set(same.images.values_list("pk", flat=True))

    added = put_addresses(
        wanted={
            (same.pk, "Siyah"): addresses(2),
            (other.pk, "Siyah"): addresses(1, first=9),
            (own.pk, "Siyah"): addresses(2),
            (nothing.pk, "Siyah"): (),
        },
        user=None,
        replace=True,
    )

    assert (added, set(same.images.values_list("pk", flat=True))) == (1, before)
    assert [urls(product) for product in (other, own, nothing)] == [
        list(addresses(1, first=9)),
        ["/1.jpg"],
        list(addresses(2)),
    ]


def test_statements_do_not_grow(django_assert_max_num_queries: Any) -> None:
    models = [model(f"B{n}", f"869{n:010d}", pictures={"Siyah": addresses(2)}) for n in range(200)]

    with django_assert_max_num_queries(16):
        taken = take_in(models)

    assert (taken.models, taken.variants, taken.pictures) == (200, 200, 400)
