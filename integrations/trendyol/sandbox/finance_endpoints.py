"""The paths of finance (contract section 10)."""

from .messages import Reply, json_reply
from .query import Query
from .routing import Call, Endpoint, Routes
from .shop import Shop

_FINANCE = "/integration/finance/che/sellers/{seller}"


class FinanceEndpoints:
    """Settlements and other rows share 100 calls a minute, cargo invoice items have 100 of their own."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def table(self) -> list[Endpoint]:
        get = Routes("GET")
        items = _FINANCE + "/cargo-invoice/{serial}/items"
        return [
            get("settlements", _FINANCE + "/settlements", "finance", 100, self._settlements),
            get("otherfinancials", _FINANCE + "/otherfinancials", "finance", 100, self._others),
            get("cargo-invoice-items", items, "cargo-invoice-items", 100, self._cargo_items),
        ]

    def _settlements(self, call: Call) -> Reply:
        return json_reply(self._shop.finance.settlements(self._query(call)))

    def _others(self, call: Call) -> Reply:
        return json_reply(self._shop.finance.others(self._query(call)))

    def _cargo_items(self, call: Call) -> Reply:
        query = self._query(call)
        return json_reply(self._shop.finance.cargo_items(call.arguments["serial"], query))

    def _query(self, call: Call) -> Query:
        """Newer pages ask for the storefront header; its absence is only counted."""
        if "storefrontcode" not in call.request.headers:
            with self._shop.state.transaction():
                self._shop.state.warnings["finance_without_storefront"] += 1
        return Query(call.request.query)
