"""The part of the control API that is about products: their quality control, audits of updates, the rules."""

import re
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import unquote

from .entities import Listing, to_json
from .fields import ControlError, read_fields
from .messages import Request
from .product_entities import Audit
from .shop import Shop

_PRODUCT_PATH = re.compile(r"/control/api/products/([^/]+)/([a-z]+)")
_AUDIT_PATH = re.compile(r"/control/api/audits/(\d{1,15})")
_MOST_RULE_ITEMS = 1000
_SWITCHES: dict[str, dict[str, bool]] = {
    "archive": {"archived": True},
    "unarchive": {"archived": False},
    "lock": {"locked": True},
    "unlock": {"locked": False},
    "blacklist": {"blacklisted": True},
    "unblacklist": {"blacklisted": False},
}
Action = Callable[[Request], Any]


class ControlProducts:
    """What people at Trendyol do to products, and a look at what waits for them."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.gets: dict[str, Action] = {
            "/control/api/reviews": lambda _: [summary(x) for x in waiting_products(shop)],
            "/control/api/audits": lambda _: [to_json(audit) for audit in shop.all_audits()],
        }
        self.posts: dict[str, Action] = {"/control/api/product-rules": self._violations}

    def object_action(self, path: str) -> Action | None:
        """The action of a path with a barcode or the number of an audit in it."""
        audit = _AUDIT_PATH.fullmatch(path)
        if audit:
            return partial(self._decide_audit, int(audit[1]))
        match = _PRODUCT_PATH.fullmatch(path)
        if match is None:
            return None
        barcode = unquote(match[1])
        if match[2] in _SWITCHES:
            return partial(self._switch, barcode, _SWITCHES[match[2]])
        verdicts = {"approve": self._approve, "reject": self._reject}
        return partial(verdicts[match[2]], barcode) if match[2] in verdicts else None

    def _approve(self, barcode: str, _request: Request) -> dict[str, Any]:
        return summary(self._shop.approve_product(barcode))

    def _reject(self, barcode: str, request: Request) -> dict[str, Any]:
        """{"reason": text, "detail": text}, both optional."""
        fields = read_fields(request)
        reason, detail = fields.text("reason", ""), fields.text("detail", "")
        return summary(self._shop.reject_product(barcode, reason=reason, detail=detail))

    def _switch(self, barcode: str, change: dict[str, bool], _request: Request) -> dict[str, Any]:
        try:
            self._shop.catalogue.change(barcode, **change)
        except KeyError as error:
            raise ControlError(f"{barcode} barkodlu ürün yok.", status=404) from error
        return summary(self._shop.listing(barcode))

    def _decide_audit(self, audit_id: int, request: Request) -> dict[str, Any]:
        """{"accepted": bool, "type": TITLE, DESCRIPTION, MEDIA or ATTRIBUTE}; without type all that run."""
        fields = read_fields(request)
        if not fields.has("accepted"):
            raise ControlError("accepted alanı gerekli.")
        accepted = fields.boolean("accepted", False)
        return to_json(self._shop.decide_audit(audit_id, accepted=accepted, kind=fields.text("type", "")))

    def _violations(self, request: Request) -> list[list[dict[str, str]]]:
        """{"items": […]} of createProducts: what the batch would say about each, with field and code."""
        items = read_fields(request).objects("items")
        if len(items) > _MOST_RULE_ITEMS:
            raise ControlError(f"items en fazla {_MOST_RULE_ITEMS} ürün olabilir.")
        return [
            [asdict(violation) for violation in self._shop.product_violations(dict(item.values))]
            for item in items
        ]


def waiting_products(shop: Shop) -> list[Listing]:
    """Unapproved products: those that wait first, then the rejected ones, the newest change on top."""
    with shop.state.transaction():
        unapproved = [listing for listing in shop.state.listings.values() if not listing.approved]
    unapproved.sort(key=lambda x: (bool(x.reject_reason), -x.modified_ms, x.variant_id))
    return unapproved


def running_audits(shop: Shop) -> list[Audit]:
    """Content updates that are not decided, the oldest first."""
    return [audit for audit in shop.all_audits() if audit.running]


def summary(listing: Listing) -> dict[str, Any]:
    return {
        "barcode": listing.barcode,
        "product_main_id": listing.product_main_id,
        "title": listing.title,
        "colour": listing.colour,
        "size": listing.size,
        "quantity": listing.quantity,
        "approved": listing.approved,
        "archived": listing.archived,
        "locked": listing.locked,
        "blacklisted": listing.blacklisted,
        "content_id": listing.content_id,
        "reject_reason": listing.reject_reason,
        "review_ms": listing.review_ms,
    }
