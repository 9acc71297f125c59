"""What we let through Trendyol takes, and what Trendyol refuses we refused first, at the same field.

Both sides are asked about the same generated sheets: our rules, and those of the sandbox, which read the contract
independently and know nothing of ours.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.listing.sheets import CategoryRules, Choice, Sheet
from integrations.trendyol.listing.bodies import SeveralValues, Shape, create_item
from integrations.trendyol.listing.rules import check_sheet
from integrations.trendyol.sandbox import attribute_rules as theirs
from integrations.trendyol.sandbox.brands import all_brands
from integrations.trendyol.sandbox.product_rules import Rules, create_violations
from tests.integrations.sheetkit import as_sent, leaf_ids, rules_of, sheet

BRANDS = frozenset(brand.brand_id for brand in all_brands(()))
LEAVES = leaf_ids()
NODES = [*LEAVES, 403, 410, 610]
SHAPES = [Shape.SINGULAR, Shape.PLURAL]
# The name each field has in an item.
NAMES = {
    "barcode": "barcode",
    "title": "title",
    "productMainId": "product_code",
    "brandId": "brand_id",
    "categoryId": "category_id",
    "quantity": "quantity",
    "stockCode": "stock_code",
    "dimensionalWeight": "desi",
    "description": "description",
    "listPrice": "list_price",
    "salePrice": "sale_price",
    "vatRate": "vat_rate",
    "images": "image_urls",
    "origin": "origin",
    "deliveryOption": "delivery_days",
    "attributes": "attributes",
}
FAST = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])

LETTERS = "abcxyzABCXYZ0189ÇĞİÖŞÜçğıöşü"
WORDS = st.text(LETTERS + " -.&'", min_size=1, max_size=90).filter(lambda text: text.strip() != "")
PRICES = st.decimals("0.01", "9999999999.99", places=2)
HOSTS = st.sampled_from(["cdn.dsmcdn.com", "gorsel.ornek.com.tr", "93.184.216.34", "a.b.c.co"])
ADDRESSES = st.builds("https://{}/{}.jpg".format, HOSTS, st.text("abc0189/_-", min_size=1, max_size=40))


# --- sheets that break nothing --------------------------------------------------------------------------------


@st.composite
def chosen_attributes(draw: st.DrawFn, category: CategoryRules, *, several: bool) -> dict[int, Choice]:
    """Everything that is required and some of the rest, each with something the category allows."""
    chosen = {}
    for rule in category.attributes:
        if not (rule.required or draw(st.booleans())):
            continue
        values = sorted(rule.value_ids or ())
        if rule.allow_custom and (not values or draw(st.booleans())):
            most = theirs.MAX_COLOUR if rule.slicer else 200
            chosen[rule.remote_id] = Choice(text=draw(WORDS)[:most].strip() or "Siyah")
        else:
            many = 3 if rule.multiple and several else 1
            picked = draw(st.lists(st.sampled_from(values), min_size=1, max_size=many, unique=True))
            chosen[rule.remote_id] = Choice(tuple(picked))
    return chosen


@st.composite
def correct_sheets(draw: st.DrawFn, *, several: bool = False) -> tuple[Sheet, CategoryRules]:
    category = rules_of(draw(st.sampled_from(LEAVES)))
    prices = sorted([draw(PRICES), draw(PRICES)])
    made = sheet(
        barcode=draw(st.text(LETTERS + "._-", min_size=1, max_size=40)),
        product_code=draw(WORDS)[:40].strip() or "0172",
        title=draw(WORDS),
        description=draw(WORDS),
        stock_code=draw(WORDS),
        brand_id=draw(st.sampled_from(sorted(BRANDS))),
        category_id=category.remote_id,
        quantity=draw(st.integers(0, 20_000)),
        sale_price=prices[0],
        list_price=prices[1],
        vat_rate=draw(st.sampled_from([0, 1, 10, 20])),
        desi=draw(st.decimals("0.1", "9999.9", places=1)),
        origin=draw(st.sampled_from(["", "TR", "CN", "KK", "XK"])),
        delivery_days=draw(st.none() | st.integers(0, 365)),
        image_urls=tuple(draw(st.lists(ADDRESSES, min_size=1, max_size=8))),
        attributes=draw(chosen_attributes(category, several=several)),
    )
    return made, category


def refusals(made: Sheet, category: CategoryRules | None, shape: Shape) -> set[str]:
    """The fields, in our words, that the other side would refuse in what we send for the sheet."""
    sent = create_item(made, category or CategoryRules(0, "", leaf=True), shape=shape)
    rules = Rules(brand_ids=BRANDS, shape=theirs.Shape(shape.value))
    return {NAMES[violation.field] for violation in create_violations(as_sent(sent), rules)}


def problems(made: Sheet, category: CategoryRules | None, shape: Shape) -> set[str]:
    return {found.field for found in check_sheet(made, category, several=shape is Shape.PLURAL)}


@pytest.mark.parametrize("shape", SHAPES)
@given(data=st.data())
@FAST
def test_a_correct_sheet_passes_here_and_there(shape: Shape, data: st.DataObject) -> None:
    made, category = data.draw(correct_sheets(several=shape is Shape.PLURAL))

    assert problems(made, category, shape) == set()
    assert refusals(made, category, shape) == set()


# --- sheets with anything in any field ------------------------------------------------------------------------

ANY_TEXT = (
    st.text(max_size=45)
    | st.sampled_from(["", " ", "\u00a0", "868 001", "İıŞğ", "👟👠", "<p></p>", "null", "%", "\u200b"])
    | st.builds(
        str.__mul__, st.sampled_from("aİ👟 "), st.sampled_from([39, 40, 41, 50, 51, 100, 101, 30_001])
    )
)
NUMBERS = st.integers(-3, 3) | st.integers(-(10**15), 10**15) | st.sampled_from([19_999, 20_000, 20_001])
ANY_DECIMAL = (
    st.decimals(allow_nan=True, allow_infinity=True, min_value=None, places=2)
    | st.sampled_from([Decimal(0), Decimal("-0.01"), Decimal("0.001"), Decimal("1E-400"), Decimal("1E+13")])
    | PRICES
)
ODD_ADDRESSES = (
    *("http://a.com/1.jpg", "/media/1.jpg", "https://", "https:///1.jpg", "https://a.invalid/1.jpg"),
    *("https://[", "HTTPS://a.com/1", " https://a.com", "https://a.com\n.invalid", "ftp://a.com"),
)
ANY_ADDRESS = ADDRESSES | ANY_TEXT | st.sampled_from(ODD_ADDRESSES)
MUTATIONS: dict[str, st.SearchStrategy[Any]] = {
    "barcode": ANY_TEXT,
    "title": ANY_TEXT,
    "product_code": ANY_TEXT,
    "stock_code": ANY_TEXT,
    "description": ANY_TEXT,
    # A brand is one of those that were read: no other can be chosen.
    "brand_id": st.none() | st.sampled_from(sorted(BRANDS)),
    "category_id": st.none() | NUMBERS | st.sampled_from(NODES),
    "quantity": NUMBERS,
    "list_price": st.none() | ANY_DECIMAL,
    "sale_price": st.none() | ANY_DECIMAL,
    "vat_rate": NUMBERS | st.sampled_from([0, 1, 8, 10, 18, 20]),
    "desi": st.none() | ANY_DECIMAL,
    "origin": ANY_TEXT | st.sampled_from(["TR", "tr", "XX", "TUR", "XL"]),
    "delivery_days": st.none() | NUMBERS,
    "image_urls": st.lists(ANY_ADDRESS, max_size=10).map(tuple),
}


@st.composite
def any_choice(draw: st.DrawFn, value_ids: list[int]) -> Choice:
    known = st.sampled_from(value_ids) if value_ids else st.integers(0, 9999)
    values = draw(st.lists(known | st.integers(-5, 10**7), max_size=3))
    return Choice(tuple(values), draw(ANY_TEXT))


@st.composite
def any_attributes(draw: st.DrawFn, made: Sheet, category: CategoryRules) -> dict[int, Choice]:
    """The correct ones with some taken out and some replaced, known or not."""
    values = {rule.remote_id: sorted(rule.value_ids or ()) for rule in category.attributes}
    changed = dict(made.attributes)
    for number in draw(st.lists(st.sampled_from([*values, 4711]), max_size=3, unique=True)):
        changed.pop(number, None)
        if draw(st.booleans()):
            changed[number] = draw(any_choice(values.get(number, [])))
    return changed


@st.composite
def any_sheets(draw: st.DrawFn) -> tuple[Sheet, CategoryRules | None]:
    """A correct sheet with up to three fields replaced by whatever comes."""
    made, category = draw(correct_sheets(several=draw(st.booleans())))
    fields = draw(st.lists(st.sampled_from([*MUTATIONS, "attributes", "category"]), max_size=3, unique=True))
    for field in fields:
        if field == "attributes":
            made = replace(made, attributes=draw(any_attributes(made, category)))
        elif field == "category":
            # Chosen anew, with the attributes of the one before.
            category = rules_of(draw(st.sampled_from(NODES)))
            made = replace(made, category_id=category.remote_id)
        else:
            made = replace(made, **{field: draw(MUTATIONS[field])})
    return made, draw(st.just(category) | st.just(category) | st.none())


def is_json(made: Sheet) -> bool:
    """Whether the amounts are numbers that JSON has at all."""
    return all(x is None or x.is_finite() for x in (made.list_price, made.sale_price, made.desi))


@pytest.mark.parametrize("shape", SHAPES)
@given(sheets=any_sheets())
@settings(FAST, max_examples=150)
def test_what_they_refuse_we_refused_first(shape: Shape, sheets: tuple[Sheet, CategoryRules | None]) -> None:
    made, category = sheets
    ours = problems(made, category, shape)

    if not is_json(made):
        assert ours & {"list_price", "sale_price", "desi"}
        return
    try:
        told = refusals(made, category, shape)
    except SeveralValues:
        assert "attributes" in ours or "category_id" in ours
        return
    if category is None or category.remote_id != made.category_id:
        # Nothing is sent without its category, so what they say of attributes is beside the point.
        assert "category_id" in ours
        told -= {"attributes"}
    assert told <= ours


# --- each rule of the contract, broken ------------------------------------------------------------------------

TOO_LONG: dict[str, int] = {
    "barcode": 40,
    "product_code": 40,
    "title": 100,
    "stock_code": 100,
    "description": 30_000,
}
BREAKS: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    **{
        f"{field} too long": (field, st.integers(most + 1, most + 50).map("ş".__mul__))
        for field, most in TOO_LONG.items()
    },
    **{f"{field} blank": (field, st.text(" \t\n\u00a0", max_size=5)) for field in TOO_LONG},
    "barcode with a space": (
        "barcode",
        st.builds("{} {}".format, st.text(LETTERS, min_size=1, max_size=9), st.text(LETTERS, min_size=1, max_size=9)),
    ),
    "barcode with other letters": (
        "barcode",
        st.builds("{}{}".format, st.text(LETTERS, max_size=9), st.sampled_from("/\\+*,;:'\"âéßñ👟#")),
    ),
    "too many pairs": ("quantity", st.integers(20_001, 10**9)),
    "fewer than no pairs": ("quantity", st.integers(-(10**9), -1)),
    "no brand": ("brand_id", st.none()),
    "no category": ("category_id", st.none()),
    "no list price": ("list_price", st.none()),
    "list price not positive": ("list_price", st.decimals("-1000", "0", places=2)),
    "no sale price": ("sale_price", st.none()),
    "sale price not positive": ("sale_price", st.decimals("-1000", "0", places=2)),
    "no desi": ("desi", st.none()),
    "desi not positive": ("desi", st.decimals("-9", "0", places=1)),
    "wrong VAT": ("vat_rate", st.integers(-5, 99).filter(lambda rate: rate not in {0, 1, 10, 20})),
    "wrong origin": ("origin", st.sampled_from(["tr", "T", "TUR", "XX", "ÇN", "T "])),
    "negative days": ("delivery_days", st.integers(-99, -1)),
    "no picture": ("image_urls", st.just(())),
    "nine pictures": ("image_urls", st.lists(ADDRESSES, min_size=9, max_size=12).map(tuple)),
    "a plain address": (
        "image_urls",
        st.lists(ADDRESSES, max_size=7).map(lambda urls: (*urls, "http://gorsel.ornek.com/1.jpg")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
@given(data=st.data())
@settings(FAST, max_examples=12)
def test_a_broken_rule_is_found_and_nothing_else(broken: str, data: st.DataObject) -> None:
    made, category = data.draw(correct_sheets())
    field, values = BREAKS[broken]
    made = replace(made, **{field: data.draw(values)})

    assert problems(made, category, Shape.SINGULAR) == {field}


@given(data=st.data())
@FAST
def test_a_list_price_below_the_sale_price_is_found(data: st.DataObject) -> None:
    made, category = data.draw(correct_sheets())
    above = data.draw(st.decimals("0.01", "1000", places=2))
    made = replace(made, list_price=made.list_price - above if made.list_price > above else Decimal("0.01"))
    made = replace(made, sale_price=made.list_price + Decimal("0.01"))

    assert problems(made, category, Shape.SINGULAR) == {"list_price"}
    assert refusals(made, category, Shape.SINGULAR) == {"list_price"}


@given(data=st.data())
@FAST
def test_a_missing_attribute_is_found(data: st.DataObject) -> None:
    made, category = data.draw(correct_sheets())
    gone = data.draw(st.sampled_from([rule for rule in category.attributes if rule.required]))
    rest = {number: choice for number, choice in made.attributes.items() if number != gone.remote_id}
    made = replace(made, attributes=rest)

    found = check_sheet(made, category)

    assert [x.attribute_id for x in found] == [gone.remote_id]
    assert refusals(made, category, Shape.SINGULAR) == {"attributes"}
