"""The sheet of cargo tariffs: a carrier's price list, handed in as it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from analytics.inputs.errors import NotAboveZero, NotADate, PriceMissing, TariffEndsEarly, TariffMeets
from analytics.inputs.tariffs import words_of
from analytics.locks import lock_tariffs
from analytics.models import CargoTariff
from gullu.errors import DomainError
from gullu.excel.cells import clean, shown
from gullu.excel.columns import AmountCell, Cell, Column
from gullu.excel.errors import CellEmpty
from gullu.excel.lines import Line
from gullu.excel.resources import ExcelResource
from gullu.forms import TurkishDateField
from gullu.roles import VIEW_MONEY

# What stands for every carrier without rows of its own: an empty cell would say nothing.
EVERY_OTHER: Final = "*"
Parcel = tuple[str, Decimal, Decimal | None]


class CarrierCell(Cell):
    """A carrier's name; a star is every other one."""

    def read(self, value: Any, heading: str) -> str:
        name = str(super().read(value, heading))
        return "" if name == EVERY_OTHER else name

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> Any:
        return value or EVERY_OTHER


class DayCell(Cell):
    """A day: a date of Excel's, or a text like 25.10.2026."""

    def read(self, value: Any, heading: str) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            day: date = TurkishDateField().clean(clean(value))
        except ValidationError as error:
            raise NotADate(value=shown(value), heading=heading) from error
        return day

    def show(self, value: Any) -> str:
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else clean(value)


class CargoTariffs(ExcelResource):
    """Rows are found by carrier, desi, band of orders and first day; what is not there is made."""

    slug = "cargo-tariffs"
    label = _("Cargo tariffs")
    says = _("What carriers charge by desi, from a day on. Rows that are not there yet are made.")
    see: ClassVar[tuple[str, ...]] = ("analytics.view_cargotariff", VIEW_MONEY)
    write_rights: ClassVar[tuple[str, ...]] = ("analytics.add_cargotariff", "analytics.change_cargotariff")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("price", "return_price", "valid_to"),)

    carrier = Column(
        _("carrier"),
        CarrierCell(),
        path="carrier",
        key=True,
        required=True,
        width=30,
        also="kargo|kargo sirketi",
        says=_("As it stands in the orders; * is every carrier without rows of its own."),
        example="Aras Kargo Marketplace",
    )
    desi_to = Column(
        _("up to desi"),
        AmountCell(),
        path="desi_to",
        key=True,
        required=True,
        also="desi",
        says=_("The row with the least desi that fits counts."),
        example="2",
    )
    order_below = Column(
        _("orders below"),
        AmountCell(),
        path="order_below",
        may_be_empty=True,
        empty=None,
        also="barem",
        says=_("Only for orders under this amount (support for cheap orders). Empty: for all."),
        example="350,00",
    )
    valid_from = Column(
        _("valid from"), DayCell(), path="valid_from", key=True, required=True, example="01.07.2026"
    )
    valid_to = Column(
        _("last day"),
        DayCell(),
        path="valid_to",
        may_be_empty=True,
        empty=None,
        says=_("Empty: until further notice."),
        example="31.12.2026",
    )
    price = Column(
        _("price"), AmountCell(), path="price", says=_("In TRY, with VAT, for one parcel."), example="84,90"
    )
    return_price = Column(
        _("price of a return"),
        AmountCell(),
        path="return_price",
        may_be_empty=True,
        empty=None,
        says=_("In TRY, with VAT. Empty: not known; then returns have no cost and no profit."),
        example="84,90",
    )

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        """All tariffs: there are some hundreds."""
        everything = CargoTariff.objects.order_by("pk")
        known = lock_tariffs(list(everything.values_list("pk", flat=True))) if lock else list(everything)
        self._known: defaultdict[Parcel, list[CargoTariff]] = defaultdict(list)
        for row in known:
            self._known[_parcel(row)].append(row)
        self._made: list[CargoTariff] = []
        self._corrected: list[CargoTariff] = []

    def _needed(self, row: Mapping[str, Any], name: str) -> Any:
        value = self.value(row, name)
        if value is None:
            raise CellEmpty(heading=self.fields[name].title)
        return value

    def line_of(self, row: Mapping[str, Any]) -> Line:
        wanted = CargoTariff(
            carrier=self._needed(row, "carrier"),
            desi_to=self._needed(row, "desi_to"),
            order_below=self.value(row, "order_below"),
            valid_from=self._needed(row, "valid_from"),
        )
        same = (one for one in self._known[_parcel(wanted)] if one.valid_from == wanted.valid_from and one.pk)
        found = next(same, wanted)
        stored = {name: getattr(found, name) for name in ("order_below", "valid_to", "price", "return_price")}
        name = f"{words_of(wanted)} · {wanted.valid_from:%d.%m.%Y}"
        record = str(found.pk) if found.pk else ""
        return Line(name=name, record=record, values=dict(stored), stored=stored, extra=found)

    def check(self, line: Line, number: int) -> Iterator[str]:
        return (problem.message for problem in self._problems(line))

    def _problems(self, line: Line) -> Iterator[DomainError]:
        row: CargoTariff = line.extra
        values = line.values
        for name, value in (("desi_to", row.desi_to), ("order_below", row.order_below)):
            if value is not None and value <= 0:
                yield NotAboveZero(value=value, heading=self.fields[name].title)
        for name in ("price", "return_price"):
            if values[name] is not None and values[name] < 0:
                yield NotAboveZero(value=values[name], heading=self.fields[name].title)
        if values["price"] is None:
            yield PriceMissing(row=line.name)
        last = values["valid_to"]
        if last is not None and last < row.valid_from:
            yield TariffEndsEarly(last=f"{last:%d.%m.%Y}", first=f"{row.valid_from:%d.%m.%Y}")
        other = next((one for one in self._known[_parcel(row)] if _meets(row, last, one)), None)
        if other is not None:
            yield TariffMeets(row=words_of(other), day=f"{other.valid_from:%d.%m.%Y}")

    def keep(self, line: Line, number: int) -> None:
        row: CargoTariff = line.extra
        for name in ("valid_to", "price", "return_price"):
            setattr(row, name, line.values[name])
        if line.is_new:
            self._known[_parcel(row)].append(row)
            self._made.append(row)
        else:
            self._corrected.append(row)

    def write(self) -> None:
        CargoTariff.objects.bulk_update(self._corrected, ["valid_to", "price", "return_price"])
        CargoTariff.objects.bulk_create(self._made)

    def key_of(self, line: Line) -> tuple[Any, ...] | None:
        row: CargoTariff = line.extra
        return (*_parcel(row), row.valid_from)

    def found(self, search: str) -> Iterable[CargoTariff]:
        rows: QuerySet[CargoTariff] = CargoTariff.objects.all()
        for word in search.split():
            rows = rows.filter(carrier__icontains=word)
        return rows.order_by("carrier", "valid_from", "order_below", "desi_to", "pk")


def _parcel(row: CargoTariff) -> Parcel:
    return row.carrier, row.desi_to, row.order_below


def _meets(row: CargoTariff, last: date | None, other: CargoTariff) -> bool:
    """Whether another row for the same parcel holds on some of the same days."""
    if other is row or other.valid_from == row.valid_from:
        return False
    begins_in_time = last is None or other.valid_from <= last
    return begins_in_time and (other.valid_to is None or other.valid_to >= row.valid_from)
