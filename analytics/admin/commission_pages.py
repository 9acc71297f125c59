"""Pages of commission files: hand one in, look at what it would change, decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from analytics.commissions.applying import Applied, apply_import, drop_import, renew_preview, undo_import
from analytics.commissions.bands import Band
from analytics.commissions.errors import PreviewOutdated
from analytics.commissions.reading import queue_import
from analytics.commissions.workbook import MEGABYTE, MOST_BYTES
from analytics.enums import ImportKind, ImportState, RowOutcome
from analytics.models import CommissionImport, CommissionImportRow
from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.forms import TurkishDateField
from gullu.models import User
from gullu.money import format_money, format_percent
from gullu.roles import VIEW_MONEY

ADD: Final = "analytics.add_commissionimport"
UNDO: Final = "analytics.change_commissionimport"
VIEW: Final = "analytics.view_commissionimport"
ROWS_PER_PAGE: Final = 100
# A worker asks for work every second; whoever waits longer should know why.
PATIENCE: Final = timedelta(seconds=30)


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the list of commission files."""
    name = "analytics_commissionimport"
    return (
        ("hand-in/", f"{name}_hand_in", HandInView.as_view(model_admin=model_admin)),
        ("<int:pk>/decide/", f"{name}_decide", DecideView.as_view(model_admin=model_admin)),
    )


def page_url(pk: int) -> str:
    """The page of a file."""
    return reverse("admin:analytics_commissionimport_change", args=[pk])


# --- hand in ------------------------------------------------------------------------------------------------------


class HandInForm(forms.Form):
    """A file, and from when on its rates hold."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty: export it again."),
        },
    )
    valid_from = TurkishDateField(
        label=gettext_lazy("First day of the rates"),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Only for tariffs; commissions of orders do not need it."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            words = _("%(file)s has %(size)s MB, at most %(most)s MB can be read: export a shorter period.")
            sizes = {"size": file.size // MEGABYTE, "most": MOST_BYTES // MEGABYTE}
            raise forms.ValidationError(words % {"file": file.name, **sizes})
        return file


class HandInView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """Takes the file; the worker reads it while the page of the file shows how far it is."""

    title = gettext_lazy("Hand in a commission file")
    template_name = "admin/analytics/commission_hand_in.html"
    permission_required: ClassVar[tuple[str, ...]] = (ADD, VIEW, VIEW_MONEY)
    raise_exception = True
    form_class = HandInForm

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def form_valid(self, form: HandInForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        opened = queue_import(
            content=file.file,
            name=file.name,
            valid_from=form.cleaned_data["valid_from"],
            user=who(self.request),
        )
        if not opened.created:
            messages.info(self.request, _("This file is here already: here is its page."))
        return HttpResponseRedirect(page_url(opened.import_id))


# --- look ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tab:
    """Rows of one outcome: how many, and whether they are shown now."""

    outcome: str
    label: Any
    count: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after, in words; `before` is empty where nothing changes or nothing was."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the preview; `changes` has one entry for each column of values."""

    row: CommissionImportRow
    band: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """What the page of a file shows. `overdue`: no worker has begun to read it."""

    tabs: tuple[Tab, ...]
    columns: tuple[Any, ...]
    rows: tuple[ShownRow, ...]
    numbers: Page[Any] | None
    valid: int
    overdue: bool
    may_decide: bool
    may_undo: bool


def import_page(file: CommissionImport, request: HttpRequest) -> ImportPage:
    """Read the page of a file; at most one statement, for the rows of the chosen tab."""
    counts = {
        RowOutcome.WRONG: file.wrong_count,
        RowOutcome.CHANGED: file.changed_count,
        RowOutcome.ENDED: file.ended_count,
        RowOutcome.NEW: file.new_count,
        RowOutcome.SAME: file.same_count,
    }
    kept = file.state not in {ImportState.READING, ImportState.DROPPED, ImportState.FAILED}
    filled = [outcome for outcome, count in counts.items() if count and kept]
    shown = next((one for one in filled if one == request.GET.get("rows")), filled[0] if filled else None)
    numbers = _numbers(counts[shown], request) if shown else None
    may_decide = request.user.has_perm(ADD)
    return ImportPage(
        tabs=tuple(Tab(one.value, one.label, counts[one], one == shown) for one in filled),
        columns=_columns(file, shown),
        rows=tuple(_shown(row, file) for row in _rows(file, shown, numbers)) if numbers else (),
        numbers=numbers,
        valid=sum(counts.values()) - file.wrong_count,
        overdue=not file.read_count and file.created_at < timezone.now() - PATIENCE,
        may_decide=may_decide,
        may_undo=request.user.has_perm(UNDO),
    )


