"""What a category allows and asks for in the attributes of a new listing (contract sections 8.3 and 8.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.listing.sheets import AttributeRule, CategoryRules, Choice, Sheet, Violation
from integrations.trendyol.listing.bodies import is_chosen
from integrations.trendyol.listing.sentences import sentence

MAX_SLICER_TEXT: Final = 50
_FIELD: Final = "attributes"
_SEVERAL: Final = "several_at_first"
_SHOWN_LENGTH: Final = 60
Problem = tuple[str, Mapping[str, Any]]


def attribute_violations(sheet: Sheet, category: CategoryRules, *, several: bool) -> list[Violation]:
    """Rules of the category that the chosen attributes break; `several` as in `check_sheet`."""
    rules = {rule.remote_id: rule for rule in category.attributes}
    chosen = {number: choice for number, choice in sheet.attributes.items() if is_chosen(choice)}
    found: list[Violation] = []
    for number, choice in chosen.items():
        rule = rules.get(number)
        unknown: Problem = ("unknown", {"number": number, "category": category.name})
        problems = [unknown] if rule is None else _problems(choice, rule, several=several)
        found += [_violation(sheet, number, problem) for problem in problems]
    missing = [rule for rule in rules.values() if rule.required and rule.remote_id not in chosen]
    return found + [_violation(sheet, rule.remote_id, _missing(sheet, rule)) for rule in missing]


def _violation(sheet: Sheet, number: int, problem: Problem) -> Violation:
    code, words = problem
    return Violation(
        _FIELD,
        code,
        sentence(_FIELD, code, words),
        barcode=sheet.barcode,
        colour=sheet.colour,
        attribute_id=number,
        # Changes are written in lists of values, so they can say what a new listing cannot.
        first_only=code == _SEVERAL,
    )


def _missing(sheet: Sheet, rule: AttributeRule) -> Problem:
    code = "required"
    if rule.slicer or rule.varianter:
        code = "required_of_colour" if rule.slicer else "required_of_size"
    return code, {"attribute": rule.name, "colour": sheet.colour, "size": sheet.size}


def _problems(choice: Choice, rule: AttributeRule, *, several: bool) -> Iterator[Problem]:
    if choice.values:
        return _value_problems(choice, rule, several=several)
    return _text_problems(choice.text.strip(), rule)


def _text_problems(text: str, rule: AttributeRule) -> Iterator[Problem]:
    words = {"attribute": rule.name, "text": text[:_SHOWN_LENGTH]}
    if not rule.allow_custom:
        yield "custom", words
    elif rule.slicer and len(text) > MAX_SLICER_TEXT:
        yield "too_long", {**words, "length": len(text), "most": MAX_SLICER_TEXT}


def _value_problems(choice: Choice, rule: AttributeRule, *, several: bool) -> Iterator[Problem]:
    words = {"attribute": rule.name, "count": len(choice.values)}
    if len(choice.values) > 1 and not rule.multiple:
        yield "multiple", words
    elif len(choice.values) > 1 and not several:
        yield _SEVERAL, words
    if rule.value_ids is None:
        yield "values_unread", words
        return
    unknown = [str(value) for value in choice.values if value not in rule.value_ids]
    if unknown:
        yield "value_unknown", {**words, "values": ", ".join(unknown)}


__all__ = ["MAX_SLICER_TEXT", "attribute_violations"]
