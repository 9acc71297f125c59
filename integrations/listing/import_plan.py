"""What would become of listings whose barcode is unknown here: models to be, and barcodes not taken, and why.

Plain computing over what was read before; the page that asks and the import that writes see the same plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext as _

from catalog.barcodes import MAX_LENGTH, normalise_barcode
from catalog.models import AgeGroup, VatRate
from catalog.taking_in import NewModel, NewVariant
from gullu.money import format_money
from gullu.text import fold
from integrations.listing.adopting import commonest, title_of
from integrations.listing.sheets import RemoteSheet
from integrations.models import Listing

LONGEST_CODE: Final = 40
ONE_COLOUR: Final = "Tek renk"
ONE_SIZE: Final = "Standart"
_LONGEST_COLOUR, _LONGEST_SIZE, _LONGEST_TITLE, _LONGEST_STOCK_CODE = 50, 20, 100, 100
_MARKS: Final = ".-_"  # contract section 8.4, beside letters and digits
_LARGEST_DESI: Final = Decimal("9999.9")
_DEFAULT_DESI: Final = Decimal(2)
# Of two barcodes in one place the one that is on sale is the one customers know.
_RANKS: Final = (
    Listing.State.APPROVED,
    Listing.State.PENDING,
    Listing.State.REJECTED,
    Listing.State.ARCHIVED,
)
_CHILDREN, _MEN = ("cocuk", "bebek", "kiz"), ("erkek",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A barcode on the marketplace that is unknown here."""

    barcode: str
    state: str
    list_price: Decimal | None
    sale_price: Decimal | None
    quantity: int | None
    remote: RemoteSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model that is here already: its barcodes by folded colour and size, and how it spells its colours."""

    product_id: int
    title: str
    draft: bool
    places: Mapping[tuple[str, str], str]
    colours: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is here: models by code, and barcodes of variants by the other codes printed on their boxes."""

    models: Mapping[str, KnownModel] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A barcode that is not taken in, and the sentence that says why and what can be done."""

    barcode: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedModel:
    """A group of listings with one model code: what would be made of it, and what would not.

    `known` where the model is here already and only gets barcodes. `shown` are pairs on sale there now.
    """

    code: str
    title: str
    new: NewModel | None
    known: KnownModel | None
    refused: tuple[Refused, ...]
    picture: str
    shown: int

    @property
    def barcodes(self) -> int:
        return len(self.new.variants) if self.new else 0


def plan(rows: Iterable[Listed], known: Known) -> list[PlannedModel]:
    """One entry per model code, in the order of the codes."""
    groups: defaultdict[str, list[Listed]] = defaultdict(list)
    for row in rows:
        groups[row.remote.product_code].append(row)
    return [_model(code, groups[code], known) for code in sorted(groups)]


def _model(code: str, rows: Sequence[Listed], known: Known) -> PlannedModel:
    here = known.models.get(code)
    refused = _all_refused(code, here, rows)
    taken: list[tuple[Listed, NewVariant]] = []
    if not refused:
        taken, refused = _variants(code, rows, known, here)
    sheets = [row.remote for row, _variant in taken] or [row.remote for row in rows]
    told = [(row.remote.title, row.remote.colour, row.remote.size) for row in rows]
    title = title_of(told) or code
    return PlannedModel(
        code=code,
        title=here.title if here else title,
        new=_new(code, title, taken) if taken else None,
        known=here,
        refused=tuple(refused),
        picture=next((sheet.image_urls[0] for sheet in sheets if sheet.image_urls), ""),
        shown=sum(row.quantity or 0 for row, _variant in taken),
    )


def _all_refused(code: str, here: KnownModel | None, rows: Sequence[Listed]) -> list[Refused]:
    """Reasons that concern the model as a whole."""
    reason, words = "", {"code": code, "most": LONGEST_CODE}
    if not code:
        reason = _("%(barcode)s has no model code there: give it one on the marketplace, then read again.")
    elif len(code) > LONGEST_CODE:
        reason = _(
            "The model code %(code)s of %(barcode)s has more than %(most)s letters: shorten it on the marketplace."
        )
    elif here is not None and here.draft:
        reason = _(
            "Model %(code)s is still a draft here: finish or discard the draft, then take in %(barcode)s."
        )
    if not reason:
        return []
    return [Refused(row.barcode, "model", reason % {**words, "barcode": row.barcode}) for row in rows]


# --- barcodes -----------------------------------------------------------------------------------------------------


def _variants(
    code: str, rows: Sequence[Listed], known: Known, here: KnownModel | None
) -> tuple[list[tuple[Listed, NewVariant]], list[Refused]]:
    places = dict(here.places) if here else {}
    colours = dict(here.colours) if here else {}
    taken: list[tuple[Listed, NewVariant]] = []
    refused: list[Refused] = []
    for row in sorted(rows, key=_rank):
        variant = _variant(row, colours)
        place = (fold(variant.colour), fold(variant.size))
        problem = next(_problems(row, variant, known), None) or _clash(code, variant, places.get(place))
        if problem is not None:
            refused.append(problem)
            continue
        places[place] = row.barcode
        colours.setdefault(fold(variant.colour), variant.colour)
        taken.append((row, variant))
    return sorted(taken, key=lambda pair: pair[0].barcode), refused


def _rank(row: Listed) -> tuple[int, str]:
    return next((place for place, state in enumerate(_RANKS) if state == row.state), len(_RANKS)), row.barcode


def _variant(row: Listed, colours: Mapping[str, str]) -> NewVariant:
    """One colour is written in one way within a model: as it is here, or as it was met first."""
    colour = row.remote.colour or ONE_COLOUR
    return NewVariant(
        barcode=row.barcode,
        colour=colours.get(fold(colour), colour),
        size=row.remote.size or ONE_SIZE,
        stock_code=row.remote.stock_code,
        list_price=row.list_price,
        sale_price=row.sale_price,
    )


def _problems(row: Listed, variant: NewVariant, known: Known) -> Iterator[Refused]:
    words = {"barcode": row.barcode}
    clean = normalise_barcode(row.barcode)
    if clean != row.barcode or not all(letter.isalnum() or letter in _MARKS for letter in row.barcode):
        text = _(
            "Barcode %(barcode)s has letters that are not taken here: only letters, digits, “.”, “-” and “_”."
        )
        yield Refused(row.barcode, "barcode", text % words)
    if len(row.barcode) > MAX_LENGTH:
        text = _("Barcode %(barcode)s has more than %(most)s letters.")
        yield Refused(row.barcode, "barcode", text % {**words, "most": MAX_LENGTH})
    if row.barcode in known.aliases:
        text = _(
            "%(barcode)s is an alias of barcode %(other)s here: delete the alias if it is a product of its own."
        )
        yield Refused(row.barcode, "alias", text % {**words, "other": known.aliases[row.barcode]})
    yield from _too_long(row, variant)
    yield from _wrong_numbers(row)


def _too_long(row: Listed, variant: NewVariant) -> Iterator[Refused]:
    limits = (
        (
            variant.colour,
            _LONGEST_COLOUR,
            _("Colour “%(value)s” of %(barcode)s has more than %(most)s letters."),
        ),
        (variant.size, _LONGEST_SIZE, _("Size “%(value)s” of %(barcode)s has more than %(most)s letters.")),
        (
            variant.stock_code,
            _LONGEST_STOCK_CODE,
            _("Stock code “%(value)s” of %(barcode)s has more than %(most)s letters."),
        ),
    )
    for value, most, text in limits:
        if len(value) > most:
            words = {"value": value, "barcode": row.barcode, "most": most}
            yield Refused(row.barcode, "long", text % words)


def _wrong_numbers(row: Listed) -> Iterator[Refused]:
    words = {"barcode": row.barcode}
    prices = (row.list_price, row.sale_price)
    if any(price is not None and price <= 0 for price in prices):
        text = _("%(barcode)s is listed without a price: give it one on the marketplace, then read again.")
        yield Refused(row.barcode, "price", text % words)
    elif row.list_price is not None and row.sale_price is not None and row.list_price < row.sale_price:
        text = _(
            "%(barcode)s: list price %(listed)s is below sale price %(sale)s there. Correct it there, then read again."
        )
        amounts = {"listed": format_money(row.list_price), "sale": format_money(row.sale_price)}
        yield Refused(row.barcode, "price", text % {**words, **amounts})
    if row.remote.vat_rate is not None and row.remote.vat_rate not in VatRate.values:
        text = _("%(barcode)s is listed with %(vat)s %% VAT, which is none of %(known)s: correct it there.")
        rates = {"vat": row.remote.vat_rate, "known": ", ".join(map(str, VatRate.values))}
        yield Refused(row.barcode, "vat", text % {**words, **rates})


def _clash(code: str, variant: NewVariant, other: str | None) -> Refused | None:
    if other is None:
        return None
    words = {
        "barcode": variant.barcode,
        "other": other,
        "place": f"{variant.colour} {variant.size}",
        "code": code,
    }
    text = _(
        "%(barcode)s and %(other)s are both %(place)s of model %(code)s: make %(barcode)s an alias of %(other)s "
        "if they are the same goods, or correct colour or size on the marketplace."
    )
    return Refused(variant.barcode, "place", text % words)


# --- models -------------------------------------------------------------------------------------------------------


def _new(code: str, title: str, taken: Sequence[tuple[Listed, NewVariant]]) -> NewModel:
    sheets = [row.remote for row, _variant in taken]
    category = commonest(sheet.category for sheet in sheets) or ""
    vat_rate = commonest(sheet.vat_rate for sheet in sheets)
    return NewModel(
        code=code,
        title=title[:_LONGEST_TITLE].strip(),
        brand=(commonest(sheet.brand for sheet in sheets) or "")[:100],
        category=category[:100],
        age_group=_age_group(f"{category} {title}"),
        vat_rate=VatRate.TEN if vat_rate is None else vat_rate,
        desi=_desi(commonest(sheet.desi for sheet in sheets)),
        description=commonest(sheet.description for sheet in sheets) or "",
        origin=_origin(commonest(sheet.origin for sheet in sheets)),
        variants=tuple(variant for _row, variant in taken),
        pictures=_pictures(taken),
    )


def _pictures(taken: Sequence[tuple[Listed, NewVariant]]) -> dict[str, tuple[str, ...]]:
    """Addresses by colour: those that most barcodes of the colour show."""
    found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row, variant in taken:
        if row.remote.image_urls:
            found[variant.colour].append(row.remote.image_urls)
    return {colour: commonest(urls) or () for colour, urls in found.items()}


def _age_group(words: str) -> AgeGroup:
    """As the marketplace's category and the title say it; women's shoes are what a shop of shoes mostly sells."""
    said = set(fold(words).replace("/", " ").split())
    if said & set(_CHILDREN):
        return AgeGroup.CHILDREN
    return AgeGroup.MEN if said & set(_MEN) else AgeGroup.WOMEN


def _desi(text: str | None) -> Decimal:
    """To one decimal, as models keep it; the usual two where the marketplace does not say."""
    try:
        value = Decimal(text or 0).quantize(Decimal("0.1"), ROUND_HALF_UP)
    except InvalidOperation:
        return _DEFAULT_DESI
    return value if 0 < value <= _LARGEST_DESI else _DEFAULT_DESI


def _origin(code: str | None) -> str:
    return code if code and len(code) == 2 and code.isalpha() else ""
