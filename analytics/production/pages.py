"""The pages put together: each part as plain data with its words, ready for a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.enums import PlanState
from analytics.models import ProductionPlan
from analytics.production import selectors
from analytics.production.advising import Advice, advise
from analytics.production.choosing import MOST_LISTED, Choice, First, choices, read_keys
from analytics.production.forms import FilterForm, TermsForm, usual_terms
from analytics.production.needs import Key, Known, Span, needs_of
from analytics.production.selectors import Cell, ModelGrid
from analytics.production.services import MOVES, PlanSet

MODELS_PER_PAGE: Final = 12
# A page of more lines is slow to read and to draw; the first ones are those with pairs.
MOST_LINES: Final = 400
_FILTERS: Final = ("search", "brand", "category", "first")


# --- choosing ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Asked:
    """The page as it was opened or sent: both forms, the models named in the address, and what is ticked."""

    filters: FilterForm
    terms: TermsForm
    products: tuple[int, ...]
    ticked: frozenset[Key] | None
    everything: bool
    today: date

    @property
    def valid(self) -> bool:
        # Both are asked, so that both show what is wrong.
        return all([self.filters.is_valid(), self.terms.is_valid()])

    def found(self) -> list[Choice]:
        """What the filter finds, also while the terms are wrong."""
        if not self.filters.is_valid():
            return []
        first = self.filters.cleaned_data["first"]
        return choices(self.filters.filter(), self.products, first=first, today=self.today)

    def keys(self) -> list[Key]:
        """What was chosen: everything the filter finds, or the ticks."""
        if self.everything:
            return [one.entry.key for one in self.found()]
        return sorted(self.ticked or ())

    def advise(self, keys: list[Key]) -> Advice:
        """The advice of valid forms."""
        return advise(keys, self.terms.terms(), today=self.today)

    def query(self) -> str:
        """The choices as an address, without the ticks."""
        kept = [(name, value) for name, value in self.filters.data.items() if name in _FILTERS and value]
        kept += [(name, self.terms.data.get(name, "")) for name in self.terms.fields]
        kept += [("product", str(product)) for product in self.products]
        return urlencode([pair for pair in kept if pair[1]])

    def context(self) -> dict[str, Any]:
        """What the page shows of the choice. Without ticks all that is listed is ticked."""
        found = self.found()
        listed = found[:MOST_LISTED]
        more = len(found) > len(listed)
        return {
            "filters": self.filters,
            "terms": self.terms,
            "products": self.products,
            "rows": [(one, self.ticked is None or one.entry.key in self.ticked) for one in listed],
            "found": len(found),
            "most": MOST_LISTED,
            "more": more,
            "everything": self.everything or (more and self.ticked is None),
        }


def read_asked(request: HttpRequest, *, today: date) -> Asked:
    """The question in an address or in a sent form."""
    sent = request.method == "POST"
    data = request.POST if sent else request.GET
    filters = FilterForm(
        {"first": First.SHORT.value, **{name: data[name] for name in _FILTERS if name in data}}
    )
    return Asked(
        filters=filters,
        terms=_terms(data, sent=sent, today=today),
        products=tuple(int(one) for one in data.getlist("product") if _is_id(one)),
        ticked=frozenset(read_keys(data.getlist("entry"))) if sent else None,
        everything=sent and bool(data.get("everything")),
        today=today,
    )


def _terms(data: QueryDict, *, sent: bool, today: date) -> TermsForm:
    if sent:
        return TermsForm(data, today=today)
    form = TermsForm(today=today)
    form.initial = usual_terms(today) | {name: data[name] for name in form.fields if name in data}
    return form


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def advice_context(advice: Advice) -> dict[str, Any]:
    """What the page shows of the advice: its figures, the lines of which something lacks, and why."""
    wanting = sorted(advice.wanting, key=lambda line: not line.share.given)
    capacity = advice.terms.capacity
    return {
        "advice": advice,
        "capacity": capacity,
        "used": advice.given * 100 // capacity if capacity else 0,
        "lines": wanting[:MOST_LINES],
        "more_lines": len(wanting) - len(wanting[:MOST_LINES]),
        "enough": len(advice.lines) - len(wanting),
    }


# --- one plan ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """One cell on the page: what stands in its field, and what is said below it."""

    cell: Cell
    seen: int
    value: str
    note: str
    full: bool
    is_field: bool


@dataclass(frozen=True, slots=True)
class Row:
    colour: str
    boxes: tuple[Box | None, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Block:
    """One model on the page."""

    grid: ModelGrid
    rows: tuple[Row, ...]
    behind: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A button: the state the plan would have, and what the button says."""

    state: PlanState
    words: str
    main: bool


