"""Sheets of stock: what was counted on shelves, and what is to be carried where. Both end in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.errors import UnknownBarcode
from catalog.excel import name_of
from catalog.models import Variant
from gullu.errors import DomainError
from gullu.excel.columns import BarcodeCell, Cell, Column, WholeCell
from gullu.excel.errors import CellEmpty, NotACode
from gullu.excel.lines import Change, Line
from gullu.excel.resources import RECORD, ExcelResource
from gullu.roles import APPROVE_COUNTS, COUNT_GOODS, MOVE_GOODS
from gullu.text import fold
from inventory.booking import (
    Carried,
    Counted,
    Place,
    book_counts,
    book_moves,
    lock_and_read,
    on_shelves,
)
from inventory.contents import OnShelf
from inventory.counting import COUNTED
from inventory.errors import ClosedShelf, InsufficientStock, SameShelf, UnknownShelf
from inventory.excel_errors import ShelfIsOther
from inventory.models import RafUrun, Shelf
from inventory.services import require_quantity
from inventory.shelf_codes import normalise_shelf_code

SEE_SHELVES: Final = (
    "catalog.view_product",
    "catalog.view_variant",
    "inventory.view_shelf",
    "inventory.view_rafurun",
)
LONGEST_REASON: Final = 200
_LONGEST_REFERENCE: Final = 120


class ShelfCell(Cell):
    """A shelf's code as people and scanners write it."""

    def read(self, value: Any, heading: str) -> str:
        code = normalise_shelf_code(super().read(value, heading))
        if not code:
            raise NotACode(value=value, heading=heading)
        return code


@dataclass(frozen=True, slots=True)
class Lying:
    """A row of the download: pairs of a barcode on a shelf."""

    variant: Variant
    shelf: Shelf
    pairs: int


class OfShelves(ExcelResource):
    """A sheet whose rows are barcodes on shelves."""

    see: ClassVar[tuple[str, ...]] = SEE_SHELVES

    barcode = Column(
        _("barcode"),
        BarcodeCell(),
        path="variant__barcode",
        key=True,
        required=True,
        width=16,
        also="urun barkodu|barkod no|ean",
        says=_("Which barcode lies there."),
        example="8680000000017",
    )

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        barcodes = {code for row in rows if (code := self.value_or_none(row, "barcode"))}
        variants = Variant.objects.filter(barcode__in=barcodes).select_related("product")
        self._variants = {variant.barcode: variant for variant in variants}
        names = [column.name for column in self.columns if isinstance(column.cell, ShelfCell)]
        codes = {code for row in rows for name in names if (code := self.value_or_none(row, name))}
        self._shelves = {shelf.code: shelf for shelf in Shelf.objects.filter(code__in=codes)}
        ids = {variant.pk for variant in self._variants.values()}
        self._there: dict[Place, OnShelf] = lock_and_read(ids) if lock else on_shelves(ids)

    def _needed(self, row: Mapping[str, Any], name: str) -> Any:
        value = self.value(row, name)
        if value is None:
            raise CellEmpty(heading=self.fields[name].title)
        return value

    def _variant(self, row: Mapping[str, Any]) -> Variant:
        barcode = self._needed(row, "barcode")
        variant = self._variants.get(barcode)
        if variant is None:
            raise UnknownBarcode(barcode=barcode)
        return variant

    def _shelf(self, code: str) -> Shelf:
        shelf = self._shelves.get(code)
        if shelf is None:
            raise UnknownShelf(shelf=code)
        return shelf

    def _lying(self, place: Place) -> int:
        """Pairs a person should find there, as the database has it."""
        here = self._there.get(place)
        return here.lying if here else 0

    def key_for(self, number: int) -> str:
        """The idempotency key of a row."""
        return f"excel:{self.sender.excel if self.sender else ''}:{number}"

    def found(self, search: str) -> Iterable[Lying]:
        """What lies where, in walking order; two statements."""
        wanted = Q(adet__gt=0)
        for word in fold(search).split():
            wanted &= (
                Q(variant__product__search_key__contains=word)
                | Q(variant__search_key__contains=word)
                | Q(shelf__code__contains=normalise_shelf_code(word))
            )
        there = on_shelves()
        rows = RafUrun.objects.filter(wanted).select_related("variant__product", "shelf")
        ordered = rows.order_by(
            "shelf__route_order",
            "shelf__code",
            "variant__product__code",
            "variant__colour",
            "variant__size",
            "variant_id",
        )
        for row in ordered:
            here = there.get((row.variant_id, row.shelf_id))
            if here and here.lying > 0:
                yield Lying(row.variant, row.shelf, here.lying)


