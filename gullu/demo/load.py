"""Writing the demo shop into the database: rows by COPY, stock through the ledger, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction

from catalog.models import Product, Variant
from gullu.demo.catalogue import BRAND, DemoCatalogue
from gullu.demo.copying import copy_rows, take_ids
from gullu.demo.days import DAY_MS, from_ms
from gullu.demo.history import DemoShop
from gullu.demo.load_orders import Keys, load_orders, money
from gullu.demo.load_returns import PastReturns
from gullu.demo.sandbox_seed import LISTED_DESI, LISTED_ORIGIN, description
from gullu.demo.warehouse import DemoMovement
from inventory import ledger
from inventory.enums import MovementKind
from inventory.models import Shelf
from orders.enums import OrderState, PutBackState
from orders.models import PutBack

Report = Callable[[str], None]
_VARIANT_COLUMNS: Final = (
    "id", "product_id", "barcode", "colour", "size", "stock_code", "list_price", "sale_price", "cost",
    "cost_currency", "safety_buffer", "discontinued", "active", "created_at", "updated_at",
)  # fmt: skip
_PRODUCT_COLUMNS: Final = (
    "id", "code", "title", "brand", "category", "age_group", "vat_rate", "desi", "description", "origin",
    "draft", "discontinued", "active", "created_at", "updated_at",
)  # fmt: skip
_PUT_BACK_COLUMNS: Final = (
    "id", "line_id", "variant_id", "quantity", "reason", "state", "shelf_id", "done_at", "done_by_id", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much was written."""

    barcodes: int
    orders: int
    returns: int
    movements: int
    pairs: int


def _silent(_part: str) -> None:
    """Nobody watches."""


@transaction.atomic
def load_shop(shop: DemoShop, *, pickers: Sequence[int] = (), report: Report = _silent) -> Loaded:
    """Write the shop into an empty database. `pickers` are ids of the people who picked in the past.

    `report` is told "catalogue", "orders", "stock" as each begins.

    Raises the database's IntegrityError when the tables are not empty; nothing is written then.
    """
    report("catalogue")
    shelves = _load_shelves(shop.catalogue)
    variants = _load_catalogue(shop)
    report("orders")
    keys = Keys(variants=variants, pickers=tuple(pickers))
    loaded = load_orders(shop, keys)
    returns = PastReturns.of(shop, keys=keys, loaded=loaded, shelves=shelves)
    returns.load()
    report("stock")
    movements = _Movements(shop=shop, keys=keys, shelves=shelves, lines=loaded.lines, returns=returns)
    movements.load_put_backs()
    entries = [*(movements.entry(movement) for movement in shop.movements), *returns.write_offs()]
    ledger.post(entries)
    _analyse()
    return Loaded(
        barcodes=len(variants),
        orders=len(shop.orders),
        returns=sum(not unit.live for unit in shop.returns),
        movements=len(entries),
        pairs=sum(shop.stock),
    )


def _load_shelves(catalogue: DemoCatalogue) -> list[int]:
    """Shelf ids by index; the receiving shelf comes first in the walk and may exist already."""
    Shelf.objects.bulk_create(
        (Shelf(code=code, route_order=index * 10) for index, code in enumerate(catalogue.shelves)),
        ignore_conflicts=True,
    )
    ids = dict(Shelf.objects.values_list("code", "pk"))
    return [ids[code] for code in catalogue.shelves]


def _load_catalogue(shop: DemoShop) -> list[int]:
    """Variant ids by index."""
    catalogue, now = shop.catalogue, from_ms(shop.now_ms)
    products = take_ids(Product, len(catalogue.models))
    variants = take_ids(Variant, len(catalogue.variants))
    first_day = now - timedelta(days=_days(shop))
    born = [first_day + timedelta(days=model.born) for model in catalogue.models]
    copy_rows(
        Product,
        _PRODUCT_COLUMNS,
        (
            (
                key, model.code, model.title, BRAND, model.kind.category, model.kind.age_group.value, 10,
                LISTED_DESI, description(model.title), LISTED_ORIGIN, False, model.ends is not None, True, since, now,
            )
            for key, model, since in zip(products, catalogue.models, born, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        Variant,
        _VARIANT_COLUMNS,
        (
            (
                key, products[variant.model], variant.barcode, variant.colour, variant.size, variant.stock_code,
                money(model.list_price), money(model.sale_price),
                None if model.cost is None else money(model.cost), model.cost_currency.value, 0, False, True,
                born[variant.model], now,
            )
            for key, variant in zip(variants, catalogue.variants, strict=True)
            for model in (catalogue.models[variant.model],)
        ),
    )  # fmt: skip
    return variants


def _days(shop: DemoShop) -> int:
    return (shop.now_ms - shop.movements[0].at_ms) // DAY_MS


@dataclass(slots=True, kw_only=True)
class _Movements:
    """Turns the demo's movements into entries of the ledger. `put_backs` is by (order, line)."""

    shop: DemoShop
    keys: Keys
    shelves: Sequence[int]
    lines: Sequence[Sequence[int]]
    returns: PastReturns
    put_backs: dict[tuple[int, int], int] = field(default_factory=dict)

    def load_put_backs(self) -> None:
        """Tasks for parcels that came back undelivered: done where the ledger has them, else still waiting."""
        done = {
            (movement.order, movement.line): movement
            for movement in self.shop.movements
            if movement.kind == MovementKind.PUT_BACK and movement.order >= 0
        }
        wanted = [
            (number, index)
            for number, order in enumerate(self.shop.orders)
            if order.state == OrderState.RETURNED
            for index in range(len(order.lines))
        ]
        self.put_backs = dict(zip(wanted, take_ids(PutBack, len(wanted)), strict=True))
        copy_rows(PutBack, _PUT_BACK_COLUMNS, (self._put_back(place, done.get(place)) for place in wanted))

    def _put_back(self, place: tuple[int, int], movement: DemoMovement | None) -> tuple[Any, ...]:
        number, index = place
        order = self.shop.orders[number]
        line = order.lines[index]
        task = (
            self.put_backs[place], self.lines[number][index], self.keys.variants[line.variant], line.quantity,
            PutBack.Reason.CAME_BACK.value,
        )  # fmt: skip
        since = from_ms(order.times.last)
        if movement is None:
            return (*task, PutBackState.WAITING.value, None, None, None, since)
        shelf, done_at = self.shelves[movement.shelf], from_ms(movement.at_ms)
        return (*task, PutBackState.DONE.value, shelf, done_at, self.keys.picker(number), since)

    def entry(self, movement: DemoMovement) -> ledger.Entry:
        reference, key, actor = movement.reference, None, None
        if movement.kind == MovementKind.RETURN:
            reference = key = self.returns.reference(movement)
        if movement.order >= 0:
            line = self.lines[movement.order][movement.line]
            reference, actor = f"line:{line}", self.keys.picker(movement.order)
            if movement.kind == MovementKind.PUT_BACK:
                key = f"putback:{self.put_backs[movement.order, movement.line]}"
            else:
                key = f"pick:{line}" if movement.part == 1 else f"pick:{line}:{movement.part}"
        return ledger.Entry(
            variant_id=self.keys.variants[movement.variant],
            shelf_id=self.shelves[movement.shelf],
            delta=movement.delta,
            kind=movement.kind,
            reference=reference,
            reason=movement.reason,
            key=key,
            actor_id=actor,
            created_at=from_ms(movement.at_ms),
        )


def _analyse() -> None:
    """Statistics for the planner now; autovacuum would come minutes after the first pages were opened."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
