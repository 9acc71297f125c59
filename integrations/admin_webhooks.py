"""Events Trendyol sent, and the page of the webhooks registered there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import EndlessAdmin, who, wide_text
from gullu.admin.decorators import bulk_action, column
from gullu.errors import DomainError
from gullu.jobs import enqueue
from gullu.models import JobRun, User
from gullu.roles import KEEP_WEBHOOKS
from integrations.models import WebhookEvent
from integrations.trendyol.connection import is_configured
from integrations.trendyol.sync.pages import without_personal_data
from integrations.webhooks import hooks
from integrations.webhooks.address import address_problem, is_on, own_url
from integrations.webhooks.inbox import process_again
from integrations.webhooks.reading import read_event

PAGE: Final = "integrations_webhookevent_hooks"
_STATE_COLOURS = {
    WebhookEvent.State.NEW: "info",
    WebhookEvent.State.APPLIED: "success",
    WebhookEvent.State.REFUSED: "danger",
}


@admin.register(WebhookEvent)
class WebhookEventAdmin(EndlessAdmin):
    list_display = (
        "received_at",
        "package",
        "state_label",
        "words",
        "changed",
        "processed_at",
        "attempts",
        "size",
    )
    list_filter = ("state",)
    plain_search = ("package_id", "digest")
    ordering = ("-received_at", "-id")
    actions: ClassVar[tuple[str, ...]] = ("process_again",)
    fields = (
        ("received_at", "processed_at", "state_label"),
        ("package_id", "remote_modified_at"),
        "words",
        ("attempts", "size", "digest"),
        "content",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        # The list shows no bodies.
        return super().get_queryset(request).defer("body")

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("hooks/", PAGE, HooksView.as_view(model_admin=self)),)

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(KEEP_WEBHOOKS)

    @bulk_action(description=gettext_lazy("Process once more"), permissions=["again"])
    def process_again(self, request: HttpRequest, queryset: Any) -> None:
        """Only what could not be used and is still whole."""
        chosen = list(queryset.values_list("pk", flat=True))
        done = process_again(event_ids=chosen)
        text = ngettext(
            "%(count)s event is processed once more.", "%(count)s events are processed once more.", done
        )
        self.message_user(request, text % {"count": done}, messages.SUCCESS if done else messages.WARNING)
        if done < len(chosen):
            rest = _("%(count)s were used already, or their content is not kept any more.")
            self.message_user(request, rest % {"count": len(chosen) - done}, messages.WARNING)

    @column(description=gettext_lazy("package"), ordering="package_id")
    def package(self, event: WebhookEvent) -> str:
        if event.package_id is None:
            return "—"
        url = f"{reverse('admin:orders_order_changelist')}?q={event.package_id}"
        return format_html('<a class="g-link" href="{}">{}</a>', url, event.package_id)

    @column(description=pgettext_lazy("event", "state"), ordering="state", label=_STATE_COLOURS)
    def state_label(self, event: WebhookEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @column(description=gettext_lazy("reason"))
    def words(self, event: WebhookEvent) -> str:
        return wide_text(_(event.reason) if event.reason else "")

    @column(description=gettext_lazy("changed there"), ordering="remote_modified_at")
    def changed(self, event: WebhookEvent) -> str:
        at = event.remote_modified_at
        return "—" if at is None else date_format(localtime(at), "d.m.Y H:i:s")

    @column(description=gettext_lazy("content without personal data"))
    def content(self, event: WebhookEvent) -> str:
        """What is still kept of it, as far as it is no customer's business; nothing that cannot be read is shown."""
        body = bytes(event.body)
        if not body:
            return _("Not kept: the order has it.")
        packages = [without_personal_data(raw) for raw in read_event(body).content]
        if not packages:
            return _("Not shown: it cannot be read, so nobody knows what is personal in it.")
        text = json.dumps(packages, ensure_ascii=False, indent=1, default=str)
        return format_html('<pre class="g-sent">{}</pre>', text)


Act = Callable[[User, str], hooks.HooksResult]


class HooksView(UnfoldModelAdminViewMixin, TemplateView):
    """The webhooks as Trendyol listed them last. A POST speaks with Trendyol, or asks the worker to."""

    title = gettext_lazy("Webhooks")
    template_name = "admin/integrations/webhooks.html"
    permission_required: ClassVar[tuple[str, ...]] = (KEEP_WEBHOOKS,)
    raise_exception = True
    request: HttpRequest

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        known = hooks.known_hooks()
        counts = dict(WebhookEvent.objects.values_list("state").annotate(n=Count("pk")).order_by())
        return super().get_context_data(
            on=is_on(),
            configured=is_configured(),
            url=own_url(),
            problem=address_problem() if is_on() else "",
            hooks=known,
            registered=any(hook.ours for hook in known),
            state=hooks.state(),
            counts=[(label, counts.get(value, 0), value) for value, label in WebhookEvent.State.choices],
            may_see_events=self.request.user.has_perm("integrations.view_webhookevent"),
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        action, remote_id = request.POST.get("action", ""), request.POST.get("webhook", "")
        if action == "check":
            return self._check()
        if action not in ACTIONS:
            return HttpResponseBadRequest(_("This page has no such button: open it again."))
        act, done = ACTIONS[action]
        try:
            act(who(request), remote_id)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, done)
        return self._back()

    def _check(self) -> HttpResponse:
        with transaction.atomic():
            enqueue(
                "integrations.tasks.check_webhooks_job",
                trigger=JobRun.Trigger.STAFF.value,
                actor_id=self.request.user.pk,
            )
        messages.success(
            self.request, _("The webhooks are being checked; the result appears under “job runs”.")
        )
        return self._back()

    def _back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"admin:{PAGE}"))


def _switch(actor: User, remote_id: str, *, active: bool) -> hooks.HooksResult:
    return hooks.switch(remote_id=hooks.known_hook(remote_id).remote_id, active=active, actor=actor)


def _remove(actor: User, remote_id: str) -> hooks.HooksResult:
    return hooks.remove(remote_id=hooks.known_hook(remote_id).remote_id, actor=actor)


ACTIONS: Final[dict[str, tuple[Act, Any]]] = {
    "read": (lambda _actor, _id: hooks.read_hooks(), gettext_lazy("The list was read from Trendyol.")),
    "register": (lambda actor, _id: hooks.register(actor=actor), gettext_lazy("The webhook is registered.")),
    "activate": (
        lambda actor, remote_id: _switch(actor, remote_id, active=True),
        gettext_lazy("The webhook is switched on."),
    ),
    "deactivate": (
        lambda actor, remote_id: _switch(actor, remote_id, active=False),
        gettext_lazy("The webhook is switched off."),
    ),
    "remove": (_remove, gettext_lazy("The webhook is removed.")),
}
