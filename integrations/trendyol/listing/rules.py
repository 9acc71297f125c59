"""Every rule that Trendyol has for a new listing (contract sections 1.2 and 8.4), checked before anything is sent.

Pure but for the public address of this site. Where Trendyol names no largest number, our own columns set it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from catalog.barcodes import MAX_LENGTH as MAX_BARCODE
from catalog.errors import NoPublicAddress
from catalog.models import VatRate
from catalog.pictures.services import MOST_PICTURES
from gullu.money import format_money, format_number
from gullu.public_address import is_public_host, public_address_problem
from integrations.listing.sheets import CategoryRules, Sheet, Violation
from integrations.trendyol.listing.attribute_rules import attribute_violations
from integrations.trendyol.listing.origins import ORIGINS
from integrations.trendyol.listing.sentences import sentence

MAX_TITLE: Final = 100
MAX_PRODUCT_CODE: Final = 40
MAX_STOCK_CODE: Final = 100
MAX_DESCRIPTION: Final = 30_000
MAX_QUANTITY: Final = 20_000
LEAST_PRICE: Final = Decimal("0.01")
MOST_PRICE: Final = Decimal("9999999999.99")
MOST_DESI: Final = Decimal("9999.9")
_BARCODE_LETTER: Final = re.compile(r"[A-Za-zÇĞİÖŞÜçğıöşü0-9._-]")
_SHOWN_LENGTH: Final = 60

Problem = tuple[str, Mapping[str, Any]]
"""Code, and the words of its sentence."""


def check_sheet(sheet: Sheet, category: CategoryRules | None, *, several: bool = False) -> list[Violation]:
    """Every rule that the sheet breaks as a new listing; nothing when it can be sent.

    `category` is the chosen one with its attributes, None while none is chosen. `several`: whether a new listing can
    carry more than one value of an attribute, which the singular shape cannot (section 8.4). Sentences are in the
    active language.
    """
    found = [
        _violation(sheet, field, problem) for field, check in _CHECKS.items() for problem in check(sheet)
    ]
    found += [_violation(sheet, "category_id", problem) for problem in _category(sheet, category)]
    if category is None or not category.leaf:
        return found
    return [*found, *attribute_violations(sheet, category, several=several)]


def _violation(sheet: Sheet, field: str, problem: Problem) -> Violation:
    code, words = problem
    return Violation(field, code, sentence(field, code, words), barcode=sheet.barcode, colour=sheet.colour)


# --- texts ----------------------------------------------------------------------------------------------------


def _barcode(sheet: Sheet) -> Iterator[Problem]:
    barcode = sheet.barcode
    words = {"barcode": barcode, "length": len(barcode), "most": MAX_BARCODE}
    if not barcode:
        yield "required", words
    if any(character.isspace() for character in barcode):
        yield "space", words
    wrong = [x for x in barcode if not _BARCODE_LETTER.match(x) and not x.isspace()]
    if wrong:
        yield "letters", {**words, "wrong": " ".join(dict.fromkeys(wrong))}
    if len(barcode) > MAX_BARCODE:
        yield "too_long", words


def _title(sheet: Sheet) -> Iterator[Problem]:
    yield from _text_problem(sheet.title, MAX_TITLE, name="title")


def _product_code(sheet: Sheet) -> Iterator[Problem]:
    yield from _text_problem(sheet.product_code, MAX_PRODUCT_CODE, name="code")


def _stock_code(sheet: Sheet) -> Iterator[Problem]:
    for code, words in _text_problem(sheet.stock_code, MAX_STOCK_CODE, name="code"):
        yield code, {**words, "barcode": sheet.barcode}


def _description(sheet: Sheet) -> Iterator[Problem]:
    yield from _text_problem(sheet.description, MAX_DESCRIPTION, name="description")


def _text_problem(text: str, most: int, *, name: str) -> Iterator[Problem]:
    if not text.strip():
        yield "required", {}
    elif len(text) > most:
        yield "too_long", {name: _shortened(text), "length": _whole(len(text)), "most": _whole(most)}


def _origin(sheet: Sheet) -> Iterator[Problem]:
    if sheet.origin and sheet.origin not in ORIGINS:
        yield "unknown", {"origin": _shortened(sheet.origin)}


# --- numbers and choices --------------------------------------------------------------------------------------


def _brand(sheet: Sheet) -> Iterator[Problem]:
    if sheet.brand_id is None:
        yield "required", {}


def _category(sheet: Sheet, category: CategoryRules | None) -> Iterator[Problem]:
    if sheet.category_id is None or category is None:
        yield "required", {}
    elif category.remote_id != sheet.category_id:
        yield "unknown", {"number": sheet.category_id, "name": category.name}
    elif not category.leaf:
        yield "not_leaf", {"name": category.name}


def _quantity(sheet: Sheet) -> Iterator[Problem]:
    if not 0 <= sheet.quantity <= MAX_QUANTITY:
        words = {"quantity": _whole(sheet.quantity), "most": _whole(MAX_QUANTITY)}
        yield "out_of_range", {**words, "barcode": sheet.barcode}


def _list_price(sheet: Sheet) -> Iterator[Problem]:
    yield from _price_problem(sheet, sheet.list_price)
    sale, price = sheet.sale_price, sheet.list_price
    if sale is not None and price is not None and _is_price(sale) and _is_price(price) and price < sale:
        words = {"price": format_money(price), "sale": format_money(sale)}
        yield "below_sale_price", {**words, "barcode": sheet.barcode}


def _sale_price(sheet: Sheet) -> Iterator[Problem]:
    yield from _price_problem(sheet, sheet.sale_price)


def _price_problem(sheet: Sheet, price: Decimal | None) -> Iterator[Problem]:
    words = {"barcode": sheet.barcode, "price": price}
    if price is None:
        yield "required", words
    elif not _is_price(price):
        yield "out_of_range", {**words, "least": format_money(LEAST_PRICE), "most": format_money(MOST_PRICE)}


def _is_price(price: Decimal) -> bool:
    return price.is_finite() and LEAST_PRICE <= price <= MOST_PRICE


def _vat_rate(sheet: Sheet) -> Iterator[Problem]:
    if sheet.vat_rate not in VatRate.values:
        yield "unknown", {"rate": sheet.vat_rate, "rates": ", ".join(str(rate) for rate in VatRate.values)}


def _desi(sheet: Sheet) -> Iterator[Problem]:
    if sheet.desi is None:
        yield "required", {}
    elif not sheet.desi.is_finite() or not 0 < sheet.desi <= MOST_DESI:
        yield "out_of_range", {"desi": sheet.desi, "most": format_number(MOST_DESI, places=1)}


def _delivery_days(sheet: Sheet) -> Iterator[Problem]:
    if sheet.delivery_days is not None and sheet.delivery_days < 0:
        yield "out_of_range", {"days": sheet.delivery_days}


# --- pictures -------------------------------------------------------------------------------------------------


def _image_urls(sheet: Sheet) -> Iterator[Problem]:
    count = len(sheet.image_urls)
    words = {"colour": sheet.colour, "count": count, "most": MOST_PICTURES}
    if not count:
        yield "required", words
    elif count > MOST_PICTURES:
        yield "too_many", words
    reasons: set[Any] = set()
    for position, url in enumerate(sheet.image_urls, start=1):
        problem = _address_problem(sheet, url, position)
        # All pictures that lie here share one reason, which is told once.
        if problem is not None and problem[1].get("reason", url) not in reasons:
            reasons.add(problem[1].get("reason", url))
            yield problem


def _address_problem(sheet: Sheet, url: str, position: int) -> Problem | None:
    reason = _own_address_problem(sheet, url, position)
    if reason:
        return "not_public", {"reason": reason}
    words = {"position": position, "colour": sheet.colour, "url": _shortened(url)}
    scheme, host = _parts(url)
    if scheme != "https" or not host:
        return "not_https", words
    return None if is_public_host(host) else ("unreachable", words)


def _own_address_problem(sheet: Sheet, url: str, position: int) -> str:
    """Why nobody outside can fetch a picture that lies on this site; empty when they can, or it lies elsewhere."""
    if url.startswith("/"):
        error = NoPublicAddress(product=sheet.product_id, colour=sheet.colour, position=position)
        return public_address_problem() or error.message
    base = settings.PUBLIC_BASE_URL
    return public_address_problem() if base and url.startswith(f"{base}/") else ""


def _parts(url: str) -> tuple[str, str]:
    """Scheme and host; empty for what is no address, or has something in it that no address has."""
    if any(character.isspace() or not character.isprintable() for character in url):
        return "", ""
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        return "", ""
    return parts.scheme, parts.hostname or ""


# --- how values are shown -------------------------------------------------------------------------------------


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 1]}…"


def _whole(number: int) -> str:
    return format_number(Decimal(number), places=0)


_CHECKS: Final[Mapping[str, Callable[[Sheet], Iterator[Problem]]]] = {
    "barcode": _barcode,
    "title": _title,
    "product_code": _product_code,
    "brand_id": _brand,
    "quantity": _quantity,
    "stock_code": _stock_code,
    "desi": _desi,
    "description": _description,
    "list_price": _list_price,
    "sale_price": _sale_price,
    "vat_rate": _vat_rate,
    "origin": _origin,
    "delivery_days": _delivery_days,
    "image_urls": _image_urls,
}

__all__ = [
    "MAX_DESCRIPTION",
    "MAX_PRODUCT_CODE",
    "MAX_QUANTITY",
    "MAX_STOCK_CODE",
    "MAX_TITLE",
    "MOST_DESI",
    "MOST_PRICE",
    "check_sheet",
]
