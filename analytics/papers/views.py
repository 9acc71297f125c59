"""The page "Katalog ve listeler": choose what and how, look at the first page, have it made, fetch it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.papers.entries import Entry, entries_of, find_entries
from analytics.papers.forms import FilterForm, OptionsForm, Rights, query_of, with_defaults
from analytics.papers.kinds import CONTENT_TYPES
from analytics.papers.making import preview_pages
from analytics.papers.pictures import Key, is_here, pictures_of
from analytics.papers.services import (
    KEEP_DAYS,
    PaperState,
    ask_paper,
    checked_logo,
    keep_logo,
    paper_state,
    refuse_choice,
)
from analytics.papers.words import problems_in_words, state_in_words
from gullu.errors import DomainError
from gullu.models import JobRun
from gullu.staff_pages import frame, only_for, person

VIEW: Final = "catalog.view_product"
# Ticks are fields of a form, and a form of more than a thousand is refused.
MOST_LISTED: Final = 600
_SALT: Final = "analytics.papers"

may_see_goods = only_for(VIEW)
"""Only for staff who may see the models."""


# --- choosing -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Asked:
    """The page as it was sent or opened: both forms, and which entries are ticked (None: all that are listed)."""

    filters: FilterForm
    options: OptionsForm
    rights: Rights
    ticked: frozenset[Key] | None
    everything: bool

    @property
    def valid(self) -> bool:
        # Both are asked, so that both show what is wrong.
        return all([self.filters.is_valid(), self.options.is_valid()])

    def found(self) -> list[Entry]:
        if not self.filters.is_valid():
            return []
        return find_entries(self.filters.filter(), with_stock=self.rights.stock)

    def keys(self) -> list[Key]:
        """What was chosen: everything the filter finds, or the ticks."""
        if self.everything:
            return [entry.key for entry in self.found()]
        return sorted(self.ticked or ())

    def logo(self) -> bytes | None:
        """The uploaded logo of valid forms, checked. Raises `PictureRefused`."""
        upload = self.options.cleaned_data["logo"]
        return checked_logo(upload) if upload else None


def _asked(request: HttpRequest) -> _Asked:
    rights = Rights.of(request)
    sent = request.method == "POST"
    data: Mapping[str, Any] = request.POST if sent else with_defaults(request.GET)
    return _Asked(
        FilterForm(data, rights=rights),
        OptionsForm(data, request.FILES if sent else None, rights=rights),
        rights,
        frozenset(_keys(request.POST.getlist("entry"))) if sent else None,
        bool(request.POST.get("everything")) if sent else False,
    )


def _keys(values: list[str]) -> list[Key]:
    """`["12:Siyah"]` → `[(12, "Siyah")]`; what is no key is left out."""
    parts = (value.partition(":") for value in values)
    return [(int(number), colour) for number, sign, colour in parts if sign and number.isdecimal()]


@require_http_methods(["GET", "POST"])
@may_see_goods
def start(request: HttpRequest) -> HttpResponseBase:
    """Choose what and how; sent, it is made, or (button "find") shown again with what the filter finds."""
    asked = _asked(request)
    if request.method != "POST":
        return _choice(request, asked)
    query = query_of(request.POST)
    if "find" in request.POST:
        return HttpResponseRedirect(f"{reverse('papers:start')}?{query}")
    if not asked.valid:
        return _choice(request, asked, status=422)
    try:
        paper = _ask(request, asked)
    except DomainError as error:
        return _choice(request, asked, problem=error.message, status=422)
    token = signing.dumps([paper, person(request).pk], salt=_SALT)
    return HttpResponseRedirect(f"{reverse('papers:waiting', args=[token])}?{query}")


def _ask(request: HttpRequest, asked: _Asked) -> str:
    keys = asked.keys()
    refuse_choice(len(keys))
    logo = asked.logo()
    name = keep_logo(logo, now=timezone.now()) if logo else ""
    options = asked.options.options(asked.filters.filter(), logo=name)
    return ask_paper(options=options, keys=keys, user=person(request))


def _choice(request: HttpRequest, asked: _Asked, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = asked.found()
    listed = found[:MOST_LISTED]
    more = len(found) > len(listed)
    context = {
        "title": _("Catalogue and lists"),
        "filters": asked.filters,
        "form": asked.options,
        "rights": asked.rights,
        "rows": _rows(listed, asked),
        "found": len(found),
        "most": MOST_LISTED,
        "more": more,
        "everything": asked.everything or (more and request.method != "POST"),
        "problem": problem,
    }
    return frame(request, "papers/start.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Row:
    entry: Entry
    key: str
    ticked: bool
    has_picture: bool


def _rows(entries: list[Entry], asked: _Asked) -> list[_Row]:
    pictures = pictures_of({entry.product_id for entry in entries})
    here = {key for key, images in pictures.items() if any(map(is_here, images))}
    return [
        _Row(
            entry,
            f"{entry.product_id}:{entry.colour}",
            asked.ticked is None or entry.key in asked.ticked,
            entry.key in here,
        )
        for entry in entries
    ]


@require_POST
@may_see_goods
def preview(request: HttpRequest) -> HttpResponseBase:
    """The cover and the first page of what is chosen, as PDF."""
    asked = _asked(request)
    if not asked.valid:
        return _choice(request, asked, status=422)
    try:
        data = _preview(asked)
    except DomainError as error:
        return _choice(request, asked, problem=error.message, status=422)
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="preview.pdf"'},
    )


def _preview(asked: _Asked) -> bytes:
    keys = asked.keys()
    refuse_choice(len(keys))
    options = asked.options.options(asked.filters.filter())
    entries = entries_of(keys, only_active=options.only_active, with_stock=options.stock, order=options.order)
    refuse_choice(len(entries))
    return b"".join(preview_pages(entries, options, made_at=timezone.now(), logo=asked.logo()))


# --- waiting and fetching -----------------------------------------------------------------------------------------


def _state(request: HttpRequest, token: str) -> PaperState:
    """The paper of this address, which only the person who asked for it can open."""
    user = person(request)
    try:
        paper, owner = signing.loads(token, salt=_SALT, max_age=KEEP_DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise Http404 from error
    if owner != user.pk:
        raise Http404
    return paper_state(paper=paper, user=user)


@require_GET
@may_see_goods
def waiting(request: HttpRequest, token: str) -> HttpResponse:
    """How far the paper is; the page asks again by itself."""
    state = _state(request, token)
    back = query_of_get(request)
    context = {
        "title": _("Catalogue and lists"),
        "token": token,
        "words": state_in_words(state),
        "problems": problems_in_words(state),
        "state": state,
        "counts": state.counts,
        "failed": state.state in {JobRun.State.FAILED, JobRun.State.LOST},
        "back": f"{reverse('papers:start')}?{back}",
        "days": KEEP_DAYS,
    }
    return frame(request, "papers/waiting.html", context)


def query_of_get(request: HttpRequest) -> str:
    """The choices in this page's address and nothing else."""
    known = with_defaults(request.GET)
    kept = request.GET.copy()
    for name in list(kept):
        if name not in known:
            del kept[name]
    return kept.urlencode()


@require_GET
@may_see_goods
def progress(request: HttpRequest, token: str) -> JsonResponse:
    """What the waiting page asks for: state, entries done and in all, and the sentence to show."""
    state = _state(request, token)
    return JsonResponse(
        {
            "state": state.state,
            "done": state.counts.get("entries", 0),
            "of": state.counts.get("of", 0),
            "words": state_in_words(state),
            "problems": problems_in_words(state),
        }
    )


@require_GET
@may_see_goods
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file, for as long as it is kept. The rights are asked again: they may have been taken away since."""
    state = _state(request, token)
    if not state.ready:
        raise Http404
    rights = Rights.of(request)
    counts = state.counts
    if (counts["money"] and not rights.money) or (counts["stock"] and not rights.stock):
        raise PermissionDenied
    try:
        content = default_storage.open(counts["file"])
    except FileNotFoundError:
        raise Http404 from None
    kind = CONTENT_TYPES[counts["name"].rpartition(".")[2]]
    return FileResponse(content, as_attachment=True, filename=counts["name"], content_type=kind)
