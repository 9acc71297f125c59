"""Exchange rates: the chart, the list, a rate entered by hand, and the button that asks the bank."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from analytics.admin.input_pages import InputAdmin, refuse
from analytics.enums import RateSource
from analytics.inputs.rates import plain, rate_on
from analytics.models import ExchangeRate
from catalog.models import Currency
from gullu.admin.base import who
from gullu.admin.decorators import column
from gullu.jobs import enqueue
from gullu.models import JobRun

CHART_DAYS: Final = 730
# A rate that is so much more or less than the one before is a misplaced comma.
FARTHEST: Final = Decimal(2)
ADD: Final = "analytics.add_exchangerate"
SOURCE_COLOURS: Final = {RateSource.BANK: "info", RateSource.ENTERED: "warning"}


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ExchangeRate
        fields: ClassVar[list[str]] = ["day", "rate"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, rate = cleaned.get("day"), cleaned.get("rate")
        if day and day > timezone.localdate():
            refuse(
                self, "day", _("%(day)s has not come yet: enter the rate when it has."), day=f"{day:%d.%m.%Y}"
            )
        elif day:
            self._refuse_second(day)
        if rate is not None and rate <= 0:
            words = _("%(rate)s is no rate: write what one dollar costs, like 42,1500.")
            refuse(self, "rate", words, rate=str(rate).replace(".", ","))
        elif day and rate:
            self._refuse_far(day, rate)
        return cleaned

    def _refuse_second(self, day: Any) -> None:
        other = (
            ExchangeRate.objects.filter(day=day, currency=Currency.USD).exclude(pk=self.instance.pk).first()
        )
        if other is not None:
            words = _("%(day)s has the rate %(rate)s already: change that one.")
            refuse(self, "day", words, day=f"{day:%d.%m.%Y}", rate=plain(other.rate))

    def _refuse_far(self, day: Any, rate: Decimal) -> None:
        before = rate_on(day - timedelta(days=1))
        if before is not None and not before.rate / FARTHEST <= rate <= before.rate * FARTHEST:
            words = _("%(rate)s is far from %(before)s, the rate of %(day)s: check the decimal comma.")
            data = {"rate": plain(rate), "before": plain(before.rate), "day": f"{before.day:%d.%m.%Y}"}
            refuse(self, "rate", words, **data)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(InputAdmin):
    secret = False
    form = RateForm
    list_display = ("day", "rate_words", "source_label", "read_at")
    list_filter = ("source", "day")
    ordering = ("-day", "currency")
    sortable_by = ()
    fields = ("day", "rate")
    list_before_template = "admin/analytics/rates_before.html"
    actions: ClassVar[tuple[str, ...]] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Corrected, never taken away: sales were reckoned with it."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: ExchangeRate | None = None) -> tuple[str, ...]:
        return () if obj is None else ("day",)

    def save_model(self, request: HttpRequest, obj: ExchangeRate, form: Any, change: bool) -> None:
        """What somebody typed is theirs: the bank's does not come back over it."""
        if form.changed_data:
            obj.source = RateSource.ENTERED
        super().save_model(request, obj, form, change)

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("read/", "analytics_exchangerate_read", self.read_view),)

    def read_view(self, request: HttpRequest, **_known: Any) -> HttpResponse:
        """Queue a reading now. Pressing twice is harmless: the second finds the lock of the first."""
        if request.method != "POST" or not request.user.has_perm(ADD):
            raise PermissionDenied
        if settings.EXCHANGE_RATE_URL:
            with transaction.atomic():
                task = "analytics.tasks.read_rates_job"
                enqueue(task, trigger=JobRun.Trigger.STAFF.value, actor_id=who(request).pk)
            messages.success(
                request, gettext("The central bank is being asked; new rates appear in this list.")
            )
        else:
            messages.error(
                request, gettext("Reading is switched off (EXCHANGE_RATE_URL): enter the rate by hand.")
            )
        return HttpResponseRedirect(reverse("admin:analytics_exchangerate_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"rate_chart": rate_chart(), "reads_rates": bool(settings.EXCHANGE_RATE_URL)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @column(description=pgettext_lazy("exchange rate", "rate"))
    def rate_words(self, row: ExchangeRate) -> str:
        return f"{plain(row.rate)} ₺"

    @column(description=pgettext_lazy("exchange rate", "from"), label=SOURCE_COLOURS)
    def source_label(self, row: ExchangeRate) -> tuple[str, str]:
        return row.source, row.get_source_display()


def rate_chart() -> dict[str, Any] | None:
    """The dollar of the last two years for static/analytics/chart.js; None while there are not two days."""
    first = timezone.localdate() - timedelta(days=CHART_DAYS)
    rows = ExchangeRate.objects.filter(currency=Currency.USD, day__gte=first).order_by("day")
    rates = list(rows.values_list("day", "rate"))
    if len(rates) < 2:
        return None
    trace = {
        "name": gettext("US dollar"),
        "rest": False,
        "values": [float(rate) for _day, rate in rates],
        "words": [f"{plain(rate)} ₺" for _day, rate in rates],
        "links": [""] * len(rates),
    }
    return {
        "title": gettext("US dollar"),
        "kind": "line",
        "lying": False,
        "dates": True,
        "stacked": False,
        "percent": False,
        "labels": [f"{day:%d.%m.%Y}" for day, _rate in rates],
        "keys": [day.isoformat() for day, _rate in rates],
        "traces": [trace],
    }
