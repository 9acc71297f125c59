"""Writing a model down: drafts, what is the same for all barcodes, and two people at once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils.translation import override

from catalog.models import Product, ProductImage, SizeChart, Variant
from catalog.pictures.services import add_picture
from catalog.writing import (
    codes_alike,
    discard_draft,
    finish_draft,
    marks_of,
    set_basics,
    set_variants,
    start_draft,
)
from catalog.writing_errors import (
    DraftInUse,
    DraftWithoutVariants,
    NotADraft,
    ProductRefused,
)
from gullu.models import User
from tests.catalog.drawing import sent
from tests.concurrency.threads import race
from tests.factories import make_product, make_shelf, make_user, stock

pytestmark = pytest.mark.django_db
SIZES = ("36", "37", "38")


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def draft(user: User) -> Product:
    return start_draft(code="0172", title="Topuklu Ayakkabı", user=user, brand="Güllü")


def changes() -> list[tuple[str, int]]:
    """What the history of models says: what happened, and who it was."""
    rows = apps.get_model("catalog", "ProductHistory").objects.order_by("pgh_id")
    return [(row.pgh_label, row.pgh_context.metadata["user"]) for row in rows]


# --- a draft begins and ends --------------------------------------------------------------------------------------


def test_draft_begins_tidy_and_tells_who_began_it(user: User) -> None:
    draft = start_draft(code="  0172  A ", title=" Topuklu\tAyakkabı", user=user)

    draft.refresh_from_db()
    assert (draft.code, draft.title, draft.draft, draft.active) == ("0172 A", "Topuklu Ayakkabı", True, True)
    assert changes() == [("insert", user.pk)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "0172", "title": "Çizme"}, "code"),
        ({"code": " ", "title": "Çizme"}, "code"),
        ({"code": "x" * 41, "title": "Çizme"}, "code"),
        ({"code": "0173", "title": " "}, "title"),
        ({"code": "0173", "title": "Çizme", "age_group": "DOGS"}, "age_group"),
    ],
)
def test_draft_is_refused_at_the_field(
    draft: Product, user: User, values: dict[str, str], field: str
) -> None:
    with pytest.raises(ProductRefused) as refused:
        start_draft(**values, user=user)

    assert list(refused.value.problems) == [field]
    assert list(Product.objects.all()) == [draft]


def test_codes_that_read_alike_are_told(draft: Product, user: User) -> None:
    start_draft(code="ÇİZ-1", title="Çizme", user=user)

    assert codes_alike("ciz-1") == ["ÇİZ-1"]
    assert codes_alike("0172", but=draft.pk) == []


def test_draft_is_finished_once_it_has_something_to_sell(draft: Product, user: User) -> None:
    with pytest.raises(DraftWithoutVariants):
        finish_draft(product_id=draft.pk, user=user)
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["37"], user=user)

    assert [finish_draft(product_id=draft.pk, user=user).draft for _again in range(2)] == [False, False]
    draft.refresh_from_db()
    assert draft.draft is False


def test_draft_is_thrown_away_with_its_barcodes_and_pictures(
    draft: Product, user: User, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=SIZES, user=user)
    add_picture(product_id=draft.pk, colour="Siyah", upload=sent(), user=user)

    with django_capture_on_commit_callbacks(execute=True):
        discard_draft(product_id=draft.pk, user=user)

    assert (Product.objects.count(), Variant.objects.count(), ProductImage.objects.count()) == (0, 0, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_model_of_the_range_is_not_thrown_away(user: User) -> None:
    product = make_product()

    with pytest.raises(NotADraft):
        discard_draft(product_id=product.pk, user=user)

    assert Product.objects.count() == 1


def test_draft_whose_boxes_have_come_stays(draft: Product, user: User) -> None:
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=SIZES, user=user)
    variant = draft.variants.get(size="37")
    stock(variant, make_shelf(), 2)

    with pytest.raises(DraftInUse) as refused:
        discard_draft(product_id=draft.pk, user=user)
    with pytest.raises(DraftInUse):
        set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36"], user=user)

    assert refused.value.data == {"product": "0172", "barcodes": variant.barcode}
    assert draft.variants.count() == 3


# --- what is the same for all barcodes ----------------------------------------------------------------------------


def test_basics_are_kept_and_the_history_names_the_person(draft: Product, user: User) -> None:
    chart = SizeChart.objects.create(name="Kadın")
    values = {
        "title": "Stiletto",
        "vat_rate": 20,
        "desi": Decimal("1.5"),
        "description": "<p>Deri</p>\r\n<p>Taban</p>",
        "origin": "TR",
        "size_chart_id": chart.pk,
        "discontinued": True,
    }

    done = set_basics(product_id=draft.pk, values=values, user=user)

    draft.refresh_from_db()
    assert set(done.changed) == set(values)
    kept = {name: getattr(draft, name) for name in values}
    assert kept == {**values, "description": "<p>Deri</p>\n<p>Taban</p>"}
    assert changes() == [("insert", user.pk), ("update", user.pk)]
    assert set_basics(product_id=draft.pk, values=values, user=user).changed == ()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "0099"}, "code"),
        ({"title": ""}, "title"),
        ({"vat_rate": 18}, "vat_rate"),
        ({"desi": Decimal(0)}, "desi"),
        ({"desi": None}, "desi"),
        ({"origin": "TUR"}, "origin"),
        ({"size_chart_id": 999_999}, "size_chart"),
        ({"description": "x" * 30_001}, "description"),
    ],
)
def test_basics_that_cannot_be_are_refused_at_the_field(
    draft: Product, user: User, values: dict[str, Any], field: str
) -> None:
    make_product("0099")

    with pytest.raises(ProductRefused) as refused:
        set_basics(product_id=draft.pk, values={"brand": "Other", **values}, user=user)

    draft.refresh_from_db()
    assert (list(refused.value.problems), draft.brand) == ([field], "Güllü")


def test_new_code_of_a_draft_goes_into_the_stock_codes_made_from_it(draft: Product, user: User) -> None:
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36", "37"], user=user)
    draft.variants.filter(size="37").update(stock_code="own")

    set_basics(product_id=draft.pk, values={"code": "0200"}, user=user)

    codes = draft.variants.order_by("size").values_list("stock_code", flat=True)
    assert list(codes) == ["0200-36 Siyah", "own"]


def test_code_of_a_model_in_the_range_stays(user: User) -> None:
    product = make_product("0172")

    with pytest.raises(ProductRefused) as refused:
        set_basics(product_id=product.pk, values={"code": "0200"}, user=user)

    assert list(refused.value.problems) == ["code"]


def test_two_people_changing_different_fields_do_not_overwrite_each_other(draft: Product, user: User) -> None:
    seen = marks_of(draft)
    shown = {"title": draft.title, "brand": draft.brand, "desi": Decimal("2.00")}

    set_basics(product_id=draft.pk, values={**shown, "brand": "Marka"}, user=user, seen=seen)
    done = set_basics(product_id=draft.pk, values={**shown, "title": "Çizme"}, user=user, seen=seen)

    draft.refresh_from_db()
    assert (done.changed, draft.title, draft.brand) == (("title",), "Çizme", "Marka")


def test_two_people_changing_the_same_field_are_told(draft: Product, user: User) -> None:
    seen = marks_of(draft)
    set_basics(product_id=draft.pk, values={"title": "Çizme"}, user=user, seen=seen)

    with override("en"), pytest.raises(ProductRefused) as refused:
        set_basics(product_id=draft.pk, values={"title": "Bot"}, user=user, seen=seen)

    assert refused.value.problems == {
        "title": "Somebody else changed this meanwhile, it is “Çizme” now: look at it again."
    }
    assert set_basics(product_id=draft.pk, values={"title": "Çizme"}, user=user, seen=seen).changed == ()


def test_what_somebody_else_chose_is_told_in_words(draft: Product, user: User) -> None:
    chart = SizeChart.objects.create(name="Kadın kalıbı")
    seen, theirs = marks_of(draft), {"age_group": "MEN", "size_chart_id": chart.pk}
    mine = {"age_group": "CHILDREN", "size_chart_id": chart.pk + 1}
    set_basics(product_id=draft.pk, values=theirs, user=user, seen=seen)

    with override("en"), pytest.raises(ProductRefused) as refused:
        set_basics(product_id=draft.pk, values=mine, user=user, seen=seen)

    told = [sentence.split("“")[1].split("”")[0] for sentence in refused.value.problems.values()]
    assert told == ["Men", "Kadın kalıbı"]


def test_field_nobody_may_write_here_is_a_mistake_of_ours(draft: Product, user: User) -> None:
    with pytest.raises(KeyError):
        set_basics(product_id=draft.pk, values={"draft": False}, user=user)


@pytest.mark.django_db(transaction=True)
def test_two_people_starting_one_code_get_one_draft() -> None:
    user = make_user()
    begin = partial(start_draft, code="0172", title="Çizme", user=user)

    done = race(begin, begin)

    assert sorted(type(one).__name__ for one in done) == ["Product", "ProductRefused"]
    assert Product.objects.count() == 1
