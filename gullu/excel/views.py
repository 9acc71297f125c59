"""The page "Excel ile al / ver": download, fill in, hand in, look at what would change, decide."""

from __future__ import annotations

from functools import wraps
from io import BytesIO
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
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
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gullu.audit.exports import counted
from gullu.errors import DomainError
from gullu.excel.errors import FileRefused
from gullu.excel.keeping import KEEP_DAYS, left_out_of
from gullu.excel.kinds import kind_or_404, kinds
from gullu.excel.pages import RecentFile, preview_page, state_in_words
from gullu.excel.resources import ExcelResource
from gullu.excel.services import (
    Standing,
    decide,
    hand_in,
    recent_files,
    rows_as_handed_in,
    standing_of,
)
from gullu.excel.writing import (
    CSV,
    XLSX,
    explained,
    file_name,
    rules,
    write_csv,
    write_left_out,
    write_template,
    write_workbook,
)
from gullu.models import User
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import P, View, frame, only_for, person
from gullu.storage import FileNotWritten

ACCEPT: Final = ".xlsx,.xlsm,.csv,.txt"
_SALT: Final = "gullu.excel"
_LONGEST_SEARCH: Final = 120


def for_staff(view: View[P]) -> View[P]:
    """Only for staff who may use one of the sheets at least; each kind asks for its own rights."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not any(kind.allows(request) for kind in kinds().values()):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View[P]", only_for()(cast("View[P]", checked)))


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    title = {"title": _("Excel in and out")}
    return frame(request, name, {**title, **context}, status=status)


def _kind(request: HttpRequest, slug: str, *, writing: bool = False) -> type[ExcelResource]:
    kind = kind_or_404(slug)
    if not (kind.allows_writing(request) if writing else kind.allows(request)):
        raise PermissionDenied
    return kind


def _resource(request: HttpRequest, kind: type[ExcelResource]) -> ExcelResource:
    return kind(money=request.user.has_perm(VIEW_MONEY))


def _allowed(request: HttpRequest) -> list[type[ExcelResource]]:
    allowed = [kind for kind in kinds().values() if kind.allows(request)]
    if not allowed:
        raise PermissionDenied
    return allowed


# --- choosing, downloading, handing in ----------------------------------------------------------------------------


@require_GET
@for_staff
def start(request: HttpRequest) -> HttpResponse:
    """What kinds there are, and of the chosen one: download, hand in, and what its columns mean."""
    allowed = _allowed(request)
    wanted = request.GET.get("kind", "")
    chosen = next((kind for kind in allowed if kind.slug == wanted), allowed[0])
    return _start(request, chosen)


def _start(
    request: HttpRequest, chosen: type[ExcelResource], *, problem: str = "", status: int = 200
) -> HttpResponse:
    user = person(request)
    recent = [
        RecentFile.of(run, token_of(run.counts["excel"], user))
        for run in recent_files(user=user)
        if "excel" in run.counts
    ]
    context = {
        "kinds": _allowed(request),
        "kind": chosen,
        "may_write": chosen.allows_writing(request),
        "columns": explained(_resource(request, chosen)),
        "rules": rules(),
        "recent": recent,
        "days": KEEP_DAYS,
        "accept": ACCEPT,
        "problem": problem,
        "search": request.GET.get("q", "")[:_LONGEST_SEARCH],
    }
    return _page(request, "excel/start.html", context, status=status)


@require_GET
@for_staff
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is there, or what a search finds, as a workbook or (`?as=csv`) as CSV."""
    resource = _resource(request, _kind(request, slug))
    found = resource.found(request.GET.get("q", "")[:_LONGEST_SEARCH])
    out = BytesIO()
    as_csv = request.GET.get("as") == "csv"
    rows = (write_csv if as_csv else write_workbook)(out, resource, found)
    return counted(_handed_out(out, file_name(resource, "csv" if as_csv else "xlsx")), rows)


