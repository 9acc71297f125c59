"""The control API under /control: what staff, demos and tests do to the sandbox from outside."""

import re
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from .config import QUIRKS
from .control_page import render_page
from .control_products import ControlProducts
from .control_webhooks import ControlWebhooks
from .entities import Package, to_json
from .errors import Refusal
from .faults import Faults
from .fields import ControlError, is_form, read_fields
from .gateway import Gateway
from .messages import Reply, Request, json_reply
from .ordering import OrderRefused
from .payloads import package_payload
from .seed import demo_catalogue
from .shop import Shop
from .shoppers import Shoppers
from .specs import claim_details, order_spec, product_spec, some_lines
from .webhook_sender import WebhookSender

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_STATIC = Path(__file__).parent
_PACKAGE_PATH = re.compile(r"/control/api/packages/(\d+)(?:/([a-z-]+))?")
_CLAIM_PATH = re.compile(r"/control/api/claims/([0-9a-f-]+)/status")
Action = Callable[[Request], Any]


class Control:
    """Answers everything under /control. Wrong input is refused with one sentence."""

    def __init__(
        self, *, shop: Shop, gateway: Gateway, faults: Faults, shoppers: Shoppers, webhooks: WebhookSender
    ) -> None:
        self._shop = shop
        self._gateway = gateway
        self._faults = faults
        self._shoppers = shoppers
        self._products = ControlProducts(shop)
        self._webhooks = ControlWebhooks(shop, webhooks)
        self._gets: dict[str, Action] = {
            **self._products.gets,
            **self._webhooks.gets,
            "/control/api/state": self._state,
            "/control/api/stock": lambda _: shop.stock(),
            "/control/api/journal": self._journal,
            "/control/api/packages": self._packages,
            "/control/api/claims": lambda _: [to_json(claim) for claim in shop.claims.values()],
            "/control/api/faults": lambda _: [asdict(fault) for fault in faults.active()],
            "/control/api/requests": lambda _: [asdict(entry) for entry in list(gateway.requests)[-200:]],
        }
        self._posts: dict[str, Action] = {
            **self._products.posts,
            "/control/api/products": self._load_products,
            "/control/api/demo": lambda _: {"loaded": shop.load_products(demo_catalogue())},
            "/control/api/orders": self._place,
            "/control/api/orders/bulk": self._place_many,
            "/control/api/faults": self._add_fault,
            "/control/api/faults/clear": self._clear_faults,
            "/control/api/clock": self._advance,
            "/control/api/shoppers": self._set_shoppers,
            "/control/api/settings": self._settings,
            "/control/api/reset": self._reset,
        }

    def answer(self, request: Request) -> Reply:
        try:
            self._check_caller(request)
            return self._route(request)
        except ControlError as error:
            return self._failed(request, str(error), error.status)
        except (Refusal, OrderRefused) as error:
            return self._failed(request, str(error), getattr(error, "status", 400))
        except (ValueError, OverflowError) as error:
            return self._failed(request, str(error), 400)

    def _check_caller(self, request: Request) -> None:
        """Only this machine, and no foreign web page speaking through this machine's browser."""
        if _host_name(f"//{request.headers.get('host', '')}") not in _LOOPBACK:
            raise ControlError("Kontrol sayfası yalnızca bu makineden açılır.", status=403)
        origin = request.headers.get("origin", "")
        if origin and _host_name(origin) not in _LOOPBACK:
            raise ControlError("Başka bir sayfadan gelen istek kabul edilmez.", status=403)

    def _route(self, request: Request) -> Reply:
        if request.method == "GET":
            return self._get(request)
        if request.method != "POST":
            raise ControlError("Yalnızca GET ve POST kullanılır.", status=405)
        action = self._posts.get(request.path) or self._object_action(request.path)
        if action is None:
            raise ControlError("Böyle bir kontrol adresi yok.", status=404)
        result = action(request)
        return _back("sonuc", "Tamam") if is_form(request) else json_reply(result)

    def _get(self, request: Request) -> Reply:
        if request.path in ("/control", "/control/"):
            page = render_page(
                self._shop, self._gateway, self._faults, self._shoppers, parse_qs(request.query)
            )
            return Reply(status=200, content_type="text/html", body=page.encode())
        if request.path == "/control/control.css":
            css = (_STATIC / "control.css").read_bytes()
            return Reply(status=200, content_type="text/css", body=css)
        action = self._gets.get(request.path)
        match = _PACKAGE_PATH.fullmatch(request.path)
        if action is None and match and match[2] is None:
            action = partial(self._package, int(match[1]))
        if action is None:
            raise ControlError("Böyle bir kontrol adresi yok.", status=404)
        return json_reply(action(request))

    def _failed(self, request: Request, sentence: str, status: int) -> Reply:
        if is_form(request) and status != 403:
            return _back("hata", sentence)
        return json_reply({"error": sentence}, status=status if 400 <= status < 500 else 400)

    # -- reading ------------------------------------------------------------------------------------

    def _state(self, _request: Request) -> dict[str, Any]:
        state = self._shop.state
        with state.transaction() as now:
            return {
                "now_ms": now,
                "clock_offset_seconds": state.clock.offset_seconds,
                "counts": self._shop.counts(),
                "warnings": dict(state.warnings),
                "violations": dict(state.violations),
                "shoppers_per_minute": self._shoppers.per_minute,
                "strict_limits": state.config.strict_limits,
                "quirks": sorted(state.config.quirks),
                "faults": [asdict(fault) for fault in self._faults.active()],
                "oversold": self._shop.counts()["oversold"],
            }

    def _journal(self, request: Request) -> list[dict[str, Any]]:
        barcode = parse_qs(request.query).get("barcode", [""])[0]
        if not barcode:
            raise ControlError("barcode parametresi gerekli.")
        return [asdict(entry) for entry in self._shop.journal(barcode)]

    def _packages(self, request: Request) -> list[dict[str, Any]]:
        query = parse_qs(request.query)
        status, number = query.get("status", [""])[0], query.get("order_number", [""])[0]
        return [
            _summary(package)
            for package in self._shop.packages.values()
            if (not status or package.status == status) and (not number or package.order_number == number)
        ]

    def _package(self, package_id: int, _request: Request) -> dict[str, Any]:
        with self._shop.state.transaction():
            package = self._shop.operations.get(package_id)
            return package_payload(package, self._shop.state.config)

    # -- changing -----------------------------------------------------------------------------------

    def _load_products(self, request: Request) -> dict[str, Any]:
        parts = read_fields(request, list_name="products").objects("products")
        return {"loaded": self._shop.load_products([product_spec(part) for part in parts])}

    def _place(self, request: Request) -> dict[str, Any]:
        fields = read_fields(request)
        count = fields.integer("count", 1)
        if not 1 <= count <= 1000:
            raise ControlError("count 1 ile 1000 arasında olmalı.")
        spec = order_spec(fields, now=self._shop.state.now(), takes_stock=True)
        return {"package_ids": self._shop.load_orders([spec] * count)}

    def _place_many(self, request: Request) -> dict[str, Any]:
        parts = read_fields(request, list_name="orders").objects("orders")
        now = self._shop.state.now()
        specs = [order_spec(part, now=now, takes_stock=False) for part in parts]
        return {"package_ids": self._shop.load_orders(specs)}

    def _object_action(self, path: str) -> Action | None:
        part = self._products.object_action(path) or self._webhooks.object_action(path)
        if part is not None:
            return part
        claim = _CLAIM_PATH.fullmatch(path)
        if claim:
            return partial(self._claim_status, claim[1])
        match = _PACKAGE_PATH.fullmatch(path)
        if match is None or match[2] is None:
            return None
        shop, package_id = self._shop, int(match[1])
        simple: dict[str, Callable[[int], None]] = {
            "ship": shop.ship,
            "deliver": shop.deliver,
            "collect": shop.collect,
            "undeliver": shop.undeliver,
            "return": shop.return_package,
            "pay": shop.pay,
            "touch": shop.touch,
        }
        if match[2] in simple:
            return partial(self._move, simple[match[2]], package_id)
        actions = {
            "cancel": self._cancel,
            "split": self._split,
            "claim": self._claim,
            "invoice": self._invoice,
        }
        return partial(actions[match[2]], package_id) if match[2] in actions else None

    def _move(self, move: Callable[[int], None], package_id: int, _request: Request) -> dict[str, Any]:
        move(package_id)
        return _summary(self._shop.packages[package_id])

    def _cancel(self, package_id: int, request: Request) -> dict[str, Any]:
        fields = read_fields(request)
        self._shop.cancel(package_id, some_lines(fields), reason=fields.text("reason", ""))
        return _summary(self._shop.packages[package_id])

    def _split(self, package_id: int, request: Request) -> dict[str, Any]:
        lines = some_lines(read_fields(request))
        if lines is None:
            raise ControlError("lines alanı gerekli.")
        return {"package_ids": self._shop.split(package_id, lines)}

    def _claim(self, package_id: int, request: Request) -> dict[str, Any]:
        fields = read_fields(request)
        details = claim_details(fields, now=self._shop.state.now())
        return {"claim_id": self._shop.claim(package_id, some_lines(fields), **details)}

    def _invoice(self, package_id: int, request: Request) -> dict[str, Any]:
        """{"accepted": bool}: the check of the uploaded invoice ends."""
        fields = read_fields(request)
        if not fields.has("accepted"):
            raise ControlError("accepted alanı gerekli.")
        self._shop.decide_invoice(package_id, accepted=fields.boolean("accepted", False))
        return _summary(self._shop.packages[package_id])

    def _claim_status(self, claim_id: str, request: Request) -> dict[str, Any]:
        fields = read_fields(request)
        items = fields.values.get("claim_item_ids") or None
        if items is not None and not isinstance(items, list):
            raise ControlError("claim_item_ids alanı bir liste olmalı.")
        self._shop.set_claim_status(claim_id, fields.text("status"), items)
        return to_json(self._shop.claims[claim_id])

    def _add_fault(self, request: Request) -> dict[str, Any]:
        fields = read_fields(request)
        if fields.has("spec"):
            self._faults.add_spec(fields.text("spec"))
        else:
            self._faults.add(
                endpoint=fields.text("endpoint"),
                kind=fields.text("kind"),
                times=None if fields.text("times", "1") == "0" else fields.integer("times", 1),
                probability=fields.number("probability", 1.0),
            )
        return {"faults": [asdict(fault) for fault in self._faults.active()]}

    def _clear_faults(self, _request: Request) -> dict[str, Any]:
        self._faults.clear()
        return {"faults": []}

    def _advance(self, request: Request) -> dict[str, Any]:
        seconds = read_fields(request).number("advance_seconds")
        if not 0 <= seconds <= 366 * 86400:
            raise ControlError("advance_seconds 0 ile bir yıl arasında olmalı.")
        with self._shop.state.transaction():
            self._shop.state.clock.advance(seconds)
        with self._shop.state.transaction() as now:
            return {"now_ms": now}

    def _set_shoppers(self, request: Request) -> dict[str, Any]:
        self._shoppers.set_rate(read_fields(request).number("per_minute"))
        return {"per_minute": self._shoppers.per_minute}

    def _settings(self, request: Request) -> dict[str, Any]:
        """strict_limits and quirks, each true or false by name."""
        fields = read_fields(request)
        unknown = fields.values.keys() - QUIRKS.keys() - {"strict_limits"}
        if unknown:
            raise ControlError(
                f"Bilinmeyen ayar: {', '.join(sorted(unknown))}. Olanlar: {', '.join(QUIRKS)}."
            )
        wanted = {name: fields.boolean(name, False) for name in fields.values}
        state = self._shop.state
        with state.transaction():
            state.config.strict_limits = wanted.pop("strict_limits", state.config.strict_limits)
            for name, on in wanted.items():
                (state.config.quirks.add if on else state.config.quirks.discard)(name)
            state.fragments.clear()
        return {"strict_limits": state.config.strict_limits, "quirks": sorted(state.config.quirks)}

    def _reset(self, _request: Request) -> dict[str, Any]:
        self._shop.reset()
        self._faults.clear()
        self._gateway.limits.reset()
        return {"reset": True}


def _host_name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _back(name: str, sentence: str) -> Reply:
    """After a form: back to the page with the outcome."""
    return Reply(
        status=303, content_type="text/plain", headers={"Location": f"/control?{name}={quote(sentence)}"}
    )


def _summary(package: Package) -> dict[str, Any]:
    return {
        "package_id": package.package_id,
        "order_number": package.order_number,
        "status": package.status,
        "created_by": package.created_by,
        "invoice_status": package.invoice_status,
        "origin_package_ids": package.origin_package_ids,
        "last_modified_ms": package.last_modified_ms,
        "visible_ms": package.visible_ms,
        "lines": [
            {"line_id": x.line_id, "barcode": x.barcode, "quantity": x.quantity} for x in package.lines
        ],
    }
