"""Products of the marketplace that become ours, over real HTTP from the sandbox."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import AgeGroup, BarcodeAlias, Product, ProductImage, Variant
from integrations.listing.adopting import Told as Known
from integrations.listing.adopting import adopt, pattern_of, split_attributes, title_of
from integrations.listing.cards import choose_brand
from integrations.listing.importing import import_listings
from integrations.listing.sheets import RemoteSheet
from integrations.models import ChannelProduct, Listing, MarketBrand, MarketCategory, SyncProblem
from integrations.trendyol.schemas import ApprovedProduct, Attribute, UnapprovedProduct
from integrations.trendyol.sync import sync_products
from integrations.trendyol.sync.attributes import Roles, Told
from integrations.trendyol.sync.listing_pages import _approved, _unapproved
from inventory.selectors import availability
from orders.models import OrderLine
from tests.factories import make_product, make_user, make_variant
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db
CHANNEL = "TRENDYOL"
PAYLOADS = Path(__file__).parent.parent / "trendyol" / "payloads"


def payload(name: str) -> list[dict[str, Any]]:
    return json.loads((PAYLOADS / name).read_text())["content"]


def remotes() -> dict[str, RemoteSheet]:
    return {row.barcode: RemoteSheet.from_json(row.remote) for row in Listing.objects.all()}


def list_model(shop: Shop, code: str = "1907", **changes: Any) -> list[str]:
    """Two colours in two sizes, unknown here; returns the barcodes."""
    barcodes = []
    for colour in ("Siyah", "Gül kurusu"):
        for size in ("37", "38"):
            barcode = f"86991{code}{len(barcodes):04d}"[:13]
            values = {
                "product_main_id": code,
                "title": "Kadın Deri Babet",
                "colour": colour,
                "size": size,
                "stock_code": f"{code}-{size} {colour}",
                "category": "Babet",
                "brand": "Güllü Shoes",
                "image_url": f"https://cdn.example/{code}-{colour[0]}.jpg",
                **changes,
            }
            shop.list_there(barcode, 4, **values)
            barcodes.append(barcode)
    return barcodes


# --- what is stored of a listing ----------------------------------------------------------------------------------


def test_reading_keeps_everything_the_listing_said(shop: Shop) -> None:
    (barcode, *_others) = list_model(shop)

    sync_products()

    assert remotes()[barcode] == RemoteSheet(
        product_code="1907",
        colour="Siyah",
        size="37",
        title="Kadın Deri Babet",
        description="<p>Kadın Deri Babet</p>",
        stock_code="1907-37 Siyah",
        brand_id=1700004,
        brand="Güllü Shoes",
        category_id=414,
        category="Babet",
        vat_rate=10,
        desi="2",
        origin="TR",
        delivery_days=1,
        image_urls=("https://cdn.example/1907-S.jpg",),
        attributes={"47": {"text": "Siyah"}, "293": {"values": [4286]}},
        colour_attributes=(47,),
        size_attributes=(293,),
    )


def test_sheet_survives_being_stored() -> None:
    empty, full = (
        RemoteSheet(),
        RemoteSheet(vat_rate=0, delivery_days=0, attributes={}, image_urls=("a", "b")),
    )

    assert [RemoteSheet.from_json(json.loads(json.dumps(sheet.as_json()))) for sheet in (empty, full)] == [
        empty,
        full,
    ]
    assert empty.as_json() == {}


def test_approved_sample_is_read_per_barcode() -> None:
    content = ApprovedProduct.model_validate(payload("products_page.json")[0])

    read = [_approved(content, variant, {}) for variant in content.variants]

    assert [(row.remote.size, row.remote.colour, row.quantity) for row in read] == [
        ("41", "Siyah", 12),
        ("42", "Siyah", 0),
        ("43", "Siyah", None),
        ("44", "Siyah", 5),
    ]
    assert read[0].remote.colour_attributes == (47, 348)
    assert read[0].remote.attributes == {
        "47": {"text": "Siyah"},
        "293": {"values": [4290]},
        "294": {"values": [2879]},
        "296": {"values": [2873]},
        "348": {"values": [686230]},
    }


def test_unapproved_sample_does_not_say_what_it_does_not_know() -> None:
    content = UnapprovedProduct.model_validate(payload("products_unapproved_page.json")[0])

    remote = _unapproved(content, {}).remote

    assert (remote.colour, remote.size, remote.desi, remote.delivery_days) == ("Lacivert", "28", None, None)
    assert remote.image_urls == ("https://gorsel.example/yb-sandalet-03-1.jpg",)


def attribute(number: int, name: str, value: str, value_id: int | None = None) -> Attribute:
    return Attribute(attributeId=number, attributeName=name, attributeValue=value, attributeValueId=value_id)


def test_roles_of_the_category_outrank_names() -> None:
    shared = [attribute(47, "Renk", "Siyah"), attribute(9, "Desen", "Çizgili", 31)]
    own = [attribute(293, "Beden", "37", 4286), attribute(8, "Hacim", "50 ml", 12)]

    by_role = Told(shared, own, Roles(slicers=(9,), varianters=(8,)))
    by_name = Told(shared, own, None)

    assert (by_role.colour, by_role.size) == ("Çizgili", "50 ml")
    assert (by_name.colour, by_name.size) == ("Siyah", "37")


def test_only_thing_a_barcode_has_of_its_own_is_its_size() -> None:
    told = Told([], [attribute(8, "Hacim", "50 ml", 12)], None)

    assert (told.colour, told.size, told.size_attributes) == ("", "50 ml", (8,))


def test_several_values_of_an_attribute_stay_together() -> None:
    told = Told([attribute(14, "Materyal", "Süet", 603), attribute(14, "Materyal", "Deri", 601)], [], None)

    assert told.as_json() == {"14": {"values": [601, 603]}}


# --- importing ----------------------------------------------------------------------------------------------------


def test_unknown_listings_become_a_model(shop: Shop) -> None:
    barcodes = list_model(shop)
    user = make_user()
    sync_products()

    done = import_listings(channel=CHANNEL, user=user)

    assert (done.models, done.variants, done.pictures, done.cards, done.refused) == (1, 4, 2, 1, ())
    product = Product.objects.get()
    assert (product.code, product.title, product.brand, product.category, product.draft) == (
        "1907",
        "Kadın Deri Babet",
        "Güllü Shoes",
        "Babet",
        False,
    )
    assert (product.vat_rate, product.desi, product.origin, product.description) == (
        10,
        Decimal("2.0"),
        "TR",
        "<p>Kadın Deri Babet</p>",
    )
    rows = Variant.objects.order_by("barcode").values_list("barcode", "colour", "size", "stock_code")
    assert next(iter(rows)) == (barcodes[0], "Siyah", "37", "1907-37 Siyah")
    assert set(Variant.objects.values_list("list_price", "sale_price")) == {
        (Decimal("599.90"), Decimal("499.90"))
    }
    pictures = ProductImage.objects.order_by("colour").values_list("colour", "url", "position", "added_by")
    assert list(pictures) == [
        ("Gül kurusu", "https://cdn.example/1907-G.jpg", 1, user.pk),
        ("Siyah", "https://cdn.example/1907-S.jpg", 1, user.pk),
    ]
    assert Listing.objects.filter(variant=None).count() == 0


def test_imported_model_gets_its_card(shop: Shop) -> None:
    list_model(shop)
    category = MarketCategory.objects.create(
        channel=CHANNEL,
        remote_id=414,
        name="Babet",
        path="Ayakkabı › Babet",
        leaf=True,
        read_at="2026-01-01T00:00Z",
    )
    sync_products()

    import_listings(channel=CHANNEL)

    card = ChannelProduct.objects.get()
    assert (card.brand.name, card.brand.remote_id, card.category) == ("Güllü Shoes", 1700004, category)
    assert (card.title_pattern, card.delivery_days) == ("{title}", 1)
    assert card.attributes == {}
    assert card.colour_attributes == {
        "Siyah": {"47": {"text": "Siyah"}},
        "Gül kurusu": {"47": {"text": "Gül kurusu"}},
    }
    assert card.size_attributes == {"37": {"293": {"values": [4286]}}, "38": {"293": {"values": [4287]}}}


def test_stock_is_not_imported(shop: Shop) -> None:
    list_model(shop)
    sync_products()

    import_listings(channel=CHANNEL)

    assert {row.on_hand for row in availability()} == {0}


def test_importing_again_does_nothing(shop: Shop) -> None:
    list_model(shop)
    sync_products()
    import_listings(channel=CHANNEL)

    again = import_listings(channel=CHANNEL)

    assert again.as_dict() == dict.fromkeys(
        ("models", "variants", "pictures", "cards", "linked", "healed", "refused"), 0
    )
    assert (Product.objects.count(), Variant.objects.count()) == (1, 4)


def test_only_chosen_barcodes_are_imported(shop: Shop) -> None:
    first, *_rest = list_model(shop)
    list_model(shop, "1955")
    sync_products()

    done = import_listings(channel=CHANNEL, barcodes=[first])

    assert (done.models, done.variants) == (1, 1)
    assert list(Variant.objects.values_list("barcode", flat=True)) == [first]


def test_more_barcodes_join_the_model_that_is_here(shop: Shop) -> None:
    product = make_product("1907", title="Bizim adımız")
    make_variant(product=product, colour="SİYAH", size="37")
    list_model(shop)
    sync_products()

    done = import_listings(channel=CHANNEL)

    assert (done.models, done.variants) == (0, 3)
    assert [row.code for row in done.refused] == ["place"]
    assert list(Product.objects.values_list("title", flat=True)) == ["Bizim adımız"]
    # One colour is written in one way.
    assert sorted(product.variants.values_list("colour", "size")) == [
        ("Gül kurusu", "37"),
        ("Gül kurusu", "38"),
        ("SİYAH", "37"),
        ("SİYAH", "38"),
    ]


def test_missing_colour_and_size_are_named(shop: Shop) -> None:
    shop.list_there("8699100000017", 1, product_main_id="BAKIM", colour="", size="", category="Tabanlık")
    sync_products()

    import_listings(channel=CHANNEL)

    assert Variant.objects.values_list("colour", "size").get() == ("Tek renk", "Standart")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product_main_id": "K" * 41}, "model"),
        ({"barcode": "8699/100"}, "barcode"),
        ({"barcode": "86991" + "0" * 36}, "barcode"),
        ({"list_price": 399.9}, "price"),
        ({"sale_price": 0}, "price"),
        ({"vat_rate": 18}, "vat"),
        ({"colour": "Mavi" * 13}, "long"),
        ({"size": "3" * 21}, "long"),
        ({"stock_code": "S" * 101}, "long"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_rest_is_taken(
    shop: Shop, changes: dict[str, Any], code: str
) -> None:
    changes = {"product_main_id": "1907", **changes}
    shop.list_there(changes.pop("barcode", "8699100000017"), 1, **changes)
    shop.list_there("8699100000024", 1, product_main_id="1908")
    sync_products()

    done = import_listings(channel=CHANNEL)

    assert [row.code for row in done.refused] == [code]
    assert done.refused[0].barcode in done.refused[0].message
    assert list(Variant.objects.values_list("barcode", flat=True)) == ["8699100000024"]


def test_listing_without_a_model_code_is_never_guessed(shop: Shop) -> None:
    shop.list_there("8699100000017", 1)
    sync_products()
    Listing.objects.update(remote=RemoteSheet(title="Babet").as_json())

    done = import_listings(channel=CHANNEL)

    assert [row.code for row in done.refused] == ["model"]
    assert Product.objects.count() == 0


def test_draft_is_left_alone(shop: Shop) -> None:
    make_product("1907", draft=True)
    list_model(shop)
    sync_products()

    done = import_listings(channel=CHANNEL)

    assert ({row.code for row in done.refused}, done.variants) == ({"model"}, 0)


def test_alias_is_not_made_a_product(shop: Shop) -> None:
    variant = make_variant()
    BarcodeAlias.objects.create(code="8699100000017", variant=variant)
    shop.list_there("8699100000017", 1)
    sync_products()

    done = import_listings(channel=CHANNEL)

    assert [row.code for row in done.refused] == ["alias"]
    assert variant.barcode in done.refused[0].message


def test_of_two_barcodes_in_one_place_the_one_on_sale_is_taken(shop: Shop) -> None:
    shop.list_there("8699100000017", 1, product_main_id="1907", archived=True)
    shop.list_there("8699100000024", 1, product_main_id="1907")
    sync_products()

    done = import_listings(channel=CHANNEL)

    assert list(Variant.objects.values_list("barcode", flat=True)) == ["8699100000024"]
    assert [(row.barcode, row.code) for row in done.refused] == [("8699100000017", "place")]


def test_listings_the_marketplace_lost_are_not_imported(shop: Shop) -> None:
    Listing.objects.create(
        barcode="8699100000017",
        state=Listing.State.MISSING,
        remote=RemoteSheet(product_code="1907", title="Babet").as_json(),
    )

    assert import_listings(channel=CHANNEL).variants == 0


def test_orders_that_waited_for_the_barcode_reserve_stock(shop: Shop) -> None:
    (barcode, *_others) = list_model(shop)
    shop.sandbox.shop.place_order(lines=[(barcode, 2)])
    sync_products()
    assert SyncProblem.objects.filter(kind="UNKNOWN_BARCODE", resolved_at=None).count() == 1

    done = import_listings(channel=CHANNEL)

    assert done.healed == 1
    assert OrderLine.objects.get().variant.barcode == barcode
    assert SyncProblem.objects.filter(kind="UNKNOWN_BARCODE", resolved_at=None).count() == 0
    assert {row.barcode: row.reserved for row in availability()}[barcode] == 2


def test_words_of_the_listing_say_for_whom_a_model_is(shop: Shop) -> None:
    for number, (category, title) in enumerate(
        [("Babet", "Kadın Babet"), ("Erkek Bot", "Bağcıklı Bot"), ("Çocuk Spor", "Işıklı Ayakkabı")]
    ):
        shop.list_there(
            f"869910000001{number}", 1, product_main_id=f"A{number}", category=category, title=title
        )
    sync_products()

    import_listings(channel=CHANNEL)

    assert list(Product.objects.order_by("code").values_list("age_group", flat=True)) == [
        AgeGroup.WOMEN,
        AgeGroup.MEN,
        AgeGroup.CHILDREN,
    ]


def many(count: int, *, first: int = 0) -> None:
    """Listings of unknown models with ten barcodes each."""
    Listing.objects.bulk_create(
        Listing(
            channel=CHANNEL,
            barcode=f"8{number:012d}",
            state=Listing.State.APPROVED,
            title="Babet",
            list_price=Decimal(600),
            sale_price=Decimal(500),
            remote=RemoteSheet(
                product_code=f"T{number // 10:05d}",
                colour="Siyah",
                size=str(30 + number % 10),
                title="Babet",
                brand_id=1,
                brand="Güllü",
                image_urls=("https://cdn.example/1.jpg",),
                attributes={"47": {"text": "Siyah"}},
            ).as_json(),
        )
        for number in range(first, first + count)
    )


def test_statements_do_not_grow_with_the_barcodes() -> None:
    many(20)
    with CaptureQueriesContext(
        connection,
    ) as few:
        import_listings(channel=CHANNEL)
    many(900, first=1000)

    with CaptureQueriesContext(connection) as more:
        done = import_listings(channel=CHANNEL)

    assert (done.models, done.variants) == (90, 900)
    assert len(more) <= len(few)


# --- through reading ----------------------------------------------------------------------------------------------


def test_reading_imports_when_asked(shop: Shop) -> None:
    list_model(shop)
    shop.list_there("8699100000017", 1, product_main_id="K" * 41)

    result = sync_products(import_new=True)

    assert (result.imported, result.imported_models, result.refused, result.unknown_here) == (4, 1, 1, 1)
    assert sync_products().unknown_here == 1


def test_command_imports_and_says_so(shop: Shop) -> None:
    list_model(shop)
    output = StringIO()

    call_command("sync_products", "--import", "--json", stdout=output)

    figures = json.loads(output.getvalue())
    assert (figures["imported"], figures["imported_models"], figures["refused"]) == (4, 1, 0)
    assert Variant.objects.count() == 4


def test_sentence_of_the_command_names_what_was_taken_in(shop: Shop) -> None:
    list_model(shop)
    output = StringIO()

    call_command("sync_products", "--import", stdout=output)

    assert [word for word in output.getvalue().split() if word.isdecimal()].count("4") == 2


# --- adopting -----------------------------------------------------------------------------------------------------


def test_models_here_get_cards_from_what_is_listed(shop: Shop) -> None:
    variant = shop.sell(3, title="Topuklu Ayakkabı - Siyah", brand="Güllü Shoes")
    unlisted = make_variant()

    result = sync_products()

    card = ChannelProduct.objects.get()
    assert result.adopted == 1
    assert (card.product, card.brand.name) == (variant.product, "Güllü Shoes")
    assert card.title_pattern == "{title} - {colour}"
    assert not unlisted.product.channels.exists()


def test_adopting_leaves_a_card_that_is_there(shop: Shop) -> None:
    variant = shop.sell(3)
    brand = MarketBrand.objects.create(
        channel=CHANNEL, remote_id=7, name="Başka", read_at="2026-01-01T00:00Z"
    )
    ChannelProduct.objects.create(
        channel=CHANNEL, product=variant.product, brand=brand, title_pattern="{title}!"
    )

    sync_products()

    card = ChannelProduct.objects.get()
    assert (card.brand, card.title_pattern, card.attributes) == (brand, "{title}!", {})


def test_category_that_is_read_later_is_added(shop: Shop) -> None:
    shop.sell(3, category="Babet")
    sync_products()
    assert ChannelProduct.objects.get().category is None
    category = MarketCategory.objects.create(
        channel=CHANNEL, remote_id=414, name="Babet", path="Babet", leaf=True, read_at="2026-01-01T00:00Z"
    )

    done = adopt(channel=CHANNEL)

    assert (done.cards, done.completed) == (0, 1)
    assert ChannelProduct.objects.get().category == category


def test_what_somebody_chooses_while_cards_are_completed_stays(shop: Shop) -> None:
    shop.sell(3, category="Babet")
    sync_products()
    card = ChannelProduct.objects.get()
    ChannelProduct.objects.update(brand=None)
    MarketCategory.objects.create(
        channel=CHANNEL, remote_id=414, name="Babet", path="Babet", leaf=True, read_at="2026-01-01T00:00Z"
    )
    chosen = MarketBrand.objects.create(
        channel=CHANNEL, remote_id=7, name="Başka", read_at="2026-01-01T00:00Z"
    )
    done: list[bool] = []

    def somebody(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if not done and "integrations_marketcategory" in sql:
            done.append(True)
            choose_brand(channel=CHANNEL, product_id=card.product_id, brand_id=chosen.pk)
        return found

    with connection.execute_wrapper(somebody):
        adopt(channel=CHANNEL)

    card.refresh_from_db()
    assert (done, card.brand, card.category is None) == ([True], chosen, False)


def test_adopting_costs_two_statements_when_there_is_nothing_to_do(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    shop.sell(3, category="Babet")
    MarketCategory.objects.create(
        channel=CHANNEL, remote_id=414, name="Babet", path="Babet", leaf=True, read_at="2026-01-01T00:00Z"
    )
    sync_products()

    with django_assert_num_queries(4):  # two of them are the savepoint
        adopt(channel=CHANNEL)


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ([("Babet", "Siyah", "37"), ("Babet", "Bej", "38")], "Babet"),
        ([("Babet - Siyah - Beden 37", "Siyah", "37"), ("Babet - Bej - Beden 38", "Bej", "38")], "Babet"),
        ([("Babet - Siyah", "Siyah", "37"), ("Babet - Bej", "Bej", "37")], "Babet"),
        ([("Babet Siyah", "Siyah", "37"), ("Babet Bej", "Bej", "37")], "Babet"),
        ([("Babet", "Siyah", "37"), ("Babet", "Siyah", "38"), ("Terlik", "Bej", "37")], "Babet"),
        ([("Siyah", "Siyah", "37")], "Siyah"),
        ([], ""),
    ],
)
def test_title_of_a_model_is_what_its_titles_share(told: list[tuple[str, str, str]], title: str) -> None:
    assert title_of(told) == title


SHOP_PATTERN = "{title} - {colour} - Beden {size}"


@pytest.mark.parametrize(
    ("told", "pattern"),
    [
        ([("Babet", "Siyah", "37")], "{title}"),
        ([("Babet - Siyah - Beden 37", "Siyah", "37")], SHOP_PATTERN),
        ([("Başka", "Siyah", "37"), ("Başka", "Bej", "37")], "{title}"),
        ([("Başka - Siyah", "Siyah", "37"), ("Başka - Bej", "Bej", "37")], "{title} - {colour}"),
        ([("Başka", "Siyah", "37"), ("Terlik", "Bej", "37")], SHOP_PATTERN),
        ([], SHOP_PATTERN),
    ],
)
def test_pattern_is_the_one_titles_there_were_made_with(
    told: list[tuple[str, str, str]], pattern: str
) -> None:
    assert pattern_of("Babet", told) == pattern


def told(colour: str, size: str, **attributes: Any) -> Known:
    values = {number.removeprefix("n"): {"values": [value]} for number, value in attributes.items()}
    remote = RemoteSheet(attributes=values, colour_attributes=(47,), size_attributes=(293,))
    return Known(1, "Babet", colour, size, remote)


def test_attributes_go_where_they_belong() -> None:
    rows = [
        told("Siyah", "37", n47=1, n293=37, n14=601, n228=5, n346=1),
        told("Siyah", "38", n47=1, n293=38, n14=601, n228=5, n346=2),
        told("Bej", "37", n47=2, n293=37, n14=601, n228=6, n346=1),
    ]

    split = split_attributes(rows)

    assert split.general == {"14": {"values": [601]}}
    assert split.by_colour == {
        "Siyah": {"47": {"values": [1]}, "228": {"values": [5]}},
        "Bej": {"47": {"values": [2]}, "228": {"values": [6]}},
    }
    assert split.by_size == {
        "37": {"293": {"values": [37]}, "346": {"values": [1]}},
        "38": {"293": {"values": [38]}, "346": {"values": [2]}},
    }


def test_colour_stays_with_the_colour_in_a_model_of_one_colour() -> None:
    split = split_attributes([told("Siyah", "37", n47=1, n293=37)])

    assert (split.general, split.by_colour, split.by_size) == (
        {},
        {"Siyah": {"47": {"values": [1]}}},
        {"37": {"293": {"values": [37]}}},
    )
