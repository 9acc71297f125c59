"""Pages that name the chosen units, ask what must be known, and say what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminTextInputWidget

from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.roles import DECIDE_RETURNS
from orders.admin.return_page import LARGE, clock_of
from orders.models import ReturnUnit
from orders.return_words import status_words
from orders.services.returns import write_off_return

MOST_AT_ONCE = 200


def chosen_units(request: HttpRequest) -> list[ReturnUnit]:
    """The units named in `?ids=1,2,3`, at most `MOST_AT_ONCE`; what is no number is ignored."""
    texts = request.GET.get("ids", "").split(",")
    ids = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    rows = ReturnUnit.objects.filter(pk__in=ids[:MOST_AT_ONCE]).select_related("variant__product", "order")
    rows = rows.defer(*(f"order__{name}" for name in LARGE)).prefetch_related("photos")
    return list(rows.order_by("act_by_at", "claim_id", "pk"))


def ask(step: str, queryset: QuerySet[ReturnUnit]) -> HttpResponse:
    """Lead to the page that asks before it acts on the ticked units."""
    ids = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True))
    return HttpResponseRedirect(f"{reverse(f'admin:orders_returnunit_{step}')}?ids={ids}")


class UnitsView(UnfoldModelAdminViewMixin, FormView):  # type: ignore[type-arg]
    """A form about the units named in `?ids=`. Nothing changes before it is posted."""

    template_name = "admin/orders/returns_confirm.html"
    permission_required: ClassVar[tuple[str, ...]] = (DECIDE_RETURNS, "orders.view_returnunit")
    raise_exception = True
    form_class: type[forms.Form] = forms.Form
    button: Any = ""
    lead: Any = ""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.units = chosen_units(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        rows = [(unit, clock_of(unit, now), status_words(unit.status)) for unit in self.units]
        return super().get_context_data(rows=rows, button=self.button, lead=self.lead, **kwargs)

    def leave(self) -> HttpResponse:
        """To the page of the return where it is one, else to the list."""
        if len({unit.claim_id for unit in self.units}) == 1:
            return HttpResponseRedirect(reverse("admin:orders_returnunit_change", args=[self.units[0].pk]))
        return HttpResponseRedirect(reverse("admin:orders_returnunit_changelist"))

    def report(self, done: int, refused: Iterable[DomainError]) -> None:
        """Say how many were done, and for each refused one why."""
        if done:
            text = ngettext("%(count)s unit done.", "%(count)s units done.", done)
            messages.success(self.request, text % {"count": done})
        for sentence in dict.fromkeys(error.message for error in refused):
            messages.error(self.request, sentence)


class WriteOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Why the pair cannot be sold: it is kept in the ledger."),
    )


class WriteOffView(UnitsView):
    """Accepted goods that cannot be sold: out of the books with a reason."""

    title = _("Write off returned goods")
    form_class = WriteOffForm
    button = _("Write off")
    lead = _("Each pair goes into the ledger and out of it again. This cannot be taken back.")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        refused: list[DomainError] = []
        for unit in self.units:
            try:
                write_off_return(unit_id=unit.pk, reason=form.cleaned_data["reason"], user=who(self.request))
            except DomainError as error:
                refused.append(error)
        self.report(len(self.units) - len(refused), refused)
        if not self.units:
            messages.error(self.request, gettext("No unit was chosen: go back to the list and tick some."))
        return self.leave()
