"""Scanner quirks: a scan names the product that is meant, or is refused; never another one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import BarcodeAlias, Variant
from catalog.scanning import NOTHING, ResolvedKind, readings, resolve
from tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db


def alias(code: str, variant: Variant) -> BarcodeAlias:
    return BarcodeAlias.objects.create(code=code, variant=variant)


@pytest.mark.parametrize(
    ("stored", "scanned"),
    [
        ("8680001234567", "8680001234567"),
        ("8680001234567", " 8680001234567\t"),
        ("8680001234567", "8680001234567\r\n"),
        ("0012345678905", "12345678905"),  # zeros dropped by the keyboard
        ("00172038", "172038"),
        ("012345678905", "12345678905"),
        ("012345678905", "0012345678905"),  # UPC-A sent as EAN-13
        ("0012345678905", "012345678905"),  # EAN-13 sent as UPC-A
        ("8680001234567", "08680001234567"),  # sent as GTIN-14
        ("GLL-0172-38", "GLL*0172*38"),  # US scanner, Turkish device
        ("GLL-0172-38", "GLL=0172=38"),  # Turkish scanner, US device
        ("GLL-0172-38", "gll-0172-38"),
        ("GLL-0172-38", "gll*0172*38"),
        ("SIYAH-38", "sıyah*38"),
        ("SIYAH-38", "SİYAH-38"),
        ("Siyah38", "sIYAH38"),  # caps lock
        ("A_38", "A?38"),
        ("A.38", "Aç38"),
        ("A/38", "A.38"),
    ],
)
def test_known_quirks_lead_to_the_product(stored: str, scanned: str) -> None:
    variant = make_variant(stored)

    found = resolve(scanned)

    assert (found.kind, found.variant, found.alias) == (ResolvedKind.PRODUCT, variant, False)


def test_an_alias_leads_to_its_product() -> None:
    variant = make_variant("8680001234567")
    alias("TED-99", variant)

    found = resolve("ted*99")

    assert (found.kind, found.variant, found.alias) == (ResolvedKind.PRODUCT, variant, True)


@pytest.mark.parametrize("scanned", ["", "  \t", "9999999999999", "868", "868000123456", "x" * 500, "\x00"])
def test_what_nobody_knows_is_nothing(scanned: str) -> None:
    make_variant("8680001234567")

    assert resolve(scanned) == NOTHING


def test_barcodes_that_dropped_zeros_make_alike_are_refused() -> None:
    """Also for the exact one: the keyboard that drops zeros would book the other one as it."""
    variants = (make_variant("0172038"), make_variant("172038"))

    found = resolve("172038")

    assert (found.kind, found.variant, found.candidates) == (ResolvedKind.HINT, None, variants)
    assert resolve("0172038").variant == variants[0]


def test_an_alias_that_is_the_barcode_of_another_product_is_refused() -> None:
    other, variant = make_variant("0172038"), make_variant("8680001234567")
    alias("0172038", variant)

    found = resolve("0172038")

    assert (found.kind, found.candidates) == (ResolvedKind.HINT, (other, variant))


def test_an_alias_and_the_barcode_of_one_product_are_not_ambiguous() -> None:
    variant = make_variant("0172038")
    alias("172038", variant)

    assert resolve("172038").variant == variant


@pytest.mark.parametrize(
    "scanned",
    [
        "86800012345678680001234574",
        "8680001234567\t8680001234574",
        "8680001234567\r8680001234574",
        "86800012345678680001234567",  # the same box twice: one or two boxes?
        "8680001234567\n8680001234567",
    ],
)
def test_two_scans_that_ran_together_are_refused(scanned: str) -> None:
    make_variant("8680001234567")
    make_variant("8680001234574")

    found = resolve(scanned)

    assert (found.kind, found.variant) == (ResolvedKind.HINT, None)
    assert found.candidates[0].barcode == "8680001234567"


def test_an_alias_takes_part_in_scans_that_ran_together() -> None:
    variant = make_variant("8680001234567")
    alias("ESKI38", variant)

    assert resolve("ESKI388680001234567").kind == ResolvedKind.HINT


def test_a_barcode_that_is_the_beginning_of_another_is_matched_whole() -> None:
    short, long = make_variant("0172"), make_variant("01723801")

    assert (resolve("0172").variant, resolve("01723801").variant) == (short, long)


def test_a_known_scan_costs_one_statement(django_assert_num_queries) -> None:
    make_variant("8680001234567")

    with django_assert_num_queries(1):
        found = resolve("8680001234567")
        assert found.variant is not None
        assert found.variant.product.code.startswith("M")


_CODES = st.text(alphabet="0128ABab-=*.iIıİşğ", min_size=1, max_size=14)


def _oracle(stored: str, scanned: str) -> bool:
    """Whether a documented quirk leads from `stored` to `scanned`, told the other way round and one rule at a time."""
    us, turkish = "-=.,i';", "*-çöışiş"
    clean = "".join(scanned.split())
    return any(
        _same_but_for_zeros(stored, text) or _same_but_for_case(stored, text)
        for text in {clean, _retype(clean, turkish, us), _retype(clean, us, turkish)}
    )


def _retype(text: str, source: str, target: str) -> str:
    return text.translate(str.maketrans(dict(zip(source, target, strict=False))))


def _same_but_for_zeros(stored: str, text: str) -> bool:
    both = stored + text
    return both.isascii() and both.isdecimal() and stored.lstrip("0") == text.lstrip("0")


def _same_but_for_case(stored: str, text: str) -> bool:
    return stored.translate(_ONE_I).lower() == text.translate(_ONE_I).lower()


_ONE_I = str.maketrans({"ı": "i", "İ": "i", "I": "i"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(barcodes=st.sets(_CODES, min_size=1, max_size=6), aliases=st.sets(_CODES, max_size=3), scanned=_CODES)
def test_no_scan_names_a_product_that_no_quirk_leads_to(
    barcodes: set[str], aliases: set[str], scanned: str
) -> None:
    BarcodeAlias.objects.all().delete()
    Variant.objects.all().delete()
    product = make_product()
    variants = [make_variant(code, product=product, size=str(n)) for n, code in enumerate(sorted(barcodes))]
    codes: dict[int, set[str]] = {variant.pk: {variant.barcode} for variant in variants}
    for number, code in enumerate(sorted(aliases)):
        codes[alias(code, variants[number % len(variants)]).variant_id].add(code)

    found = resolve(scanned)

    meant = {pk for pk, own in codes.items() if own & readings("".join(scanned.split()))}
    if found.kind is ResolvedKind.PRODUCT:
        assert found.variant is not None
        assert meant == {found.variant.pk}
        assert any(_oracle(code, scanned) for code in codes[found.variant.pk])
    else:
        assert len(meant) != 1
        assert found.variant is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(min_value=1, max_value=10**13 - 1), length=st.sampled_from([8, 12, 13]))
def test_a_number_whose_zeros_were_dropped_is_found(number: int, length: int) -> None:
    Variant.objects.all().delete()
    stored = f"{number % 10**length:0{length}d}"
    variant = make_variant(stored)

    found = resolve(stored.lstrip("0") or "0")

    assert found.variant == variant
