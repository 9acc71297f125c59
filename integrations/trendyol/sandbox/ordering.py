"""How packages come into being: a shopper's order, or packages of a shop loaded as they are."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from .ageing import Ageing
from .clock import DAY_MS, HOUR_MS, end_of_day_ms
from .entities import (
    AWAITING,
    CREATED,
    STATUSES,
    UNPACKED,
    VERIFIED,
    Json,
    Line,
    Listing,
    Package,
    Unit,
    kurus,
)
from .payloads import cargo_number
from .people import CUSTOMER_FIELDS, PAYMENT_METHODS, invent_customer
from .state import State

_PATHS = {
    "Created": (),
    "Picking": ("Picking",),
    "Invoiced": ("Picking", "Invoiced"),
    "Shipped": ("Picking", "Invoiced", "Shipped"),
    "AtCollectionPoint": ("Picking", "Invoiced", "Shipped", "AtCollectionPoint"),
    "Delivered": ("Picking", "Invoiced", "Shipped", "Delivered"),
    "UnDelivered": ("Picking", "Invoiced", "Shipped", "UnDelivered"),
    "Returned": ("Picking", "Invoiced", "Shipped", "UnDelivered", "Returned"),
    "Cancelled": ("Cancelled",),
    "UnSupplied": ("UnSupplied",),
    "UnPacked": ("UnPacked",),
}


class OrderRefused(Exception):
    """The shopper cannot buy this, or the package cannot be loaded; the message says why."""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """What is bought. The rest is only for packages loaded exactly as a shop knows them.

    `price` and `discount` are lira per unit; without a price the listing's own is taken.
    """

    barcode: str
    quantity: int = 1
    line_id: int | None = None
    price: float | None = None
    discount: float = 0.0
    ty_discount: float = 0.0
    title: str = ""
    colour: str = ""
    size: str = ""
    stock_code: str = ""


@dataclass(frozen=True, slots=True)
class OrderSpec:
    """One package to create. Times are true epoch milliseconds; what is not given is invented."""

    lines: Sequence[LineSpec]
    status: str = CREATED
    customer: Json = field(default_factory=dict)
    ordered_at_ms: int | None = None
    last_modified_ms: int | None = None
    agreed_ms: int | None = None
    agreed_hours: float | None = None
    order_number: str = ""
    package_id: int | None = None
    cargo_number: int | None = None
    cargo_provider: str = "TEXMP"
    commercial: bool = False
    created_by: str = "order-creation"
    overrides: Json = field(default_factory=dict)
    takes_stock: bool = True
    archived: bool = False


class Ordering:
    """Places orders and loads packages."""

    def __init__(self, state: State, ageing: Ageing) -> None:
        self._state = state
        self._ageing = ageing

    def place(self, spec: OrderSpec) -> Package:
        """Create one package; its stock leaves the shop window at once, Awaiting included.

        Raises OrderRefused when a barcode is not for sale in that quantity.
        """
        with self._state.transaction() as now:
            self._check(spec)
            package = self._build(spec, now)
            if spec.takes_stock:
                self._take_stock(package, now)
            self._ageing.plan(package, now)
            self._state.mark_package(package)
            return package

    def _check(self, spec: OrderSpec) -> None:
        if not spec.lines:
            raise OrderRefused("Siparişte en az bir satır olmalı.")
        if spec.status not in STATUSES:
            raise OrderRefused(f"Bilinmeyen sipariş durumu: {spec.status}.")
        if spec.package_id in self._state.packages:
            raise OrderRefused(f"{spec.package_id} numaralı paket zaten var.")
        unknown = spec.customer.keys() - CUSTOMER_FIELDS
        if unknown:
            raise OrderRefused(f"Bilinmeyen müşteri alanı: {', '.join(sorted(unknown))}.")
        if any(line.quantity < 1 for line in spec.lines):
            raise OrderRefused("Satır adedi en az 1 olmalı.")
        if spec.takes_stock:
            self._check_stock(spec)

    def _check_stock(self, spec: OrderSpec) -> None:
        wanted: dict[str, int] = {}
        for line in spec.lines:
            wanted[line.barcode] = wanted.get(line.barcode, 0) + line.quantity
        for barcode, quantity in wanted.items():
            listing = self._state.listings.get(barcode)
            if listing is None:
                raise OrderRefused(f"{barcode} barkodlu ürün yok.")
            if not listing.on_sale or listing.quantity < quantity:
                there = listing.quantity if listing.on_sale else 0
                raise OrderRefused(
                    f"{barcode} satışta değil ya da yetersiz: {quantity} istendi, {there} var."
                )

    def _take_stock(self, package: Package, now: int) -> None:
        for line in package.lines:
            listing = self._state.listings[line.barcode]
            self._state.change_stock(listing, -line.quantity, cause=f"order {package.package_id}", at_ms=now)

    def _build(self, spec: OrderSpec, now: int) -> Package:
        package_id = spec.package_id if spec.package_id is not None else self._state.next_id("package")
        self._state.keep_ids_above("package", package_id)
        rng = random.Random(f"{self._state.config.random_seed}-{package_id}")
        ordered = spec.ordered_at_ms if spec.ordered_at_ms is not None else now - rng.randint(300, 2900)
        created = max(ordered, min(now, ordered + rng.randint(300, 2900)))
        histories = _histories(spec, created=created, now=now)
        lines = [self._line(line, spec, rng) for line in spec.lines]
        return Package(
            package_id=package_id,
            order_number=spec.order_number or str(self._state.next_id("order")),
            shipment_number=self._state.next_id("shipment"),
            status=spec.status,
            lines=lines,
            histories=histories,
            order_ms=ordered,
            last_modified_ms=spec.last_modified_ms or histories[-1][0],
            origin_shipment_ms=created - 6,
            agreed_ms=_agreed(spec, ordered),
            customer=self._customer(spec, rng),
            cargo_provider=spec.cargo_provider,
            cargo_number=spec.cargo_number
            or cargo_number(carrier=spec.cargo_provider, package_id=package_id),
            created_by=spec.created_by,
            commercial=spec.commercial,
            payment_method=rng.choice(PAYMENT_METHODS),
            discount_name="Sepette İndirim",
            overrides=dict(spec.overrides),
            archived=spec.archived,
        )

    def _customer(self, spec: OrderSpec, rng: random.Random) -> Json:
        customer_id = spec.customer.get("customer_id") or self._state.next_id("customer")
        invented = invent_customer(customer_id=customer_id, rng=rng, commercial=spec.commercial)
        return {**invented, **spec.customer}

    def _line(self, spec: LineSpec, order: OrderSpec, rng: random.Random) -> Line:
        listing = self._state.listings.get(spec.barcode)
        line_id = spec.line_id if spec.line_id is not None else self._state.next_id("line")
        self._state.keep_ids_above("line", line_id)
        colour, size = spec.colour or _of(listing, "colour"), spec.size or _of(listing, "size")
        title = spec.title or _of(listing, "title") or spec.barcode
        model = _of(listing, "product_main_id")
        return Line(
            line_id=line_id,
            barcode=spec.barcode,
            units=self._units(spec, order, listing, rng),
            stock_code=spec.stock_code or _of(listing, "stock_code"),
            content_id=listing.content_id if listing else 0,
            name=f"{title} - {colour} - {size}, {model}, {size}" if model else title,
            colour=colour,
            size=size,
            vat_rate=listing.vat_rate if listing else 10,
            commission=listing.commission if listing else 19.0,
        )

    def _units(
        self, spec: LineSpec, order: OrderSpec, listing: Listing | None, rng: random.Random
    ) -> list[Unit]:
        if spec.price is not None:
            gross, discount = kurus(spec.price), kurus(spec.discount)
        else:
            gross = listing.sale_price if listing else 99_990
            # A third of the baskets carry a campaign of the seller.
            discount = kurus(spec.discount) or (gross // 10 if rng.random() < 0.33 else 0)
        # Trendyol's own share is invisible on private orders (contract section 5.3).
        ty_discount = kurus(spec.ty_discount) if order.commercial else 0
        return [
            # One kuruş moves between the units, as rounding does on production.
            Unit(
                item_id=self._state.next_id("item"),
                gross=gross,
                seller_discount=discount - (1 if discount and number == 1 else 0),
                ty_discount=ty_discount,
            )
            for number in range(spec.quantity)
        ]


def _of(listing: Listing | None, name: str) -> str:
    return str(getattr(listing, name)) if listing is not None else ""


def _agreed(spec: OrderSpec, ordered: int) -> int:
    if spec.agreed_ms is not None:
        return spec.agreed_ms
    if spec.agreed_hours is not None:
        return ordered + round(spec.agreed_hours * HOUR_MS)
    return end_of_day_ms(ordered, days=2)


def _histories(spec: OrderSpec, *, created: int, now: int) -> list[tuple[int, str]]:
    """The way to the wanted status, spread between the order and its last modification."""
    if spec.status in (AWAITING, VERIFIED):
        return [(created, spec.status)]
    path = _PATHS[spec.status]
    end = spec.last_modified_ms if spec.last_modified_ms is not None else now
    step = min(HOUR_MS if spec.status != UNPACKED else DAY_MS, max(end - created, 0) // max(len(path), 1))
    moves = [(created + step * number, status) for number, status in enumerate(path, start=1)]
    if spec.last_modified_ms is not None and moves:
        # The package has not changed since it got here (contract section 4: equal in the samples).
        moves[-1] = (max(spec.last_modified_ms, created), spec.status)
    return [(created, CREATED), *moves]
