"""The page "Satış Analizi", the lines behind each of its numbers, and both as Excel and on paper."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.models import FactState
from analytics.reports.answers import excel_answer, file_answer, pdf_answer
from analytics.sales import pages, selectors
from analytics.sales.asked import TEXTS, Asked, Reading, read
from analytics.sales.chart import MOST_BARS
from analytics.sales.dimensions import CLOCK, TO_CHOOSE, labels_of
from analytics.sales.figures import figures_of
from analytics.sales.measures import What
from analytics.sales.periods import Preset
from analytics.sales.report import figures_report, lines_report
from analytics.sales.workbook import lines_workbook
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import frame, only_for

VIEW: Final = "analytics.view_saleline"
LINES_PER_PAGE: Final = 50

may_see_sales = only_for(VIEW)
"""Only for staff who may see the figures of sales."""


def _money(request: HttpRequest) -> bool:
    return request.user.has_perm(VIEW_MONEY)


def _read(request: HttpRequest) -> Reading:
    return read(request.GET, today=timezone.localdate(), may_see_money=_money(request))


@require_GET
@may_see_sales
def start(request: HttpRequest) -> HttpResponse:
    """Figures by one or two dimensions, compared, drawn and listed."""
    reading = _read(request)
    asked = reading.asked
    measures = pages.measures_for(may_see_money=_money(request))
    figures = figures_of(asked)
    whole = figures.whole
    found = pages.grouped(asked, figures)
    context = {
        "title": _("Sales analysis"),
        **_head(reading),
        "form": _form(asked, measures),
        "tiles": pages.tiles(asked, figures, measures),
        "whole": whole,
        "chart": pages.chart_of(asked, found),
        "more_bars": len(found.ordered) > MOST_BARS and asked.rows not in CLOCK,
        "most_bars": MOST_BARS,
        "table": pages.table_of(asked, found, whole, measures),
        "asked": asked,
        "query": asked.query(),
        "any": bool(whole.sold or whole.cancelled),
        **pages.below(asked, figures),
    }
    return _page(request, "sales/page.html", context)


def _head(reading: Reading) -> dict[str, Any]:
    """What both pages begin with: sentences about the address, how fresh the figures are, and what narrows them."""
    asked = reading.asked
    return {
        "problems": reading.problems,
        "state": FactState.objects.first(),
        "chips": [
            {
                "name": dimension.label,
                "value": labels_of(dimension, [key])[key],
                "off": pages.page_address(asked.without_only(dimension)),
            }
            for dimension, key in asked.only
        ],
        "left_out": [
            {
                "name": dimension.label,
                "values": ", ".join(labels_of(dimension, keys).values()),
                "off": pages.page_address(asked.without_left_out()),
            }
            for dimension, keys in asked.without
        ],
    }


def _form(asked: Asked, measures: tuple[Any, ...]) -> dict[str, Any]:
    """The choices, and what comes from clicks and must survive another choice."""
    return {
        "presets": [
            (one, pages.page_address(asked, **{"period": one.value, "from": None, "to": None}))
            for one in Preset
            if one != Preset.FREE
        ],
        "dimensions": TO_CHOOSE,
        "measures": measures,
        "texts": {name: asked.texts.get(name, "") for name in TEXTS},
        "hidden": [
            *((f"in_{dimension.value.lower()}", key) for dimension, key in asked.only),
            *((f"not_{dimension.value.lower()}", key) for dimension, keys in asked.without for key in keys),
        ],
    }


@require_GET
@may_see_sales
def lines(request: HttpRequest) -> HttpResponse:
    """The order lines behind a number, with the same figures at the head."""
    reading = _read(request)
    asked = reading.asked
    measures = pages.measures_for(may_see_money=_money(request))
    page = Paginator(selectors.newest_first(asked.behind()), LINES_PER_PAGE).get_page(asked.page)
    whole = selectors.totals(asked.source())
    context = {
        "title": _("Sales analysis"),
        **_head(reading),
        "asked": asked,
        "figures": [(measure.label, pages.cell_of(asked, measure, whole).words) for measure in measures],
        "whole": whole,
        "page": page,
        "may_see_money": _money(request),
        "may_open_orders": request.user.has_perm("orders.view_order"),
        "whats": [(what, pages.lines_address(asked, what)) for what in What],
        "query": asked.query(what=asked.what.value),
        "back": pages.page_address(asked),
    }
    return _page(request, "sales/lines.html", context)


@require_GET
@may_see_sales
def excel(request: HttpRequest) -> HttpResponse:
    """The figures, all rows of the table and the tables below it as a workbook."""
    may_see_money = _money(request)
    report = figures_report(_read(request).asked, may_see_money=may_see_money)
    return excel_answer(report, may_see_money=may_see_money)


@require_GET
@may_see_sales
def lines_excel(request: HttpRequest) -> HttpResponse:
    """All lines behind a number as a workbook."""
    content = lines_workbook(_read(request).asked, may_see_money=_money(request))
    return file_answer(content, name=_("sales-lines"), ending="xlsx")


@require_GET
@may_see_sales
def pdf(request: HttpRequest) -> HttpResponse:
    """Figures, chart and all rows of the table on paper."""
    may_see_money = _money(request)
    report = figures_report(_read(request).asked, may_see_money=may_see_money)
    return pdf_answer(report, may_see_money=may_see_money)


@require_GET
@may_see_sales
def lines_pdf(request: HttpRequest) -> HttpResponse:
    """The lines behind a number on paper."""
    may_see_money = _money(request)
    report = lines_report(_read(request).asked, may_see_money=may_see_money)
    return pdf_answer(report, may_see_money=may_see_money)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return frame(request, name, {"address": reverse("sales:start"), **context})
