"""Colours and sizes of a model: barcodes are added and taken away, also by two people at once."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.barcodes import ean13_check_digit
from catalog.models import BarcodeAlias, Product, ProductImage, Variant
from catalog.writing import (
    set_basics,
    set_variants,
    start_draft,
)
from catalog.writing_errors import (
    BarcodeRefused,
    BarcodeTaken,
    NamesAlike,
    NameTooLong,
    TooManyVariants,
    VariantMadeMeanwhile,
)
from gullu.models import User
from tests.concurrency.threads import race
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db
SIZES = ("36", "37", "38")


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def draft(user: User) -> Product:
    return start_draft(code="0172", title="Topuklu Ayakkabı", user=user, brand="Güllü")


def is_ean13(barcode: str) -> bool:
    return len(barcode) == 13 and barcode[12:] == ean13_check_digit(barcode[:12])


def pairs(product: Product) -> list[tuple[str, str]]:
    return list(product.variants.order_by("pk").values_list("colour", "size"))


def test_every_colour_gets_every_size_with_a_barcode_and_a_stock_code(draft: Product, user: User) -> None:
    done = set_variants(
        product_id=draft.pk, colours=[" Gül  kurusu", "Siyah"], sizes=["36", "36,5"], user=user
    )

    assert pairs(draft) == [
        ("Gül kurusu", "36"),
        ("Gül kurusu", "36,5"),
        ("Siyah", "36"),
        ("Siyah", "36,5"),
    ]
    rows = list(draft.variants.order_by("pk"))
    assert tuple(row.barcode for row in rows) == done.added
    assert [is_ean13(row.barcode) for row in rows] == [True] * 4
    assert rows[1].stock_code == "0172-36,5 Gül kurusu"


def test_only_the_pairs_asked_for_are_made(draft: Product, user: User) -> None:
    wanted = {("Siyah", "36"), ("Bej", "37"), ("Mavi", "40")}

    set_variants(product_id=draft.pk, colours=["Siyah", "Bej"], sizes=["36", "37"], user=user, pairs=wanted)

    assert pairs(draft) == [("Siyah", "36"), ("Bej", "37")]


def test_draft_loses_what_is_not_wanted_any_more(draft: Product, user: User) -> None:
    first = set_variants(product_id=draft.pk, colours=["Siyah", "Bej"], sizes=["36"], user=user)
    ProductImage.objects.create(product=draft, colour="Bej", url="https://cdn.example/1.jpg")

    done = set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36", "37"], user=user)

    assert (pairs(draft), done.removed) == ([("Siyah", "36"), ("Siyah", "37")], (first.added[1],))
    assert done.bare_pictures == ("Bej",)


def test_what_a_person_did_not_see_is_not_unwanted(draft: Product, user: User) -> None:
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36"], user=user)
    seen = list(draft.variants.values_list("pk", flat=True))
    set_variants(product_id=draft.pk, colours=["Siyah", "Bej"], sizes=["36"], user=user)

    set_variants(product_id=draft.pk, colours=["Mavi"], sizes=["36"], user=user, seen=seen)

    assert pairs(draft) == [("Bej", "36"), ("Mavi", "36")]


def test_model_of_the_range_only_gets_more(user: User) -> None:
    product = make_product()
    make_variant(product=product, colour="Siyah", size="36")

    done = set_variants(product_id=product.pk, colours=["Bej"], sizes=["37"], user=user)

    assert (pairs(product), done.removed) == ([("Siyah", "36"), ("Bej", "37")], ())


def test_own_barcodes_are_taken(draft: Product, user: User) -> None:
    make_variant("8690000000012")

    done = set_variants(
        product_id=draft.pk,
        colours=["Siyah"],
        sizes=["36", "37"],
        user=user,
        barcodes={("Siyah", "37"): " 869000000001 "},
    )

    assert draft.variants.get(size="37").barcode == "869000000001"
    assert done.clashes == (("869000000001", ("8690000000012",)),)
    assert is_ean13(draft.variants.get(size="36").barcode)


@pytest.mark.parametrize("code", ["869 1", "a/b", "x" * 41, "año", "٣٣"])
def test_strange_barcode_is_refused(draft: Product, user: User, code: str) -> None:
    with pytest.raises(BarcodeRefused):
        set_variants(
            product_id=draft.pk,
            colours=["Siyah"],
            sizes=["36"],
            user=user,
            barcodes={("Siyah", "36"): code},
        )


def test_barcode_of_somebody_else_is_refused_and_nothing_is_made(draft: Product, user: User) -> None:
    other = make_variant("8690000000012")
    BarcodeAlias.objects.create(code="ESKI-1", variant=other)
    add = partial(set_variants, product_id=draft.pk, colours=["Siyah"], sizes=["36", "37"], user=user)

    for code in ("8690000000012", "ESKI-1"):
        with pytest.raises(BarcodeTaken) as refused:
            add(barcodes={("Siyah", "36"): code})
        assert refused.value.data == {"barcode": code, "model": other.product.code}
    with pytest.raises(BarcodeTaken):
        add(barcodes={("Siyah", "36"): "A1", ("Siyah", "37"): "A1"})

    assert pairs(draft) == []


def test_names_that_differ_in_letters_only_are_refused(draft: Product, user: User) -> None:
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36"], user=user)

    with pytest.raises(NamesAlike) as refused:
        set_variants(product_id=draft.pk, colours=["Siyah", "SİYAH"], sizes=["36"], user=user)

    assert refused.value.data == {"name": "SİYAH", "other": "Siyah"}
    with pytest.raises(NamesAlike):
        set_variants(product_id=draft.pk, colours=["Işıl", "ışıl"], sizes=["36"], user=user)


def test_alike_names_that_are_there_already_are_no_obstacle(user: User) -> None:
    product = make_product()
    make_variant(product=product, colour="Siyah", size="36")
    make_variant(product=product, colour="SİYAH", size="37")

    set_variants(product_id=product.pk, colours=["Siyah", "SİYAH"], sizes=["38"], user=user)

    assert product.variants.filter(size="38").count() == 2


def test_too_much_is_refused(draft: Product, user: User) -> None:
    add = partial(set_variants, product_id=draft.pk, user=user)

    with pytest.raises(NameTooLong):
        add(colours=["x" * 51], sizes=["36"])
    with pytest.raises(NameTooLong):
        add(colours=["Siyah"], sizes=["1" * 21])
    with pytest.raises(TooManyVariants):
        add(colours=[f"Renk {number}" for number in range(21)], sizes=[f"{number}" for number in range(20)])
    set_basics(product_id=draft.pk, values={"code": "k" * 40}, user=user)
    with pytest.raises(NameTooLong):
        add(colours=["y" * 50], sizes=["1" * 20])

    assert pairs(draft) == []


def test_statements_do_not_grow_with_the_variants(draft: Product, user: User) -> None:
    # The first barcode of all also begins the series.
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36"], user=user)
    with CaptureQueriesContext(connection) as few:
        set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["37"], user=user)

    with CaptureQueriesContext(connection) as many:
        set_variants(product_id=draft.pk, colours=["Bej", "Mavi"], sizes=SIZES, user=user)

    assert len(few) == len(many)


# --- two people at once -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_people_adding_the_same_sizes_make_each_once() -> None:
    user, product = make_user(), make_product("0172")
    add = partial(set_variants, product_id=product.pk, colours=["Siyah", "Bej"], sizes=SIZES, user=user)

    done = race(add, add)

    assert sorted(len(one.added) for one in done) == [0, 6]
    assert (product.variants.count(), Variant.objects.values("barcode").distinct().count()) == (6, 6)


@pytest.mark.django_db(transaction=True)
def test_two_models_at_once_get_barcodes_of_their_own() -> None:
    user = make_user()
    products = [make_product(), make_product()]

    race(
        *(
            partial(set_variants, product_id=product.pk, colours=["Siyah"], sizes=SIZES, user=user)
            for product in products
        )
    )

    assert Variant.objects.values("barcode").distinct().count() == 6


@pytest.mark.django_db(transaction=True)
def test_variant_made_past_the_lock_is_a_sentence() -> None:
    """Somebody who adds a barcode on its own page holds no lock of the model."""
    user, product = make_user(), make_product()
    added = threading.Event()

    def add_by_hand() -> None:
        with transaction.atomic():
            make_variant(product=product, colour="Siyah", size="36")
            added.set()
            until_somebody_waits()
        connection.close()

    thread = threading.Thread(target=add_by_hand)
    thread.start()
    added.wait(10)
    with pytest.raises(VariantMadeMeanwhile):
        set_variants(product_id=product.pk, colours=["Siyah"], sizes=["36"], user=user)
    thread.join(10)

    assert pairs(product) == [("Siyah", "36")]


def until_somebody_waits() -> None:
    """Until another session of this database waits for a lock of ours."""
    ends_at = time.monotonic() + 10
    waits = (
        "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    )
    while time.monotonic() < ends_at:
        with connection.cursor() as cursor:
            cursor.execute(waits)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
