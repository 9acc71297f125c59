"""The pages "Üretim Önerisi": plans, the advice a new one is made of, and one plan while it is worked on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics.enums import PlanState
from analytics.models import ProductionPlan
from analytics.production import pages, selectors
from analytics.production.errors import NumbersChanged, PlanNotFound
from analytics.production.forms import NumberRefused, read_numbers
from analytics.production.report import plan_report, plans_report
from analytics.production.services import (
    NumbersSaved,
    PlanTerms,
    change_planned,
    record_all_made,
    record_made,
    save_plan,
    set_plan_state,
)
from analytics.production.workshop import workshop_pdf
from analytics.reports.answers import excel_answer, file_answer, pdf_answer
from analytics.reports.report import Report
from catalog.models import Product
from gullu.errors import DomainError
from gullu.staff_pages import frame, only_for, person

VIEW: Final = "analytics.view_productionplan"
ADD: Final = "analytics.add_productionplan"
CHANGE: Final = "analytics.change_productionplan"
PLANS_PER_PAGE: Final = 25
_SALT: Final = "analytics.production"
_DAY_SECONDS: Final = 24 * 3600

may_see = only_for(VIEW)
may_add = only_for(VIEW, ADD)
may_change = only_for(VIEW, CHANGE)


@require_GET
@may_see
def start(request: HttpRequest) -> HttpResponse:
    """The plans, the newest first."""
    known = _state(request)
    found = Paginator(selectors.plans(known), PLANS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Production advice"),
        "page": found,
        "rows": [(one, selectors.percent_made(one)) for one in found.object_list],
        "states": PlanState,
        "state": known,
        "may_add": request.user.has_perm(ADD),
        "query": urlencode({"state": known}) if known else "",
    }
    return frame(request, "production/start.html", context)


@require_GET
@may_see
def list_excel(request: HttpRequest) -> HttpResponse:
    """The plans as a workbook."""
    return excel_answer(_plans_report(request), may_see_money=False)


@require_GET
@may_see
def list_pdf(request: HttpRequest) -> HttpResponse:
    """The plans on paper."""
    return pdf_answer(_plans_report(request), may_see_money=False)


def _plans_report(request: HttpRequest) -> Report:
    state = _state(request)
    return plans_report(selectors.plans(state), state=str(PlanState(state).label) if state else "")


def _state(request: HttpRequest) -> str:
    """The state asked for; empty for all, and for one there is not."""
    state = request.GET.get("state", "")
    return state if state in PlanState.values else ""


# --- a new plan -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may_add
def new(request: HttpRequest) -> HttpResponse:
    """Choose models and terms; sent, the advice stands below them, to be kept as a plan."""
    asked = pages.read_asked(request, today=timezone.localdate())
    if request.method == "POST" and "find" in request.POST:
        return HttpResponseRedirect(f"{reverse('production:new')}?{asked.query()}")
    context = asked.context()
    if request.method != "POST":
        return _new_page(request, context)
    if not asked.valid:
        return _new_page(request, context, status=422)
    keys = asked.keys()
    if not keys:
        problem = _("No model is chosen: tick at least one.")
        return _new_page(request, {**context, "problem": problem}, status=422)
    advice = asked.advise(keys)
    signed = signing.dumps({"terms": _plain(advice.terms), "pairs": advice.pairs}, salt=_SALT, compress=True)
    return _new_page(request, {**context, **pages.advice_context(advice), "signed": signed})


def _new_page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return frame(request, "production/new.html", {"title": _("New plan"), **context}, status=status)


def _plain(terms: PlanTerms) -> dict[str, Any]:
    return {**asdict(terms), "first_day": terms.first_day.isoformat()}


@require_POST
@may_add
def save(request: HttpRequest) -> HttpResponse:
    """Keep the advice as it was shown: it is signed, so that what is kept as advised was advised."""
    try:
        kept = signing.loads(request.POST.get("advice", ""), salt=_SALT, max_age=_DAY_SECONDS)
    except signing.BadSignature:
        messages.error(request, _("This advice is older than a day: ask for it again."))
        return HttpResponseRedirect(reverse("production:new"))
    terms = PlanTerms(**{**kept["terms"], "first_day": date.fromisoformat(kept["terms"]["first_day"])})
    pairs = {int(variant): number for variant, number in kept["pairs"].items()}
    try:
        saved = save_plan(terms=terms, pairs=pairs, actor=person(request))
    except DomainError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("production:new"))
    messages.success(request, _("The plan is kept as a draft: look at its numbers, then start the work."))
    return HttpResponseRedirect(reverse("production:plan", args=[saved.plan_id]))


# --- one plan ---------------------------------------------------------------------------------------------------------


def _plan(pk: int) -> ProductionPlan:
    found = selectors.plans().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
@may_see
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: its numbers by model, what is made of them, and what can be done with it."""
    return _plan_page(request, _plan(pk))


