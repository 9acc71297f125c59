"""From control API objects to what the shop understands (also the format of a seed file)."""

from typing import Any

from .catalogue import MAX_QUANTITY, ProductSpec
from .claims import AUTO_APPROVE_MS
from .clock import DAY_MS, HOUR_MS
from .entities import CREATED, STATUSES
from .fields import ControlError, Fields
from .ordering import LineSpec, OrderSpec
from .payloads import CARRIERS


def product_spec(fields: Fields) -> ProductSpec:
    """{barcode, product_main_id, title, colour, size, stock_code, quantity, sale_price, list_price, …}."""
    barcode = fields.text("barcode")
    quantity = fields.integer("quantity", 0)
    if not 0 <= quantity <= MAX_QUANTITY:
        raise ControlError(f"{barcode}: quantity 0 ile {MAX_QUANTITY} arasında olmalı.")
    sale_price = fields.number("sale_price", 999.9)
    return ProductSpec(
        barcode=barcode,
        product_main_id=fields.text("product_main_id", barcode),
        title=fields.text("title", barcode),
        colour=fields.text("colour", ""),
        size=fields.text("size", ""),
        stock_code=fields.text("stock_code", ""),
        quantity=quantity,
        sale_price=sale_price,
        list_price=fields.number("list_price", sale_price),
        vat_rate=fields.integer("vat_rate", 10),
        commission=fields.number("commission", 19.0),
        approved=fields.boolean("approved", True),
        archived=fields.boolean("archived", False),
        image_url=fields.text("image_url", ""),
        category=fields.text("category", "Casual Ayakkabı"),
        brand=fields.text("brand", "Yolcubulut"),
        reject_reason=fields.text("reject_reason", ""),
    )


def order_spec(fields: Fields, *, now: int, takes_stock: bool) -> OrderSpec:
    """One package; a form may name a single barcode instead of lines."""
    status = fields.text("status", CREATED)
    if status not in STATUSES:
        raise ControlError(f"Bilinmeyen sipariş durumu: {status}.")
    carrier = fields.text("cargo_provider", "TEXMP")
    if carrier not in CARRIERS:
        raise ControlError(f"Bilinmeyen kargo firması: {carrier}. Olanlar: {', '.join(CARRIERS)}.")
    ordered_at_ms = fields.moment("ordered_at")
    if ordered_at_ms is None and fields.has("age_hours"):
        ordered_at_ms = now - round(fields.number("age_hours") * HOUR_MS)
    return OrderSpec(
        lines=_lines(fields),
        status=status,
        customer=_customer(fields),
        ordered_at_ms=ordered_at_ms,
        last_modified_ms=fields.moment("last_modified_at"),
        agreed_ms=fields.moment("agreed_at"),
        agreed_hours=fields.number("agreed_hours") if fields.has("agreed_hours") else None,
        order_number=fields.text("order_number", ""),
        package_id=fields.integer("package_id") if fields.has("package_id") else None,
        cargo_number=fields.integer("cargo_tracking_number") if fields.has("cargo_tracking_number") else None,
        cargo_provider=carrier,
        commercial=fields.boolean("commercial", False),
        overrides=fields.mapping("overrides"),
        takes_stock=fields.boolean("take_stock", takes_stock),
        archived=fields.boolean("archived", False),
    )


def _lines(fields: Fields) -> list[LineSpec]:
    if fields.has("barcode"):
        return [LineSpec(barcode=fields.text("barcode"), quantity=_quantity(fields))]
    return [
        LineSpec(
            barcode=line.text("barcode"),
            quantity=_quantity(line),
            line_id=line.integer("line_id") if line.has("line_id") else None,
            price=line.number("price") if line.has("price") else None,
            discount=line.number("discount", 0.0),
            ty_discount=line.number("ty_discount", 0.0),
            title=line.text("title", ""),
            colour=line.text("colour", ""),
            size=line.text("size", ""),
            stock_code=line.text("stock_code", ""),
        )
        for line in fields.objects("lines")
    ]


def _quantity(fields: Fields) -> int:
    quantity = fields.integer("quantity", 1)
    if not 1 <= quantity <= 1000:
        raise ControlError("quantity 1 ile 1000 arasında olmalı.")
    return quantity


_NUMBERS = frozenset({"customer_id", "city_code", "district_id", "neighborhood_id"})


def _customer(fields: Fields) -> dict[str, Any]:
    """Check the types here: a wrong one would only show when the package is read."""
    customer = fields.mapping("customer")
    given = Fields(customer)
    return {
        name: given.integer(name) if name in _NUMBERS else given.text(name, "")
        for name in customer
        if given.has(name)
    }


def claim_details(fields: Fields, *, now: int) -> dict[str, Any]:
    """What `Shop.claim` takes besides the units. `remaining_hours` of the 48 says when the parcel arrived."""
    arrived_ms = fields.moment("arrived_at")
    if fields.has("remaining_hours"):
        arrived_ms = now - AUTO_APPROVE_MS + round(fields.number("remaining_hours") * HOUR_MS)
    claimed_ms = fields.moment("claimed_at")
    if claimed_ms is None and arrived_ms is not None:
        # A parcel takes about two days.
        claimed_ms = arrived_ms - 2 * DAY_MS
    return {
        "reason_id": fields.integer("reason_id", 401),
        "note": fields.text("note", ""),
        "status": fields.text("status", "Created"),
        "claimed_ms": claimed_ms,
        "arrived_ms": arrived_ms,
        "decided_ms": fields.moment("decided_at"),
        "replacement": fields.boolean("replacement", False),
        "claim_id": fields.text("claim_id", ""),
        "item_ids": [str(item_id) for item_id in fields.values.get("item_ids") or ()],
    }


def some_lines(fields: Fields) -> list[tuple[int | str, int]] | None:
    """`lines` of {line_id or barcode, quantity}, or one `barcode`; None when none are named."""
    if fields.has("barcode"):
        return [(fields.text("barcode"), _quantity(fields))]
    if not fields.has("lines"):
        return None
    return [
        (line.integer("line_id") if line.has("line_id") else line.text("barcode"), _quantity(line))
        for line in fields.objects("lines")
    ]
