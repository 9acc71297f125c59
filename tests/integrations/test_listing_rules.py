"""Each rule of a new listing: a sheet that breaks exactly it, and a sentence that names the value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from integrations.listing.sheets import AttributeRule, CategoryRules, Choice, Sheet, Violation
from integrations.trendyol.listing.origins import ORIGINS
from integrations.trendyol.listing.rules import check_sheet
from integrations.trendyol.listing.sentences import SENTENCES
from integrations.trendyol.sandbox import origins as theirs
from tests.integrations.sheetkit import (
    BEDEN,
    CASUAL,
    GENDER,
    IMPORTER,
    MATERIAL,
    RENK,
    WEB_COLOUR,
    choosing,
    leaf_ids,
    rules_of,
    sheet,
)

LONG_URL = "http://gorsel.ornek.com/" + "a" * 80
CATEGORY = rules_of(CASUAL)
PARENT = 410  # has categories below it


def broken(category: CategoryRules | None = CATEGORY, **changes: Any) -> list[Violation]:
    with override("en"):
        return check_sheet(sheet(**changes), category)


def only(found: list[Violation]) -> tuple[str, str, str]:
    assert len(found) == 1, found
    return found[0].field, found[0].code, str(found[0].message)


def test_a_correct_sheet_breaks_nothing() -> None:
    assert broken() == []
    assert broken(origin="", delivery_days=None) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"barcode": "Ğ" * 40},
        {"barcode": "ÇĞİÖŞÜçğıöşü-._aZ09"},
        {"title": "İ" * 100},
        {"product_code": "ş" * 40},
        {"stock_code": "0172-37 Gül kurusu"},
        {"stock_code": "x" * 100},
        {"description": "ü" * 30_000},
        {"quantity": 0},
        {"quantity": 20_000},
        {"list_price": Decimal("0.01"), "sale_price": Decimal("0.01")},
        {"list_price": Decimal("9999999999.99")},
        {"vat_rate": 0},
        {"vat_rate": 1},
        {"vat_rate": 20},
        {"desi": Decimal("0.1")},
        {"origin": "KK"},
        {"delivery_days": 0},
        {"image_urls": tuple(f"https://cdn.ornek.com/{n}.jpg" for n in range(8))},
        {"attributes": choosing(a47=Choice(text="ı" * 50))},
        {"attributes": choosing(a1216=Choice(text="x" * 500))},
        {"attributes": choosing(a14=None)},
    ],
)
def test_what_lies_on_the_edge_is_allowed(changes: dict[str, Any]) -> None:
    assert broken(**changes) == []


FIELDS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"barcode": ""}, "barcode", "required", "A colour and size has no barcode: give it one."),
    ({"barcode": "868 001"}, "barcode", "space", "“868 001”"),
    ({"barcode": "868\u00a0001"}, "barcode", "space", "takes out"),
    ({"barcode": "868/1#/"}, "barcode", "letters", "Barcode 868/1#/ has / # in it"),
    ({"barcode": "868😀"}, "barcode", "letters", "has 😀 in it"),
    ({"barcode": "8" * 41}, "barcode", "too_long", f"{'8' * 41} has 41 characters: use one of at most 40"),
    ({"title": ""}, "title", "required", "The title is empty"),
    ({"title": " \t"}, "title", "required", "The title is empty"),
    ({"title": "Ö" * 101}, "title", "too_long", f"Title “{'Ö' * 59}…” has 101 characters"),
    ({"product_code": " "}, "product_code", "required", "The model code is empty"),
    ({"product_code": "M" * 41}, "product_code", "too_long", f"Model code {'M' * 41} has 41"),
    ({"stock_code": ""}, "stock_code", "required", "Barcode 8680000001010 has no stock code"),
    ({"stock_code": "S" * 101}, "stock_code", "too_long", "has 101 characters: use one of at most 100"),
    ({"description": "\n"}, "description", "required", "The description is empty"),
    ({"description": "d" * 30_001}, "description", "too_long", "has 30.001 characters with its HTML: shorten it to 30.000."),
    ({"brand_id": None}, "brand_id", "required", "No brand is chosen"),
    ({"category_id": None}, "category_id", "required", "No category is chosen"),
    ({"category_id": 412}, "category_id", "unknown", "Category 412 is not Casual Ayakkabı"),
    ({"quantity": -1}, "quantity", "out_of_range", "Barcode 8680000001010 offers -1 pairs"),
    ({"quantity": 20_001}, "quantity", "out_of_range", "offers 20.001 pairs: correct the stock, since from 0 to 20.000"),
    ({"list_price": None}, "list_price", "required", "Barcode 8680000001010 has no list price"),
    ({"list_price": Decimal(0)}, "list_price", "out_of_range", "List price 0 of barcode 8680000001010 cannot be used"),
    ({"list_price": Decimal("NaN")}, "list_price", "out_of_range", "List price NaN"),
    ({"list_price": Decimal("1E+12")}, "list_price", "out_of_range", "enter one from 0,01 ₺ to 9.999.999.999,99 ₺"),
    ({"list_price": Decimal("1299.89")}, "list_price", "below_sale_price", "List price 1.299,89 ₺ of barcode 8680000001010 is below the sale price 1.299,90 ₺"),
    ({"sale_price": None}, "sale_price", "required", "Barcode 8680000001010 has no sale price"),
    ({"sale_price": Decimal("-5.00")}, "sale_price", "out_of_range", "Sale price -5.00 of barcode 8680000001010"),
    ({"sale_price": Decimal("0.009")}, "sale_price", "out_of_range", "Sale price 0.009"),
    ({"vat_rate": 18}, "vat_rate", "unknown", "VAT rate 18 is none that Trendyol takes: choose one of 0, 1, 10, 20."),
    ({"desi": None}, "desi", "required", "The desi is empty"),
    ({"desi": Decimal(0)}, "desi", "out_of_range", "Desi 0 cannot be used: enter more than 0 and at most 9.999,9."),
    ({"desi": Decimal("Infinity")}, "desi", "out_of_range", "Desi Infinity"),
    ({"origin": "tr"}, "origin", "unknown", "Origin “tr” is no country"),
    ({"origin": "XX"}, "origin", "unknown", "Origin “XX” is no country"),
    ({"delivery_days": -1}, "delivery_days", "out_of_range", "Nothing ships in -1 days"),
    ({"image_urls": ()}, "image_urls", "required", "Colour Siyah has no picture: add from 1 to 8."),
    ({"image_urls": tuple(f"https://cdn.ornek.com/{n}.jpg" for n in range(9))}, "image_urls", "too_many", "Colour Siyah has 9 pictures"),
    ({"image_urls": ("/media/pictures/a.jpg", "/media/pictures/b.jpg")}, "image_urls", "not_public", "PUBLIC_BASE_URL is not set"),
    ({"image_urls": (LONG_URL,)}, "image_urls", "not_https", f"Picture 1 of colour Siyah lies at “{LONG_URL[:59]}…”, which is no https:// address"),
    ({"image_urls": ("https://ok.ornek.com/1.jpg", "")}, "image_urls", "not_https", "Picture 2 of colour Siyah"),
    ({"image_urls": ("https://cdn.ornek.com/a b.jpg",)}, "image_urls", "not_https", "a b.jpg"),
    ({"image_urls": ("https://[::1/a.jpg",)}, "image_urls", "not_https", "“https://[::1/a.jpg”"),
    ({"image_urls": ("https://192.168.1.5/a.jpg",)}, "image_urls", "unreachable", "lies at https://192.168.1.5/a.jpg, which others cannot reach"),
    ({"image_urls": ("https://kasa.local/a.jpg",)}, "image_urls", "unreachable", "https://kasa.local/a.jpg"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field", "code", "says"), FIELDS)
def test_a_sheet_that_breaks_one_rule_is_told_so(
    changes: dict[str, Any], field: str, code: str, says: str
) -> None:
    found = only(broken(**changes))

    assert found[:2] == (field, code)
    assert says in found[2]


ATTRIBUTES: list[tuple[dict[str, Any], int, str, str]] = [
    ({"a47": None}, RENK, "required_of_colour", "Colour Siyah has no Renk: enter it."),
    ({"a47": Choice(text="  ")}, RENK, "required_of_colour", "Colour Siyah has no Renk: enter it."),
    ({"a293": None}, BEDEN, "required_of_size", "Size 41 has no Beden: choose the value of that size."),
    ({"a296": None}, GENDER, "required", "Cinsiyet is required in this category: choose a value."),
    ({"a228": Choice((5101,))}, 228, "unknown", "Attribute 228 does not exist in category Casual Ayakkabı"),
    ({"a14": Choice(text="Deri")}, MATERIAL, "custom", "Materyal takes no text of your own such as “Deri”"),
    ({"a47": Choice(text="x" * 51)}, RENK, "too_long", f"Renk “{'x' * 51}” has 51 characters: shorten it to at most 50."),
    ({"a296": Choice((2873, 2874))}, GENDER, "multiple", "Cinsiyet takes one value and has 2: keep one of them."),
    ({"a14": Choice((601, 602))}, MATERIAL, "several_at_first", "A new listing carries one value of Materyal, and 2 are chosen"),
    ({"a348": Choice((1,))}, WEB_COLOUR, "value_unknown", "Web Color has no value 1 in this category"),
    ({"a1216": Choice((8,))}, IMPORTER, "value_unknown", "İthalatçı/Yetkili Temsilci Adı has no value 8"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "number", "code", "says"), ATTRIBUTES)
def test_an_attribute_that_breaks_a_rule_is_told_at_that_attribute(
    changes: dict[str, Any], number: int, code: str, says: str
) -> None:
    found = broken(attributes=choosing(**changes))

    assert only(found)[:2] == ("attributes", code)
    assert found[0].attribute_id == number
    assert says in str(found[0].message)


def test_several_values_are_told_even_beside_an_unknown_one() -> None:
    found = broken(attributes=choosing(a14=Choice((601, 1, 2))))

    assert [x.code for x in found] == ["several_at_first", "value_unknown"]
    assert "no value 1, 2 in" in str(found[1].message)


def test_values_nobody_has_read_cannot_be_checked() -> None:
    rule = AttributeRule(5, "Malzeme", True, False, False, False, False, None)
    category = CategoryRules(CASUAL, "Casual Ayakkabı", True, [rule])

    found = only(broken(category, attributes={5: Choice((1,))}))
    assert found[1:] == (
        "values_unread",
        "The values of Malzeme were not read yet: choose the category again to read them.",
    )


def test_a_category_that_takes_no_products_asks_for_no_attributes() -> None:
    found = only(broken(rules_of(PARENT), category_id=PARENT))

    assert found == (
        "category_id",
        "not_leaf",
        "Category Günlük Ayakkabı has categories below it: choose one of those.",
    )


def test_without_a_category_its_attributes_are_not_looked_at() -> None:
    assert only(broken(None, category_id=None, attributes={}))[:2] == ("category_id", "required")


def test_every_violation_names_its_barcode_and_colour() -> None:
    found = broken(None, title="", sale_price=None, attributes={}, barcode="A1", colour="Kırmızı")

    assert {(x.barcode, x.colour) for x in found} == {("A1", "Kırmızı")}
    assert [x.field for x in found] == ["title", "sale_price", "category_id"]


def test_a_price_that_cannot_be_used_is_not_compared() -> None:
    assert [x.code for x in broken(list_price=Decimal(-1))] == ["out_of_range"]
    assert [x.code for x in broken(sale_price=Decimal("1E+11"))] == ["out_of_range"]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://kasa.local", "PUBLIC_BASE_URL is https://kasa.local, which only this house can reach"),
        ("http://shop.ornek.com", "PUBLIC_BASE_URL is http://shop.ornek.com, and Trendyol takes"),
        ("https://baska.ornek.com", "add baska.ornek.com to ALLOWED_HOSTS"),
    ],
)
def test_our_own_pictures_must_be_reachable(settings: Any, address: str, says: str) -> None:
    settings.ALLOWED_HOSTS = ["shop.ornek.com", "kasa.local"]
    settings.PUBLIC_BASE_URL = address
    urls = (f"{address}/media/a.jpg", f"{address}/media/b.jpg")

    field, code, message = only(broken(image_urls=urls))

    assert (field, code) == ("image_urls", "not_public")
    assert says in message


def test_our_own_pictures_on_a_public_site_are_fine(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["shop.ornek.com"]
    settings.PUBLIC_BASE_URL = "https://shop.ornek.com"

    assert broken(image_urls=("https://shop.ornek.com/media/a.jpg",)) == []


def test_a_picture_kept_here_is_told_of_once_beside_one_that_lies_elsewhere() -> None:
    found = broken(image_urls=("/media/a.jpg", "http://cdn.ornek.com/b.jpg", "/media/c.jpg"))

    assert [x.code for x in found] == ["not_public", "not_https"]


def test_origins_are_those_of_the_contract() -> None:
    assert theirs.ORIGINS == ORIGINS


def test_every_sentence_can_be_reached() -> None:
    """A rule that nothing breaks in these tests would stand in the table for nothing."""
    reached = {(field, code) for _changes, field, code, _says in FIELDS}
    reached |= {("attributes", code) for _changes, _number, code, _says in ATTRIBUTES}

    assert SENTENCES.keys() - reached == {("category_id", "not_leaf"), ("attributes", "values_unread")}


@pytest.mark.parametrize("category_id", leaf_ids())
def test_every_category_has_its_own_required_attributes(category_id: int) -> None:
    category = rules_of(category_id)
    found = broken(category, category_id=category_id, attributes={})

    assert {x.attribute_id for x in found} == {
        rule.remote_id for rule in category.attributes if rule.required
    }


def test_a_sheet_is_not_changed_by_looking_at_it() -> None:
    given: Sheet = sheet(title="")
    check_sheet(given, rules_of(CASUAL))

    assert given == sheet(title="")