def _plan_page(
    request: HttpRequest,
    shown: ProductionPlan,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = pages.plan_context(
        shown,
        request.GET,
        may_change=request.user.has_perm(CHANGE),
        typed=typed or {},
        today=timezone.localdate(),
    )
    return frame(
        request, "production/plan.html", {"title": shown.name, **context, "problem": problem}, status=status
    )


@require_POST
@may_change
def numbers(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Set the planned or the made pairs of one model."""
    typed = {name: str(value) for name, value in request.POST.items() if name.startswith("new_")}
    try:
        saved = _save_numbers(request, pk)
    except PlanNotFound as error:
        raise Http404 from error
    except NumberRefused as error:
        words = _("“%(text)s” is no number of pairs: enter a whole number up to 10.000.")
        return _plan_page(request, _plan(pk), problem=words % {"text": error.text}, typed=typed, status=422)
    except NumbersChanged as error:
        return _plan_page(request, _plan(pk), problem=error.message, status=409)
    except DomainError as error:
        return _plan_page(request, _plan(pk), problem=error.message, typed=typed, status=422)
    _say_saved(request, saved)
    return _back(request, pk)


def _save_numbers(request: HttpRequest, pk: int) -> NumbersSaved:
    entered = read_numbers(request.POST)
    if request.POST.get("kind") == "made":
        return record_made(plan_id=pk, entered=entered)
    return change_planned(plan_id=pk, entered=entered)


def _say_saved(request: HttpRequest, saved: NumbersSaved) -> None:
    words = ngettext("%(count)s number was saved.", "%(count)s numbers were saved.", saved.changed)
    messages.success(request, words % {"count": saved.changed} if saved.changed else _("Nothing changed."))


def _back(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """To the same part of the plan."""
    kept = {name: request.GET[name] for name in ("page", "mode") if name in request.GET}
    model = request.POST.get("model", "")
    place = f"#m{model}" if model.isascii() and model.isdecimal() else ""
    address = reverse("production:plan", args=[pk])
    return HttpResponseRedirect(f"{address}?{urlencode(kept)}{place}" if kept else f"{address}{place}")


@require_POST
@may_change
def all_made(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything planned of one model is made."""
    model = request.POST.get("model", "")[:18]
    if not (model.isascii() and model.isdecimal() and Product.objects.filter(pk=model).exists()):
        raise Http404
    try:
        saved = record_all_made(plan_id=pk, product_id=int(model))
    except PlanNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        _say_saved(request, saved)
    return _back(request, pk)


@require_POST
@may_change
def state(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Start, finish, cancel a plan, or take one of these back."""
    seen, wanted = request.POST.get("seen", ""), request.POST.get("wanted", "")
    if seen not in PlanState.values or wanted not in PlanState.values:
        raise Http404
    try:
        done = set_plan_state(
            plan_id=pk,
            seen=PlanState(seen),
            wanted=PlanState(wanted),
            without_open="without_open" in request.POST,
        )
    except PlanNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, pages.state_words(done))
    return HttpResponseRedirect(reverse("production:plan", args=[pk]))


@require_GET
@may_see
def pdf(_request: HttpRequest, pk: int) -> HttpResponse:
    """The plan for the workshop."""
    shown = _plan(pk)
    return file_answer(workshop_pdf(shown, _on_paper(shown)), name=_("production-plan"), ending="pdf")


@require_GET
@may_see
def excel(_request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a workbook."""
    shown = _plan(pk)
    return excel_answer(plan_report(shown, _on_paper(shown)), may_see_money=False)


def _on_paper(shown: ProductionPlan) -> list[selectors.ModelGrid]:
    return selectors.grids(shown.pk, list(selectors.plan_models(shown.pk)), planned_only=True)
