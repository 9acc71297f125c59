"""Returned parcels: scan the parcel, scan what is in it, say how it is, and shelve at once what is ours already."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from catalog.barcodes import normalise_barcode
from catalog.models import Variant
from gullu.picture_errors import PictureRefused
from inventory.enums import ScanOutcome
from inventory.models import Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import END, lock_trail, trail
from inventory.scan.words import describe, unknown
from inventory.scanning import Scanned, ScannedKind, read
from orders.enums import GoodsCondition
from orders.images import checked_picture, discard, store_picture
from orders.models import ReturnPhoto, ReturnUnit
from orders.return_selectors import (
    count_waiting,
    expecting,
    in_parcel,
    in_reused_box,
    is_for_shelf,
    parcels_here,
)
from orders.return_words import status_words
from orders.scan.return_places import Place, chosen_text, place_of, said
from orders.scan.return_rows import unit_rows
from orders.services.returns import add_photo, inspect_return, restock_return

PHOTOS = "returns"
CODE_LENGTH = 60


class ReturnsPage(ScanPage):
    """State: the parcel scanned last, and in it the unit scanned last (see `return_places`)."""

    page = "returns"
    template = "scan/returns"
    permission_required = "gullu.inspect_returns"
    actions = frozenset({"inspect", "wrong", "note", "choose", "photo", "clear"})
    _image = ""
    _problem: PictureRefused | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A picture is checked and stored before the transaction of the scan, and removed when no row names it."""
        if request.POST.get("action") == "photo":
            self._take_picture(request)
        try:
            return super().post(request, *args, **kwargs)
        finally:
            if self._image and not ReturnPhoto.objects.filter(image=self._image).exists():
                discard(self._image)

    def scan(self, text: str) -> Answer:
        lock_trail(user=self.person, page=self.page)
        place = self._place()
        code = normalise_barcode(text)
        units = list(in_parcel(code)) if 0 < len(code) <= CODE_LENGTH else []
        if units:
            return said(_opened(units), place=Place(code=code))
        scanned = read(text)
        if scanned.shelf is not None:
            return self._shelve(scanned.shelf, place)
        if scanned.kind is ScannedKind.UNKNOWN:
            if scanned.hint:
                return unknown(scanned)
            units = list(in_reused_box(code))
            if units:
                return said(_opened(units), place=Place(code=units[0].order_number))
        return _item(scanned, place)

    def do_inspect(self) -> Answer:
        """One tap on a condition, for the unit in hand or the one the button names."""
        place, unit_id = self._place(), self._unit_id()
        done = inspect_return(unit_id=unit_id, condition=self._text(), user=self.person)
        return said(_inspected(done.condition, for_shelf=done.for_shelf), place=place.holding(unit_id))

    def do_wrong(self) -> Answer:
        """The article scanned last came instead of this unit."""
        place, unit_id = self._place(), self._unit_id()
        what = describe(place.variant) if place.variant else place.text
        note = _("Came instead: %(what)s") % {"what": what}
        inspect_return(unit_id=unit_id, condition=GoodsCondition.WRONG_ITEM, note=note, user=self.person)
        return said(_inspected(GoodsCondition.WRONG_ITEM, for_shelf=False), place=place.holding(unit_id))

    def do_note(self) -> Answer:
        place, unit_id = self._place(), self._unit_id()
        unit = ReturnUnit.objects.filter(pk=unit_id).first()
        note = self.request.POST.get("note", "")
        inspect_return(unit_id=unit_id, condition=unit.condition if unit else "", note=note, user=self.person)
        return said(_("The note is kept."), place=place.holding(unit_id))

    def do_choose(self) -> Answer:
        """One of several returns that expect the same article."""
        unit = ReturnUnit.objects.select_related("variant__product").filter(pk=self._unit_id()).first()
        if unit is None:
            return _scan_first()
        return said(chosen_text(unit), place=Place(code=unit.claim_id, unit_id=unit.pk), unit=unit)

    def do_photo(self) -> Answer:
        if self._problem is not None:
            raise self._problem
        place, unit_id = self._place(), self._unit_id()
        add_photo(unit_id=unit_id, image=self._image, user=self.person)
        return said(_("The picture is kept."), place=place.holding(unit_id))

    def do_clear(self) -> Answer:
        return Answer(outcome=ScanOutcome.OK, message=_("Scan the next returned parcel."), reference=END)

    def context(self) -> dict[str, Any]:
        place, now = self._place(), timezone.now()
        units = list(_shown(place))
        rows = unit_rows(units, now)
        chosen = next((row for row in rows if row.unit.pk == place.unit_id), None)
        return {
            "place": place,
            "rows": rows,
            "left": len(_waits(units)),
            "chosen": chosen,
            "status": status_words(chosen.unit.status) if chosen else "",
            "for_shelf": chosen is not None and is_for_shelf(chosen.unit),
            "conditions": GoodsCondition.choices,
            "here": [] if rows else unit_rows(parcels_here(), now),
            "waiting": 0 if rows else count_waiting("inspect"),
        }

    def _shelve(self, shelf: Shelf, place: Place) -> Answer:
        if place.unit_id is None:
            return _scan_first(shelf_id=shelf.pk)
        done = restock_return(unit_id=place.unit_id, shelf_code=shelf.code, user=self.person)
        unit = ReturnUnit.objects.select_related("variant__product").get(pk=place.unit_id)
        words = {"what": _name(unit), "shelf": done.shelf_code}
        message = _("%(what)s is on shelf %(shelf)s. Scan the next one.") % words
        reference = place.parcel().reference if _waits(list(_shown(place))) else END
        return Answer(
            outcome=ScanOutcome.DONE,
            message=message,
            variant_id=unit.variant_id,
            shelf_id=shelf.pk,
            reference=reference,
        )

    def _take_picture(self, request: HttpRequest) -> None:
        try:
            picture = checked_picture(request.FILES.get("photo"))
        except PictureRefused as problem:
            self._problem = problem
        else:
            self._image = store_picture(picture, folder=PHOTOS)

    def _place(self) -> Place:
        return place_of(trail(user=self.person, page=self.page))

    def _unit_id(self) -> int:
        """The unit a button names, or the one in hand; 0, which is none, when there is neither."""
        named = self.request.POST.get("unit", "")
        if named.isascii() and named.isdecimal() and len(named) < 19:
            return int(named)
        return self._place().unit_id or 0

    def _text(self) -> str:
        return self.request.POST.get("text", "").strip()[:20]


