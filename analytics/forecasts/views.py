"""The page "Tahminler": what will be sold, how sure that is, and the button that forecasts anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from analytics.forecasts import accuracy, listing, pages
from analytics.forecasts.accuracy import Outcome
from analytics.forecasts.report import list_report, model_report
from analytics.forecasts.runs import Progress, running
from analytics.forecasts.selectors import failed_groups, latest_failure, latest_run
from analytics.forecasts.services import start_run
from analytics.models import ForecastRun
from analytics.reports.answers import excel_answer, pdf_answer
from analytics.reports.report import Report
from catalog.models import Product
from gullu.models import JobRun
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import frame, only_for, person

VIEW: Final = "analytics.view_modelforecast"
START: Final = "analytics.add_forecastrun"
ROWS_PER_PAGE: Final = 50
# Made in the night of every day: one that knows less missed a night.
OLD_DAYS: Final = 2

may_see = only_for(VIEW)
"""Only for staff who may see the forecasts."""


# --- the list ---------------------------------------------------------------------------------------------------------


@require_GET
@may_see
def start(request: HttpRequest) -> HttpResponse:
    """All models with what is expected of them, and how far forecasts were right."""
    asked = listing.read(request.GET)
    run = latest_run()
    context = {"title": _("Forecasts"), "asked": asked, **_head(request, run)}
    if run:
        found = listing.rows(run, asked)
        page = Paginator(found, ROWS_PER_PAGE).get_page(asked.page)
        past = accuracy.outcomes()
        context |= {
            "page": page,
            "rows": _with_past(list(page.object_list), past),
            **_sums(listing.sums(found)),
            "past_lines": [pages.past_line(origin) for origin in accuracy.origins(past)],
            "fallen": failed_groups(run),
            "query": asked.query(),
        }
    return frame(request, "forecasts/list.html", context)


def _sums(sums: listing.Sums) -> dict[str, Any]:
    return {
        "sums": sums,
        "error": pages.percent_words(sums.wape),
        "average_error": pages.percent_words(sums.average_wape),
    }


def _with_past(rows: list[Any], past: list[Outcome]) -> list[pages.ModelRow]:
    """Each model beside what the newest run that is over said of it."""
    newest = past[0].last_day if past else None
    said = {one.product_id: one for one in past if one.last_day == newest}
    return [pages.model_row(row, said.get(row.product_id)) for row in rows]


def _head(request: HttpRequest, run: ForecastRun | None) -> dict[str, Any]:
    """What both pages begin with: which run counts, the one under way, and why the last one failed."""
    now = running()
    return {
        "run": run,
        "old": run is not None and (timezone.localdate() - run.last_day).days > OLD_DAYS,
        "progress": now,
        "progress_words": progress_words(now),
        "failure": latest_failure(run),
        "may_start": request.user.has_perm(START),
        "orders": listing.Order,
    }


def _list_report(request: HttpRequest) -> Report:
    run = latest_run()
    if run is None:
        raise Http404
    asked = listing.read(request.GET)
    found = listing.rows(run, asked)
    rows = [pages.model_row(row) for row in found]
    past = [pages.past_line(origin) for origin in accuracy.origins(accuracy.outcomes())]
    return list_report(run, asked, listing.sums(found), rows=rows, past=past)


@require_GET
@may_see
def excel(request: HttpRequest) -> HttpResponse:
    """All models of the question as a workbook."""
    return excel_answer(_list_report(request), may_see_money=request.user.has_perm(VIEW_MONEY))


@require_GET
@may_see
def pdf(request: HttpRequest) -> HttpResponse:
    """All models of the question on paper."""
    return pdf_answer(_list_report(request), may_see_money=request.user.has_perm(VIEW_MONEY))


# --- one model --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Model:
    """All a page or a report says of one model. `row` is None where it has no forecast."""

    product: Product
    run: ForecastRun | None
    row: pages.ModelRow | None
    curve: pages.Curve
    barcodes: list[pages.BarcodeRow]
    past: list[Outcome]


def _model(product_id: int) -> _Model:
    product = get_object_or_404(Product, pk=product_id)
    run = latest_run()
    said = listing.rows(run, listing.Asked()).filter(product=product).select_related("run") if run else None
    forecast = said.first() if said is not None else None
    last = _last_day(run)
    first = last - timedelta(days=7 * pages.WEEKS_SHOWN - 1)
    sold = pages.sold_by_day(product.pk, first=first, last=last)
    return _Model(
        product,
        run,
        pages.model_row(forecast) if forecast else None,
        pages.curve_of(forecast, sold, first=first, last=last),
        pages.barcode_rows(product.pk, run),
        accuracy.outcomes(product_id=product.pk),
    )


def _last_day(run: ForecastRun | None) -> date:
    """Yesterday; also after it there are sales beside a forecast that is some days old."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return max(run.last_day, yesterday) if run else yesterday


