"""What the practice Trendyol holds: the shop window, the open orders, the parcels under way, young returns.

Plain dictionaries in the words of the sandbox's control API and seed file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from catalog.barcodes import ean13_check_digit
from catalog.models import default_stock_code
from gullu.demo.catalogue import BRAND
from gullu.demo.chance import dice
from gullu.demo.days import DAY_MS, HOUR_MS
from gullu.demo.history import SEED, DemoShop
from gullu.demo.kinds import BOOTS
from gullu.demo.open_orders import OpenOrder, describe, describe_customer, make_open_orders
from gullu.demo.orders import CARRIERS, DemoOrder
from gullu.demo.returns import TOO_SMALL, DemoReturn
from orders.enums import OrderState
from orders.models import ReturnUnit

# Barcodes that are not on sale there; pushes must leave them alone.
_PENDING, _REJECTED, _ARCHIVED = 6, 3, 6
_EXCHANGE: Final = "Bir büyük numara ile değişim istiyorum."
# Deliveries whose books are still open: the payment period of four weeks, the Wednesday after it, and a margin.
_BOOKED_DAYS: Final = 40
# What the practice Trendyol shows of a barcode whose weight and origin its seed does not name.
LISTED_DESI: Final = "2"
LISTED_ORIGIN: Final = "TR"
# The shop's own words for categories that are no leaves there.
_LEAVES: Final = {BOOTS: "Bot"}
# Models that differ there: in their title, in their price.
_OTHER_TITLES: Final = 2
_OTHER_PRICES: Final = 1
_REJECT_REASON: Final = "Ürün görseli beyaz fon kuralına uymuyor."


@dataclass(frozen=True, slots=True)
class SandboxSeed:
    """What the seed file holds. `past` are deliveries it only keeps the books of: no order query lists them.

    `strangers` are products that are only there: two models somebody listed in the seller panel.
    """

    products: list[dict[str, Any]]
    strangers: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    past: list[dict[str, Any]]
    claims: list[dict[str, Any]]

    def approved(self) -> frozenset[str]:
        """Barcodes that are on sale there."""
        return frozenset(row["barcode"] for row in self.products if row["approved"] and not row["archived"])

    def as_dict(self) -> dict[str, Any]:
        products = self.products + self.strangers
        return {"products": products, "orders": self.orders + self.past, "claims": self.claims}


def make_sandbox_seed(shop: DemoShop, *, seed: int = SEED) -> SandboxSeed:
    """The other side of the shop. What left here in the last days is there under the same ids."""
    rng = dice(seed, "sandbox")
    waiting = make_open_orders(shop, seed=seed)
    live = [unit for unit in shop.returns if unit.live]
    claimed = {unit.order for unit in live}
    known = [
        order
        for number, order in enumerate(shop.orders)
        if order.state == OrderState.SHIPPED or number in claimed
    ]
    booked_ms = shop.now_ms - _BOOKED_DAYS * DAY_MS
    past = {
        number: order
        for number, order in enumerate(shop.orders)
        if number not in claimed
        and order.state == OrderState.DELIVERED
        and (order.times.delivered or 0) > booked_ms
    }
    settled = [unit for unit in shop.returns if unit.order in past]
    return SandboxSeed(
        products=_changed(_products(rng, shop, waiting), shop),
        strangers=_strangers(),
        orders=[_known_order(order, shop) for order in known] + [describe(order, shop) for order in waiting],
        past=[{**_known_order(order, shop), "archived": True} for order in past.values()],
        claims=_live_claims(live, shop) + [_settled_claim(unit, shop) for unit in settled],
    )


def _live_claims(live: list[DemoReturn], shop: DemoShop) -> list[dict[str, Any]]:
    """Young returns; the oldest of those on their way show every other thing that can happen to one."""
    arrived = [
        unit
        for unit in sorted(live, key=lambda unit: unit.claimed_ms)
        if unit.status == ReturnUnit.Status.CREATED and unit.claimed_ms < shop.now_ms - 48 * HOUR_MS
    ]
    stories = {
        unit.claim_id: story for unit, story in zip(arrived, _stories(now_ms=shop.now_ms), strict=False)
    }
    return [{**_claim(unit, shop), **stories.get(unit.claim_id, {})} for unit in live]


def _stories(*, now_ms: int) -> list[dict[str, Any]]:
    waiting, came = {"status": "WaitingInAction"}, {"arrived_at": now_ms - 3 * HOUR_MS}
    return [
        {**waiting, "remaining_hours": 1.5},
        {**waiting, "remaining_hours": 4},
        {**waiting, "remaining_hours": 16, "reason_id": TOO_SMALL, "note": _EXCHANGE, "replacement": True},
        {**came, "status": "Unresolved"},
        {**came, "status": "WaitingFraudCheck"},
        {**came, "status": "Accepted"},
        {**came, "status": "InAnalysis"},
        {**waiting, "remaining_hours": 9},
    ]


def _claim(unit: DemoReturn, shop: DemoShop) -> dict[str, Any]:
    return {
        "package_id": shop.orders[unit.order].package_id,
        "lines": [{"line_id": shop.orders[unit.order].lines[unit.line].line_id, "quantity": 1}],
        "reason_id": unit.reason_id,
        "note": unit.note,
        "status": str(unit.status),
        "claimed_at": unit.claimed_ms,
    }


def _settled_claim(unit: DemoReturn, shop: DemoShop) -> dict[str, Any]:
    """A return that is over, under the numbers it is stored here with."""
    return {
        **_claim(unit, shop),
        "claim_id": unit.claim_id,
        "item_ids": [unit.claim_item_id],
        "decided_at": unit.modified_ms,
    }


def _products(rng: Random, shop: DemoShop, waiting: list[OpenOrder]) -> list[dict[str, Any]]:
    wanted: Counter[int] = Counter()
    for order in waiting:
        for variant, quantity in order.lines:
            wanted[variant] += quantity
    hidden = _hidden(rng, shop, wanted)
    return [
        {
            "barcode": variant.barcode,
            "product_main_id": model.code,
            "title": model.title,
            "colour": variant.colour,
            "size": variant.size,
            "stock_code": variant.stock_code,
            "quantity": _shown(rng, shop.stock[number], wanted[number]),
            "sale_price": model.sale_price / 100,
            "list_price": model.list_price / 100,
            "vat_rate": 10,
            "commission": float(model.kind.commission),
            "category": _LEAVES.get(model.kind.category, model.kind.category),
            "brand": BRAND,
            "approved": hidden.get(number, "archived") == "archived",
            "archived": hidden.get(number) == "archived",
            "reject_reason": _REJECT_REASON if hidden.get(number) == "rejected" else "",
        }
        for number, variant in enumerate(shop.catalogue.variants)
        for model in (shop.catalogue.models[variant.model],)
    ]


def description(title: str) -> str:
    """What customers read of a model; the practice Trendyol makes the same of a title."""
    return f"<p>{title}</p>"


def _changed(products: list[dict[str, Any]], shop: DemoShop) -> list[dict[str, Any]]:
    """The newest models were changed in the seller panel, so that there are differences to settle."""
    newest = sorted(shop.catalogue.models, key=lambda model: (-model.born, model.code))
    titles = {model.code for model in newest[:_OTHER_TITLES]}
    prices = {model.code for model in newest[_OTHER_TITLES : _OTHER_TITLES + _OTHER_PRICES]}
    for row in products:
        if row["product_main_id"] in titles:
            row["title"] = f"{row['title']} Yeni Sezon"
        if row["product_main_id"] in prices:
            row["sale_price"] = round(row["sale_price"] * 0.9, 2)
    return products


def _strangers() -> list[dict[str, Any]]:
    """Sold out there, so that nobody orders what is not in the catalogue."""
    models = (
        ("P-4410", "Kadın Hakiki Deri Makosen", "Loafer", ("Siyah", "Taba"), range(36, 41), 1199.9),
        ("P-4411", "Kadın Hasır Espadril", "Espadril", ("Bej",), range(36, 40), 749.9),
    )
    rows: list[dict[str, Any]] = []
    for code, title, category, colours, sizes, price in models:
        for colour in colours:
            for size in sizes:
                first_twelve = f"208699{len(rows):06d}"
                rows.append(
                    {
                        "barcode": first_twelve + ean13_check_digit(first_twelve),
                        "product_main_id": code,
                        "title": title,
                        "colour": colour,
                        "size": str(size),
                        "stock_code": default_stock_code(code=code, colour=colour, size=str(size)),
                        "quantity": 0,
                        "sale_price": price,
                        "list_price": round(price * 1.25, 2),
                        "vat_rate": 10,
                        "commission": 19.0,
                        "category": category,
                        "brand": BRAND,
                        "approved": True,
                        "archived": False,
                        "reject_reason": "",
                    }
                )
    return rows


def _hidden(rng: Random, shop: DemoShop, wanted: Counter[int]) -> dict[int, str]:
    """Barcodes that are not on sale there, and why; none that an order wants."""
    free = [number for number in range(len(shop.stock)) if number not in wanted]
    chosen = rng.sample(free, min(_PENDING + _REJECTED + _ARCHIVED, len(free)))
    reasons = ["pending"] * _PENDING + ["rejected"] * _REJECTED + ["archived"] * _ARCHIVED
    return dict(zip(chosen, reasons, strict=False))


def _shown(rng: Random, there: int, wanted: int) -> int:
    """What the shop window says before the first push: often something else than what is true."""
    if rng.random() < 0.4:
        return max(there, wanted)
    return max(there + rng.choice((-2, -1, -1, 1, 1, 2, 3)), wanted, 0)


def _known_order(order: DemoOrder, shop: DemoShop) -> dict[str, Any]:
    """A parcel that is under way or delivered, exactly as it is stored here."""
    return {
        "status": "Shipped" if order.state == OrderState.SHIPPED else "Delivered",
        "package_id": order.package_id,
        "order_number": order.order_number,
        "cargo_tracking_number": int(order.cargo_number),
        "cargo_provider": CARRIERS[order.carrier][0],
        "ordered_at": order.times.ordered,
        "last_modified_at": order.times.last,
        "agreed_at": order.times.ship_by,
        "commercial": order.commercial,
        "customer": describe_customer(order.customer),
        "take_stock": False,
        "lines": [
            {
                "line_id": line.line_id,
                "barcode": shop.catalogue.variants[line.variant].barcode,
                "quantity": line.quantity,
                "price": line.gross / 100,
                "discount": line.seller_discount / 100,
                "ty_discount": line.marketplace_discount / 100,
            }
            for line in order.lines
        ],
    }
