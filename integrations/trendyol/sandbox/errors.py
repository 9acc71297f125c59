"""Refusals in the error families Trendyol really uses (contract section 3.1)."""

import json
from enum import StrEnum

_LABEL_CODES = {400: 1001, 401: 1002, 404: 1001}


class Family(StrEnum):
    """Which service's error envelope a refusal is written in."""

    PRODUCT = "P"
    PRODUCT_SHORT = "P_SHORT"
    ORDER = "E"
    LABEL = "L"
    HTML = "HTML"
    TEXT = "TEXT"


class Refusal(Exception):
    """An answer other than success.

    `key` is what clients match on (family P) and what the violation counter is kept by;
    `message` is the Turkish text a caller sees.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        family: Family = Family.ORDER,
        key: str = "bad.request",
        exception: str = "ClientApiBusinessException",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.family = family
        self.key = key
        self.exception = exception

    def render(self, now_ms: int) -> tuple[int, str, bytes]:
        """Return (HTTP status, content type, body)."""
        if self.family is Family.HTML:
            return self.status, "text/html", self.message.encode()
        if self.family is Family.TEXT:
            return self.status, "text/plain", self.message.encode()
        return self.status, "application/json", _dump(self._json(now_ms))

    def _json(self, now_ms: int) -> dict[str, object]:
        if self.family is Family.ORDER:
            return {"error": self.exception, "message": self.message}
        if self.family is Family.LABEL:
            error = {"code": _LABEL_CODES[self.status], "type": self.exception, "title": self.message}
            return {"error": {"status": self.status, "errors": [error]}}
        # Gateway failures carry no errorCode on production (errors/500_system.json).
        code = "" if self.status >= 500 else str(self.status)
        errors = [{"key": self.key, "message": self.message, "errorCode": code}]
        if self.family is Family.PRODUCT_SHORT:
            return {"errors": errors}
        return {"timestamp": now_ms, "exception": self.exception, "errors": errors}


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def order_refused(message: str, *, key: str = "bad.request", status: int = 400) -> Refusal:
    """Family E, as orders, claims and package operations answer."""
    names = {400: "BadRequest", 404: "NotFound", 426: "UpgradeRequired"}
    return Refusal(message, status=status, key=key, exception=names[status])


def product_refused(message: str, *, key: str = "invalid.request", status: int = 400) -> Refusal:
    """Family P, as product and inventory services answer."""
    return Refusal(message, status=status, family=Family.PRODUCT, key=key)


def label_refused(title: str, *, key: str, status: int = 400) -> Refusal:
    """Family L, as the common label service answers (samples/errors/400_label.json and its sisters)."""
    names = {400: "BadRequestException", 401: "UnauthorizedException", 404: "NotFoundException"}
    return Refusal(title, status=status, family=Family.LABEL, key=key, exception=names[status])


def package_not_updatable() -> Refusal:
    """The package is dead, shipped, or in a state the operation does not fit."""
    return product_refused(
        "Shipment Update Edilebilir Bir Durumda Değil.", key="shipment.package.not.updatable"
    )


def retired_order_path() -> Refusal:
    """Order v1 was closed on 15 Oct 2026."""
    return order_refused(
        "Bu servis kullanımdan kaldırıldı, /v2/orders kullanınız", key="order.v1.retired", status=426
    )


def too_many_requests() -> Refusal:
    """Burst rule or minute quota; there is no Retry-After (contract section 1.1)."""
    return Refusal(
        "Too many requests",
        status=429,
        family=Family.PRODUCT,
        key="too.many.requests",
        exception="TrendyolSystemException",
    )


def bad_credentials() -> Refusal:
    """Wrong or missing key and secret."""
    return Refusal(
        "Kimlik bilgileri geçersiz",
        status=401,
        family=Family.PRODUCT,
        key="authentication.error",
        exception="ClientApiAuthenticationException",
    )


def wrong_seller() -> Refusal:
    """Valid credentials, another seller's id in the path."""
    return Refusal(
        "Bu satıcı için yetkiniz yok",
        status=401,
        family=Family.PRODUCT,
        key="authorization.error",
        exception="TrendyolAuthorizationException",
    )


def missing_user_agent() -> Refusal:
    """The gateway answers in HTML."""
    page = "<html><head><title>403 Forbidden</title></head><body></body></html>"
    return Refusal(page, status=403, family=Family.HTML, key="user.agent.missing")


def unknown_path() -> Refusal:
    """The gateway's own 556 for unknown or retired paths."""
    return Refusal("Service Unavailable", status=556, family=Family.TEXT, key="path.unknown")


def system_error() -> Refusal:
    """The transient 500 of the product services."""
    return Refusal(
        "Exception Occured",
        status=500,
        family=Family.PRODUCT,
        key="generic.exception",
        exception="TrendyolSystemException",
    )


def gateway_page(status: int, title: str) -> Refusal:
    """An HTML page from something in front of the service."""
    return Refusal(f"<html><body>{title}</body></html>", status=status, family=Family.HTML, key="gateway")