@require_GET
@may_see
def model(request: HttpRequest, product_id: int) -> HttpResponse:
    """What was sold of a model and what will be, its barcodes, and how far earlier forecasts were right."""
    found = _model(product_id)
    context = {
        "title": _("Forecast: %(model)s") % {"model": found.product},
        "found": found,
        "chart": pages.chart_of(found.curve),
        "days": found.curve.rows(),
        "sales_address": _sales_address(request, found),
        "any": any(found.curve.sold) or found.row is not None,
        **_head(request, found.run),
    }
    return frame(request, "forecasts/model.html", context)


def _sales_address(request: HttpRequest, found: _Model) -> str:
    """The order lines behind the curve, for who may see them."""
    if not request.user.has_perm("analytics.view_saleline"):
        return ""
    span = {"from": found.curve.days[0].isoformat(), "to": found.curve.last_sold.isoformat()}
    query = urlencode({**span, "in_model": found.product.code})
    return f"{reverse('sales:lines')}?{query}"


def _report_of(product_id: int) -> Report:
    found = _model(product_id)
    if found.run is None or found.row is None:
        raise Http404
    return model_report(
        found.product, found.run, found.row, curve=found.curve, barcodes=found.barcodes, past=found.past
    )


@require_GET
@may_see
def model_excel(request: HttpRequest, product_id: int) -> HttpResponse:
    """The page of a model as a workbook."""
    return excel_answer(_report_of(product_id), may_see_money=request.user.has_perm(VIEW_MONEY))


@require_GET
@may_see
def model_pdf(request: HttpRequest, product_id: int) -> HttpResponse:
    """The page of a model on paper."""
    return pdf_answer(_report_of(product_id), may_see_money=request.user.has_perm(VIEW_MONEY))


# --- a run ------------------------------------------------------------------------------------------------------------


@require_POST
@only_for(VIEW, START)
def begin(request: HttpRequest) -> HttpResponseBase:
    """Forecast anew. Pressing twice is harmless: the second finds the first one's run."""
    started = start_run(trigger=JobRun.Trigger.STAFF, actor=person(request))
    if not started.created:
        messages.info(request, _("A forecast is being made already."))
    return HttpResponseRedirect(reverse("forecasts:start"))


@require_GET
@may_see
def progress(_request: HttpRequest) -> JsonResponse:
    """How far the run under way is; its state is OVER when none is."""
    now = running()
    return JsonResponse(
        {
            "state": "RUNNING" if now else "OVER",
            "done": now.done if now else 0,
            "of": now.of if now else 0,
            "words": progress_words(now),
        }
    )


def progress_words(now: Progress | None) -> str:
    """The sentence beside the bar."""
    if now is None:
        return ""
    if not now.of:
        return _("The forecast waits for a worker to read the sales.")
    if now.done == now.of:
        return _("All models are studied; the forecast is being written.")
    return _("%(done)s of %(of)s models and categories are studied.") % {"done": now.done, "of": now.of}
