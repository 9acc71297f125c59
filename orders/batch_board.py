"""What the page of a batch shows, and the rows of its paper list: one picture of the batch at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.models import Variant
from inventory.contents import pictures
from orders.batch_plan import Balance, Place, Plan, allocate
from orders.batch_selectors import Slot, Work, balances, read_work
from orders.enums import BatchState
from orders.models import PickBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A barcode on a shelf in the walk: pairs taken here, and pairs still to take (0: this row is done).

    `loose` of the taken ones can still be taken out again; `item_id` names them. `here`: somebody stands there.
    """

    shelf_id: int
    shelf_code: str
    variant: Variant
    taken: int
    to_take: int
    loose: int
    item_id: int | None
    picture: str
    here: bool

    @property
    def done(self) -> bool:
        return not self.to_take

    @property
    def pairs(self) -> int:
        return self.taken + self.to_take


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """Collected pairs that no order of the batch wants: back to `shelf_code` with them."""

    item_id: int
    shelf_code: str
    variant: Variant
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """Pairs of a barcode that are wanted and lie on no shelf."""

    variant: Variant
    pairs: int
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A batch as its page shows it. Pairs and orders of slots that were left do not count as work."""

    batch: PickBatch
    stops: list[Stop]
    shorts: list[Short]
    leftovers: list[Leftover]
    slots: list[Slot]
    pairs: int
    pairs_collected: int

    @property
    def next_stop(self) -> Stop | None:
        """Where to go now: what is left on the shelf where somebody stands, then the walk."""
        waiting = [stop for stop in self.stops if not stop.done]
        return next((stop for stop in waiting if stop.here), waiting[0] if waiting else None)

    @property
    def open_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.active]

    @property
    def done_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.done]

    @property
    def left_slots(self) -> list[Slot]:
        """Slots whose order went out of the batch unfinished."""
        return [slot for slot in self.slots if not slot.active and slot.note]

    @property
    def orders(self) -> int:
        return len(self.open_slots) + len(self.done_slots)

    @property
    def loose_pairs(self) -> int:
        """Pairs on the trolley that a slot waits for."""
        return self.pairs_collected - sum(slot.ordered for slot in self.done_slots) - self.pairs_in_slots

    @property
    def pairs_in_slots(self) -> int:
        return sum(slot.in_slot for slot in self.open_slots if slot.pickable)

    @property
    def collecting(self) -> bool:
        return self.batch.state == BatchState.COLLECTING

    @property
    def sorting(self) -> bool:
        return self.batch.state == BatchState.SORTING

    @property
    def paused(self) -> bool:
        return self.batch.state == BatchState.PAUSED

    @property
    def closed(self) -> bool:
        return self.batch.state == BatchState.CLOSED

    def slot(self, number: int) -> Slot | None:
        return next((slot for slot in self.slots if slot.number == number), None)


def read_board(batch: PickBatch) -> Board:
    """The page of a batch: four statements whatever its size."""
    work = read_work(batch)
    variants = work.variants()
    rows = balances(list(variants), batch_id=batch.pk)
    missing = work.missing()
    plan = allocate(wanted=missing, balances=rows, in_hand=work.in_hand())
    images = pictures(list(variants.values()))
    done_pairs = sum(slot.ordered for slot in work.slots if slot.done)
    needed = work.needed().total()
    return Board(
        batch=batch,
        stops=_stops(work, plan, rows, images),
        shorts=_shorts(work, plan),
        leftovers=_leftovers(work),
        slots=work.slots,
        pairs=needed + done_pairs,
        pairs_collected=needed + done_pairs - missing.total(),
    )


def _stops(work: Work, plan: Plan, rows: list[Balance], images: dict[int, str]) -> list[Stop]:
    """Pairs in hand (without what goes back) and pairs to take, by place, in walking order."""
    variants, loose, surplus = work.variants(), work.loose(), work.surplus()
    taken = work.in_hand() - surplus
    walk = _walk(work, rows)
    stops = [
        Stop(
            shelf_id=place[1],
            shelf_code=walk[place[1]][1],
            variant=variants[place[0]],
            taken=taken[place],
            to_take=plan.take.get(place, 0),
            loose=loose[place],
            item_id=item.pk if (item := work.item(place)) else None,
            picture=images.get(place[0], ""),
            here=place[1] == work.batch.shelf_id,
        )
        for place in {*taken, *plan.take}
    ]
    return sorted(stops, key=lambda stop: (walk[stop.shelf_id], _by_name(stop.variant)))


def _walk(work: Work, rows: list[Balance]) -> dict[int, tuple[int, str]]:
    """Sort key of each shelf; also of shelves that are empty by now."""
    walk = {shelf.pk: (shelf.route_order, shelf.code) for shelf in work.shelves().values()}
    return walk | {row.shelf_id: row.walk for row in rows}


def _by_name(variant: Variant) -> tuple[str, str, str, int]:
    return variant.product.code, variant.colour, variant.size, variant.pk


def _shorts(work: Work, plan: Plan) -> list[Short]:
    variants = work.variants()
    return [
        Short(
            variant=variants[variant_id],
            pairs=pairs,
            slots=tuple(
                slot.number
                for slot in work.slots
                if slot.pickable and any(want.variant.pk == variant_id and want.still for want in slot.wants)
            ),
        )
        for variant_id, pairs in sorted(plan.short.items())
    ]


def _leftovers(work: Work) -> list[Leftover]:
    surplus = work.surplus()
    return [
        Leftover(
            item_id=item.pk,
            shelf_code=item.shelf.code,
            variant=item.variant,
            pairs=surplus[item.variant_id, item.shelf_id],
        )
        for item in sorted(work.items, key=lambda item: (item.shelf.route_order, item.shelf.code, item.pk))
        if surplus[item.variant_id, item.shelf_id]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row of the paper list: `quantity` pairs from `shelf` (empty: no shelf holds them) for a slot's order."""

    model: str
    colour: str
    size: str
    shelf: str
    quantity: int
    order_number: str
    slot: int
    barcode: str


