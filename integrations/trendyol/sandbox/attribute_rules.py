"""Reading and checking the attributes of a product item (contract sections 8.3 and 8.4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .attributes import AttributeRule, attributes_of
from .product_entities import ListedAttribute
from .routing import is_integer
from .violation import Violation

MAX_COLOUR = 50
_FIELD = "attributes"
_MISSING = "Zorunlu kategori özellik bilgisi eksiktir."


class Shape(StrEnum):
    """How a value is written: singular with attributeValueId or customAttributeValue, plural otherwise."""

    SINGULAR = "singular"
    PLURAL = "plural"
    ANY = "any"


_KEYS = {
    Shape.SINGULAR: ("attributeValueId", "customAttributeValue"),
    Shape.PLURAL: ("attributeValueIds", "attributeValue"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One attribute as it was understood: values of the list, or `text`."""

    attribute_id: int
    value_ids: tuple[int, ...]
    text: str = ""


def read_attributes(value: Any, shape: Shape) -> tuple[list[Chosen], list[Violation]]:
    """The attributes of an item, or what cannot be read about them."""
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        return [], [_problem("invalid", "Özellikler nesnelerden oluşan bir liste olmalıdır.")]
    chosen: list[Chosen] = []
    found: list[Violation] = []
    for part in value:
        read = _read_one(part, shape)
        if isinstance(read, Violation):
            found.append(read)
        else:
            chosen.append(read)
    return chosen, found


def _read_one(part: dict[str, Any], shape: Shape) -> Chosen | Violation:
    attribute_id: Any = part.get("attributeId")
    if not is_integer(attribute_id):
        return _problem("invalid", "attributeId tam sayı olmalıdır.")
    given = {
        name: part[name] for names in _KEYS.values() for name in names if part.get(name) not in (None, [], "")
    }
    allowed = [name for key, names in _KEYS.items() if shape in (key, Shape.ANY) for name in names]
    if not given.keys() <= set(allowed):
        return _problem(
            "shape", f"{attribute_id} numaralı özellik için {' ya da '.join(allowed)} gönderilmelidir."
        )
    if len(given) != 1:
        return _problem("value_count", f"{attribute_id} numaralı özellik için tek bir değer gönderilmelidir.")
    ((name, value),) = given.items()
    return _value(attribute_id, name, value)


def _value(attribute_id: int, name: str, value: Any) -> Chosen | Violation:
    if name in ("customAttributeValue", "attributeValue"):
        if isinstance(value, str) and value.strip():
            return Chosen(attribute_id, (), value.strip())
        return _problem("invalid", f"{attribute_id} numaralı özelliğin değeri metin olmalıdır.")
    numbers = value if name == "attributeValueIds" else [value]
    if not isinstance(numbers, list) or not all(is_integer(number) for number in numbers):
        return _problem("invalid", f"{attribute_id} numaralı özelliğin değer numarası tam sayı olmalıdır.")
    return Chosen(attribute_id, tuple(numbers))


def attribute_problems(
    category_id: int, chosen: Sequence[Chosen], *, required: bool = True
) -> list[Violation]:
    """What the category does not allow, or with `required` still asks for."""
    rules = {rule.attribute_id: rule for rule in attributes_of(category_id)}
    counts = Counter(part.attribute_id for part in chosen)
    found = [
        _problem("repeated", f"{number} numaralı özellik birden fazla gönderilmiş.")
        for number, count in counts.items()
        if count > 1
    ]
    for part in chosen:
        rule = rules.get(part.attribute_id)
        if rule is None:
            found.append(_problem("unknown", f"{part.attribute_id} numaralı özellik bu kategoride yok."))
        else:
            found += _value_problems(rule, part)
    missing = [
        rule for rule in rules.values() if required and rule.required and rule.attribute_id not in counts
    ]
    return found + [_problem("required", f"{_MISSING} Eksik alan: {rule.name}") for rule in missing]


def _value_problems(rule: AttributeRule, part: Chosen) -> list[Violation]:
    if not part.value_ids:
        if not rule.allow_custom:
            return [_problem("custom", f"{rule.name} özelliği için serbest değer gönderilemez.")]
        if rule.slicer and len(part.text) > MAX_COLOUR:
            return [_problem("too_long", f"{rule.name} özelliği {MAX_COLOUR} karakteri geçemez.")]
        return []
    if len(part.value_ids) > 1 and not rule.multiple:
        return [_problem("multiple", f"{rule.name} özelliği için tek değer gönderilebilir.")]
    texts = rule.value_texts()
    return [
        _problem("value_unknown", f"{rule.name} özelliği için geçersiz değer: {number}")
        for number in part.value_ids
        if number not in texts
    ]


def listed_attributes(category_id: int, chosen: Sequence[Chosen]) -> list[ListedAttribute]:
    """As a listing keeps them, one entry for each value; the attributes must have been checked."""
    rules = {rule.attribute_id: rule for rule in attributes_of(category_id)}
    listed = []
    for part in chosen:
        rule = rules.get(part.attribute_id) or AttributeRule(part.attribute_id, "")
        texts = rule.value_texts()
        values: list[tuple[int | None, str]] = [(number, texts.get(number, "")) for number in part.value_ids]
        listed += [
            ListedAttribute(part.attribute_id, rule.name, number, text, rule.slicer, rule.varianter)
            for number, text in values or [(None, part.text)]
        ]
    return listed


def _problem(code: str, message: str) -> Violation:
    return Violation(_FIELD, code, message)
