"""From a model to the sheets of its barcodes, and the rules only all of them together can break."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from catalog.errors import ProductNotFound
from catalog.models import Product, ProductImage, Variant
from integrations.listing.building import Checked, card_title_for, check_product, sheets_of, title_for
from integrations.listing.sheets import Choice, Sheet, Violation
from integrations.models import ChannelProduct, MarketAttribute, MarketCategory
from tests.factories import make_order, make_product, make_shelf, make_variant, stock
from tests.integrations.listkit import CODE, TRENDYOL, barcode, make_model
from tests.integrations.sheetkit import AGE, BEDEN, CASUAL, GENDER, ORIGIN, RENK, WEB_COLOUR

pytestmark = pytest.mark.django_db


def sheets(product: Product, **options: Any) -> list[Sheet]:
    return sheets_of(channel=TRENDYOL, product_id=product.pk, **options)


def check(product: Product, **options: Any) -> Checked:
    with override("en"):
        return check_product(channel=TRENDYOL, product_id=product.pk, **options)


def card_of(product: Product) -> ChannelProduct:
    return ChannelProduct.objects.get(product=product)


def broken(checked: Checked) -> list[tuple[str, str, str, str, int | None]]:
    """Field, code, colour, barcode, attribute."""
    return [(x.field, x.code, x.colour, x.barcode, x.attribute_id) for x in checked.violations]


# --- sheets ---------------------------------------------------------------------------------------------------


def test_a_sheet_holds_everything_of_its_barcode() -> None:
    product = make_model(sizes=["36"], title="Loafer")
    ChannelProduct.objects.update(delivery_days=2)

    (made,) = sheets(product)

    variant = Variant.objects.get()
    assert made == Sheet(
        variant_id=variant.pk,
        product_id=product.pk,
        barcode=barcode(),
        product_code=CODE,
        colour="Siyah",
        size="36",
        title="Loafer - Siyah - Beden 36",
        card_title="Loafer - Siyah",
        description="<p>Yumuşak taban.</p>",
        stock_code=f"{CODE}-36 Siyah",
        brand_id=1_700_001,
        category_id=CASUAL,
        quantity=0,
        list_price=Decimal("600.00"),
        sale_price=Decimal("500.00"),
        vat_rate=10,
        desi=Decimal("2.0"),
        origin="TR",
        delivery_days=2,
        image_urls=(f"https://gorsel.ornek.com/{CODE}/Siyah.jpg",),
        attributes={
            RENK: Choice(text="Siyah"),
            WEB_COLOUR: Choice((686230,)),
            BEDEN: Choice((4285,)),
            AGE: Choice((2879,)),
            GENDER: Choice((2874,)),
            ORIGIN: Choice((10_617_300,)),
        },
    )
    assert check(product).ready


def test_sheets_come_by_colour_and_size_and_leave_out_what_is_not_sold() -> None:
    product = make_product()
    for colour, size in [("Siyah", "40"), ("Siyah", "36,5"), ("Bej", "9"), ("Siyah", "36"), ("Bej", "39")]:
        make_variant(product=product, colour=colour, size=size)
    idle = make_variant(product=product, colour="Bej", size="37", active=False)

    assert [(x.colour, x.size) for x in sheets(product)] == [
        *[("Bej", "9"), ("Bej", "39")],
        *[("Siyah", "36"), ("Siyah", "36,5"), ("Siyah", "40")],
    ]
    assert [x.barcode for x in sheets(product, variant_ids=[idle.pk])] == [idle.barcode]
    assert sheets(product, variant_ids=[make_variant().pk]) == []


def test_a_model_nothing_was_chosen_for_has_sheets_without_choices() -> None:
    product = make_product(title="Babet")
    make_variant(product=product)

    (made,) = sheets(product)

    assert (made.brand_id, made.category_id, made.delivery_days, made.attributes) == (None, None, None, {})
    assert made.title == "Babet - Siyah - Beden 37"
    assert not ChannelProduct.objects.exists()


def test_the_quantity_is_what_may_be_sold() -> None:
    product = make_product()
    variant = make_variant(product=product, safety_buffer=2)
    short = make_variant(product=product, size="38", safety_buffer=3)
    shelf = make_shelf()
    stock(variant, shelf, 9)
    stock(short, shelf, 1)
    make_order([(variant, 3)])

    # Nine less three reserved less two kept back; and never below nothing.
    assert [made.quantity for made in sheets(product)] == [4, 0]


@pytest.mark.parametrize(
    ("pattern", "title", "wanted"),
    [
        ("{title} - {colour} - Beden {size}", "Babet", "Babet - Gül kurusu - Beden 37"),
        ("{title} {title}", "Babet", "Babet Babet"),
        ("{colour}{size}", "Babet", "Gül kurusu37"),
        ("  {title} ", "Babet", "Babet"),
        # Braces of a title are no placeholders, and what format() would do with a pattern is not done.
        ("{title} {size}", "{size} {colour} {0}", "{size} {colour} {0} 37"),
        ("{title.__class__} {size!r}", "Babet", "{title.__class__} {size!r}"),
    ],
)
def test_a_pattern_makes_the_title(pattern: str, title: str, wanted: str) -> None:
    assert title_for(pattern, title=title, colour="Gül kurusu", size="37") == wanted


def test_what_is_nearer_to_the_barcode_wins() -> None:
    product = make_model(colours=["Siyah", "Beyaz"], sizes=["36", "37"])
    card = card_of(product)
    card.attributes = {"14": {"values": [601]}, "343": {"values": [1]}, "1216": {"text": ""}}
    card.colour_attributes = {"Beyaz": {"14": {"values": [602]}}}
    card.size_attributes = {"37": {"14": {"values": [603]}}}
    card.save()

    chosen = {(x.colour, x.size): x.attributes for x in sheets(product)}

    common = {343: Choice((1,))}
    assert chosen == {
        ("Beyaz", "36"): {**common, 14: Choice((602,))},
        ("Beyaz", "37"): {**common, 14: Choice((603,))},
        ("Siyah", "36"): {**common, 14: Choice((601,))},
        ("Siyah", "37"): {**common, 14: Choice((603,))},
    }


def test_pictures_are_those_of_the_colour_in_their_order() -> None:
    product = make_model(colours=["Siyah", "Beyaz"], sizes=["36"])
    for position in (3, 2):
        url = f"https://gorsel.ornek.com/{position}.jpg"
        ProductImage.objects.create(product=product, colour="Siyah", url=url, position=position)

    by_colour = {x.colour: x.image_urls for x in sheets(product)}

    assert by_colour == {
        "Beyaz": (f"https://gorsel.ornek.com/{CODE}/Beyaz.jpg",),
        "Siyah": (
            f"https://gorsel.ornek.com/{CODE}/Siyah.jpg",
            "https://gorsel.ornek.com/2.jpg",
            "https://gorsel.ornek.com/3.jpg",
        ),
    }


def keep_picture(product: Product, *, position: int = 2) -> None:
    """A picture that lies on this site."""
    ProductImage.objects.create(
        product=product,
        colour="Siyah",
        url="/media/pictures/ab.jpg",
        position=position,
        file="pictures/ab.jpg",
        thumb="pictures/ab.small.jpg",
        width=1200,
        height=1800,
        digest="ab",
    )


def test_a_picture_of_ours_is_sent_with_our_public_address(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.ornek.com"
    settings.ALLOWED_HOSTS = ["shop.ornek.com"]
    product = make_model(sizes=["36"])
    keep_picture(product)

    checked = check(product)

    assert checked.sheets[0].image_urls[1] == "https://shop.ornek.com/media/pictures/ab.jpg"
    assert checked.ready


def test_a_picture_nobody_can_fetch_is_told_at_its_colour() -> None:
    product = make_model(sizes=["36", "37"])
    keep_picture(product)

    checked = check(product)

    assert checked.sheets[0].image_urls[1] == "/media/pictures/ab.jpg"
    assert broken(checked) == [("image_urls", "not_public", "Siyah", "", None)]
    assert "PUBLIC_BASE_URL is not set" in str(checked.violations[0].message)


def test_a_model_that_is_not_there_is_refused() -> None:
    for read in (sheets_of, check_product):
        with pytest.raises(ProductNotFound):
            read(channel=TRENDYOL, product_id=-1)


@pytest.mark.parametrize(("read", "statements"), [(sheets_of, 5), (check_product, 7)])
def test_reading_takes_as_many_statements_for_one_barcode_as_for_many(read: Any, statements: int) -> None:
    small = make_model(sizes=["36"])
    large = make_model(code="GL-200", colours=["Siyah", "Beyaz"], sizes=["36", "37", "38", "39"])

    for product in (small, large):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(channel=TRENDYOL, product_id=product.pk)
        assert len(queries) == statements


# --- the whole model ------------------------------------------------------------------------------------------


def test_a_model_without_barcodes_cannot_be_listed() -> None:
    product = make_model(sizes=[])

    checked = check(product)

    assert broken(checked) == [("barcode", "no_variants", "", "", None)]
    assert not checked.ready


def test_what_is_wrong_everywhere_is_told_once() -> None:
    product = make_model(colours=["Siyah", "Beyaz"])
    Product.objects.update(description="")
    card = card_of(product)
    card.brand = None
    del card.attributes[str(AGE)]
    card.save()

    assert broken(check(product)) == [
        ("brand_id", "required", "", "", None),
        ("description", "required", "", "", None),
        ("attributes", "required", "", "", AGE),
    ]


def test_what_is_wrong_with_a_colour_is_told_at_that_colour() -> None:
    product = make_model(colours=["Siyah", "Beyaz"])
    ProductImage.objects.filter(colour="Beyaz").delete()
    card = card_of(product)
    del card.colour_attributes["Beyaz"]
    card.save()

    assert broken(check(product)) == [
        ("image_urls", "required", "Beyaz", "", None),
        ("attributes", "required_of_colour", "Beyaz", "", RENK),
        ("attributes", "required", "Beyaz", "", WEB_COLOUR),
    ]


def test_what_tells_colours_apart_stays_with_each_colour() -> None:
    product = make_model(colours=["Siyah", "Beyaz"])
    ProductImage.objects.all().delete()
    ChannelProduct.objects.update(colour_attributes={})

    assert broken(check(product)) == [
        ("image_urls", "required", "Beyaz", "", None),
        ("attributes", "required_of_colour", "Beyaz", "", RENK),
        # Both colours lack it alike.
        ("attributes", "required", "", "", WEB_COLOUR),
        ("image_urls", "required", "Siyah", "", None),
        ("attributes", "required_of_colour", "Siyah", "", RENK),
    ]


def test_what_belongs_to_a_barcode_stays_with_it_even_if_it_is_the_only_one() -> None:
    product = make_model(sizes=["36"])
    Variant.objects.update(sale_price=None, stock_code="")
    ChannelProduct.objects.update(size_attributes={})

    assert broken(check(product)) == [
        ("stock_code", "required", "Siyah", barcode(), None),
        ("sale_price", "required", "Siyah", barcode(), None),
        ("attributes", "required_of_size", "Siyah", barcode(), BEDEN),
    ]


def test_a_title_that_only_one_barcode_has_too_long_is_told_at_it() -> None:
    product = make_model(colours=["Siyah", "Beyaz"], sizes=["36", "37"], title="T" * 81)
    ChannelProduct.objects.update(title_pattern="{title} {colour} Beden {size}")
    Variant.objects.filter(colour="Beyaz", size="37").update(size="37-38 dar")

    assert [x for x in broken(check(product)) if x[0] == "title"] == [
        ("title", "too_long", "Beyaz", barcode("Beyaz", "37"), None)
    ]


def test_two_colours_with_one_name_there_would_be_one_card() -> None:
    product = make_model(colours=["Siyah", "Beyaz"], sizes=["36"])
    card = card_of(product)
    card.colour_attributes["Siyah"][str(RENK)] = {"text": "BEYAZ "}
    card.save()

    checked = check(product)

    assert broken(checked) == [("attributes", "same_card", "Siyah", "", RENK)]
    assert checked.violations[0].message == ("Colours Siyah and Beyaz have the same Renk: make them differ.")


def test_two_sizes_of_a_colour_need_their_own_value() -> None:
    product = make_model(sizes=["36", "37", "38"])
    card = card_of(product)
    card.size_attributes["38"] = card.size_attributes["36"]
    card.save()

    checked = check(product)

    assert broken(checked) == [("attributes", "same_size", "Siyah", barcode("Siyah", "38"), BEDEN)]
    assert "Size 38 of colour Siyah has the same Beden as size 36 of colour Siyah" in str(
        checked.violations[0].message
    )


def test_the_same_size_in_two_colours_is_no_conflict() -> None:
    assert check(make_model(colours=["Siyah", "Beyaz"])).ready


def test_sizes_that_are_not_chosen_yet_are_not_compared() -> None:
    product = make_model(sizes=["36", "37"])
    ChannelProduct.objects.update(size_attributes={})

    assert [x[1] for x in broken(check(product))] == ["required_of_size", "required_of_size"]


def test_a_category_without_sizes_takes_one_barcode_a_colour() -> None:
    product = make_model(colours=["Siyah", "Beyaz"], sizes=["36", "37"])
    card_of(product).category.attributes.filter(remote_id=BEDEN).delete()
    ChannelProduct.objects.update(size_attributes={})

    checked = check(product)

    assert [(x.code, x.field, x.barcode) for x in checked.violations] == [
        ("no_sizes", "category_id", barcode("Beyaz", "37")),
        ("no_sizes", "category_id", barcode("Siyah", "37")),
    ]


def test_without_a_category_nothing_is_compared() -> None:
    product = make_model()
    ChannelProduct.objects.update(category=None)

    checked = check(product)

    assert broken(checked) == [("category_id", "required", "", "", None)]
    assert checked.category is None


def test_what_concerns_a_place_is_found_there() -> None:
    everywhere = Violation("attributes", "a", "", attribute_id=1)
    of_colour = Violation("attributes", "b", "", colour="Siyah", attribute_id=1)
    of_barcode = Violation("attributes", "c", "", colour="Siyah", barcode="1", attribute_id=1)
    other = Violation("attributes", "d", "", attribute_id=2)
    title = Violation("title", "e", "")
    checked = Checked(sheets=(), violations=(everywhere, of_colour, of_barcode, other, title), category=None)

    assert checked.at("title") == (title,)
    assert checked.at("attributes") == (everywhere, of_colour, of_barcode, other)
    assert checked.at("attributes", attribute_id=1, colour="Siyah") == (everywhere, of_colour, of_barcode)
    assert checked.at("attributes", attribute_id=1, colour="Beyaz") == (everywhere,)
    assert checked.at("attributes", attribute_id=1, barcode="2") == (everywhere, of_colour)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("{title} - {colour} - Beden {size}", "Babet - Siyah"),
        ("{title} - Beden {size} - {colour}", "Babet - Siyah"),
        ("{title}", "Babet"),
        ("{title} {colour} {size}", "Babet Siyah"),
    ],
)
def test_a_card_of_all_sizes_names_none_of_them(pattern: str, wanted: str) -> None:
    assert card_title_for(pattern, title="Babet", colour="Siyah") == wanted


def test_a_category_whose_attributes_nobody_read_is_the_one_thing_told_about_them() -> None:
    product = make_model(sizes=["36", "37"])
    MarketCategory.objects.update(attributes_read_at=None)
    MarketAttribute.objects.all().delete()

    checked = check(product)

    assert [(found.field, found.code) for found in checked.violations] == [("category_id", "unread")]
