"""Changing many barcodes at once: all or nothing, each refusal with its barcode and value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.apps import apps

from catalog.changing import ChangedVariants, VariantChange, VariantsRefused, change_variants
from catalog.models import Variant
from tests.factories import make_superuser, make_variant

pytestmark = pytest.mark.django_db


def test_changes_are_written_and_what_is_so_already_is_not() -> None:
    first, second = make_variant(sale_price=Decimal("100.00")), make_variant(sale_price=Decimal("120.00"))

    result = change_variants(
        [
            VariantChange(variant_id=first.pk, values={"sale_price": Decimal("120.00")}),
            VariantChange(variant_id=second.pk, values={"sale_price": Decimal("120.00")}),
        ]
    )

    assert result == ChangedVariants(changed=1, unchanged=1)
    assert set(Variant.objects.values_list("sale_price", flat=True)) == {Decimal("120.00")}


def test_a_wrong_value_among_good_ones_leaves_everything_as_it_was() -> None:
    good, bad = make_variant(safety_buffer=0), make_variant(safety_buffer=0)

    with pytest.raises(VariantsRefused) as refused:
        change_variants(
            [
                VariantChange(variant_id=good.pk, values={"safety_buffer": 2}),
                VariantChange(variant_id=bad.pk, values={"safety_buffer": -1}),
            ]
        )

    assert [(problem.barcode, problem.field) for problem in refused.value.problems] == [
        (bad.barcode, "safety_buffer")
    ]
    assert "-1" in refused.value.problems[0].message
    assert set(Variant.objects.values_list("safety_buffer", flat=True)) == {0}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sale_price", Decimal(0)),
        ("sale_price", Decimal("1.999")),
        ("list_price", Decimal("10000000000.00")),
        ("list_price", Decimal("NaN")),
        ("sale_price", 12),
        ("cost", Decimal("-0.01")),
        ("cost_currency", "EUR"),
        ("safety_buffer", True),
        ("safety_buffer", 40_000),
        ("stock_code", "x" * 101),
        ("discontinued", "evet"),
    ],
)
def test_a_value_that_is_none_is_refused_with_the_value(name: str, value: object) -> None:
    variant = make_variant()

    with pytest.raises(VariantsRefused) as refused:
        change_variants([VariantChange(variant_id=variant.pk, values={name: value})])

    (problem,) = refused.value.problems
    assert (problem.field, problem.barcode) == (name, variant.barcode)
    assert str(value) in problem.message


def test_a_list_price_below_the_sale_price_that_stays_is_refused() -> None:
    variant = make_variant(sale_price=Decimal("500.00"), list_price=Decimal("600.00"))

    with pytest.raises(VariantsRefused) as refused:
        change_variants([VariantChange(variant_id=variant.pk, values={"list_price": Decimal("499.99")})])

    assert [problem.field for problem in refused.value.problems] == ["list_price"]


def test_unknown_prices_and_costs_may_become_unknown_again() -> None:
    variant = make_variant(sale_price=Decimal("500.00"), list_price=Decimal("600.00"), cost=Decimal("12.50"))

    change_variants(
        [VariantChange(variant_id=variant.pk, values={"sale_price": None, "list_price": None, "cost": None})]
    )

    variant.refresh_from_db()
    assert (variant.sale_price, variant.list_price, variant.cost) == (None, None, None)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten() -> None:
    variant = make_variant(sale_price=Decimal("500.00"), list_price=None)
    Variant.objects.filter(pk=variant.pk).update(sale_price=Decimal("450.00"))
    change = VariantChange(
        variant_id=variant.pk,
        values={"sale_price": Decimal("480.00")},
        seen={"sale_price": Decimal("500.00")},
    )

    with pytest.raises(VariantsRefused) as refused:
        change_variants([change])

    assert "450,00" in refused.value.problems[0].message


def test_two_people_who_want_the_same_value_both_get_it() -> None:
    variant = make_variant(safety_buffer=1)
    change = VariantChange(variant_id=variant.pk, values={"safety_buffer": 3}, seen={"safety_buffer": 1})

    assert change_variants([change]).changed == 1
    assert change_variants([change]) == ChangedVariants(changed=0, unchanged=1)


def test_the_history_names_the_person_who_changed_a_price() -> None:
    person = make_superuser()
    variant = make_variant(sale_price=Decimal("500.00"), list_price=None)

    change_variants(
        [VariantChange(variant_id=variant.pk, values={"sale_price": Decimal("510.00")})], user=person
    )

    row = apps.get_model("catalog", "VariantHistory").objects.get(pgh_label="update")
    assert (row.sale_price, row.pgh_context.metadata["user"]) == (Decimal("510.00"), person.pk)


def test_a_barcode_that_is_gone_is_named() -> None:
    with pytest.raises(VariantsRefused) as refused:
        change_variants([VariantChange(variant_id=987_654, values={"safety_buffer": 1})])

    assert "987654" in refused.value.problems[0].message


def test_the_number_of_statements_does_not_grow_with_the_barcodes(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    variants = [make_variant(safety_buffer=0) for _number in range(12)]
    few = [VariantChange(variant_id=row.pk, values={"safety_buffer": 1}) for row in variants[:2]]
    many = [VariantChange(variant_id=row.pk, values={"safety_buffer": 2}) for row in variants]

    # Savepoint, lock, update (in the savepoint already there), release.
    with django_assert_num_queries(4):
        change_variants(few)
    with django_assert_num_queries(4):
        change_variants(many)
