"""The paths of the product and inventory services (contract section 8)."""

import json
import math
from functools import partial
from typing import Any

from .addresses import addresses_payload
from .buybox import buybox
from .entities import Json
from .errors import product_refused
from .messages import Reply, json_reply
from .multipart import read_form
from .payloads import CARRIERS
from .product_entities import (
    ARCHIVE,
    CREATE,
    DELETE,
    UNLOCK,
    UPDATE_CONTENT,
    UPDATE_DELIVERY,
    UPDATE_UNAPPROVED,
    UPDATE_VARIANT,
)
from .query import Query
from .routing import FORM_BODY, Answer, Call, Endpoint, Routes
from .shop import Shop

_ROOT = "/integration/product"
_SELLER = _ROOT + "/sellers/{seller}"
_PRODUCTS = _SELLER + "/products"
_CATEGORY = _ROOT + "/categories/{category}/attributes"
_PUSH = "/integration/inventory/sellers/{seller}/products/price-and-inventory"
_READ, _READ_PER_MINUTE = "product-read", 1000
_WRITE, _WRITE_PER_MINUTE = "product-write", 200
_WRITES = (
    ("POST", "products-create", _SELLER + "/v2/products", CREATE),
    ("POST", "products-unapproved-update", _PRODUCTS + "/unapproved-bulk-update", UPDATE_UNAPPROVED),
    ("POST", "products-content-update", _PRODUCTS + "/content-bulk-update", UPDATE_CONTENT),
    ("POST", "products-variant-update", _PRODUCTS + "/variant-bulk-update", UPDATE_VARIANT),
    ("POST", "products-delivery-update", _PRODUCTS + "/delivery-info-bulk-update", UPDATE_DELIVERY),
    ("PUT", "products-archive", _PRODUCTS + "/archive-state", ARCHIVE),
    ("PUT", "products-unlock", _PRODUCTS + "/unlock", UNLOCK),
    ("DELETE", "products-delete", _PRODUCTS, DELETE),
)


class ProductEndpoints:
    """All reads share one minute quota, all writes and the buybox another; price and stock has its own."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def table(self) -> list[Endpoint]:
        get, post = Routes("GET"), Routes("POST")
        upload = Routes("POST", media_type=FORM_BODY)
        return [
            post("price-and-inventory", _PUSH, "price-and-inventory", 350, self._push),
            *(get(name, path, _READ, _READ_PER_MINUTE, answer) for name, path, answer in self._reads()),
            *(
                Routes(method)(name, path, _WRITE, _WRITE_PER_MINUTE, partial(self._submit, kind))
                for method, name, path, kind in _WRITES
            ),
            post("buybox", _PRODUCTS + "/buybox-information", _WRITE, _WRITE_PER_MINUTE, self._buybox),
            upload("brand-create", _SELLER + "/brands", _WRITE, _WRITE_PER_MINUTE, self._create_brand),
        ]

    def _reads(self) -> list[tuple[str, str, Answer]]:
        return [
            ("batch-requests", _PRODUCTS + "/batch-requests/{batch}", self._batch),
            ("products-approved", _PRODUCTS + "/approved", self._approved),
            ("inventory-and-price", _PRODUCTS + "/approved/inventory-and-price", self._short),
            ("products-unapproved", _PRODUCTS + "/unapproved", self._unapproved),
            ("product-base", _SELLER + "/product/{barcode}", self._product_base),
            ("update-audits", _PRODUCTS + "/{content}/update-audits", self._audits),
            ("brands", _ROOT + "/brands", self._brands),
            ("brands-by-name", _ROOT + "/brands/by-name", self._brands_by_name),
            ("product-categories", _ROOT + "/product-categories", self._categories),
            ("category-attributes", _CATEGORY, self._attributes),
            ("attribute-values", _CATEGORY + "/{attribute}/values", self._values),
            ("addresses", "/integration/sellers/{seller}/addresses", self._addresses),
            ("lookup-cargo-providers", _ROOT + "/lookup/cargo-providers", self._carriers),
        ]

    # -- writes -------------------------------------------------------------------------------------

    def _push(self, call: Call) -> Reply:
        return json_reply({"batchRequestId": self._shop.inventory.submit(_json(call))})

    def _submit(self, kind: str, call: Call) -> Reply:
        return json_reply({"batchRequestId": self._shop.product_writes.submit(kind, _object(call))})

    def _buybox(self, call: Call) -> Reply:
        barcodes = _object(call).get("barcodes")
        if not isinstance(barcodes, list) or not barcodes or not all(isinstance(x, str) for x in barcodes):
            raise product_refused("barcodes alanı boş olamaz", key="buybox.barcodes.required")
        return json_reply(buybox(self._shop.state, barcodes))

    def _create_brand(self, call: Call) -> Reply:
        storefront = call.request.headers.get("storefrontcode", "")
        brand = self._shop.lookups.create_brand(read_form(call.request), storefront=storefront)
        return json_reply(brand, status=201)

    # -- reads --------------------------------------------------------------------------------------

    def _batch(self, call: Call) -> Reply:
        return json_reply(self._shop.batch_result(call.arguments["batch"]))

    def _approved(self, call: Call) -> Reply:
        return json_reply(self._shop.product_search.approved(_query(call), shifted=call.shifted))

    def _short(self, call: Call) -> Reply:
        return json_reply(self._shop.product_search.inventory_and_price(_query(call), shifted=call.shifted))

    def _unapproved(self, call: Call) -> Reply:
        return json_reply(self._shop.product_search.unapproved(_query(call), shifted=call.shifted))

    def _product_base(self, call: Call) -> Reply:
        return json_reply(self._shop.product_search.base(call.arguments["barcode"]))

    def _audits(self, call: Call) -> Reply:
        return json_reply(self._shop.audits.page(call.arguments["content"], _query(call)))

    def _brands(self, call: Call) -> Reply:
        return json_reply(self._shop.lookups.brands(_query(call)))

    def _brands_by_name(self, call: Call) -> Reply:
        return json_reply(self._shop.lookups.brands_by_name(_query(call)))

    def _categories(self, call: Call) -> Reply:
        return json_reply(self._shop.lookups.category_tree(_query(call)))

    def _attributes(self, call: Call) -> Reply:
        return json_reply(self._shop.lookups.attributes(call.arguments["category"]))

    def _values(self, call: Call) -> Reply:
        names = call.arguments
        return json_reply(self._shop.lookups.values(names["category"], names["attribute"], _query(call)))

    def _addresses(self, _call: Call) -> Reply:
        return json_reply(addresses_payload())

    def _carriers(self, _call: Call) -> Reply:
        return json_reply([{"code": code, "name": name} for code, (_, name) in CARRIERS.items()])


def _query(call: Call) -> Query:
    return Query(call.request.query, product_family=True)


def _json(call: Call) -> Any:
    try:
        return json.loads(call.request.body)
    except ValueError as error:
        raise product_refused("JSON okunamadı", key="body.invalid") from error


def _object(call: Call) -> Json:
    """A JSON object that can be repeated in an answer. Raises Refusal 400."""
    try:
        value = json.loads(call.request.body, parse_constant=_no_number, parse_float=_finite)
        if rb"\ud" in call.request.body.lower():
            # Half a character could be kept but never sent back.
            json.dumps(value, ensure_ascii=False).encode()
    except ValueError as error:
        raise product_refused("JSON okunamadı", key="body.invalid") from error
    if not isinstance(value, dict):
        raise product_refused("JSON nesnesi bekleniyor", key="body.invalid")
    return value


def _no_number(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)
