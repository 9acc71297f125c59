"""The page "Stok Zekası": what is advised, the numbers behind it, and the purchase list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.advice import pages
from analytics.advice.asked import Asked, Reading, Sort, read
from analytics.advice.behind import behind
from analytics.advice.entry import VariantAdvice
from analytics.advice.groups import Group, groups, packed, sums_of
from analytics.advice.kinds import AdviceKind
from analytics.advice.report import (
    advice_report,
    behind_report,
    colour_orders,
    purchase_figures,
    purchase_report,
    source_words,
)
from analytics.advice.selectors import Advice, give_advice
from analytics.models import PlanningRule
from analytics.reports.answers import excel_answer, pdf_answer
from catalog.models import Variant
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import frame, only_for

VIEW: Final = "analytics.view_variantforecast"

may_see_advice = only_for(VIEW)
"""Only for staff who may see what is expected of a barcode."""


def _money(request: HttpRequest) -> bool:
    return request.user.has_perm(VIEW_MONEY)


@dataclass(frozen=True, slots=True)
class _Found:
    """The question, everything that was advised, the models asked for, and of them what fits."""

    reading: Reading
    given: Advice
    models: list[VariantAdvice]
    groups: list[Group]

    @property
    def asked(self) -> Asked:
        return self.reading.asked


def _find(request: HttpRequest, *, suggested: bool = False) -> _Found:
    """All barcodes are advised on, whatever is shown: the tiles count them all. `suggested`: nothing else fits."""
    reading = read(request.GET)
    given = give_advice()
    rows = reading.asked.models(given.variants)
    found = groups([row for row in rows if row.suggested] if suggested else rows, reading.asked)
    return _Found(reading, given, rows, found)


# --- the list ---------------------------------------------------------------------------------------------------------


@require_GET
@may_see_advice
def start(request: HttpRequest) -> HttpResponse:
    """Tiles, the chart, and the barcodes by model."""
    found = _find(request)
    asked, money = found.asked, _money(request)
    book = Paginator(packed(found.groups), 1)
    page = book.get_page(asked.page)
    shown = page.object_list[0] if page.object_list else []
    context = {
        "title": _("Stock intelligence"),
        **_head(found.reading, found.given),
        "chips": pages.chips(asked),
        "tiles": pages.tiles(found.models, asked, may_see_money=money),
        "chart": pages.chart_of(found.models, asked, may_see_money=money),
        "categories": sorted({row.category for row in found.given.variants if row.category}),
        "kinds": AdviceKind,
        "sorts": Sort,
        "groups": shown,
        "sums": sums_of([row for group in found.groups for row in group.rows]),
        "models": len(found.groups),
        "page": page,
        "any": bool(found.given.variants),
        "may_see_money": money,
        "all_address": pages.page_address(Asked()),
    }
    return frame(request, "advice/page.html", context)


def _head(reading: Reading, given: Advice) -> dict[str, Any]:
    """What every page begins with."""
    return {
        "problems": reading.problems,
        "asked": reading.asked,
        "query": reading.asked.query(),
        "source": source_words(given),
        "run": given.run,
        "address": reverse("advice:start"),
    }


@require_GET
@may_see_advice
def excel(request: HttpRequest) -> HttpResponse:
    """All barcodes that are asked for, as a workbook."""
    found = _find(request)
    report = advice_report(found.groups, found.given, lines=_filters(found.asked), paper=False)
    return excel_answer(report, may_see_money=_money(request))


@require_GET
@may_see_advice
def pdf(request: HttpRequest) -> HttpResponse:
    """The same to print."""
    found = _find(request)
    report = advice_report(found.groups, found.given, lines=_filters(found.asked), paper=True)
    return pdf_answer(report, may_see_money=_money(request))


def _filters(asked: Asked) -> list[str]:
    """What was asked for, in words."""
    named = (
        (_("Advice"), asked.kind and asked.kind.label),
        (_("Days of cover"), asked.cover and asked.cover.label),
        (_("Model"), asked.model),
        (_("Category"), asked.category),
    )
    lines = [f"{name}: {value}" for name, value in named if value]
    return [*lines, _("Only with a suggestion")] if asked.suggested else lines


# --- one model, one barcode -------------------------------------------------------------------------------------------


@require_GET
@may_see_advice
def model(request: HttpRequest, product_id: int) -> HttpResponse:
    """The sizes and colours of a model, and what is said of each."""
    reading, given = read(request.GET), give_advice(products=[product_id])
    if not given.variants:
        raise Http404
    first = given.variants[0]
    context = {
        "title": f"{first.model_code} {first.title}",
        **_head(reading, given),
        "first": first,
        "rule": first.judged.rule,
        "grid": pages.grid_of(given.variants),
        "advised": [row for row in given.variants if row.kinds],
        "sums": sums_of(given.variants),
        "may_see_money": _money(request),
        **_links(request, first),
    }
    return frame(request, "advice/model.html", context)


@require_GET
@may_see_advice
def variant(request: HttpRequest, variant_id: int) -> HttpResponse:
    """Every number behind the advice on a barcode."""
    row, given = _advised(variant_id)
    money = _money(request)
    context = {
        "title": f"{row.model_code} {row.colour} {row.size}",
        **_head(read(request.GET), given),
        "row": row,
        "first": row,
        "parts": behind(row, may_see_money=money),
        "sales_address": pages.sales_address(row, given.today)
        if request.user.has_perm("analytics.view_saleline")
        else "",
        **_links(request, row),
    }
    return frame(request, "advice/variant.html", context)


@require_GET
@may_see_advice
def variant_excel(request: HttpRequest, variant_id: int) -> HttpResponse:
    """The numbers behind the advice on a barcode as a workbook."""
    money = _money(request)
    row, given = _advised(variant_id)
    return excel_answer(
        behind_report(row, behind(row, may_see_money=money), given=given), may_see_money=money
    )


@require_GET
@may_see_advice
def variant_pdf(request: HttpRequest, variant_id: int) -> HttpResponse:
    """The numbers behind the advice on a barcode on paper."""
    money = _money(request)
    row, given = _advised(variant_id)
    return pdf_answer(behind_report(row, behind(row, may_see_money=money), given=given), may_see_money=money)


def _advised(variant_id: int) -> tuple[VariantAdvice, Advice]:
    product = Variant.objects.filter(pk=variant_id).values_list("product_id", flat=True).first()
    given = give_advice(products=[product]) if product else None
    row = next((one for one in given.variants if one.variant_id == variant_id), None) if given else None
    if given is None or row is None:
        raise Http404
    return row, given


def _links(request: HttpRequest, row: VariantAdvice) -> dict[str, Any]:
    """Where to go on from a model; one statement."""
    rules = dict(PlanningRule.objects.values_list("product_id", "pk"))
    own = rules.get(row.product_id)
    return {
        "rule_address": pages.rule_address(request, row.product_id, own),
        "has_own_rule": own is not None,
        "forecast_address": _forecast_address(request, row.product_id),
    }


def _forecast_address(request: HttpRequest, product_id: int) -> str:
    may = request.user.has_perm("analytics.view_modelforecast")
    return reverse("forecasts:model", args=[product_id]) if may else ""


# --- the purchase list ------------------------------------------------------------------------------------------------


@require_GET
@may_see_advice
def purchase(request: HttpRequest) -> HttpResponse:
    """What to order of the models that are chosen, of all that are asked for without a choice."""
    found = _find(request, suggested=True)
    money = _money(request)
    rows = [row for group in found.groups for row in group.rows]
    sums = sums_of(rows)
    context = {
        "title": _("Purchase and production list"),
        **_head(found.reading, found.given),
        "filters": _filters(found.asked),
        "figures": purchase_figures(sums, models=len(found.groups), may_see_money=money),
        "colours": colour_orders(found.groups),
        "sums": sums,
        "back": pages.page_address(found.asked, products=()),
        "production_address": _production_address(request, found.groups),
        "may_see_money": money,
    }
    return frame(request, "advice/purchase.html", context)


@require_GET
@may_see_advice
def purchase_excel(request: HttpRequest) -> HttpResponse:
    """The list as a workbook: by colour and by barcode."""
    return excel_answer(_purchase_report(request, paper=False), may_see_money=_money(request))


@require_GET
@may_see_advice
def purchase_pdf(request: HttpRequest) -> HttpResponse:
    """The list to print."""
    return pdf_answer(_purchase_report(request, paper=True), may_see_money=_money(request))


def _purchase_report(request: HttpRequest, *, paper: bool) -> Any:
    found = _find(request, suggested=True)
    lines, money = _filters(found.asked), _money(request)
    return purchase_report(found.groups, found.given, lines=lines, paper=paper, may_see_money=money)


def _production_address(request: HttpRequest, found: Sequence[Group]) -> str:
    """A new plan of production of what is listed; empty for who may not make one."""
    if not found or not request.user.has_perm("analytics.add_productionplan"):
        return ""
    return pages.production_address(found)
