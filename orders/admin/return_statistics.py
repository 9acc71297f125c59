"""The page "İade İstatistiği": what comes back, how often and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from catalog.models import Product
from orders.return_statistics import Figure, ReasonFigure, ReturnStatistics, Span, return_statistics

PERIODS: Final = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("1 year")}
USUAL: Final = 90
MODELS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure with the address of its units and, for a model, of its own statistics."""

    figure: Figure | ReasonFigure
    units: str
    inside: str = ""


class ReturnStatisticsView(UnfoldModelAdminViewMixin, TemplateView):
    """Counts and rates of a period, of all models or of one (`?model=`)."""

    title = _("Return statistics")
    permission_required = ("orders.view_returnunit",)
    raise_exception = True
    template_name = "admin/orders/returns_statistics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span, days = self._span()
        product = self._product()
        figures = return_statistics(span=span, product_id=product.pk if product else None)
        shown = figures.models[:MODELS_SHOWN]
        return super().get_context_data(
            figures=figures,
            product=product,
            models=[self._model(row, span) for row in shown if row.returned],
            more=sum(1 for row in figures.models[MODELS_SHOWN:] if row.returned),
            sizes=[self._size(row, span, product) for row in figures.sizes],
            reasons=[self._reason(row, span, product) for row in figures.reasons],
            units=self._units(span, product),
            most=_highest(figures),
            periods=[(number, label, number == days) for number, label in PERIODS.items()],
        )

    def _span(self) -> tuple[Span, int | None]:
        """The days asked for, and the number of the quick choice they come from."""
        today = timezone.localdate()
        first, last = (_day(self.request.GET.get(name, "")) for name in ("from", "to"))
        if first and last:
            if last < first:
                messages.warning(self.request, gettext("The two days were taken the other way round."))
            return Span(min(first, last), max(first, last)), None
        if self.request.GET.get("from") or self.request.GET.get("to"):
            messages.error(
                self.request, gettext("Give both days, like 01.11.2026: the usual period is shown.")
            )
        text = self.request.GET.get("days", "")
        days = int(text) if text in {str(number) for number in PERIODS} else USUAL
        return Span(today - timedelta(days=days - 1), today), days

    def _product(self) -> Product | None:
        text = self.request.GET.get("model", "")
        known = text.isascii() and text.isdecimal() and len(text) < 19
        product = Product.objects.filter(pk=int(text)).first() if known else None
        if text and product is None:
            messages.error(self.request, gettext("This model does not exist: all models are shown."))
        return product

    def _model(self, row: Figure, span: Span) -> Bar:
        inside = urlencode({"from": span.first.isoformat(), "to": span.last.isoformat(), "model": row.key})
        units = self._units(span, None, variant__product__id__exact=row.key)
        return Bar(row, units, f"?{inside}" if row.key else "")

    def _size(self, row: Figure, span: Span, product: Product | None) -> Bar:
        return Bar(row, self._units(span, product, variant__size=row.key))

    def _reason(self, row: ReasonFigure, span: Span, product: Product | None) -> Bar:
        reason = "" if row.reason_id is None else str(row.reason_id)
        return Bar(row, self._units(span, product, reason=reason))

    def _units(self, span: Span, product: Product | None, **narrow: str) -> str:
        """The list of exactly the units that were counted."""
        query = {
            "waiting": "counted",
            "claimed_at__gte": span.start.isoformat(),
            "claimed_at__lt": span.end.isoformat(),
            **({"variant__product__id__exact": str(product.pk)} if product else {}),
            **{name: value for name, value in narrow.items() if value},
        }
        return f"{reverse('admin:orders_returnunit_changelist')}?{urlencode(query)}"


def _day(text: str) -> date | None:
    """`2026-11-01` or `01.11.2026`."""
    parts = text.strip().split(".")
    try:
        return parse_date("-".join(reversed(parts)) if len(parts) == 3 else text.strip())
    except ValueError:
        return None


def _highest(figures: ReturnStatistics) -> int:
    """The longest bar: the highest rate shown, at most a hundred."""
    rates = [row.rate for row in (*figures.models[:MODELS_SHOWN], *figures.sizes) if row.rate is not None]
    return min(100, max(1, int(max(rates, default=1)) + 1))
