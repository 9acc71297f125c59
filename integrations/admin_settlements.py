"""The marketplace's accounts in the back office: the rows, and the page "Mutabakat" that adds them up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView, View
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import EndlessAdmin
from gullu.admin.decorators import column
from gullu.forms import parse_decimal
from gullu.money import format_money
from gullu.roles import VIEW_MONEY
from integrations import reconciliation
from integrations.models import Settlement
from integrations.reconciliation import TOLERANCE, against_us, differing
from integrations.settlement_kinds import KINDS, kind_label
from integrations.settlement_workbook import settlement_workbook

VIEW_SETTLEMENTS: Final = "integrations.view_settlement"
PAYMENTS_PER_PAGE: Final = 20
DIFFERENCES_SHOWN: Final = 50
MOST_TOLERANCE: Final = Decimal(10_000)
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class KindFilter(admin.SimpleListFilter):
    """Known kinds with their words, so that opening the list does not search the whole table for them."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Settlement]) -> QuerySet[Settlement]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class PaidFilter(admin.SimpleListFilter):
    """A row has a payment order once it is paid; its date is named before."""

    title = gettext_lazy("paid")
    parameter_name = "paid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Paid")), ("no", gettext_lazy("Not paid yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Settlement]) -> QuerySet[Settlement]:
        if self.value() not in {"yes", "no"}:
            return queryset
        without = Q(payment_order_id="")
        return queryset.filter(without if self.value() == "no" else ~without)


class DifferenceFilter(admin.SimpleListFilter):
    """By how the commission agrees with the rate of the order line."""

    title = pgettext_lazy("accounts", "commission")
    parameter_name = "commission"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("differs", gettext_lazy("Differs")), ("unchecked", gettext_lazy("Could not be compared"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Settlement]) -> QuerySet[Settlement]:
        if self.value() == "differs":
            return differing(queryset)
        if self.value() == "unchecked":
            return queryset.filter(commission_amount__isnull=False, expected_commission=None)
        return queryset


@admin.register(Settlement)
class SettlementAdmin(EndlessAdmin):
    list_display = (
        "transaction_at",
        "kind_words",
        "order_link",
        "barcode",
        "credit_money",
        "debt_money",
        "commission_money",
        "expected_money",
        "payment",
    )
    list_display_links = ("transaction_at",)
    list_select_related = ("order",)
    list_filter = (KindFilter, "transaction_at", PaidFilter, DifferenceFilter)
    plain_search = ("order_number", "payment_order_id", "barcode")
    money_names = frozenset(
        {
            "credit_money",
            "debt_money",
            "commission_money",
            "expected_money",
            "credit",
            "debt",
            "commission_amount",
            "expected_commission",
            "seller_revenue",
        }
    )
    ordering = ("-transaction_at", "-id")
    sortable_by = ()
    fields = (
        ("kind_words", "label", "record_id"),
        ("order", "order_number", "package_id"),
        ("line", "barcode"),
        "description",
        ("credit", "debt", "currency"),
        ("commission_rate", "commission_amount", "expected_commission"),
        "seller_revenue",
        ("transaction_at", "payment_date", "payment_order_id"),
        "read_at",
    )
    readonly_fields = ("kind_words",)

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        name = "integrations_settlement_reconciliation"
        return (
            ("reconciliation/", name, ReconciliationView.as_view(model_admin=self)),
            ("reconciliation/export/", f"{name}_export", ExportView.as_view(model_admin=self)),
        )

    @column(description=gettext_lazy("kind"))
    def kind_words(self, row: Settlement) -> str:
        return kind_label(row.kind)

    @column(description=gettext_lazy("order"))
    def order_link(self, row: Settlement) -> str:
        if row.order is None:
            return row.order_number or "—"
        url = reverse("admin:orders_order_change", args=[row.order.pk])
        return format_html('<a class="g-link" href="{}">{}</a>', url, row.order.order_number)

    @column(description=gettext_lazy("owed to us"))
    def credit_money(self, row: Settlement) -> str:
        return format_money(row.credit, row.currency) if row.credit else "—"

    @column(description=gettext_lazy("owed by us"))
    def debt_money(self, row: Settlement) -> str:
        return format_money(row.debt, row.currency) if row.debt else "—"

    @column(description=gettext_lazy("commission"))
    def commission_money(self, row: Settlement) -> str:
        return format_money(row.commission_amount, row.currency)

    @column(description=gettext_lazy("commission expected"))
    def expected_money(self, row: Settlement) -> str:
        return format_money(row.expected_commission, row.currency)

    @column(description=gettext_lazy("payment"))
    def payment(self, row: Settlement) -> str:
        day = f"{row.payment_date:%d.%m.%Y}" if row.payment_date else "—"
        return f"{row.payment_order_id} · {day}" if row.payment_order_id else day


class _AccountsView(UnfoldModelAdminViewMixin):
    """Both rights are needed: these pages are nothing but amounts."""

    title = gettext_lazy("Reconciliation")
    permission_required = (VIEW_SETTLEMENTS, VIEW_MONEY)
    raise_exception = True
    request: HttpRequest

    @property
    def payment(self) -> str:
        return self.request.GET.get("payment", "").strip()[:40]

    def tolerance(self) -> tuple[Decimal, str]:
        """The tolerance asked for, and the text that was no amount."""
        text = self.request.GET.get("tolerance", "").strip()
        if not text:
            return TOLERANCE, ""
        try:
            given = parse_decimal(text, places=2)
        except ValueError:
            return TOLERANCE, text[:20]
        return (given, "") if 0 <= given <= MOST_TOLERANCE else (TOLERANCE, text[:20])


class ReconciliationView(_AccountsView, TemplateView):
    """Payments, months and differing commissions; `?payment=` shows one payment order by kind."""

    template_name = "admin/integrations/settlements.html"

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        tolerance, refused = self.tolerance()
        chosen = self.payment
        numbers = Paginator([chosen] if chosen else reconciliation.payment_ids(), PAYMENTS_PER_PAGE)
        page = numbers.get_page(self.request.GET.get("page"))
        found = reconciliation.payments(list(page.object_list), tolerance=tolerance)
        rows = Settlement.objects.filter(payment_order_id=chosen) if chosen else Settlement.objects.all()
        wrong = differing(rows, tolerance=tolerance).select_related("order")
        newest = wrong.order_by("-transaction_at", "-pk")[:DIFFERENCES_SHOWN]
        return super().get_context_data(
            payments=found,
            page=page,
            chosen=chosen,
            kinds=reconciliation.kinds_of(chosen, tolerance=tolerance) if chosen else (),
            months=() if chosen else reconciliation.months(tolerance=tolerance),
            unpaid=None if chosen else reconciliation.unpaid(tolerance=tolerance),
            differences=[(row, kind_label(row.kind), against_us(row)) for row in newest],
            difference_count=wrong.count(),
            tolerance=tolerance,
            refused=refused,
            export=_export_link(chosen, tolerance),
        )


def _export_link(payment: str, tolerance: Decimal) -> str:
    page = reverse("admin:integrations_settlement_reconciliation_export")
    return f"{page}?{urlencode({'payment': payment, 'tolerance': str(tolerance)})}"


class ExportView(_AccountsView, View):
    """The page as a workbook: payments, months, differences, and the rows themselves."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tolerance, _refused = self.tolerance()
        content = settlement_workbook(payment=self.payment, tolerance=tolerance, now=timezone.now())
        name = _("accounts")
        stamp = f"{timezone.localtime():%Y-%m-%d}"
        headers = {"Content-Disposition": f'attachment; filename="{name}-{stamp}.xlsx"'}
        return HttpResponse(content, content_type=XLSX, headers=headers)
