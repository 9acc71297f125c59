"""The page "Yazılı İçgörüler": ask, see how far it is, and read the answer with the figures it stands on."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from analytics.insights import config, selectors
from analytics.insights.answer_text import blocks
from analytics.insights.errors import InsightRefused
from analytics.insights.report import answer_report
from analytics.insights.selectors import Progress
from analytics.insights.services import MOST_LETTERS, ask_question
from analytics.insights.tables import table_of
from analytics.models import Insight
from analytics.reports.answers import excel_answer, pdf_answer
from analytics.reports.report import Report
from gullu.roles import VIEW_MONEY
from gullu.staff_pages import frame, only_for, person

VIEW: Final = "analytics.view_insight"
ASK: Final = "analytics.add_insight"
PER_PAGE: Final = 20
EXAMPLES: Final = (
    gettext_lazy("Which models lost money last month, and why?"),
    gettext_lazy("How were the last 7 days compared with the 7 days before?"),
    gettext_lazy("Why were shoes returned in the last 90 days?"),
    gettext_lazy("What should we make this week, and in which sizes?"),
    gettext_lazy("Which models lie in stock and do not sell?"),
)

may_read = only_for(VIEW, VIEW_MONEY)
"""Only for staff who may read insights and see amounts: they are in every answer."""


@require_http_methods(["GET", "POST"])
@may_read
def start(request: HttpRequest) -> HttpResponse:
    """The question box, this month's budget, the last weekly summary and what was asked before."""
    if request.method != "POST":
        return _start(request, question=request.GET.get("question", "")[:MOST_LETTERS])
    if not request.user.has_perm(ASK):
        raise PermissionDenied
    question = request.POST.get("question", "")
    try:
        insight = ask_question(
            question=question,
            user=person(request),
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )
    except InsightRefused as refusal:
        return _start(request, question=question, problem=refusal.message, status=422)
    return HttpResponseRedirect(reverse("insights:answer", args=[insight.pk]))


def _start(request: HttpRequest, *, question: str, problem: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    page = Paginator(selectors.newest_first(), PER_PAGE).get_page(request.GET.get("page"))
    summary = selectors.last_summary()
    context = {
        "title": _("Written insights"),
        "missing": config.missing(),
        "may_ask": request.user.has_perm(ASK),
        "question": question,
        "problem": problem,
        "most": MOST_LETTERS,
        "examples": EXAMPLES,
        "month": selectors.month(now),
        "summary": summary,
        "blocks": _blocks(summary, known=()) if summary else (),
        "page": page,
        "rows": [Progress(row, 0, 0, selectors.is_lost(row, now=now)) for row in page.object_list],
    }
    return frame(request, "insights/start.html", context, status=status)


@require_GET
@may_read
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: how far it is, or its answer with the figures and what it cost."""
    state = _progress(pk)
    calls = list(state.insight.calls.order_by("number"))
    context = {
        "title": _("Written insights"),
        "insight": state.insight,
        "state": state,
        "blocks": _blocks(state.insight, known=[call.number for call in calls]),
        "doubts": len(state.insight.unproved),
        "tables": [table_of(call) for call in calls],
        "may_ask": request.user.has_perm(ASK),
    }
    return frame(request, "insights/answer.html", context)


@require_GET
@may_read
def excel(_request: HttpRequest, pk: int) -> HttpResponse:
    """Answer and figures as a workbook."""
    return excel_answer(_report(pk), may_see_money=True)


@require_GET
@may_read
def pdf(_request: HttpRequest, pk: int) -> HttpResponse:
    """Answer and figures to print."""
    return pdf_answer(_report(pk), may_see_money=True)


def _report(pk: int) -> Report:
    insight = _progress(pk).insight
    return answer_report(insight, list(insight.calls.order_by("number")))


@require_GET
@may_read
def progress(_request: HttpRequest, pk: int) -> JsonResponse:
    """What the waiting page asks for: the state, how far it is, and the sentence to show."""
    state = _progress(pk)
    return JsonResponse(
        {"state": state.state, "done": state.rounds, "of": state.most_rounds, "words": state.words}
    )


def _progress(pk: int) -> Progress:
    state = selectors.progress(pk, now=timezone.now())
    if state is None:
        raise Http404
    return state


def _blocks(insight: Insight, *, known: Any) -> Any:
    return blocks(insight.answer, doubts=insight.unproved, known=known)