def code_column() -> Column:
    return Column(
        _("model code"), Cell(), path="variant__product__code", info=True, also="model|product code"
    )


def colour_column() -> Column:
    return Column(_("colour"), Cell(), path="variant__colour", info=True, also="color")


def size_column() -> Column:
    return Column(_("size"), Cell(), path="variant__size", info=True, width=9, also="numara")


class Counts(OfShelves):
    """Sets shelves to what was counted there, as a count of the scan pages does."""

    slug = "counts"
    label = _("Stock count")
    says = _("What was found on a shelf, barcode by barcode. The differences are booked as a count.")
    write_rights: ClassVar[tuple[str, ...]] = (COUNT_GOODS, APPROVE_COUNTS)
    keeps_unchanged = True

    shelf = Column(
        _("shelf"),
        ShelfCell(),
        path="shelf__code",
        key=True,
        required=True,
        also="raf kodu|shelf code|yer",
        says=_("The code on the shelf’s label."),
        example="A-B-03",
    )
    code = code_column()
    colour = colour_column()
    size = size_column()
    expected = Column(
        _("in the books"),
        WholeCell(),
        path="pairs",
        also="kayitli adet|beklenen|expected",
        says=_(
            "Pairs that should lie there. If it is filled in and no longer so, the row is refused: somebody picked or "
            "moved meanwhile."
        ),
        example="5",
    )
    counted = Column(
        _("counted"),
        WholeCell(),
        required=True,
        also="sayilan|sayim|sayilan adet|adet|quantity",
        says=_("Pairs that were found there; 0 for none. Empty: the row was not counted."),
        example="4",
    )
    reason = Column(
        _("reason"),
        Cell(longest=LONGEST_REASON),
        width=30,
        also="aciklama|neden|note",
        says=_("Why it differs, if you know."),
        example="Vitrinden alındı",
    )

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        super().load(rows, lock=lock)
        self._counts: list[Counted] = []

    def line_of(self, row: Mapping[str, Any]) -> Line:
        variant, shelf = self._variant(row), self._shelf(self._needed(row, "shelf"))
        lying = self._lying((variant.pk, shelf.pk))
        stored = {"counted": lying, "expected": lying, "reason": ""}
        return Line(
            name=f"{shelf.code} · {name_of(variant, variant.product.code)}",
            record=f"{variant.pk}:{shelf.pk}",
            values=dict(stored),
            stored=stored,
            extra=(variant.pk, shelf.pk),
        )

    def is_changed(self, column: Column, before: Line, after: Line) -> bool:
        return column.name == "counted" and super().is_changed(column, before, after)

    def seen_of(self, line: Line) -> dict[str, str]:
        if "counted" not in line.given:
            return {RECORD: line.record}
        return {RECORD: line.record, "expected": str(line.stored["expected"])}

    def check(self, line: Line, number: int) -> Iterator[str]:
        if "counted" not in line.given:
            return
        try:
            require_quantity(line.values["counted"], lowest=0)
        except DomainError as error:
            yield error.message
        yield from self._stale(line)

    def _stale(self, line: Line) -> Iterator[str]:
        says, lying = line.values["expected"], line.stored["expected"]
        if "expected" in line.given and says != lying:
            yield ShelfIsOther(what=line.name, says=says, lying=lying).message

    def skip_row(
        self, instance: Line, original: Line, row: Any, import_validation_errors: Any = None
    ) -> bool:
        # What was counted and agrees is booked as well, so it has to be right as well.
        if not import_validation_errors and any(self.check(instance, self._number)):
            return False
        return super().skip_row(instance, original, row, import_validation_errors)

    def keep(self, line: Line, number: int) -> None:
        if "counted" not in line.given:
            return
        self._counts.append(
            Counted(
                place=line.extra,
                pairs=line.values["counted"],
                expected=line.stored["counted"],
                reason=line.values["reason"] or COUNTED,
                key=self.key_for(number),
            )
        )

    def unchanged(self, line: Line, number: int) -> None:
        self.keep(line, number)

    def write(self) -> None:
        name = self.sender.name if self.sender else ""
        book_counts(self._counts, reference=f"excel:{name}"[:_LONGEST_REFERENCE], user=self.person)


