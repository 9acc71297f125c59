"""Pages for printing labels: choose, look at exactly what will be printed, print.

Every view asks for the right to print and for the right to see the rows on the labels.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gullu.errors import DomainError
from gullu.labels.calibration import calibration_page
from gullu.labels.forms import LabelTemplateForm, RunForm, StartForm, resolve
from gullu.labels.geometry import DEFAULT_DPI
from gullu.labels.kinds import LabelField, LabelKind
from gullu.labels.paper import Page, Shift
from gullu.labels.pdf import pdf_bytes
from gullu.labels.png import png_bytes
from gullu.labels.printing import (
    CONTENT_TYPES,
    Job,
    check_job,
    job_of,
    page_of,
    render_one,
    require_printable,
    sample_page,
    stream,
)
from gullu.labels.records import LabelPrinter, LabelRun, LabelTemplate
from gullu.labels.services import default_template, ensure_default_templates, last_choice, start_run
from gullu.labels.sources import SOURCES, Source
from gullu.labels.zpl import zpl_page
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import frame, only_for, person

PRINT = "gullu.view_labeltemplate"
EDIT = "gullu.change_labeltemplate"
SLUGS = {kind.value.lower().replace("_", "-"): kind for kind in LabelKind}

SINGLE_OUTPUTS = frozenset({"pdf", "png", "zpl"})
RUN_OUTPUTS = frozenset({"pdf", "zip", "zpl"})

may_print = only_for(PRINT, staff=False)
"""Only for signed-in people with the right to print labels."""


def _kind(slug: str) -> LabelKind:
    if slug not in SLUGS:
        raise Http404
    return SLUGS[slug]


def _require_output(output: str, known: frozenset[str]) -> None:
    if output not in known:
        raise Http404


def _slug(kind: str) -> str:
    return kind.lower().replace("_", "-")


def _source(request: HttpRequest, kind: str) -> Source:
    source = SOURCES[kind]
    if not request.user.has_perm(source.permission):
        raise PermissionDenied
    return source


def _require_price_right(request: HttpRequest, template: LabelTemplate) -> None:
    if LabelField.PRICE in template.shown and not request.user.has_perm(VIEW_MONEY):
        raise PermissionDenied


def _refusal(error: DomainError) -> HttpResponse:
    return HttpResponse(error.message, status=409, content_type="text/plain; charset=utf-8")


@require_GET
@may_print
def home(request: HttpRequest) -> HttpResponse:
    """The kinds of labels this person may print."""
    allowed = [kind for kind in LabelKind if request.user.has_perm(SOURCES[kind].permission)]
    context = {
        "title": _("Labels"),
        "kinds": [(_slug(kind), kind.label) for kind in allowed],
        "printers": LabelPrinter.objects.order_by("name"),
    }
    return frame(request, "labels/home.html", context)


@require_http_methods(["GET", "POST"])
@may_print
def start(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Choose what to print and on which paper."""
    kind = _kind(slug)
    source = _source(request, kind)
    ensure_default_templates()
    form = StartForm(request.POST or None, kind=kind, initial=_last(request, kind))
    if form.is_valid():
        try:
            return _begin(request, form, source)
        except DomainError as error:
            form.add_error(None, error.message)
    status = 422 if form.is_bound else 200
    return frame(
        request, "labels/start.html", {"title": kind.label, "form": form, "slug": slug}, status=status
    )


def _last(request: HttpRequest, kind: str) -> dict[str, Any]:
    choice = last_choice(user=person(request), kind=kind)
    return {"template": choice.template, "printer": choice.printer, "codes": request.GET.get("codes", "")}


def _begin(request: HttpRequest, form: StartForm, source: Source) -> HttpResponse:
    data = form.cleaned_data
    items = resolve(data["codes"], source.named, copies=data["copies"])
    run = start_run(
        template=data["template"],
        items=items,
        user=person(request),
        printer=data["printer"],
        first_cell=data["first"] - 1,
    )
    return redirect("labels:run", pk=run.pk)


def _run(request: HttpRequest, pk: int) -> tuple[LabelRun, Job]:
    run = get_object_or_404(LabelRun.objects.select_related("template", "printer"), pk=pk)
    source = _source(request, run.kind)
    _require_price_right(request, run.template)
    return run, job_of(run, build=source.build, ready_zpl=source.ready_zpl)


