"""Closed cartons: packing and opening move both sides at once, and never take what customers wait for."""

from __future__ import annotations

import pytest

from catalog.models import Variant
from inventory.bundles import (
    BundleInStock,
    NoBundle,
    PairsPromised,
    PartOfAnotherModel,
    bundles,
    open_bundles,
    pack_bundles,
    set_bundle_parts,
)
from inventory.errors import InsufficientStock, InvalidQuantity
from inventory.models import CentralStock, RafUrun, Shelf
from inventory.services import receive_stock
from orders.models import PickScan
from tests.factories import make_order, make_product, make_shelf, make_superuser, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def carton() -> Variant:
    """A carton of two 36 and one 37, and ten loose pairs of each on A-A-01."""
    product = make_product("0172")
    shelf = make_shelf("A-A-01")
    make_shelf("S-A-01")
    parts = {}
    for size, quantity in (("36", 2), ("37", 1)):
        part = make_variant(product=product, colour="Siyah", size=size)
        receive_stock(barcode=part.barcode, shelf_code=shelf.code, quantity=10)
        parts[part.pk] = quantity
    bundle = make_variant(product=product, colour="Siyah", size="Seri 36-37")
    assert set_bundle_parts(bundle_id=bundle.pk, parts=parts) == 3
    return bundle


def on_hand(size: str) -> int:
    return CentralStock.objects.values_list("qty", flat=True).get(variant__size=size)


def pack(carton: Variant, cartons: int, **others: str) -> object:
    return pack_bundles(
        barcode=carton.barcode, cartons=cartons, from_shelf="A-A-01", to_shelf="S-A-01", **others
    )


def test_packing_takes_the_pairs_and_puts_the_cartons(carton: Variant) -> None:
    done = pack_bundles(barcode=carton.barcode, cartons=3, from_shelf="A-A-01", to_shelf="S-A-01")

    assert (done.cartons, done.pairs, done.in_stock, done.repeated) == (3, 9, 3, False)
    assert [on_hand(size) for size in ("36", "37", "Seri 36-37")] == [4, 7, 3]
    assert RafUrun.objects.get(variant=carton).shelf.code == "S-A-01"


def test_opening_is_the_way_back(carton: Variant) -> None:
    pack(carton, 3)

    done = open_bundles(barcode=carton.barcode, cartons=2, from_shelf="S-A-01", to_shelf="A-A-01")

    assert (done.pairs, done.in_stock) == (6, 1)
    assert [on_hand(size) for size in ("36", "37", "Seri 36-37")] == [8, 9, 1]


def test_a_pair_that_is_not_there_packs_nothing(carton: Variant) -> None:
    with pytest.raises(InsufficientStock) as refused:
        pack(carton, 6)

    part = Variant.objects.get(size="36")
    assert (refused.value.data["barcode"], refused.value.data["wanted"], refused.value.data["there"]) == (
        part.barcode,
        12,
        10,
    )
    assert [on_hand(size) for size in ("36", "37")] == [10, 10]


def test_pairs_that_customers_wait_for_are_not_packed(carton: Variant) -> None:
    part = Variant.objects.get(size="37")
    make_order([(part, 8)])

    with pytest.raises(PairsPromised) as refused:
        pack(carton, 3)

    assert (refused.value.data["free"], refused.value.data["wanted"]) == (2, 3)
    assert on_hand("37") == 10
    pack(carton, 2)
    assert on_hand("37") == 8


def test_a_carton_that_a_customer_waits_for_is_not_opened(carton: Variant) -> None:
    pack(carton, 1)
    make_order([(carton, 1)])

    with pytest.raises(PairsPromised):
        open_bundles(barcode=carton.barcode, cartons=1, from_shelf="S-A-01", to_shelf="A-A-01")

    assert on_hand("Seri 36-37") == 1


def test_pressing_twice_packs_once(carton: Variant) -> None:
    pack(carton, 2, key="form-1")

    repeated = pack_bundles(
        barcode=carton.barcode, cartons=2, from_shelf="A-A-01", to_shelf="S-A-01", key="form-1"
    )

    assert (repeated.repeated, repeated.in_stock, on_hand("36")) == (True, 2, 6)


def test_what_a_carton_holds_cannot_change_while_closed_ones_are_there(carton: Variant) -> None:
    pack(carton, 1)

    with pytest.raises(BundleInStock):
        set_bundle_parts(bundle_id=carton.pk, parts={})

    open_bundles(barcode=carton.barcode, cartons=1, from_shelf="S-A-01", to_shelf="S-A-01")
    assert set_bundle_parts(bundle_id=carton.pk, parts={}) == 0
    with pytest.raises(NoBundle):
        pack(carton, 1)


def test_only_single_pairs_of_the_same_model_lie_in_a_carton(carton: Variant) -> None:
    other = make_variant(product=make_product("0999"))
    second = make_variant(product=carton.product, colour="Siyah", size="Seri 2")

    for bundle, part in ((second, other), (second, carton), (second, second)):
        with pytest.raises(PartOfAnotherModel):
            set_bundle_parts(bundle_id=bundle.pk, parts={part.pk: 1})


def test_a_pair_that_lies_in_a_carton_is_no_carton_itself(carton: Variant) -> None:
    product = carton.product
    part, inner = (make_variant(product=product, colour="Siyah", size=size) for size in ("40", "41"))
    set_bundle_parts(bundle_id=make_variant(product=product, size="Seri 40").pk, parts={part.pk: 1})

    with pytest.raises(PartOfAnotherModel):
        set_bundle_parts(bundle_id=part.pk, parts={inner.pk: 1})


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_a_carton_holds_a_sensible_number(carton: Variant, quantity: int) -> None:
    with pytest.raises(InvalidQuantity):
        set_bundle_parts(bundle_id=carton.pk, parts={Variant.objects.get(size="36").pk: quantity})


def test_the_list_says_how_many_more_can_be_packed(carton: Variant) -> None:
    make_order([(Variant.objects.get(size="36"), 3)])
    pack(carton, 1)

    (bundle,) = bundles()

    assert (bundle.variant, bundle.pairs, bundle.in_stock, bundle.packable) == (carton, 3, 1, 2)


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    carton: Variant,
    django_assert_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    with django_assert_num_queries(2):
        bundles()
    for number in range(5):
        more = make_variant(product=carton.product, colour="Siyah", size=f"Seri {number}")
        set_bundle_parts(bundle_id=more.pk, parts={Variant.objects.get(size="36").pk: 1})

    with django_assert_num_queries(2):
        assert len(bundles()) == 6


def test_pairs_in_a_pickers_hands_are_not_packed(carton: Variant) -> None:
    """They are in the books of the shelf, and no longer lie on it: the carton would take the picker's pair."""
    part, shelf = Variant.objects.get(size="37"), make_shelf("B-B-01")
    receive_stock(barcode=part.barcode, shelf_code=shelf.code, quantity=10)
    line = make_order([(part, 8)]).lines.get()
    PickScan.objects.create(
        line=line, shelf=Shelf.objects.get(code="A-A-01"), quantity=8, user=make_superuser()
    )

    with pytest.raises(InsufficientStock) as refused:
        pack(carton, 3)

    assert (refused.value.data["wanted"], refused.value.data["there"], on_hand("37")) == (3, 2, 20)
    pack(carton, 2)
    assert on_hand("37") == 18