def _numbers(count: int, request: HttpRequest) -> Page[Any]:
    """Pages by the counts of the file: counting tens of thousands of rows again would tell nothing new."""
    return Paginator(range(count), ROWS_PER_PAGE).get_page(request.GET.get("page"))


def _rows(file: CommissionImport, outcome: Any, numbers: Page[Any]) -> Any:
    first = max(numbers.start_index() - 1, 0)
    rows = CommissionImportRow.objects.filter(commission_import=file, outcome=outcome)
    return rows.order_by("id")[first : first + ROWS_PER_PAGE]


def _columns(file: CommissionImport, outcome: RowOutcome | None) -> tuple[Any, ...]:
    """Wrong rows have no values, only a reason; on a phone it stands beside the name then."""
    if outcome == RowOutcome.WRONG:
        return ()
    if file.kind == ImportKind.ACCOUNTS:
        return (gettext_lazy("commission"), gettext_lazy("order amount"), gettext_lazy("discount"))
    return (gettext_lazy("rate"),)


def _shown(row: CommissionImportRow, file: CommissionImport) -> ShownRow:
    if row.outcome == RowOutcome.WRONG:
        return ShownRow(row, "", ())
    if file.kind == ImportKind.TARIFF:
        band = str(Band(row.price_from, row.price_to))
        return ShownRow(row, band, (_change(row.old_value, row.new_value, format_percent),))
    discount = row.old_discount if row.new_discount is None else row.new_discount
    changes = (
        _change(row.old_value, row.new_value, format_money),
        _change(row.old_amount, row.new_amount, format_money),
        _change(row.old_discount, discount, format_money),
    )
    return ShownRow(row, "", changes)


def _change(old: Decimal | None, new: Decimal | None, words: Callable[[Decimal | None], str]) -> Change:
    return Change("" if old is None or old == new else words(old), words(new))


# --- decide -------------------------------------------------------------------------------------------------------


class DecideView(UnfoldModelAdminViewMixin, View):
    """The buttons of a file's page: apply, apply the valid rows, drop, compare again, undo."""

    permission_required: ClassVar[tuple[str, ...]] = (VIEW, VIEW_MONEY)
    raise_exception = True
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]
    request: HttpRequest

    @cached_property
    def file(self) -> CommissionImport:
        return get_object_or_404(CommissionImport, pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        rights = {"apply": ADD, "apply-valid": ADD, "drop": ADD, "renew": ADD, "undo": UNDO}
        if step in rights and not request.user.has_perm(rights[step]):
            raise PermissionDenied
        try:
            self._take(step, self.file.pk, who(request))
        except PreviewOutdated as error:
            renew_preview(import_id=self.file.pk)
            messages.warning(request, error.message)
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(page_url(self.file.pk))

    def _take(self, step: str, pk: int, user: User) -> None:
        if step in {"apply", "apply-valid"}:
            applied = apply_import(import_id=pk, only_valid=step == "apply-valid", user=user)
            messages.success(self.request, _applied_words(applied))
        elif step == "undo":
            undo_import(import_id=pk, user=user)
            messages.success(self.request, _("The file is undone: everything is as it was before it."))
        elif step == "drop":
            self._drop(pk)
        elif step == "renew":
            renew_preview(import_id=pk)
            messages.success(self.request, _("The file was compared again."))
        else:
            messages.error(self.request, _("Nothing was chosen: press one of the buttons."))

    def _drop(self, pk: int) -> None:
        if drop_import(import_id=pk):
            messages.success(self.request, _("The file is dropped; nothing of it was written."))
        else:
            messages.warning(self.request, _("The file no longer waits: somebody has decided already."))


def _applied_words(applied: Applied) -> str:
    if applied.state == ImportState.UNCHANGED:
        return _("There was nothing to change: everything in the file is known already.")
    words = _("Written: %(new)s new, %(changed)s changed, %(ended)s ended; %(wrong)s wrong rows left out.")
    return words % {
        "new": applied.new,
        "changed": applied.changed,
        "ended": applied.ended,
        "wrong": applied.wrong,
    }
