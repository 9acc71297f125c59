"""What people choose for a model on a marketplace, and what surely follows from the model."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from catalog.errors import ProductNotFound
from catalog.models import AgeGroup, Product, ProductImage, Variant
from gullu.errors import DomainError
from integrations.listing import cards
from integrations.listing.building import check_product
from integrations.listing.card_errors import (
    BrandNotFound,
    CategoryNotFound,
    CategoryNotLeaf,
    TitlePatternTooLong,
    TitlePatternWithoutTitle,
    WrongDeliveryDays,
    WrongTitlePattern,
)
from integrations.listing.matching import Choosing
from integrations.listing.sheets import Choice
from integrations.models import ChannelProduct, MarketAttribute, MarketBrand, MarketCategory, MarketValue
from tests.factories import make_product, make_variant
from tests.integrations.listkit import TRENDYOL, WEB_COLOURS, make_category, make_model
from tests.integrations.sheetkit import (
    AGE,
    BEDEN,
    CASUAL,
    GENDER,
    IMPORTER,
    MATERIAL,
    ORIGIN,
    RENK,
    WEB_COLOUR,
)

pytestmark = pytest.mark.django_db


def card_of(product: Product) -> ChannelProduct:
    return ChannelProduct.objects.get(product=product)


def of(product: Product) -> dict[str, Any]:
    return {"channel": TRENDYOL, "product_id": product.pk}


def history() -> Any:
    """What was changed since; making the card is in the history as well."""
    return ChannelProduct.pgh_event_model.objects.exclude(pgh_label="insert")  # type: ignore[attr-defined]


def node(name: str = "Babet", **fields: Any) -> MarketCategory:
    values = {
        "remote_id": 414,
        "leaf": True,
        "read_at": timezone.now(),
        "path": f"Ayakkabı › {name}",
        **fields,
    }
    return MarketCategory.objects.create(name=name, **values)


def attribute(category: MarketCategory, remote_id: int, name: str, *values: int, **flags: bool) -> None:
    """An attribute with values that are named by their numbers."""
    known = dict.fromkeys(("required", "allow_custom", "varianter", "slicer", "multiple"), False)
    row = MarketAttribute.objects.create(
        category=category,
        remote_id=remote_id,
        name=name,
        position=category.attributes.count(),
        values_read_at=timezone.now(),
        **{**known, **flags},
    )
    MarketValue.objects.bulk_create(MarketValue(attribute=row, remote_id=x, name=str(x)) for x in values)


def make_category_read(product: Product) -> MarketCategory:
    """The category of a model, its attributes read just now."""
    MarketCategory.objects.update(attributes_read_at=timezone.now())
    category = card_of(product).category
    assert category is not None
    return category


# --- the card itself ------------------------------------------------------------------------------------------


def test_a_card_is_made_once() -> None:
    product = make_product()

    first = cards.open_card(**of(product))
    again = cards.open_card(**of(product))

    assert first == again == card_of(product)
    assert again.title_pattern == "{title} - {colour} - Beden {size}"


def test_every_service_refuses_a_model_that_is_not_there() -> None:
    gone: dict[str, Any] = {"channel": TRENDYOL, "product_id": -1}
    calls: list[Any] = [
        lambda: cards.open_card(**gone),
        lambda: cards.choose_brand(**gone, brand_id=None),
        lambda: cards.choose_category(**gone, category_id=1),
        lambda: cards.set_choices(**gone),
        lambda: cards.set_terms(**gone, title_pattern="{title}", delivery_days=None),
        lambda: cards.suggest_choices(**gone),
    ]

    for call in calls:
        with pytest.raises(ProductNotFound):
            call()


# --- the brand ------------------------------------------------------------------------------------------------


def test_a_brand_is_chosen_and_taken_back() -> None:
    product = make_product()
    brand = MarketBrand.objects.create(remote_id=1, name="Yolcubulut", read_at=timezone.now())

    assert cards.choose_brand(**of(product), brand_id=brand.pk).brand == brand
    assert card_of(product).brand == brand
    assert cards.choose_brand(**of(product), brand_id=None).brand is None
    assert card_of(product).brand is None


def test_a_brand_of_another_marketplace_is_refused() -> None:
    product = make_product()
    other = MarketBrand.objects.create(channel="MANUAL", remote_id=1, name="X", read_at=timezone.now())

    for number in (other.pk, -5):
        with override("en"), pytest.raises(BrandNotFound) as caught:
            cards.choose_brand(**of(product), brand_id=number)
        with override("en"):
            assert caught.value.message == (
                f"Brand number {number} is not known here: search for the brand and choose it again."
            )
    assert not ChannelProduct.objects.exists()


# --- the category ---------------------------------------------------------------------------------------------


def test_a_category_is_chosen() -> None:
    product = make_product()
    category = make_category()

    chosen = cards.choose_category(**of(product), category_id=category.pk)

    assert (chosen.card.category, chosen.dropped) == (category, ())
    assert card_of(product).category == category


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"leaf": False}, CategoryNotLeaf),
        ({"offered": False}, CategoryNotFound),
        ({"channel": "MANUAL"}, CategoryNotFound),
    ],
)
def test_a_category_that_takes_no_products_is_refused(
    fields: dict[str, Any], error: type[DomainError]
) -> None:
    product = make_product()
    category = node(**fields)

    with pytest.raises(error):
        cards.choose_category(**of(product), category_id=category.pk)

    assert not ChannelProduct.objects.exists()


def test_a_new_category_keeps_what_it_takes_and_drops_the_rest() -> None:
    product = make_model(sizes=["36", "37"])
    card = card_of(product)
    card.attributes = {
        str(AGE): {"values": [2879]},
        str(GENDER): {"values": [2874]},
        str(MATERIAL): {"values": [601, 602]},
        str(IMPORTER): {"text": "Güllü"},
        "999": {"values": [1]},
    }
    card.save()
    category = node(attributes_read_at=timezone.now())
    attribute(category, RENK, "Renk", allow_custom=True, slicer=True)
    # Its own number for the web colour, one size less, one value of the material at most, no text of one's own.
    attribute(category, 295, "Web Color", 686230)
    attribute(category, BEDEN, "Beden", 4285, varianter=True)
    attribute(category, AGE, "Yaş Grubu", 2879)
    attribute(category, MATERIAL, "Materyal", 601, 602)
    attribute(category, IMPORTER, "İthalatçı", 5)

    chosen = cards.choose_category(**of(product), category_id=category.pk)

    stored = card_of(product)
    assert stored.attributes == {str(AGE): {"values": [2879]}}
    assert stored.colour_attributes == {"Siyah": {str(RENK): {"text": "Siyah"}}}
    assert stored.size_attributes == {"36": {str(BEDEN): {"values": [4285]}}}
    # As the old category names them, in its order; what it did not know has only its number.
    assert chosen.dropped == (
        *("Web Color", "Beden", "Cinsiyet", "Materyal", "İthalatçı/Yetkili Temsilci Adı", "999"),
    )


def test_a_category_whose_attributes_nobody_has_read_keeps_everything() -> None:
    product = make_model()
    before = card_of(product)

    chosen = cards.choose_category(**of(product), category_id=node().pk)

    assert chosen.dropped == ()
    assert card_of(product).attributes == before.attributes
    assert card_of(product).size_attributes == before.size_attributes


def test_choosing_a_category_again_takes_out_what_it_does_not_have() -> None:
    product = make_model()
    category = make_category_read(product)

    assert cards.choose_category(**of(product), category_id=category.pk).dropped == ()
    assert history().count() == 0
    category.attributes.filter(remote_id=AGE).delete()

    assert cards.choose_category(**of(product), category_id=category.pk).dropped == (str(AGE),)
    assert str(AGE) not in card_of(product).attributes


# --- attributes -----------------------------------------------------------------------------------------------


def test_choices_are_merged_into_what_is_stored() -> None:
    product = make_model(sizes=["36"])

    cards.set_choices(
        **of(product),
        attributes={AGE: Choice(), MATERIAL: Choice((601, 602, 601))},
        colour_attributes={
            "Siyah": {RENK: Choice(text="  Kömür   siyahı ")},
            "Bej": {RENK: Choice(text="Bej")},
        },
        size_attributes={"36": {BEDEN: Choice((4286,), "both")}},
    )

    stored = card_of(product)
    assert stored.attributes == {
        str(GENDER): {"values": [2874]},
        str(ORIGIN): {"values": [10_617_300]},
        str(MATERIAL): {"values": [601, 602]},
    }
    assert stored.colour_attributes == {
        "Siyah": {str(RENK): {"text": "Kömür siyahı"}, str(WEB_COLOUR): {"values": [686230]}},
        "Bej": {str(RENK): {"text": "Bej"}},
    }
    assert stored.size_attributes == {"36": {str(BEDEN): {"values": [4286]}}}


def test_the_last_choice_of_a_colour_takes_the_colour_away() -> None:
    product = make_model(colours=["Siyah", "Beyaz"])

    cards.set_choices(
        **of(product),
        colour_attributes={"Siyah": {RENK: Choice(text=" "), WEB_COLOUR: Choice()}},
        size_attributes={"45": {BEDEN: Choice()}},
    )

    assert list(card_of(product).colour_attributes) == ["Beyaz"]
    assert list(card_of(product).size_attributes) == ["36", "37"]


def test_only_what_changes_is_in_the_history() -> None:
    product = make_model()
    stored = cards.stored_choices(card_of(product))

    cards.set_choices(
        **of(product),
        attributes=stored.attributes,
        colour_attributes=stored.colour_attributes,
        size_attributes=stored.size_attributes,
    )
    assert history().count() == 0
    cards.set_choices(**of(product), attributes={AGE: Choice()})

    assert history().get().attributes == card_of(product).attributes


# --- title and delivery ---------------------------------------------------------------------------------------


def test_terms_are_stored() -> None:
    product = make_product()

    card = cards.set_terms(**of(product), title_pattern=" {title}   ({size}) ", delivery_days=0)

    assert (card.title_pattern, card.delivery_days) == ("{title} ({size})", 0)
    assert card_of(product).delivery_days == 0
    cards.set_terms(**of(product), title_pattern="{title}", delivery_days=None)
    assert card_of(product).delivery_days is None


@pytest.mark.parametrize(
    ("terms", "error", "says"),
    [
        (
            {"title_pattern": "{title} {beden}"},
            WrongTitlePattern,
            "Pattern “{title} {beden}” has {beden} in it",
        ),
        ({"title_pattern": "{title} {"}, WrongTitlePattern, "has { in it"),
        ({"title_pattern": "}{title}"}, WrongTitlePattern, "has } in it"),
        ({"title_pattern": "{{title}}"}, WrongTitlePattern, "has { } in it"),
        ({"title_pattern": "{title!r} {0}"}, WrongTitlePattern, "has {title!r} {0} in it"),
        ({"title_pattern": "  "}, TitlePatternWithoutTitle, "Pattern “” lacks {title}"),
        ({"title_pattern": "Babet {size}"}, TitlePatternWithoutTitle, "Pattern “Babet {size}” lacks {title}"),
        (
            {"title_pattern": "{title}" + "ü" * 54},
            TitlePatternTooLong,
            "has 61 characters: shorten it to at most 60",
        ),
        ({"delivery_days": -1}, WrongDeliveryDays, "It cannot ship in -1 days: enter a number from 0 to 365"),
        ({"delivery_days": 366}, WrongDeliveryDays, "It cannot ship in 366 days"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(
    terms: dict[str, Any], error: type[DomainError], says: str
) -> None:
    product = make_product()

    with override("en"), pytest.raises(error) as caught:
        cards.set_terms(**{**of(product), "title_pattern": "{title}", "delivery_days": None, **terms})

    with override("en"):
        assert says in caught.value.message
    assert not ChannelProduct.objects.exists()


# --- what surely follows --------------------------------------------------------------------------------------


def bare_model(**fields: Any) -> Product:
    """A model with two colours and two sizes; of the category only itself is chosen."""
    product = make_model(colours=["Siyah", "Beyaz"], sizes=["36", "37"], **fields)
    ChannelProduct.objects.update(attributes={}, colour_attributes={}, size_attributes={})
    return product


def test_suggestions_fill_in_what_follows_from_the_model() -> None:
    product = bare_model()

    suggested = cards.suggest_choices(**of(product))

    stored = card_of(product)
    assert stored.attributes == {
        str(AGE): {"values": [2879]},
        str(GENDER): {"values": [2874]},
        str(ORIGIN): {"values": [10_617_300]},
    }
    assert stored.colour_attributes == {
        colour: {str(RENK): {"text": colour}, str(WEB_COLOUR): {"values": [number]}}
        for colour, number in WEB_COLOURS.items()
    }
    assert stored.size_attributes == {
        "36": {str(BEDEN): {"values": [4285]}},
        "37": {str(BEDEN): {"values": [4286]}},
    }
    assert (suggested.card, suggested.filled.count) == (stored, 9)
    assert check_product(**of(product)).ready


def test_suggestions_touch_nothing_that_is_chosen() -> None:
    product = bare_model()
    cards.set_choices(
        **of(product),
        attributes={GENDER: Choice((1,)), WEB_COLOUR: Choice((5,))},
        colour_attributes={"Siyah": {RENK: Choice(text="Kömür"), AGE: Choice((2,))}},
        size_attributes={"36": {BEDEN: Choice((3,))}},
    )

    filled = cards.suggest_choices(**of(product)).filled

    assert filled == Choosing(
        attributes={ORIGIN: Choice((10_617_300,))},
        colour_attributes={"Beyaz": {RENK: Choice(text="Beyaz")}},
        size_attributes={"37": {BEDEN: Choice((4286,))}},
    )
    assert card_of(product).colour_attributes["Siyah"] == {
        str(RENK): {"text": "Kömür"},
        str(AGE): {"values": [2]},
    }


def test_suggesting_twice_changes_nothing() -> None:
    product = bare_model()
    cards.suggest_choices(**of(product))
    changes = history().count()

    assert cards.suggest_choices(**of(product)).filled.count == 0
    assert history().count() == changes


def test_nothing_is_suggested_without_a_category() -> None:
    product = make_product()
    make_variant(product=product)

    suggested = cards.suggest_choices(**of(product))

    assert suggested.filled.count == 0
    assert suggested.card == card_of(product)


def name_values(remote_id: int, *names: str) -> None:
    """Give an attribute other values, numbered from 1."""
    row = MarketAttribute.objects.get(remote_id=remote_id)
    row.values.all().delete()
    MarketValue.objects.bulk_create(
        MarketValue(attribute=row, remote_id=number, name=name) for number, name in enumerate(names, start=1)
    )


@pytest.mark.parametrize(
    ("colour", "names", "wanted"),
    [
        ("Gül kurusu", ["Pembe", "Bordo"], None),
        ("Açık MAVİ", ["Mavi", "Lacivert"], 1),
        ("lacivert", ["Mavi", "LACİVERT"], 2),
        ("Siyah süet", ["Siyah", "Süet"], None),
        ("Siyah-beyaz", ["Siyah", "Beyaz"], None),
        ("Siyah beyaz", ["Siyah", "Beyaz", "Siyah Beyaz"], 3),
        ("Çok renkli", ["Renkli", "Çok Renkli"], 2),
        ("Mor", ["Mor", "mor"], None),
        ("Mordan", ["Mor"], None),
        ("Isıl", ["Işıl"], 1),
    ],
)
def test_a_web_colour_is_the_colour_or_the_only_one_in_its_name(
    colour: str, names: list[str], wanted: int | None
) -> None:
    product = bare_model()
    Variant.objects.filter(colour="Siyah").update(colour=colour)
    Variant.objects.filter(colour="Beyaz").delete()
    name_values(WEB_COLOUR, *names)

    cards.suggest_choices(**of(product))

    found = card_of(product).colour_attributes[colour].get(str(WEB_COLOUR))
    assert found == (None if wanted is None else {"values": [wanted]})


@pytest.mark.parametrize(
    ("size", "names", "wanted"),
    [
        ("36", ["36-37", "36,5", "36"], 3),
        ("36", ["36-37", "136"], None),
        ("36.5", ["36", "36,5"], 2),
        ("36,5", ["36.5"], 1),
        ("xl", ["XXL", "XL"], 2),
        ("36", ["36", "36"], None),
    ],
)
def test_a_size_is_taken_only_if_it_is_the_very_same(size: str, names: list[str], wanted: int | None) -> None:
    product = bare_model()
    Variant.objects.filter(size="36").update(size=size)
    name_values(BEDEN, *names)

    cards.suggest_choices(**of(product))

    found = card_of(product).size_attributes.get(size)
    assert found == (None if wanted is None else {str(BEDEN): {"values": [wanted]}})


@pytest.mark.parametrize(
    ("group", "age", "gender"),
    [(AgeGroup.WOMEN, 1, 2), (AgeGroup.MEN, 1, 1), (AgeGroup.CHILDREN, 2, None)],
)
def test_age_and_gender_follow_from_whom_it_is_for(group: AgeGroup, age: int, gender: int | None) -> None:
    product = bare_model(age_group=group)
    name_values(AGE, "Yetişkin", "Çocuk")
    name_values(GENDER, "Erkek", "Kadın / Kız", "Unisex")

    cards.suggest_choices(**of(product))

    stored = card_of(product).attributes
    assert stored[str(AGE)] == {"values": [age]}
    assert stored.get(str(GENDER)) == (None if gender is None else {"values": [gender]})


@pytest.mark.parametrize(
    ("origin", "names", "wanted"),
    [
        ("TR", ["CN", "Türkiye"], 2),
        ("CN", ["CN", "TR"], 1),
        ("IT", ["IT"], 1),
        ("IT", ["İtalya"], None),
        ("", ["TR"], None),
    ],
)
def test_the_origin_is_the_models_own(origin: str, names: list[str], wanted: int | None) -> None:
    product = bare_model()
    Product.objects.update(origin=origin)
    name_values(ORIGIN, *names)

    cards.suggest_choices(**of(product))

    found = card_of(product).attributes.get(str(ORIGIN))
    assert found == (None if wanted is None else {"values": [wanted]})


def test_a_colour_that_is_too_long_for_its_text_is_left_to_people() -> None:
    product = make_product()
    make_variant(product=product, colour="ş" * 50)
    category = node(attributes_read_at=timezone.now())
    attribute(category, RENK, "Renk", allow_custom=True, slicer=True)
    cards.choose_category(**of(product), category_id=category.pk)

    assert cards.suggest_choices(**of(product)).filled.count == 1


def test_a_card_that_takes_only_values_gets_the_value_of_the_colour() -> None:
    product = bare_model()
    MarketAttribute.objects.filter(remote_id=RENK).update(allow_custom=False)
    name_values(RENK, "Beyaz", "Siyah")

    filled = cards.suggest_choices(**of(product)).filled

    chosen = {colour: part[RENK] for colour, part in filled.colour_attributes.items()}
    assert chosen == {"Siyah": Choice((2,)), "Beyaz": Choice((1,))}


def test_the_colour_of_a_heel_is_not_the_colour_of_the_shoe() -> None:
    product = bare_model()
    category = MarketCategory.objects.get(remote_id=CASUAL)
    attribute(category, 70, "Topuk Rengi")
    name_values(70, "Siyah", "Beyaz")

    filled = cards.suggest_choices(**of(product)).filled

    assert not filled.has_anywhere(70)
    assert ProductImage.objects.filter(product=product).count() == 2