@require_GET
@for_staff
def template(request: HttpRequest, slug: str) -> HttpResponseBase:
    """An empty workbook with the headings, and a sheet that explains them."""
    resource = _resource(request, _kind(request, slug))
    out = BytesIO()
    write_template(out, resource)
    return _handed_out(out, file_name(resource, "xlsx"))


def _handed_out(out: BytesIO, name: str) -> FileResponse:
    out.seek(0)
    kind = CSV if name.endswith(".csv") else XLSX
    return FileResponse(out, as_attachment=True, filename=name, content_type=kind)


@require_http_methods(["GET", "POST"])
@for_staff
def hand_in_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Take a file and show what it would change."""
    if request.method == "GET":
        # The address of a refused file, opened again.
        return HttpResponseRedirect(f"{reverse('excel:start')}?{urlencode({'kind': slug})}")
    kind = _kind(request, slug, writing=True)
    user = person(request)
    try:
        excel = hand_in(kind=kind, upload=request.FILES.get("file"), user=user)
    except (FileRefused, FileNotWritten) as error:
        return _start(request, kind, problem=error.message, status=422)
    return HttpResponseRedirect(reverse("excel:file", args=[token_of(excel, user)]))


# --- one file -----------------------------------------------------------------------------------------------------


def token_of(excel: str, user: User) -> str:
    """What stands in the address of a file: it opens for the person who handed it in alone."""
    return signing.dumps([excel, user.pk], salt=_SALT)


def _standing(request: HttpRequest, token: str) -> tuple[str, Standing]:
    user = person(request)
    try:
        excel, owner = signing.loads(token, salt=_SALT, max_age=KEEP_DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise Http404 from error
    if owner != user.pk:
        raise Http404
    standing = standing_of(excel=excel, user=user)
    if standing.kept is not None:
        # The rights are asked again: they may have been taken away since.
        _kind(request, standing.kept.kind, writing=True)
    return excel, standing


@require_GET
@for_staff
def file(request: HttpRequest, token: str) -> HttpResponse:
    """The file: how far it is, its preview with the decision, or what became of it."""
    _excel, standing = _standing(request, token)
    context: dict[str, Any] = {
        "token": token,
        "standing": standing,
        "stage": standing.stage,
        "kept": standing.kept,
        "kind": kinds()[standing.kept.kind] if standing.kept else None,
        "words": state_in_words(standing),
        "days": KEEP_DAYS,
    }
    if standing.stage in {"PREVIEW", "APPLIED"}:
        try:
            context["page"] = preview_page(standing, request)
        except FileRefused as error:
            context["gone"] = error.message
    return _page(request, "excel/file.html", context)


@require_GET
@for_staff
def progress(request: HttpRequest, token: str) -> JsonResponse:
    """What the page asks for while the worker is busy: stage and sentence."""
    _excel, standing = _standing(request, token)
    return JsonResponse({"stage": standing.stage, "words": state_in_words(standing)})


@require_POST
@for_staff
def decide_file(request: HttpRequest, token: str) -> HttpResponse:
    """Write all of it, or only what is right. Asking twice writes once."""
    excel, _before = _standing(request, token)
    only_valid = request.POST.get("rows") == "valid"
    try:
        decide(
            excel=excel,
            only_valid=only_valid,
            user=person(request),
            shown=request.POST.get("preview", ""),
        )
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("excel:file", args=[token]))


@require_GET
@for_staff
def left_out(request: HttpRequest, token: str) -> HttpResponseBase:
    """The rows that were not taken, each with its reason, as a workbook to be mended and handed in again."""
    _excel, standing = _standing(request, token)
    if standing.kept is None:
        raise Http404
    try:
        rows = left_out_of(standing.kept)
        given = rows_as_handed_in(standing.kept, person(request))
    except FileRefused as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("excel:file", args=[token]))
    out = BytesIO()
    write_left_out(out, given, rows)
    resource = _resource(request, kinds()[standing.kept.kind])
    return _handed_out(out, file_name(resource, "xlsx"))
