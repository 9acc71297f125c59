"""The rules by themselves: whatever JSON comes, they answer with violations of named fields."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.trendyol.sandbox.attribute_rules import Shape
from integrations.trendyol.sandbox.product_rules import (
    KNOWN_FIELDS,
    MAX_BARCODE,
    MAX_TITLE,
    Rules,
    create_violations,
    joined_barcode,
    update_violations,
)

from .productkit import item

RULES = Rules(brand_ids=frozenset({1_700_001}))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=8,
)
ATTRIBUTE_KEYS = (
    "attributeId",
    "attributeValueId",
    "attributeValueIds",
    "attributeValue",
    "customAttributeValue",
)
ATTRIBUTES = st.lists(st.dictionaries(st.sampled_from(ATTRIBUTE_KEYS), ANYTHING), max_size=4)


@given(field=st.sampled_from(sorted(KNOWN_FIELDS)), value=ANYTHING)
@settings(deadline=None)
def test_rules_answer_any_json_with_violations_of_that_field(field: str, value: Any) -> None:
    product = {**item(), field: value}
    told = create_violations(product, RULES)

    # The order of the two prices is told of the list price.
    assert {violation.field for violation in told} <= {field, "listPrice"}
    assert all(violation.message for violation in told)
    update_violations(product, RULES, category_id=411)


@given(value=ATTRIBUTES, shape=st.sampled_from(Shape))
@settings(deadline=None)
def test_rules_answer_any_attributes(value: Any, shape: Shape) -> None:
    told = create_violations(item(attributes=value), Rules(brand_ids=RULES.brand_ids, shape=shape))

    assert {violation.field for violation in told} == {"attributes"}


@given(st.text())
def test_barcodes_and_titles_have_exact_limits(text: str) -> None:
    by_field = {
        violation.field: violation.code
        for violation in create_violations(item(title=text, barcode=text), RULES)
    }

    assert (by_field.get("title") == "too_long") == (len(text) > MAX_TITLE and bool(text.strip()))
    assert (by_field.get("barcode") is None) <= (1 <= len(joined_barcode(text)) <= MAX_BARCODE)


def test_an_update_asks_only_for_what_it_brings() -> None:
    def told(**fields: Any) -> list[tuple[str, str]]:
        found = update_violations(fields, RULES, category_id=411)
        return [(violation.field, violation.code) for violation in found]

    assert told() == told(title=None, attributes=None) == told(lotNumber="") == []
    assert told(title="") == [("title", "invalid")]
    assert told(attributes=[]) == [("attributes", "required")] * 6
    assert told(listPrice=1, salePrice=2) == [("listPrice", "below_sale_price")]
