"""The page "Change history": one search over the history of everything, and the history of one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from gullu.audit.asked import HistoryForm, WrongPlace, objects_of, place_from, place_in_words
from gullu.audit.books import Book, books
from gullu.audit.exports import counted
from gullu.audit.searching import Wanted, find
from gullu.audit.telling import Told, tell
from gullu.roles import VIEW_HISTORY, VIEW_MONEY
from gullu.staff_pages import frame, only_for
from gullu.workbooks import Column, add_sheet

MOST_EXPORTED: Final = 5000
FIELDS_SHOWN: Final = 6
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Row:
    """A change with the address of its record, empty where this person may not open it."""

    told: Told
    link: str

    @property
    def first_fields(self) -> Sequence[Any]:
        return self.told.fields[:FIELDS_SHOWN]

    @property
    def more_fields(self) -> Sequence[Any]:
        return self.told.fields[FIELDS_SHOWN:]


@require_GET
@only_for(VIEW_HISTORY)
def history(request: HttpRequest) -> HttpResponseBase:
    """Changes, newest first, by record, person, days, address or request; `?as=xlsx` as a workbook."""
    form = HistoryForm(request.GET)
    try:
        place = place_from(request.GET)
    except WrongPlace:
        problem = _("This address of a further page is not complete; begin at the newest change.")
        return _shown(request, form, Wanted(objects=()), problem=problem, status=400)
    if not form.is_valid():
        return _shown(request, form, Wanted(objects=()), status=400)
    wanted = form.wanted()
    if request.GET.get("as") == "xlsx":
        return _workbook(request, wanted)
    return _shown(request, form, wanted, place=place)


def history_of(request: HttpRequest, *, book: Book, record: models.Model) -> HttpResponse:
    """The history of one record; who may see it is the caller's to ask."""
    wanted = Wanted(objects=objects_of(book, (record.pk,)))
    try:
        place = place_from(request.GET)
    except WrongPlace:
        place = None
    title = _("Change history: %(record)s") % {"record": record}
    return _shown(request, None, wanted, place=place, title=title)


def _shown(
    request: HttpRequest,
    form: HistoryForm | None,
    wanted: Wanted,
    *,
    place: Any = None,
    title: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    page = find(wanted, after=place)
    told = tell(page.rows, money=request.user.has_perm(VIEW_MONEY))
    context = {
        "title": title or _("Change history"),
        "form": form,
        "problem": problem,
        "rows": [Row(one, _link(request, one)) for one in told],
        "older": _address(request, after=place_in_words(page.next)) if page.next else "",
        "workbook": _address(request, **{"as": "xlsx"}) if form is not None and told else "",
        "further": place is not None,
    }
    return frame(request, "audit/history.html", context, status=status)


def _address(request: HttpRequest, **more: str) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name not in {"after", "as"}}
    return "?" + urlencode({**kept, **more})


def _link(request: HttpRequest, told: Told) -> str:
    """The page of the record in the back office, if there is one this person may open."""
    model = books()[told.label].tracked._meta.concrete_model  # noqa: SLF001 - Django's documented API
    page = admin.site._registry.get(model) if model else None  # noqa: SLF001
    if model is None or page is None or told.ended or not page.has_view_or_change_permission(request):
        return ""
    options = model._meta  # noqa: SLF001
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[told.object_key])
    except NoReverseMatch:
        return ""


# --- workbook ----------------------------------------------------------------------------------------------------


def _fields_in_words(told: Told) -> str:
    begin = [_("added")] if told.began else [_("deleted")] if told.ended else []
    return "; ".join([*begin, *(f"{one.label}: {one.old or '—'} → {one.new or '—'}" for one in told.fields)])


_COLUMNS: Final = (
    Column(gettext_lazy("time"), lambda row: row.at, 18),
    Column(gettext_lazy("person"), lambda row: row.who, 18),
    Column(gettext_lazy("by way of"), lambda row: row.by_way or row.place, 30),
    Column(gettext_lazy("address"), lambda row: row.address, 18),
    Column(gettext_lazy("request no"), lambda row: row.reference, 34),
    Column(gettext_lazy("kind of record"), lambda row: capfirst(row.kind), 22),
    Column(pgettext_lazy("history", "record"), lambda row: row.what, 30),
    Column(gettext_lazy("before → after"), _fields_in_words, 80),
)


def _workbook(request: HttpRequest, wanted: Wanted) -> HttpResponseBase:
    page = find(wanted, most=MOST_EXPORTED)
    rows = tell(page.rows, money=request.user.has_perm(VIEW_MONEY))
    book = Workbook(write_only=True)
    add_sheet(book, _("Change history"), _COLUMNS, rows)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    name = f"change-history-{timezone.localdate().isoformat()}.xlsx"
    return counted(FileResponse(out, as_attachment=True, filename=name, content_type=_XLSX), len(rows))


__all__ = ["history", "history_of"]