class ReturnPhotoView(PermissionRequiredMixin, View):
    """A picture of a return, for those who inspect or see returns and for nobody else."""

    rights: ClassVar[tuple[str, ...]] = ("orders.view_returnunit", "gullu.inspect_returns")

    def has_permission(self) -> bool:
        return any(self.request.user.has_perm(right) for right in self.rights)

    def get(self, _request: HttpRequest, pk: int) -> FileResponse:
        name = ReturnPhoto.objects.filter(pk=pk).values_list("image", flat=True).first()
        if not name or not default_storage.exists(name):
            raise Http404
        response = FileResponse(default_storage.open(name), content_type="image/jpeg")
        response["Cache-Control"] = "private, max-age=86400"
        return response


def _shown(place: Place) -> QuerySet[ReturnUnit]:
    """The units of the parcel in hand, or those of several parcels that expect what was scanned."""
    if place.item:
        units = expecting(place.variant, place.text)
    elif place.code:
        units = in_parcel(place.code).order_by("claimed_at", "claim_id", "pk")
    else:
        return ReturnUnit.objects.none()
    return units.select_related("variant__product", "shelf", "inspected_by").prefetch_related("photos")


def _waits(units: list[ReturnUnit]) -> list[ReturnUnit]:
    return [unit for unit in units if not unit.condition and not unit.disposition]