class Placements(OfShelves):
    """What lies where, and where it is to go."""

    slug = "placements"
    label = _("Shelf placements")
    says = _("What lies on which shelf. Write a new shelf beside it, and the pairs are moved there.")
    write_rights: ClassVar[tuple[str, ...]] = (MOVE_GOODS,)

    code = code_column()
    colour = colour_column()
    size = size_column()
    from_shelf = Column(
        _("shelf now"),
        ShelfCell(),
        path="shelf__code",
        key=True,
        required=True,
        also="raf|simdiki raf|eski raf|kaynak raf|from shelf|shelf",
        says=_("Where it lies."),
        example="A-B-03",
    )
    to_shelf = Column(
        _("new shelf"),
        ShelfCell(),
        required=True,
        also="hedef raf|to shelf",
        says=_("Where it is to go. Empty: it stays."),
        example="A-B-04",
    )
    quantity = Column(
        _("quantity"),
        WholeCell(),
        path="pairs",
        required=True,
        also="adet|cift|pairs",
        says=_("How many pairs go there."),
        example="3",
    )

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        super().load(rows, lock=lock)
        # Pairs as the rows so far leave them.
        self._left = {place: here.lying for place, here in self._there.items()}
        self._moves: list[Carried] = []

    def line_of(self, row: Mapping[str, Any]) -> Line:
        variant, source = self._variant(row), self._shelf(self._needed(row, "from_shelf"))
        name = f"{source.code} · {name_of(variant, variant.product.code)}"
        to_code = self.value_or_none(row, "to_shelf") or ""
        return Line(
            name=name,
            record=f"{variant.pk}:{source.pk}",
            values={"to_shelf": "", "quantity": None},
            stored={"to_shelf": to_code},
            extra=(variant, source),
        )

    def key_of(self, line: Line) -> tuple[Any, ...] | None:
        return (line.record, line.stored["to_shelf"])

    def is_changed(self, column: Column, before: Line, after: Line) -> bool:
        return column.name == "to_shelf"

    def check(self, line: Line, number: int) -> Iterator[str]:
        try:
            self._refuse(line)
        except DomainError as error:
            yield error.message

    def _refuse(self, line: Line) -> None:
        variant, source = line.extra
        target = self._shelf(line.values["to_shelf"])
        if target.pk == source.pk:
            raise SameShelf(shelf=source.code)
        if not target.active:
            raise ClosedShelf(shelf=target.code)
        if line.values["quantity"] is None:
            raise CellEmpty(heading=self.fields["quantity"].title)
        pairs = require_quantity(line.values["quantity"], lowest=1)
        there = self._left.get((variant.pk, source.pk), 0)
        if pairs > there:
            raise InsufficientStock(shelf=source.code, barcode=variant.barcode, wanted=pairs, there=there)

    def keep(self, line: Line, number: int) -> None:
        variant, source = line.extra
        target, pairs = self._shelf(line.values["to_shelf"]), line.values["quantity"]
        for shelf, sign in ((source, -1), (target, 1)):
            place = (variant.pk, shelf.pk)
            self._left[place] = self._left.get(place, 0) + sign * pairs
        self._moves.append(
            Carried(
                variant_id=variant.pk,
                shelves=(source.pk, target.pk),
                codes=(source.code, target.code),
                pairs=pairs,
                key=self.key_for(number),
            )
        )

    def changes_of(self, before: Line | None, after: Line) -> Iterator[Change]:
        variant, source = after.extra
        pairs = after.values["quantity"]
        for shelf, sign in ((source, -1), (self._shelf(after.values["to_shelf"]), 1)):
            now = self._left[variant.pk, shelf.pk]
            yield Change(shelf.code, str(now - sign * pairs), str(now))

    def seen_of(self, line: Line) -> dict[str, str]:
        variant, source = line.extra
        target = self._shelves.get(line.values["to_shelf"])
        if target is None:
            return {RECORD: line.record}
        shelves = {source.code: source.pk, target.code: target.pk}
        return {
            RECORD: line.record,
            **{code: str(self._lying((variant.pk, pk))) for code, pk in shelves.items()},
        }

    def write(self) -> None:
        book_moves(self._moves, user=self.person)


__all__ = ["SEE_SHELVES", "Counts", "Placements"]
