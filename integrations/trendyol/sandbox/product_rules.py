"""What is wrong with one item of a product write (contract sections 1.2 and 8.4 to 8.7); pure functions."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .addresses import RETURNING_IDS, SHIPMENT_IDS
from .attribute_rules import Shape, attribute_problems, read_attributes
from .categories import by_id
from .origins import ORIGINS
from .payloads import CARRIERS
from .routing import is_integer
from .violation import Violation

MAX_QUANTITY = 20_000
MAX_IMAGES = 8
MAX_TITLE, MAX_DESCRIPTION, MAX_CODE, MAX_MODEL, MAX_BARCODE = 100, 30_000, 100, 40, 40
VAT_RATES = (0, 1, 10, 20)
CHANNELS = ("CORE", "LUXE")
_BARCODE = re.compile(r"[A-Za-zÇĞİÖŞÜçğıöşü0-9._-]+")
_LOT_NUMBER = re.compile(r"[A-Za-z0-9,\-.:/]{1,100}")
_REQUIRED = (
    *("barcode", "title", "productMainId", "brandId", "categoryId", "quantity", "description"),
    *("listPrice", "salePrice", "vatRate", "images", "attributes"),
)
_LARGEST = 1e12
# Nothing under this name can be fetched (RFC 2606); pictures are not really fetched here.
_NOWHERE = ".invalid"
Problem = tuple[str, str]
"""Code and Turkish sentence."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an item is checked against besides itself. `brand_ids` are the known brands."""

    brand_ids: Collection[int]
    shape: Shape = Shape.SINGULAR
    stock_code_required: bool = False


def create_violations(item: Mapping[str, Any], rules: Rules) -> list[Violation]:
    """Everything wrong with an item of createProducts; at most one violation a field, except attributes.

    Barcodes that exist, or come twice in a batch, are not seen here: they are no property of one item.
    """
    required = [*_REQUIRED, *(("stockCode", "dimensionalWeight") if rules.stock_code_required else ())]
    missing = [_required(name) for name in required if item.get(name) in (None, "")]
    there = {name: value for name, value in item.items() if value not in (None, "")}
    return [*missing, *_field_violations(there, rules), *_attribute_violations(there, rules)]


def update_violations(
    item: Mapping[str, Any], rules: Rules, *, category_id: int | None, required: bool = True
) -> list[Violation]:
    """Everything wrong with the fields that an update brings; `category_id` is the product's own.

    A field sent as null counts as not sent, and so does an empty text unless the field is mandatory. Required
    attributes are asked for, with `required`, only when attributes are sent.
    """
    fields = _field_violations(item, rules)
    if item.get("attributes") is None:
        return fields
    own = {**item, "categoryId": item.get("categoryId") or category_id}
    return [*fields, *_attribute_violations(own, rules, required=required)]


def joined_barcode(value: Any) -> str:
    """The key Trendyol keeps: spaces are taken out. Empty for what is no text."""
    return value.replace(" ", "") if isinstance(value, str) else ""


