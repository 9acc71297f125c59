"""What can be wrong with the barcodes of a model together, and violations that all of them share told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from catalog.barcodes import normalise_barcode
from gullu.text import fold
from integrations.listing.sheets import AttributeRule, CategoryRules, Choice, Sheet, Violation

# Fields that the whole model has once, and fields that each barcode has for itself. Pictures belong to a colour; the
# place of an attribute depends on the attribute.
_OF_MODEL: Final = frozenset(
    {"product_code", "description", "brand_id", "category_id", "vat_rate", "desi", "origin", "delivery_days"}
)
_OF_BARCODE: Final = frozenset({"barcode", "stock_code", "quantity", "list_price", "sale_price"})
Key = tuple[tuple[int, tuple[int, ...], str], ...]
"""What is chosen for some attributes, comparable."""


def model_violations(sheets: Sequence[Sheet], category: CategoryRules | None) -> list[Violation]:
    """Rules that only the barcodes of a model together can break; nothing that is wrong with one of them alone."""
    if not sheets:
        return [
            Violation("barcode", "no_variants", _("The model has no barcode: choose its colours and sizes."))
        ]
    return [*_repeated_barcodes(sheets), *_indistinct(sheets, category)]


def gather(
    sheets: Sequence[Sheet], violations: Iterable[Violation], category: CategoryRules | None
) -> list[Violation]:
    """Each violation once, at the widest place it holds for: the model, a colour, or one barcode.

    An attribute that tells colours apart stays with its colour, one that tells sizes apart with its barcode.
    """
    rules = {rule.remote_id: rule for rule in category.attributes} if category else {}
    found = list(violations)
    by_colour = Counter(sheet.colour for sheet in sheets)
    in_colour = Counter(_unplaced(x, colour=x.colour) for x in found)
    in_model = Counter(_unplaced(x) for x in found)

    def placed(violation: Violation) -> Violation:
        rule = rules.get(violation.attribute_id) if violation.attribute_id is not None else None
        if violation.field in _OF_MODEL:
            return _unplaced(violation)
        if violation.field in _OF_BARCODE or (rule and rule.varianter):
            return violation
        of_colour = violation.field == "image_urls" or bool(rule and rule.slicer)
        if len(by_colour) > 1 and not of_colour and in_model[_unplaced(violation)] == len(sheets):
            return _unplaced(violation)
        wide = _unplaced(violation, colour=violation.colour)
        return wide if in_colour[wide] == by_colour[violation.colour] else violation

    return list(dict.fromkeys(placed(violation) for violation in found))


def _unplaced(violation: Violation, *, colour: str = "") -> Violation:
    return replace(violation, barcode="", colour=colour)


def _repeated_barcodes(sheets: Sequence[Sheet]) -> Iterator[Violation]:
    seen: dict[str, Sheet] = {}
    for sheet in sheets:
        first = seen.setdefault(normalise_barcode(sheet.barcode), sheet)
        if first is not sheet and sheet.barcode:
            words = {"barcode": sheet.barcode, "other": f"{first.colour} {first.size}"}
            yield Violation(
                "barcode",
                "repeated",
                _("Barcode %(barcode)s is also that of %(other)s: give one of them another.") % words,
                barcode=sheet.barcode,
                colour=sheet.colour,
            )


# --- colours and sizes that the marketplace could not tell apart ----------------------------------------------


def _indistinct(sheets: Sequence[Sheet], category: CategoryRules | None) -> Iterator[Violation]:
    if category is None:
        return
    slicers = [rule for rule in category.attributes if rule.slicer]
    varianters = [rule for rule in category.attributes if rule.varianter]
    if slicers:
        yield from _same_card(sheets, slicers)
    yield from _same_place(sheets, slicers, varianters)


def _same_card(sheets: Sequence[Sheet], slicers: Sequence[AttributeRule]) -> Iterator[Violation]:
    """Two of our colours that would be one there."""
    seen: dict[Key, str] = {}
    told: set[str] = set()
    for sheet in sheets:
        key = _key(sheet, slicers)
        if key is None or sheet.colour in told:
            continue
        first = seen.setdefault(key, sheet.colour)
        if first != sheet.colour:
            told.add(sheet.colour)
            words = {"colour": sheet.colour, "other": first, "attribute": slicers[0].name}
            yield Violation(
                "attributes",
                "same_card",
                _("Colours %(colour)s and %(other)s have the same %(attribute)s: make them differ.") % words,
                colour=sheet.colour,
                attribute_id=slicers[0].remote_id,
            )


def _same_place(
    sheets: Sequence[Sheet], slicers: Sequence[AttributeRule], varianters: Sequence[AttributeRule]
) -> Iterator[Violation]:
    """Two barcodes of one card with the same size, or a card of several barcodes in a category without sizes."""
    seen: dict[tuple[str, Key], Sheet] = {}
    for sheet in sheets:
        key = _key(sheet, [*slicers, *varianters])
        if key is None:
            continue
        # Two colours that would be one card are told of as such.
        first = seen.setdefault((sheet.colour if slicers else "", key), sheet)
        if first is not sheet:
            yield _same_size(sheet, first, varianters)


def _same_size(sheet: Sheet, first: Sheet, varianters: Sequence[AttributeRule]) -> Violation:
    words = {"size": sheet.size, "other": first.size, "colour": sheet.colour, "other_colour": first.colour}
    if not varianters:
        message = (
            _(
                "This category tells no sizes apart, and colour %(colour)s has sizes %(other)s and %(size)s: choose "
                "another category, or make each size a model of its own."
            )
            % words
        )
        return Violation("category_id", "no_sizes", message, barcode=sheet.barcode, colour=sheet.colour)
    words["attribute"] = varianters[0].name
    message = (
        _(
            "Size %(size)s of colour %(colour)s has the same %(attribute)s as size %(other)s of colour "
            "%(other_colour)s: choose its own value."
        )
        % words
    )
    return Violation(
        "attributes",
        "same_size",
        message,
        barcode=sheet.barcode,
        colour=sheet.colour,
        attribute_id=varianters[0].remote_id,
    )


def _key(sheet: Sheet, rules: Sequence[AttributeRule]) -> Key | None:
    """None while a required one of them is not chosen: that is told by itself."""
    key = tuple(_part(rule.remote_id, sheet.attributes.get(rule.remote_id, Choice())) for rule in rules)
    missing = any(
        rule.required and not (values or text)
        for rule, (_number, values, text) in zip(rules, key, strict=True)
    )
    return None if missing else key


def _part(number: int, choice: Choice) -> tuple[int, tuple[int, ...], str]:
    return number, tuple(sorted(choice.values)), "" if choice.values else fold(choice.text)


__all__ = ["gather", "model_violations"]