def plan_context(
    plan: ProductionPlan, asked: QueryDict, *, may_change: bool, typed: Mapping[str, str], today: date
) -> dict[str, Any]:
    """One plan. `typed` are fields as they were sent and refused."""
    mode = _mode(plan, asked.get("mode", ""))
    page = Paginator(selectors.plan_models(plan.pk), MODELS_PER_PAGE).get_page(asked.get("page"))
    grids = selectors.grids(plan.pk, list(page.object_list))
    why = asked.get("why") == "1" and plan.state in {PlanState.DRAFT, PlanState.WORKING}
    behind = _behind(plan, grids, today) if why else {}
    planned, made = plan.planned, plan.made  # type: ignore[attr-defined]  # annotated by `selectors.plans`
    return {
        "plan": plan,
        "page": page,
        "mode": mode,
        "blocks": [_block(grid, mode, typed, behind) for grid in grids],
        "percent": selectors.percent_made(plan),
        "left": planned - made,
        "capacity": selectors.capacity_words(plan),
        "beyond": max(planned - plan.days * plan.daily_capacity, 0),
        "may_change": may_change,
        "editable": may_change and plan.state in {PlanState.DRAFT, PlanState.WORKING},
        "working": plan.state == PlanState.WORKING,
        "moves": _moves(PlanState(plan.state)) if may_change else [],
        "why": why,
        "may_ask_why": plan.state in {PlanState.DRAFT, PlanState.WORKING},
        # A refused form is shown under its own address: links of the page are of the plan.
        "address": reverse("production:plan", args=[plan.pk]),
        "query": urlencode({"mode": mode}),
    }


def _mode(plan: ProductionPlan, asked: str) -> str:
    """Pairs are recorded while a plan is worked on, unless its numbers are asked for; else it is numbers."""
    return "made" if plan.state == PlanState.WORKING and asked != "planned" else "planned"


def _behind(plan: ProductionPlan, grids: list[ModelGrid], today: date) -> dict[int, list[Known]]:
    """What each number stands on now, by model; the plan's own pairs do not count as coming."""
    keys = {(grid.product_id, row.colour) for grid in grids for row in grid.rows}
    needs = needs_of(keys, Span(plan.first_day, plan.days), without_plan=plan.pk, today=today)
    found: dict[int, list[Known]] = {}
    for known in needs.known:
        found.setdefault(known.goods.product_id, []).append(known)
    return found


def _block(grid: ModelGrid, mode: str, typed: Mapping[str, str], behind: Mapping[int, list[Known]]) -> Block:
    rows = tuple(
        Row(
            row.colour,
            tuple(_box(cell, mode, typed) if cell else None for cell in row.cells),
            f"{row.made} / {row.planned}" if mode == "made" else str(row.planned),
        )
        for row in grid.rows
    )
    return Block(grid, rows, tuple(behind.get(grid.product_id, ())))


def _box(cell: Cell, mode: str, typed: Mapping[str, str]) -> Box:
    seen = cell.made if mode == "made" else cell.planned
    return Box(
        cell=cell,
        seen=seen,
        value=typed.get(f"new_{cell.variant_id}", str(seen) if seen else ""),
        note=_note(cell, mode),
        full=bool(cell.planned) and cell.made == cell.planned,
        # Of what is not planned nothing can be made.
        is_field=mode == "planned" or bool(cell.planned),
    )


def _note(cell: Cell, mode: str) -> str:
    if mode == "made":
        return _("of %(pairs)s") % {"pairs": cell.planned} if cell.planned else ""
    parts = []
    if cell.suggested != cell.planned:
        parts.append(_("advised %(pairs)s") % {"pairs": cell.suggested})
    if cell.made:
        parts.append(_("made %(pairs)s") % {"pairs": cell.made})
    return ", ".join(parts)


def _moves(state: PlanState) -> list[Move]:
    words = {
        (PlanState.DRAFT, PlanState.WORKING): _("Start the work"),
        (PlanState.WORKING, PlanState.DONE): _("Finish the plan"),
        (PlanState.DONE, PlanState.WORKING): _("Take up again"),
        (PlanState.CANCELLED, PlanState.DRAFT): _("Make it a draft again"),
    }
    return [
        Move(wanted, words.get((state, wanted), pgettext("plan", "Cancel")), wanted != PlanState.CANCELLED)
        for wanted in PlanState
        if wanted in MOVES[state]
    ]


def state_words(done: PlanSet) -> str:
    """What became of the plan, and what that means for the stock that is expected."""
    words = {
        PlanState.DRAFT: _("The plan is a draft again."),
        PlanState.WORKING: _("The plan is being worked on: %(open)s pairs count as coming."),
        PlanState.DONE: _(
            "The plan is finished: %(open)s pairs were not made and no longer count as coming."
        ),
        PlanState.CANCELLED: _("The plan is cancelled: none of its pairs counts as coming."),
    }
    if done.state == PlanState.DONE and not done.open:
        return _("The plan is finished, and all of it is made.")
    return words[done.state] % {"open": done.open}


__all__ = ["Asked", "advice_context", "plan_context", "read_asked", "state_words"]