def _name(unit: ReturnUnit) -> str:
    return describe(unit.variant) if unit.variant else unit.barcode


def _opened(units: list[ReturnUnit]) -> str:
    left = len(_waits(units))
    if not left:
        return _("Everything in this parcel was inspected already. Scan an article to correct it.")
    return _("%(count)s to inspect in this parcel: scan the article.") % {"count": left}


def _item(scanned: Scanned, place: Place) -> Answer:
    """An article: of the parcel in hand, else of the parcel that expects it."""
    if place.code:
        return _item_of_parcel(scanned, place)
    units = list(expecting(scanned.variant, scanned.text).select_related("variant__product"))
    claims = {unit.claim_id for unit in units}
    if not units:
        return _not_expected(scanned)
    if len(claims) > 1:
        words = {"what": _what(scanned), "count": len(claims)}
        message = _("%(count)s returns expect %(what)s: scan the cargo number of the parcel, or choose one.")
        return said(message % words, place=Place(item=True), variant=scanned.variant)
    return said(
        chosen_text(units[0]), place=Place(code=units[0].claim_id, unit_id=units[0].pk), unit=units[0]
    )


def _item_of_parcel(scanned: Scanned, place: Place) -> Answer:
    units = list(_shown(place))
    mine = [unit for unit in units if _is(unit, scanned)]
    if mine:
        unit = next(iter(_waits(mine)), mine[0])
        return said(chosen_text(unit), place=place.holding(unit.pk), unit=unit)
    if not _waits(units):
        return _not_expected(scanned)
    near = next((unit for unit in units if _same_model(unit, scanned)), None)
    words = {"what": _what(scanned), "expected": ", ".join(sorted({_name(unit) for unit in units}))}
    message = _(
        "This parcel should hold %(expected)s, not %(what)s: mark it as another article, or look again."
    )
    return Answer(
        outcome=ScanOutcome.NEIGHBOUR if near else ScanOutcome.WRONG,
        message=message % words,
        code="not_in_parcel",
        variant_id=scanned.variant.pk if scanned.variant else None,
        reference=place.with_stray().reference,
    )


def _not_expected(scanned: Scanned) -> Answer:
    """Kept in the scan log, so that the office finds what came without a return."""
    message = _("No return expects %(what)s: put it aside with its parcel and tell the office.")
    return Answer(
        outcome=ScanOutcome.UNKNOWN,
        message=message % {"what": _what(scanned)},
        code="not_expected",
        variant_id=scanned.variant.pk if scanned.variant else None,
    )


def _is(unit: ReturnUnit, scanned: Scanned) -> bool:
    if unit.variant_id is not None:
        return scanned.variant is not None and unit.variant_id == scanned.variant.pk
    return unit.barcode == (scanned.variant.barcode if scanned.variant else scanned.text)


def _same_model(unit: ReturnUnit, scanned: Scanned) -> bool:
    variant: Variant | None = scanned.variant
    return bool(variant and unit.variant and unit.variant.product_id == variant.product_id)


def _what(scanned: Scanned) -> str:
    return describe(scanned.variant) if scanned.variant else scanned.text[:CODE_LENGTH] or "—"


def _inspected(condition: GoodsCondition, *, for_shelf: bool) -> str:
    if for_shelf:
        return _("%(condition)s. The return is accepted: now scan the shelf.") % {
            "condition": condition.label
        }
    if condition == GoodsCondition.SOUND:
        return _("%(condition)s. Put it on the returns pile: the office decides. Scan the next one.") % {
            "condition": condition.label
        }
    return _("%(condition)s. Take a picture and put it on the returns pile: the office decides.") % {
        "condition": condition.label
    }


def _scan_first(shelf_id: int | None = None) -> Answer:
    message = _("Scan the article first, then the shelf.")
    return Answer(outcome=ScanOutcome.WRONG, message=message, code="no_box_yet", shelf_id=shelf_id)
