"""Where to collect what: a proposal computed from shelf balances. Nothing here is reserved or booked.

Pure functions over numbers, so that the same plan can be shown on the page, printed, and asked during a scan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# A barcode (variant) on a shelf, by primary keys.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Pairs of a variant on a shelf: `booked` by the ledger, `elsewhere` of them already in other people's hands."""

    variant_id: int
    shelf_id: int
    shelf_code: str
    route_order: int
    booked: int
    elsewhere: int = 0

    @property
    def place(self) -> Place:
        return self.variant_id, self.shelf_id

    @property
    def walk(self) -> tuple[int, str]:
        """Sorts shelves in walking order."""
        return self.route_order, self.shelf_code


@dataclass(frozen=True, slots=True)
class Plan:
    """`take` pairs still to be taken per place; `short` pairs per variant that no shelf holds."""

    take: dict[Place, int] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)


def allocate(
    *, wanted: Mapping[int, int], balances: Iterable[Balance], in_hand: Mapping[Place, int] | None = None
) -> Plan:
    """Give the wanted pairs of each variant to shelves: few stops first, then walking order.

    `in_hand` is what was taken from which place for this walk already: those shelves are stops anyway, so the plan
    does not jump to another shelf while somebody stands before the first one.
    """
    held = in_hand or {}
    options = _options(balances, held)
    stops = {shelf_id for (_, shelf_id), quantity in held.items() if quantity}
    plan = Plan()
    # A variant with one shelf leaves no choice; its stop then serves the variants that have one.
    by_choice = sorted(
        (variant_id for variant_id, pairs in wanted.items() if pairs > 0),
        key=lambda variant_id: (len(options[variant_id]), _first_stop(options[variant_id]), variant_id),
    )
    for variant_id in by_choice:
        left = wanted[variant_id]
        for shelf_id, pairs in _from_shelves(options[variant_id], left, held, stops):
            plan.take[variant_id, shelf_id] = pairs
            stops.add(shelf_id)
            left -= pairs
        if left:
            plan.short[variant_id] = left
    return plan


@dataclass(frozen=True, slots=True)
class _Option:
    balance: Balance
    free: int


def _options(balances: Iterable[Balance], held: Mapping[Place, int]) -> defaultdict[int, list[_Option]]:
    options: defaultdict[int, list[_Option]] = defaultdict(list)
    for balance in balances:
        free = balance.booked - balance.elsewhere - held.get(balance.place, 0)
        if free > 0:
            options[balance.variant_id].append(_Option(balance, free))
    return options


def _first_stop(options: Iterable[_Option]) -> tuple[int, str]:
    return min((option.balance.walk for option in options), default=(0, ""))


def _from_shelves(
    options: list[_Option], wanted: int, held: Mapping[Place, int], stops: set[int]
) -> list[tuple[int, int]]:
    """Shelves and pairs for one variant: (shelf, pairs), as much of `wanted` as they hold."""

    def preference(option: _Option) -> tuple[bool, bool, bool, int, tuple[int, str]]:
        enough = option.free >= wanted
        return (
            not held.get(option.balance.place, 0),
            not enough,
            option.balance.shelf_id not in stops,
            # One shelf is enough: the first in walking order. Otherwise the fullest, to have few stops.
            0 if enough else -option.free,
            option.balance.walk,
        )

    taken: list[tuple[int, int]] = []
    left = wanted
    for option in sorted(options, key=preference):
        if not left:
            break
        pairs = min(left, option.free)
        taken.append((option.balance.shelf_id, pairs))
        left -= pairs
    return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An order that may go into a batch: pairs wanted per variant, and whether it must leave soon."""

    order_id: int
    wants: Mapping[int, int]
    due_soon: bool

    @property
    def single(self) -> bool:
        return sum(self.wants.values()) == 1


def choose(
    candidates: Iterable[Candidate], *, size: int, balances: Iterable[Balance], promised: Mapping[int, int]
) -> list[int]:
    """Up to `size` orders that the shelves can serve, as order ids in the order of the walk.

    Candidates come most urgent first. Single pairs go before larger orders; within each, what is due soon, then what
    lies nearest to the stops chosen so far. `promised` pairs per variant belong to other batches and pickers.
    """
    shop = _Shop(balances, promised)
    listed = list(candidates)
    for single in (True, False):
        pool = [candidate for candidate in listed if candidate.single is single]
        _choose_from(pool, shop, size)
    return [order_id for _, _, order_id in sorted(shop.chosen)]


class _Shop:
    """What is left on the shelves while orders are chosen, and where the walk leads so far."""

    def __init__(self, balances: Iterable[Balance], promised: Mapping[int, int]) -> None:
        listed = list(balances)
        # Places in the walk, not the shop's own numbers: those may have gaps, or be all the same.
        steps = {walk: step for step, walk in enumerate(sorted({balance.walk for balance in listed}))}
        self.routes: defaultdict[int, list[int]] = defaultdict(list)
        self.free: defaultdict[int, int] = defaultdict(int)
        for balance in listed:
            self.free[balance.variant_id] += balance.booked
            if balance.booked > balance.elsewhere:
                self.routes[balance.variant_id].append(steps[balance.walk])
        for variant_id, pairs in promised.items():
            self.free[variant_id] -= pairs
        self.stops: set[int] = set()
        # (first stop, place in the choice, order): sorted, it is the walk.
        self.chosen: list[tuple[int, int, int]] = []

    def holds(self, candidate: Candidate) -> bool:
        return all(
            self.free[variant_id] >= pairs and self.routes[variant_id]
            for variant_id, pairs in candidate.wants.items()
        )

    def detour(self, candidate: Candidate) -> int:
        """How far from the stops so far its shelves lie, in shelves of the walk."""
        if not self.stops:
            return 0
        return sum(
            min(abs(route - stop) for route in self.routes[variant_id] for stop in self.stops)
            for variant_id in candidate.wants
        )

    def take(self, candidate: Candidate) -> None:
        stops = [self._nearest(variant_id) for variant_id in candidate.wants]
        for variant_id, pairs in candidate.wants.items():
            self.free[variant_id] -= pairs
        self.stops.update(stops)
        self.chosen.append((min(stops), len(self.chosen), candidate.order_id))

    def _nearest(self, variant_id: int) -> int:
        routes = self.routes[variant_id]
        if not self.stops:
            return min(routes)
        return min(routes, key=lambda route: (min(abs(route - stop) for stop in self.stops), route))


def _choose_from(pool: list[Candidate], shop: _Shop, size: int) -> None:
    rest = list(pool)
    while rest and len(shop.chosen) < size:
        rest = [candidate for candidate in rest if shop.holds(candidate)]
        if not rest:
            return
        # Ties go to the more urgent: candidates come most urgent first, and min() takes the first.
        best = min(rest, key=lambda candidate: -1 if candidate.due_soon else shop.detour(candidate))
        shop.take(best)
        rest.remove(best)
