"""`Raf taşı`: some boxes, or everything, from one shelf to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Variant
from inventory.contents import OnShelf, lying, on_shelf, pictures
from inventory.enums import ScanOutcome
from inventory.errors import SameShelf
from inventory.models import ScanLog, Shelf
from inventory.moving import Moved, move_boxes, move_whole_shelf, shelf_token
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import END, lock_trail, trail
from inventory.scan.words import describe, no_number, pairs_words, unknown, whole_number
from inventory.scanning import ScannedKind, read, typed_quantity
from inventory.selectors import shelves_holding
from inventory.services import require_quantity
from inventory.sheet_errors import NoShelfYet, NothingScanned, ShelfEmpty

FROM, BOX, SET, TO = "from", "box", "set:", "to:"


@dataclass(slots=True)
class Basket:
    """What a person has in hand: taken from `source_id`, pairs by variant; `last` was scanned last."""

    source_id: int | None = None
    boxes: dict[int, int] = field(default_factory=dict)
    last: int | None = None


def basket(steps: Iterable[ScanLog]) -> Basket:
    """Read the basket back from the kept scans."""
    held = Basket()
    for step in steps:
        if step.reference == FROM:
            held = Basket(source_id=step.shelf_id)
        elif step.variant_id is not None and held.source_id is not None:
            held.last = step.variant_id
            pairs = held.boxes.get(held.last, 0) + 1
            if step.reference.startswith(SET):
                pairs = int(step.reference.removeprefix(SET))
            held.boxes[held.last] = pairs
    held.boxes = {variant_id: pairs for variant_id, pairs in held.boxes.items() if pairs}
    return held


class MovePage(ScanPage):
    """Scan the shelf, its boxes, then the shelf they go to: the second shelf books."""

    page = "move"
    template = "scan/move"
    permission_required = "gullu.move_goods"
    actions = frozenset({"quantity", "clear"})

    def scan(self, text: str) -> Answer:
        lock_trail(user=self.person, page=self.page)
        held = self._basket()
        quantity = typed_quantity(text)
        if quantity is not None:
            return self._write_quantity(held, held.last, quantity)
        scanned = read(text)
        if scanned.kind is ScannedKind.UNKNOWN:
            return unknown(scanned)
        if scanned.variant is not None:
            return self._take(held, scanned.variant)
        assert scanned.shelf is not None  # noqa: S101  (read() says SHELF)
        return self._carry(held, scanned.shelf) if held.boxes else self._begin(scanned.shelf)

    def do_quantity(self) -> Answer:
        lock_trail(user=self.person, page=self.page)
        quantity = whole_number(self.request.POST.get("text", ""))
        if quantity is None:
            return no_number()
        return self._write_quantity(
            self._basket(), whole_number(self.request.POST.get("variant", "")), quantity
        )

    def do_clear(self) -> Answer:
        message = _("Nothing was moved. Scan the shelf that you take from.")
        return Answer(outcome=ScanOutcome.DONE, message=message, reference=END)

    def context(self) -> dict[str, Any]:
        held = self._basket()
        source = Shelf.objects.filter(pk=held.source_id).first() if held.source_id else None
        there = lying(source.pk) if source else {}
        variants = Variant.objects.filter(pk__in=held.boxes).select_related("product")
        # The last scanned comes first; dicts keep the order of the first scan.
        order = {pk: place for place, pk in enumerate(held.boxes)}
        rows = sorted(variants, key=lambda variant: (variant.pk != held.last, -order[variant.pk]))
        last = rows[0] if rows and rows[0].pk == held.last else None
        return {
            "source": source,
            "boxes": [(variant, held.boxes[variant.pk], there.get(variant.pk, 0)) for variant in rows],
            "pairs": sum(held.boxes.values()),
            "on_source": sum(there.values()),
            "last": last,
            "picture": pictures([last]).get(last.pk, "") if last else "",
        }

    def _basket(self) -> Basket:
        return basket(trail(user=self.person, page=self.page))

    def _begin(self, shelf: Shelf) -> Answer:
        message = _("From %(shelf)s: now scan the boxes you take.") % {"shelf": shelf.code}
        return Answer(outcome=ScanOutcome.OK, message=message, shelf_id=shelf.pk, reference=FROM)

    def _take(self, held: Basket, variant: Variant) -> Answer:
        if held.source_id is None:
            raise NoShelfYet
        pairs = held.boxes.get(variant.pk, 0) + 1
        refused = _too_many(held.source_id, variant, pairs)
        if refused:
            return refused
        message = _("%(what)s: %(count)s") % {"what": describe(variant), "count": pairs}
        return Answer(outcome=ScanOutcome.OK, message=message, variant_id=variant.pk, reference=BOX)

    def _write_quantity(self, held: Basket, variant_id: int | None, quantity: int) -> Answer:
        if held.source_id is None or variant_id not in {*held.boxes, held.last} or variant_id is None:
            raise NothingScanned
        variant = Variant.objects.select_related("product").get(pk=variant_id)
        refused = _too_many(held.source_id, variant, require_quantity(quantity, lowest=0))
        if refused:
            return refused
        message = _("%(what)s: %(count)s") % {"what": describe(variant), "count": quantity}
        return Answer(
            outcome=ScanOutcome.OK, message=message, variant_id=variant.pk, reference=f"{SET}{quantity}"
        )

    def _carry(self, held: Basket, target: Shelf) -> Answer:
        source = Shelf.objects.get(pk=held.source_id or 0)
        moved = move_boxes(
            from_shelf=source.code,
            to_shelf=target.code,
            boxes=held.boxes,
            key=self.request.POST["key"],
            user=self.person,
        )
        return _moved_answer(moved, target)


class MoveShelfPage(ScanPage):
    """Scan the shelf to be emptied, see the list, scan the shelf it all goes to, confirm by scanning that again."""

    page = "move-shelf"
    template = "scan/move_shelf"
    permission_required = "gullu.move_goods"
    actions = frozenset({"book", "clear"})

    def scan(self, text: str) -> Answer:
        lock_trail(user=self.person, page=self.page)
        scanned = read(text)
        if scanned.shelf is None:
            if scanned.kind is ScannedKind.UNKNOWN:
                return unknown(scanned)
            message = _("Here shelves are scanned: everything on the first goes to the second.")
            return Answer(outcome=ScanOutcome.WRONG, message=message, variant_id=_pk(scanned.variant))
        source, target, token = self._chosen()
        if source is None:
            return self._begin(scanned.shelf)
        if target is None or target.pk != scanned.shelf.pk:
            return self._aim(source, scanned.shelf)
        return self._carry(source, target, token)

    def do_book(self) -> Answer:
        lock_trail(user=self.person, page=self.page)
        source, target, _token = self._chosen()
        if source is None or target is None:
            raise NoShelfYet
        return self._carry(source, target, self.request.POST.get("text", ""))

    def do_clear(self) -> Answer:
        message = _("Nothing was moved. Scan the shelf that you empty.")
        return Answer(outcome=ScanOutcome.DONE, message=message, reference=END)

    def context(self) -> dict[str, Any]:
        source, target, token = self._chosen()
        there = on_shelf(source.pk) if source else {}
        rows = [(variant, there[variant.pk]) for variant in _by_model(there)]
        free = {pk: row.lying for pk, row in there.items() if row.lying > 0}
        now = shelf_token(source, free) if source else ""
        return {
            "source": source,
            "target": target,
            "rows": rows,
            "pairs": sum(free.values()),
            "token": now,
            # The list on the screen is the new one already: scanning the target confirms only what was shown then.
            "changed": target is not None and token != now,
        }

    def _chosen(self) -> tuple[Shelf | None, Shelf | None, str]:
        source_id, target_id, token = None, None, ""
        for step in trail(user=self.person, page=self.page):
            if step.reference == FROM:
                source_id, target_id = step.shelf_id, None
            elif step.reference.startswith(TO):
                target_id, token = step.shelf_id, step.reference.removeprefix(TO)
        shelves = Shelf.objects.in_bulk([pk for pk in (source_id, target_id) if pk is not None])
        source, target = shelves.get(source_id or 0), shelves.get(target_id or 0)
        return source, target if source else None, token

    def _begin(self, shelf: Shelf) -> Answer:
        pairs = sum(lying(shelf.pk).values())
        if not pairs:
            raise ShelfEmpty(shelf=shelf.code)
        words = {"shelf": shelf.code, "pairs": pairs_words(pairs)}
        message = _("%(pairs)s lie on %(shelf)s. Scan the shelf they go to.") % words
        return Answer(outcome=ScanOutcome.OK, message=message, shelf_id=shelf.pk, reference=FROM)

    def _aim(self, source: Shelf, target: Shelf) -> Answer:
        if source.pk == target.pk:
            raise SameShelf(shelf=source.code)
        token = shelf_token(source, lying(source.pk))
        message = _("Check the list, then scan %(shelf)s once more.") % {"shelf": target.code}
        return Answer(outcome=ScanOutcome.OK, message=message, shelf_id=target.pk, reference=f"{TO}{token}")

    def _carry(self, source: Shelf, target: Shelf, token: str) -> Answer:
        moved = move_whole_shelf(
            from_shelf=source.code,
            to_shelf=target.code,
            token=token,
            key=self.request.POST["key"],
            user=self.person,
        )
        return _moved_answer(moved, target)


def _by_model(there: Mapping[int, OnShelf]) -> QuerySet[Variant]:
    rows = Variant.objects.filter(pk__in=there).select_related("product")
    return rows.order_by("product__code", "colour", "size", "pk")


def _too_many(shelf_id: int, variant: Variant, wanted: int) -> Answer | None:
    """The refusal when the shelf does not hold that many, with the shelves that hold the article."""
    there = lying(shelf_id).get(variant.pk, 0)
    if wanted <= there:
        return None
    holding = shelves_holding(variant_id=variant.pk)
    others = ", ".join(f"{row.shelf_code} ({row.quantity})" for row in holding if row.shelf_id != shelf_id)
    words = {"what": describe(variant), "there": there, "others": others}
    message = _("This shelf holds %(there)s of %(what)s.") % words
    if others:
        elsewhere = _("It lies on %(others)s.") % words
        message = f"{message} {elsewhere}"
    return Answer(
        outcome=ScanOutcome.WRONG, message=message, code="insufficient_stock", variant_id=variant.pk
    )


def _moved_answer(moved: Moved, target: Shelf) -> Answer:
    words = {"pairs": pairs_words(moved.pairs), "source": moved.from_code, "target": moved.to_code}
    message = _("%(pairs)s moved from %(source)s to %(target)s.") % words
    return Answer(outcome=ScanOutcome.DONE, message=message, shelf_id=target.pk, reference=END)


def _pk(variant: Variant | None) -> int | None:
    return variant.pk if variant else None
