"""What a marketplace sends of its own accord: the raw events, the hooks it keeps for us, and the state of both."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.enums import Channel


class WebhookEvent(models.Model):
    """One request of the marketplace, kept as it came before anything is done with it.

    `digest` is the SHA-256 of the body: the same bytes are kept once. `package_id` and `remote_modified_at` are read
    from the body when it is processed. The body holds customers' data: it is emptied as soon as the order has it
    (`size` tells how long it was), and the row goes after a week (`integrations.webhooks.keeping`).
    """

    class State(models.TextChoices):
        NEW = "NEW", pgettext_lazy("event", "Waiting")
        APPLIED = "APPLIED", pgettext_lazy("event", "Applied")
        OLD = "OLD", pgettext_lazy("event", "Older than what is known")
        DUPLICATE = "DUPLICATE", pgettext_lazy("event", "Known already")
        REFUSED = "REFUSED", pgettext_lazy("event", "Could not be used")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    received_at = models.DateTimeField(_("received"))
    digest = models.CharField(_("fingerprint"), max_length=64)
    body = models.BinaryField(_("content"), blank=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    package_id = models.BigIntegerField(_("package"), null=True, blank=True)
    remote_modified_at = models.DateTimeField(_("changed there"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="webhook_event_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=Q(state="NEW"), name="webhook_event_waiting"),
            models.Index(fields=["-received_at", "-id"], name="webhook_event_newest"),
            models.Index(fields=["package_id"], name="webhook_event_package"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id or self.digest[:12]} {self.state}"


class WebhookHook(models.Model):
    """One webhook of this seller, as the marketplace listed it last; rows it no longer lists are removed.

    `active_since` is when it was first seen active without a break, `active_at` when it was last seen active,
    `passive_since` when it was first seen passive. No secrets: the marketplace does not tell them.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", pgettext_lazy("webhook", "Active")
        PASSIVE = "PASSIVE", pgettext_lazy("webhook", "Passive")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    remote_id = models.CharField(_("webhook no"), max_length=64)
    url = models.CharField(_("address"), max_length=500)
    username = models.CharField(_("user name"), max_length=150, blank=True)
    authentication = models.CharField(_("authentication"), max_length=30)
    subscribed = models.JSONField(_("statuses"), default=list, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status)
    ours = models.BooleanField(_("leads here"))
    active_since = models.DateTimeField(_("active since"), null=True, blank=True)
    active_at = models.DateTimeField(_("last seen active"), null=True, blank=True)
    passive_since = models.DateTimeField(_("passive since"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "remote_id"], name="webhook_hook_once")
        ]

    def __str__(self) -> str:
        return self.url


class WebhookState(models.Model):
    """The one row per channel that says how things stand.

    `rung_at` is set while a run over the waiting events is queued. `checked_at` is the last reading of the list of
    webhooks, `check_error` why the newest one failed. `gap_from` is set from the moment a passive webhook is found
    until the orders since then were read again (`gap_read_at`).
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, unique=True)
    rung_at = models.DateTimeField(_("run asked for"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    check_error = models.TextField(_("reason"), blank=True)
    gap_from = models.DateTimeField(_("gap since"), null=True, blank=True)
    gap_read_at = models.DateTimeField(_("gap read again"), null=True, blank=True)

    class Meta:
        verbose_name = _("state of the webhooks")
        verbose_name_plural = _("states of the webhooks")
        default_permissions = ()

    def __str__(self) -> str:
        return self.channel
