"""The paths of Trendyol the sandbox knows, and how each is answered."""

import math
import re
from collections.abc import Sequence

from .claim_endpoints import ClaimEndpoints
from .entities import Package
from .errors import order_refused, retired_order_path
from .finance_endpoints import FinanceEndpoints
from .messages import Reply, json_reply
from .paper_endpoints import PaperEndpoints
from .product_endpoints import ProductEndpoints
from .query import Query
from .routing import Call, Endpoint, Routes, integer, is_integer, objects, pairs
from .shop import Shop
from .webhook_endpoints import WebhookEndpoints

_ORDER = "/integration/order/sellers/{seller}"
_PACKAGE = _ORDER + "/shipment-packages/{package}"


class Endpoints:
    """The routing table."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._table = [
            *self._order_table(),
            *ClaimEndpoints(shop).table(),
            *self._package_table(),
            *PaperEndpoints(shop).table(),
            *FinanceEndpoints(shop).table(),
            *ProductEndpoints(shop).table(),
            *WebhookEndpoints(shop).table(),
        ]

    def names(self) -> list[str]:
        return [endpoint.name for endpoint in self._table]

    def find(self, path: str) -> list[tuple[Endpoint, re.Match[str]]]:
        """Every endpoint on that path, whatever its method."""
        matches = ((endpoint, endpoint.pattern.fullmatch(path)) for endpoint in self._table)
        return [(endpoint, match) for endpoint, match in matches if match is not None]

    def _order_table(self) -> list[Endpoint]:
        get = Routes("GET")
        return [
            get("orders", _ORDER + "/v2/orders", "orders", 30, self._orders),
            get("orders-v1", _ORDER + "/orders", "orders-v1", None, self._retired),
            get("orders-stream", _ORDER + "/orders/stream", "orders-stream", None, self._stream),
        ]

    def _package_table(self) -> list[Endpoint]:
        put, post = Routes("PUT"), Routes("POST")
        changes = [
            ("PUT", "unsupplied", "/items/unsupplied", self._unsupplied),
            ("PUT", "box-info", "/box-info", self._box_info),
            ("PUT", "cargo-providers", "/cargo-providers", self._change_carrier),
            ("PUT", "extended-agreed-delivery-date", "/extended-agreed-delivery-date", self._extend),
            ("POST", "split", "/split", self._split),
            ("POST", "multi-split", "/multi-split", self._multi_split),
            ("POST", "quantity-split", "/quantity-split", self._quantity_split),
            ("POST", "split-packages", "/split-packages", self._split_packages),
        ]
        return [put("package-status", _PACKAGE, "package-status", 300, self._package_status)] + [
            (put if method == "PUT" else post)(name, _PACKAGE + path, name, 100, answer)
            for method, name, path, answer in changes
        ]

    # -- orders -------------------------------------------------------------------------------------

    def _orders(self, call: Call) -> Reply:
        query = Query(call.request.query)
        reply = json_reply(self._shop.order_search.page(query))
        if call.shifted:
            self._shop.order_search.shift(query)
        return reply

    def _retired(self, _call: Call) -> Reply:
        raise retired_order_path()

    def _stream(self, call: Call) -> Reply:
        return json_reply(self._shop.order_search.stream(Query(call.request.query)))

    # -- package operations -------------------------------------------------------------------------

    def _package_status(self, call: Call) -> Reply:
        body = call.body()
        params = body.get("params") or {}
        number = params.get("invoiceNumber") if isinstance(params, dict) else None
        self._shop.operations.update_status(
            call.package_id,
            status=str(body.get("status")),
            lines=pairs(body, "lines", "lineId", "quantity"),
            invoice_number=str(number) if number else None,
        )
        return Reply(status=200)

    def _unsupplied(self, call: Call) -> Reply:
        body = call.body()
        lines = pairs(body, "lines", "lineId", "quantity")
        self._shop.operations.unsupplied(call.package_id, lines=lines, reason_id=integer(body, "reasonId"))
        return Reply(status=200)

    def _box_info(self, call: Call) -> Reply:
        body = call.body()
        deci = body.get("deci")
        if not isinstance(deci, int | float) or isinstance(deci, bool) or not math.isfinite(deci):
            raise order_refused("deci sayı olmalıdır", key="box.info.invalid")
        self._shop.operations.box_info(
            call.package_id, box_quantity=integer(body, "boxQuantity"), deci=float(deci)
        )
        return Reply(status=200)

    def _change_carrier(self, call: Call) -> Reply:
        self._shop.operations.change_carrier(call.package_id, carrier=str(call.body().get("cargoProvider")))
        return Reply(status=200)

    def _extend(self, call: Call) -> Reply:
        days = integer(call.body(), "extendedDayCount")
        self._shop.operations.extend_delivery(call.package_id, days=days)
        return Reply(status=200)

    def _split(self, call: Call) -> Reply:
        with self._shop.state.transaction():
            package = self._shop.operations.open_package(call.package_id)
            group = _whole_lines(package, call.body().get("orderLineIds"))
            children = self._shop.splitting.split(package, [group])
        return json_reply({"newPackageId": children[0]})

    def _multi_split(self, call: Call) -> Reply:
        groups = objects(call.body(), "splitGroups")
        with self._shop.state.transaction():
            package = self._shop.operations.open_package(call.package_id)
            wanted = [_whole_lines(package, group.get("orderLineIds")) for group in groups]
            if {line for group in wanted for line in group} == {line.line_id for line in package.lines}:
                raise order_refused("Tüm kalemler listelenemez", key="package.split.whole")
            children = self._shop.splitting.split(package, wanted)
        return json_reply({"results": [{"newPackageId": child} for child in children]})

    def _quantity_split(self, call: Call) -> Reply:
        parts = objects(call.body(), "quantitySplit")
        if len(parts) != 1:
            raise order_refused("Tek satır bölünebilir", key="package.split.lines")
        line_id, quantities = integer(parts[0], "orderLineId"), parts[0].get("quantities")
        if not isinstance(quantities, list) or not all(is_integer(number) for number in quantities):
            raise order_refused("quantities sayı listesi olmalıdır", key="body.invalid")
        with self._shop.state.transaction():
            package = self._shop.operations.open_package(call.package_id)
            children = self._shop.splitting.split(package, [{line_id: number} for number in quantities])
        return json_reply({"newPackageIds": children})

    def _split_packages(self, call: Call) -> Reply:
        packages = objects(call.body(), "splitPackages")
        groups = [dict(pairs(part, "packageDetails", "orderLineId", "quantities")) for part in packages]
        with self._shop.state.transaction():
            package = self._shop.operations.open_package(call.package_id)
            self._shop.splitting.split(package, groups)
        return Reply(status=200)


def _whole_lines(package: Package, line_ids: Sequence[int] | None) -> dict[int, int]:
    """The named lines with all their units."""
    quantities = {line.line_id: line.quantity for line in package.lines}
    if (
        not isinstance(line_ids, list)
        or not line_ids
        or not all(line_id in quantities for line_id in line_ids)
    ):
        raise order_refused("orderLineIds geçersiz", key="package.line.unknown")
    return {line_id: quantities[line_id] for line_id in line_ids}
