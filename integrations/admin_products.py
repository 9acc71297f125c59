"""What was asked of marketplaces for our products, item by item, and what became of it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gullu.admin.base import EndlessAdmin, who, wide_text
from gullu.admin.decorators import bulk_action, column
from gullu.errors import DomainError
from gullu.roles import LIST_PRODUCTS
from integrations.listing.writes import ask_again
from integrations.models import OutboxMessage, ProductWrite

State = ProductWrite.State
WRITE_COLOURS = {
    State.WAITING: "info",
    State.SENT: "info",
    State.ENTERED: "warning",
    State.SUCCESS: "success",
    State.FAILED: "danger",
    State.UNKNOWN: "warning",
}
_KINDS = [(kind.value, kind.label) for kind in OutboxMessage.Kind if kind.value.startswith("PRODUCT_")]


class KindFilter(admin.SimpleListFilter):
    """By what was asked."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(_KINDS)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ProductWrite]
    ) -> QuerySet[ProductWrite] | None:
        wanted = self.value()
        return queryset.filter(message__kind=wanted) if wanted in dict(_KINDS) else queryset


@admin.register(ProductWrite)
class ProductWriteAdmin(EndlessAdmin):
    """Newest first; what was refused can be ticked and sent again."""

    list_display = ("asked_at", "about", "kind", "state_label", "reason", "product_link", "message_link")
    list_display_links = ("asked_at",)
    list_select_related = ("message__written_by", "product")
    list_filter = ("state", KindFilter)
    folded_search = ("product__search_key", "variant__search_key")
    plain_search = ("barcode",)
    # It holds prices.
    money_names = frozenset({"sent"})
    ordering = ("-id",)
    actions: ClassVar[tuple[str, ...]] = ("send_again",)
    fields = (
        ("about", "kind", "state"),
        ("asked_on", "person", "decided_at"),
        "all_reasons",
        ("product_link", "message_link"),
        "sent",
    )

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(LIST_PRODUCTS)

    @bulk_action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[ProductWrite]) -> None:
        """Only what was refused, as the models are now; everything or nothing."""
        try:
            asked = ask_again(write_ids=list(queryset.values_list("pk", flat=True)), user=who(request))
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return
        text = ngettext("%(count)s item is sent again.", "%(count)s items are sent again.", asked.items)
        self.message_user(request, text % {"count": asked.items}, messages.SUCCESS)
        left = queryset.count() - asked.items
        if left > 0:
            words = gettext("%(count)s were not refused, or something newer was sent for them since.")
            self.message_user(request, words % {"count": left}, messages.WARNING)

    @column(description=_("asked"), ordering="id")
    def asked_at(self, write: ProductWrite) -> Any:
        return write.message.created_at

    @column(description=_("asked"))
    def asked_on(self, write: ProductWrite) -> str:
        return localize(timezone.localtime(write.message.created_at))

    @column(description=_("barcode or card"), ordering="barcode")
    def about(self, write: ProductWrite) -> str:
        return write.barcode or gettext("Card %(number)s") % {"number": write.content_id}

    @column(description=_("kind"))
    def kind(self, write: ProductWrite) -> str:
        return write.message.get_kind_display()

    @column(description=_("state"), ordering="state", label=WRITE_COLOURS)
    def state_label(self, write: ProductWrite) -> tuple[str, str]:
        return write.state, write.get_state_display()

    @column(description=_("reasons"))
    def reason(self, write: ProductWrite) -> str:
        return wide_text(" · ".join(write.reasons))

    @column(description=_("reasons"))
    def all_reasons(self, write: ProductWrite) -> str:
        return format_html_join("", "<p>{}</p>", ((reason,) for reason in write.reasons)) or "—"

    @column(description=_("model"))
    def product_link(self, write: ProductWrite) -> str:
        if write.product is None:
            return "—"
        url = reverse("admin:catalog_product_change", args=[write.product.pk])
        return format_html('<a class="g-link" href="{}">{}</a>', url, write.product.code)

    @column(description=_("message"))
    def message_link(self, write: ProductWrite) -> str:
        url = reverse("admin:integrations_outboxmessage_change", args=[write.message_id])
        return format_html('<a class="g-link" href="{}">{}</a>', url, write.message.get_state_display())

    @column(description=_("content sent"))
    def sent(self, write: ProductWrite) -> str:
        return format_html(
            '<pre class="g-sent">{}</pre>', json.dumps(write.body, ensure_ascii=False, indent=2)
        )

    @column(description=_("person"))
    def person(self, write: ProductWrite) -> str:
        return str(write.message.written_by or "—")