def list_rows(batch: PickBatch) -> list[ListRow]:
    """The paper list of what the open slots want, in walking order; what no shelf holds comes last."""
    work = read_work(batch)
    rows = balances(list(work.variants()), batch_id=batch.pk)
    plan = allocate(wanted=work.missing(), balances=rows, in_hand=work.in_hand())
    walk = _walk(work, rows)
    supply = work.in_hand() + Counter[Place](plan.take)
    listed = [
        (
            (shelf_id not in walk, walk.get(shelf_id, (0, "")), _by_name(want), slot.number),
            shelf_id,
            pairs,
            want,
            slot,
        )
        for slot, want, shelf_id, pairs in _shared_out(work, supply, walk)
    ]
    return [
        ListRow(
            model=want.product.code,
            colour=want.colour,
            size=want.size,
            shelf=walk[shelf_id][1] if shelf_id in walk else "",
            quantity=pairs,
            order_number=slot.order.order_number,
            slot=slot.number,
            barcode=want.barcode,
        )
        for _, shelf_id, pairs, want, slot in sorted(listed, key=lambda row: row[0])
    ]


def _shared_out(
    work: Work, supply: Counter[Place], walk: dict[int, tuple[int, str]]
) -> Iterator[tuple[Slot, Variant, int, int]]:
    """Give each line its pairs, most urgent slot first: (slot, variant, shelf or 0, pairs)."""
    for slot in work.open_slots:
        for want in slot.wants:
            left = want.quantity if want.open else 0
            for place in sorted((p for p in supply if p[0] == want.variant.pk), key=lambda p: walk[p[1]]):
                pairs = min(left, supply[place])
                if pairs:
                    supply[place] -= pairs
                    left -= pairs
                    yield slot, want.variant, place[1], pairs
            if left:
                yield slot, want.variant, 0, left
