"""The pages of profit: figures, the lines behind each, one line reckoned out, and what is missing to know more."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.enums import Missing
from analytics.models import ProfitLine, ProfitState
from analytics.profit import missing as missing_page
from analytics.profit import pages, reports, selectors
from analytics.profit import simulator_page as simulator_of
from analytics.profit.asked import Asked, Reading, Sort, Which, read
from analytics.profit.explained import explain
from analytics.profit.figures import TIMES, figures_of
from analytics.profit.lines import listed, newest_first
from analytics.profit.parts import DEDUCTIONS, TILES
from analytics.profit.selectors import ProfitBy
from analytics.reports.answers import excel_answer, pdf_answer
from analytics.reports.report import Report
from analytics.sales.asked import TEXTS
from analytics.sales.chart import MOST_BARS
from analytics.sales.periods import Preset
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import frame, only_for

VIEW: Final = "analytics.view_profitline"
LINES_PER_PAGE: Final = 50

may_see_profit = only_for(VIEW, VIEW_MONEY)
"""Only for staff who may see profits; every figure here is an amount."""


def _read(request: HttpRequest) -> Reading:
    return read(request.GET, today=timezone.localdate())


@require_GET
@may_see_profit
def start(request: HttpRequest) -> HttpResponse:
    """What was earned, from the net sale down to the profit, and per group."""
    reading = _read(request)
    asked = reading.asked
    figures = figures_of(asked)
    whole, groups = figures.wholes.now, figures.groups
    context = {
        "title": _("Profit analysis"),
        **_head(reading),
        "form": _form(asked),
        "tiles": pages.tiles(asked, figures.wholes),
        "whole": whole,
        "waterfall": pages.waterfall_of(asked, whole),
        "steps": [
            (step, pages.lines_address(asked, step.which) if step.value else "")
            for step in pages.steps_of(whole)
        ],
        "chart": pages.chart_of(asked, groups.bars),
        "more_bars": groups.count > MOST_BARS and asked.by not in TIMES,
        "most_bars": MOST_BARS,
        "table": pages.table_of(asked, groups, whole),
        "losses": groups.losses,
        "losses_first": pages.losses_first(asked),
        "missing_address": f"{reverse('profit:missing')}?{asked.query()}",
        "query": asked.query(),
    }
    return frame(request, "profit/page.html", context)


def _head(reading: Reading) -> dict[str, Any]:
    """What each page begins with: sentences about the address, how fresh the figures are, and what narrows them."""
    asked = reading.asked
    return {
        "asked": asked,
        "problems": reading.problems,
        "state": ProfitState.objects.first(),
        "chips": pages.chips_of(asked),
        "address": reverse("profit:start"),
    }


def _form(asked: Asked) -> dict[str, Any]:
    """The choices, and what comes from clicks and must survive another choice."""
    sold = asked.sold
    return {
        "presets": [
            (one, pages.page_address(asked, **{"period": one.value, "from": None, "to": None}))
            for one in Preset
            if one != Preset.FREE
        ],
        "groups": ProfitBy,
        "sorts": Sort,
        "texts": {name: sold.texts.get(name, "") for name in TEXTS},
        "hidden": [
            *((f"in_{dimension.value.lower()}", key) for dimension, key in sold.only),
            *((f"not_{dimension.value.lower()}", key) for dimension, keys in sold.without for key in keys),
            *([("order", asked.order)] if asked.order else []),
        ],
    }


@require_GET
@may_see_profit
def excel(request: HttpRequest) -> HttpResponse:
    """The figures and all groups as a workbook."""
    return excel_answer(reports.figures_report(_read(request).asked), may_see_money=True)


@require_GET
@may_see_profit
def pdf(request: HttpRequest) -> HttpResponse:
    """The figures, both charts and all groups on paper; of orders, as many as anybody reads there."""
    report = reports.figures_report(_read(request).asked, most_orders=reports.PAPER_LINES)
    return pdf_answer(report, may_see_money=True)


# --- lines ----------------------------------------------------------------------------------------------------------


@require_GET
@may_see_profit
def lines(request: HttpRequest) -> HttpResponse:
    """The sold lines behind a number, each with all its parts."""
    reading = _read(request)
    asked = reading.asked
    page = Paginator(newest_first(asked.behind()), LINES_PER_PAGE).get_page(asked.page)
    shown = selectors.totals(asked.behind())
    chosen = {"missing": asked.missing.value if asked.missing else None}
    context = {
        "title": _("Profit analysis"),
        **_head(reading),
        "page": page,
        "rows": listed(page.object_list),
        "deductions": DEDUCTIONS,
        "figures": [(figure.name, figure.words(shown)) for figure in TILES],
        "whiches": [(which, pages.lines_address(asked, which)) for which in Which],
        "missing": asked.missing,
        "may_open_orders": request.user.has_perm("orders.view_order"),
        "query": asked.query(which=asked.which.value, **chosen),
        "back": pages.page_address(asked),
    }
    return frame(request, "profit/lines.html", context)


@require_GET
@may_see_profit
def lines_excel(request: HttpRequest) -> HttpResponse:
    """Every line behind a number as a workbook."""
    return excel_answer(reports.lines_report(_read(request).asked), may_see_money=True)


@require_GET
@may_see_profit
def lines_pdf(request: HttpRequest) -> HttpResponse:
    """The lines behind a number on paper."""
    return pdf_answer(
        reports.lines_report(_read(request).asked, most=reports.PAPER_LINES), may_see_money=True
    )


@require_GET
@may_see_profit
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """The profit of one line reckoned out: each part, and where its number comes from."""
    row = _line(pk)
    explained = explain(row)
    context = {
        "title": _("Profit of a line"),
        "row": row,
        "explained": explained,
        "missing_names": [str(Missing(code).label) for code in row.missing],
        "may_open_orders": request.user.has_perm("orders.view_order"),
        "order_lines": f"{reverse('profit:lines')}?{explained.order_query}",
    }
    return frame(request, "profit/line.html", context)


@require_GET
@may_see_profit
def line_excel(_request: HttpRequest, pk: int) -> HttpResponse:
    """One line reckoned out as a workbook."""
    row = _line(pk)
    return excel_answer(reports.line_report(row, explain(row)), may_see_money=True)


@require_GET
@may_see_profit
def line_pdf(_request: HttpRequest, pk: int) -> HttpResponse:
    """One line reckoned out on paper."""
    row = _line(pk)
    return pdf_answer(reports.line_report(row, explain(row)), may_see_money=True)


def _line(pk: int) -> ProfitLine:
    return get_object_or_404(ProfitLine.objects.select_related("line"), pk=pk)


# --- what is missing ------------------------------------------------------------------------------------------------


@require_GET
@may_see_profit
def missing(request: HttpRequest) -> HttpResponse:
    """What keeps lines from having a profit, and where it is entered."""
    reading = _read(request)
    asked = reading.asked
    groups = missing_page.missing_of(asked, request.user)
    whole = selectors.totals(asked.rows())
    context = {
        "title": _("Missing costs"),
        **_head(reading),
        "address": reverse("profit:missing"),
        "form": {**_form(asked), "presets": missing_page.presets(asked)},
        "kinds": missing_page.by_kind(asked, groups),
        "whole": whole,
        "unknown": pages.lines_address(asked, Which.INCOMPLETE),
        "query": asked.query(),
        "back": pages.page_address(asked),
    }
    return frame(request, "profit/missing.html", context)


@require_GET
@may_see_profit
def missing_excel(request: HttpRequest) -> HttpResponse:
    """What is missing as a workbook: a list to work through."""
    return excel_answer(reports.missing_report(_read(request).asked), may_see_money=True)


@require_GET
@may_see_profit
def missing_pdf(request: HttpRequest) -> HttpResponse:
    """What is missing on paper."""
    return pdf_answer(reports.missing_report(_read(request).asked), may_see_money=True)


# --- the price simulator --------------------------------------------------------------------------------------------


def _bench(request: HttpRequest) -> simulator_of.Bench:
    return simulator_of.read(request.GET, today=timezone.localdate())


@require_GET
@may_see_profit
def simulator(request: HttpRequest) -> HttpResponse:
    """What a pair earns at a price: begun with a model's real figures, every one of which can be changed."""
    bench = _bench(request)
    trial = bench.trial()
    answer = simulator_of.answer(trial) if trial else None
    context = {
        "title": _("Price simulator"),
        "bench": bench,
        "problems": bench.problems,
        "sections": simulator_of.sections(bench),
        "models": simulator_of.models(),
        "campaigns": simulator_of.campaigns(timezone.localdate()),
        "answer": answer,
        "waterfall": answer.waterfall if answer else None,
        "query": simulator_of.query_of(bench),
        "address": reverse("profit:simulator"),
    }
    return frame(request, "profit/simulator.html", context)


def _simulated(request: HttpRequest) -> Report:
    """The report of a trial. Raises `Http404` for an address that holds none."""
    bench = _bench(request)
    trial = bench.trial()
    if trial is None:
        raise Http404
    return reports.simulator_report(bench, trial)


@require_GET
@may_see_profit
def simulator_excel(request: HttpRequest) -> HttpResponse:
    """A trial as a workbook."""
    return excel_answer(_simulated(request), may_see_money=True)


@require_GET
@may_see_profit
def simulator_pdf(request: HttpRequest) -> HttpResponse:
    """A trial on paper."""
    return pdf_answer(_simulated(request), may_see_money=True)