@require_http_methods(["GET", "POST"])
@may_print
def run(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The preview, the check, and the files. Another paper makes another print of the same labels."""
    row, job = _run(request, pk)
    initial = {"template": row.template, "printer": row.printer, "first": row.first_cell + 1}
    form = RunForm(request.POST or None, kind=row.kind, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        changed = start_run(
            template=data["template"],
            items=list(job.items),
            user=person(request),
            printer=data["printer"],
            first_cell=data["first"] - 1,
        )
        return redirect("labels:run", pk=changed.pk)
    pages = job.design.paper.pages_for(job.labels, first_cell=job.first_cell)
    context = {
        "title": LabelKind(row.kind).label,
        "run": row,
        "form": form,
        "slug": _slug(row.kind),
        "labels": job.labels,
        "pages": pages,
        "count_known": row.kind != LabelKind.SLIP,
    }
    return frame(request, "labels/run.html", context)


@require_GET
@may_print
def run_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One page of the print as a picture, at the dots of the printer."""
    _row, job = _run(request, pk)
    try:
        page = page_of(job, number)
    except DomainError as error:
        return _refusal(error)
    if page is None:
        raise Http404
    return HttpResponse(png_bytes(page, dpi=job.design.dpi), content_type="image/png")


@require_GET
@may_print
def run_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The check before printing, for the page to show."""
    _row, job = _run(request, pk)
    check = check_job(job)
    refused = [{"label": label, "sentence": sentence} for label, sentence in check.refused]
    return JsonResponse(
        {"labels": check.labels, "pages": check.pages, "refused": refused, "notes": list(check.notes)}
    )


@require_GET
@may_print
def run_file(request: HttpRequest, pk: int, output: str) -> HttpResponseBase:
    """The file, checked first and then streamed. `X-Label-Pages` lets the page show how far it is."""
    _require_output(output, RUN_OUTPUTS)
    row, job = _run(request, pk)
    try:
        check = require_printable(job)
    except DomainError as error:
        return _refusal(error)
    name = f"{_slug(row.kind)}-{row.pk}.{output}"
    return _file(stream(job, output, title=name), name=name, output=output, pages=check.pages)


def _file(chunks: Iterable[bytes], *, name: str, output: str, pages: int = 1) -> HttpResponseBase:
    disposition = "inline" if output in {"pdf", "png"} else "attachment"
    return StreamingHttpResponse(
        chunks,
        content_type=CONTENT_TYPES[output],
        headers={"Content-Disposition": f'{disposition}; filename="{name}"', "X-Label-Pages": str(pages)},
    )


@require_GET
@may_print
def single(request: HttpRequest, slug: str, key: int, output: str) -> HttpResponseBase:
    """One label on its default paper at once: what the scan pages print."""
    _require_output(output, SINGLE_OUTPUTS)
    kind = _kind(slug)
    source = _source(request, kind)
    try:
        _require_price_right(request, default_template(kind))
        data = render_one(kind, key, output=output, build=source.build, ready_zpl=source.ready_zpl)
    except DomainError as error:
        return _refusal(error)
    return _file([data], name=f"{slug}-{key}.{output}", output=output)


@require_GET
@may_print
def calibration(request: HttpRequest, template: int, output: str) -> HttpResponseBase:
    """The calibration sheet of a paper, for the printer in `?printer=`."""
    _require_output(output, SINGLE_OUTPUTS)
    row = get_object_or_404(LabelTemplate, pk=template)
    asked = request.GET.get("printer", "")
    printer = get_object_or_404(LabelPrinter, pk=asked) if asked.isdecimal() else None
    dpi, shift = (printer.dpi, printer.shift) if printer else (DEFAULT_DPI, Shift())
    page = calibration_page(row.paper, dpi=dpi, shift=shift)
    name = f"calibration-{row.pk}.{output}"
    return _file([_page_bytes(page, output, dpi=dpi, title=name)], name=name, output=output)


def _page_bytes(page: Page, output: str, *, dpi: int, title: str) -> bytes:
    if output == "pdf":
        return pdf_bytes([page], title=title)
    return png_bytes(page, dpi=dpi) if output == "png" else zpl_page(page, dpi=dpi).encode()


@require_GET
@may_print
def template_preview(request: HttpRequest) -> HttpResponse:
    """A sample page of a template as it stands in the form, saved or not."""
    if not request.user.has_perm(EDIT):
        raise PermissionDenied
    key = request.GET.get("pk", "")
    instance = LabelTemplate.objects.filter(pk=key).first() if key.isdecimal() else None
    form = LabelTemplateForm(request.GET, instance=instance)
    if not form.is_valid():
        return HttpResponse(_first_error(form), status=422, content_type="text/plain; charset=utf-8")
    template: LabelTemplate = form.instance
    try:
        page = sample_page(SOURCES[template.kind].sample(template.design()), template.paper)
    except DomainError as error:
        return _refusal(error)
    if page is None:
        raise Http404
    return HttpResponse(png_bytes(page, dpi=DEFAULT_DPI), content_type="image/png")


def _first_error(form: LabelTemplateForm) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])
