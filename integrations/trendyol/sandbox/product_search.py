"""The product listings (contract section 8.11). Counts are contents, not barcodes."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence

from .brands import brand_id
from .config import SandboxConfig
from .entities import Json, Listing
from .errors import Family, Refusal
from .product_payloads import (
    base_payload,
    content_payload,
    sheet_of,
    short_content_payload,
    unapproved_payload,
)
from .query import Query
from .state import State

_REACH = 10_000
_APPROVED_DATES = {
    "VARIANT_CREATED_DATE": "created_ms",
    "VARIANT_MODIFIED_DATE": "modified_ms",
    "CONTENT_MODIFIED_DATE": "modified_ms",
}
_UNAPPROVED_DATES = {"CREATED_DATE": "created_ms", "LAST_MODIFIED_DATE": "modified_ms"}
_APPROVED_STATUSES = ("", "archived", "blacklisted", "locked", "onSale", "notOnSale")
_Payload = Callable[[Sequence[Listing], SandboxConfig], Json]
Test = Callable[[Listing], bool]


class ProductSearch:
    """Approved, short, unapproved and single product reads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def approved(self, query: Query, *, shifted: int = 0) -> Json:
        return self._contents(query, content_payload, shifted=shifted)

    def inventory_and_price(self, query: Query, *, shifted: int = 0) -> Json:
        return self._contents(query, short_content_payload, shifted=shifted)

    def base(self, barcode: str) -> Json:
        """Raises Refusal 404 (product.not.found) for an unknown barcode."""
        with self._state.transaction():
            listing = self._state.listings.get(barcode)
            if listing is None:
                raise Refusal(
                    "Ürün bulunamadı", status=404, family=Family.PRODUCT_SHORT, key="product.not.found"
                )
            return base_payload(listing)

    def unapproved(self, query: Query, *, shifted: int = 0) -> Json:
        size = query.page_size(default=100, maximum=1000)
        status = query.choice("status", ("", "rejected", "pendingApproval"), "")
        tests = _tests(query, _UNAPPROVED_DATES)
        with self._state.transaction():
            found = [
                listing
                for listing in self._state.listings.values()
                if not listing.approved
                and (not status or (status == "rejected") == bool(listing.reject_reason))
                and all(test(listing) for test in tests)
            ]
            found.sort(key=lambda listing: listing.variant_id)
            keys = [listing.variant_id for listing in found]
            page, shown, token = _cut(query, keys, size=size, shifted=shifted)
            by_key = dict(zip(keys, found, strict=True))
            content = [unapproved_payload(by_key[key], self._state.config) for key in shown]
            return _envelope(len(found) - shifted, page=page, size=size, token=token, content=content)

    def _contents(self, query: Query, payload: _Payload, *, shifted: int) -> Json:
        size = query.page_size(default=100, maximum=100)
        tests = [*_tests(query, _APPROVED_DATES), _status_test(query)]
        with self._state.transaction():
            contents: dict[int, list[Listing]] = {}
            for listing in self._state.listings.values():
                if listing.approved and all(test(listing) for test in tests):
                    contents.setdefault(listing.content_id, []).append(listing)
            keys = sorted(contents, reverse=query.text("orderByDirection") == "DESC")
            page, shown, token = _cut(query, keys, size=size, shifted=shifted)
            content = [payload(contents[key], self._state.config) for key in shown]
            return _envelope(len(contents) - shifted, page=page, size=size, token=token, content=content)


def _envelope(total: int, *, page: int, size: int, token: str | None, content: list[Json]) -> Json:
    return {
        "totalElements": max(total, 0),
        "totalPages": -(-max(total, 0) // size),
        "page": page,
        "size": size,
        "nextPageToken": token,
        "content": content,
    }


def _cut(query: Query, keys: list[int], *, size: int, shifted: int) -> tuple[int, list[int], str | None]:
    """The keys of the page asked for, by number or by token. `shifted` entries vanished before it."""
    page = query.page()
    if query.text("nextPageToken"):
        if "page" in query.names():
            raise query.refuse("nextPageToken ile page birlikte kullanılamaz", key="query.page.with.token")
        start = keys.index(_after(query, keys)) + 1
    else:
        if page * size > _REACH:
            raise query.refuse(
                "10000 kayıttan sonrası için nextPageToken kullanınız", key="query.reach.exceeded"
            )
        start = page * size + (shifted if page else 0)
    shown = keys[start : start + size]
    return page, shown, _token(shown[-1]) if shown else None


def _token(key: int) -> str:
    return base64.b64encode(json.dumps({"sort": [key]}, separators=(",", ":")).encode()).decode()


def _after(query: Query, keys: list[int]) -> int:
    try:
        key = json.loads(base64.b64decode(query.text("nextPageToken").replace(" ", "+")))["sort"][0]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise query.refuse("nextPageToken geçersiz", key="query.token.invalid") from error
    if key not in keys:
        raise query.refuse("nextPageToken geçersiz", key="query.token.invalid")
    return int(key)


def _tests(query: Query, date_fields: dict[str, str]) -> list[Test]:
    """What both listings can be filtered by."""
    barcodes = set(query.texts("barcodes"))
    if len(barcodes) > 50:
        raise query.refuse("En fazla 50 barkod sorgulanabilir", key="query.barcodes.too.many")
    if query.text("barcode"):
        barcodes.add(query.text("barcode"))
    brands, contents = set(query.integers("brandIds")), set(query.integers("contentId"))
    code, model, origin = query.text("stockCode"), query.text("productMainId"), query.text("origin")
    tests: Iterable[tuple[object, Test]] = (
        (barcodes, lambda x: x.barcode in barcodes),
        (brands, lambda x: brand_id(x.brand) in brands),
        (contents, lambda x: x.content_id in contents),
        (code, lambda x: x.stock_code == code),
        (model, lambda x: x.product_main_id == model),
        (origin, lambda x: sheet_of(x).origin == origin),
    )
    return [test for wanted, test in tests if wanted] + _date_tests(query, date_fields)


def _date_tests(query: Query, fields: dict[str, str]) -> list[Test]:
    start_ms, end_ms = query.moment("startDate"), query.moment("endDate")
    field = fields[query.choice("dateQueryType", fields, next(iter(fields)))]
    tests: list[Test] = []
    if start_ms is not None:
        tests.append(lambda x: getattr(x, field) >= start_ms)
    if end_ms is not None:
        tests.append(lambda x: getattr(x, field) <= end_ms)
    return tests


def _status_test(query: Query) -> Test:
    status = query.choice("status", _APPROVED_STATUSES, "")
    tests: dict[str, Test] = {
        "": lambda _: True,
        "archived": lambda x: x.archived,
        "blacklisted": lambda x: x.blacklisted,
        "locked": lambda x: x.locked,
        "onSale": lambda x: x.on_sale,
        "notOnSale": lambda x: not x.on_sale,
    }
    return tests[status]