def is_number(value: Any) -> bool:
    """A finite number that a price or weight can be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -_LARGEST < value < _LARGEST


def _required(name: str) -> Violation:
    return Violation(name, "required", f"{name} alanı zorunludur.")


def _field_violations(item: Mapping[str, Any], rules: Rules) -> list[Violation]:
    found = []
    for name, check in _CHECKS.items():
        value = item.get(name)
        unsaid = value is None or (value == "" and name not in _REQUIRED)
        problem = None if unsaid else check(value, rules)
        if problem is not None:
            found.append(Violation(name, *problem))
    wrong = {violation.field for violation in found}
    if not wrong & {"listPrice", "salePrice"}:
        found += _price_order(item.get("listPrice"), item.get("salePrice"))
    return found


def _price_order(list_price: Any, sale_price: Any) -> list[Violation]:
    if is_number(list_price) and is_number(sale_price) and list_price < sale_price:
        return [Violation("listPrice", "below_sale_price", "Liste fiyatı satış fiyatından küçük olamaz.")]
    return []


def _attribute_violations(item: Mapping[str, Any], rules: Rules, *, required: bool = True) -> list[Violation]:
    value = item.get("attributes")
    if value is None:
        return []
    chosen, found = read_attributes(value, rules.shape)
    category_id: Any = item.get("categoryId")
    category = by_id().get(category_id) if is_integer(category_id) else None
    if found or category is None or not category.leaf:
        return found
    return attribute_problems(category.category_id, chosen, required=required)


# -- single fields ------------------------------------------------------------------------------------------


def _barcode(value: Any, _rules: Rules) -> Problem | None:
    barcode = joined_barcode(value)
    if not barcode or not _BARCODE.fullmatch(barcode):
        return "invalid", "Barkod yalnızca harf, rakam, nokta, tire ve alt çizgi içerebilir."
    if len(barcode) > MAX_BARCODE:
        return "too_long", f"Barkod alanı {MAX_BARCODE} karakteri geçemez."
    return None


def _text(label: str, longest: int) -> Callable[[Any, Rules], Problem | None]:
    def check(value: Any, _rules: Rules) -> Problem | None:
        if not isinstance(value, str) or not value.strip():
            return "invalid", f"{label} boş olmayan bir metin olmalıdır."
        if len(value) > longest:
            return "too_long", f"{label} {longest} karakteri geçemez."
        return None

    return check


def _brand(value: Any, rules: Rules) -> Problem | None:
    if not is_integer(value) or value not in rules.brand_ids:
        return "unknown", f"Marka bulunamadı: {value}"
    return None


def _category(value: Any, _rules: Rules) -> Problem | None:
    category = by_id().get(value) if is_integer(value) else None
    if category is None:
        return "unknown", f"Kategori bulunamadı: {value}"
    if not category.leaf:
        return "not_leaf", f"{category.name} alt kategorisi olan bir kategoridir, ürün eklenemez."
    return None


def _quantity(value: Any, _rules: Rules) -> Problem | None:
    if not is_integer(value) or value < 0:
        return "invalid", "Stok adedi 0 ya da daha büyük bir tam sayı olmalıdır."
    if value > MAX_QUANTITY:
        return "too_large", f"Stok adedi {MAX_QUANTITY} değerinden büyük olamaz."
    return None


def _weight(value: Any, _rules: Rules) -> Problem | None:
    if not is_number(value) or value < 0:
        return "invalid", "Desi 0 ya da daha büyük bir sayı olmalıdır."
    return None


def _price(value: Any, _rules: Rules) -> Problem | None:
    return None if is_number(value) and value > 0 else ("invalid", "Fiyat 0 değerinden büyük olmalıdır.")


def _vat_rate(value: Any, _rules: Rules) -> Problem | None:
    if not is_number(value) or value not in VAT_RATES:
        return "invalid", "KDV oranı 0, 1, 10 ya da 20 olmalıdır."
    return None


def _images(value: Any, _rules: Rules) -> Problem | None:
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        return "invalid", "Görseller nesnelerden oluşan bir liste olmalıdır."
    if not 1 <= len(value) <= MAX_IMAGES:
        return "count", f"Ürünün 1 ile {MAX_IMAGES} arasında görseli olmalıdır."
    hosts = [_https_host(part.get("url")) for part in value]
    if not all(hosts):
        return "not_https", "Görsel adresi https ile başlamalıdır."
    if any(host.endswith(_NOWHERE) for host in hosts):
        return "unreachable", "Görsel adresine ulaşılamadı."
    return None


def _https_host(value: Any) -> str:
    """The host of an https address, or an empty string."""
    if not isinstance(value, str):
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme == "https" else ""


def _origin(value: Any, _rules: Rules) -> Problem | None:
    return (
        None if isinstance(value, str) and value in ORIGINS else ("unknown", f"Menşei kodu geçersiz: {value}")
    )


def _delivery(value: Any, _rules: Rules) -> Problem | None:
    known = isinstance(value, dict)
    duration: Any = value.get("deliveryDuration") if known else None
    if not known or (duration is not None and (not is_integer(duration) or duration < 0)):
        return "invalid", "Termin süresi 0 ya da daha büyük bir tam sayı olmalıdır."
    return None


def _address(label: str, known: Collection[int]) -> Callable[[Any, Rules], Problem | None]:
    def check(value: Any, _rules: Rules) -> Problem | None:
        return None if is_integer(value) and value in known else ("unknown", f"{label} satıcıya ait değil.")

    return check


def _carriers(value: Any, _rules: Rules) -> Problem | None:
    if not isinstance(value, list) or not all(isinstance(code, str) and code in CARRIERS for code in value):
        return "unknown", "Kargo firması kodu geçersiz."
    return None


def _lot_number(value: Any, _rules: Rules) -> Problem | None:
    if not isinstance(value, str) or not _LOT_NUMBER.fullmatch(value):
        return (
            "invalid",
            "Parti numarası en fazla 100 karakter olmalı; yalnızca A-Z a-z 0-9 , - . : / içerebilir.",
        )
    return None


def _channels(value: Any, _rules: Rules) -> Problem | None:
    known = isinstance(value, list) and all(channel in CHANNELS for channel in value)
    return None if known and value else ("invalid", "Satış kanalı CORE, LUXE ya da ikisi olmalıdır.")


def _location(value: Any, _rules: Rules) -> Problem | None:
    return None if value in ("ENABLED", "DISABLED") else ("invalid", "locationBasedDelivery geçersiz.")


_CHECKS: dict[str, Callable[[Any, Rules], Problem | None]] = {
    "barcode": _barcode,
    "title": _text("Ürün adı", MAX_TITLE),
    "productMainId": _text("Model kodu", MAX_MODEL),
    "brandId": _brand,
    "categoryId": _category,
    "quantity": _quantity,
    "stockCode": _text("Stok kodu", MAX_CODE),
    "dimensionalWeight": _weight,
    "description": _text("Ürün açıklaması", MAX_DESCRIPTION),
    "listPrice": _price,
    "salePrice": _price,
    "vatRate": _vat_rate,
    "images": _images,
    "origin": _origin,
    "deliveryOption": _delivery,
    "shipmentAddressId": _address("Sevkiyat adresi", SHIPMENT_IDS),
    "returningAddressId": _address("İade adresi", RETURNING_IDS),
    "cargoProviders": _carriers,
    "lotNumber": _lot_number,
    "channels": _channels,
    "locationBasedDelivery": _location,
}
KNOWN_FIELDS = frozenset({*_CHECKS, "attributes"})
