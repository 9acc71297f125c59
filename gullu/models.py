"""Records that belong to no domain: who signs in, and what ran, when, and how it ended."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gullu.accounts.records import Session
from gullu.alarms.records import AlarmState
from gullu.audit.records import Activity
from gullu.audit.tracking import track
from gullu.badges.records import Badge
from gullu.health.records import WorkerBeat
from gullu.labels.records import BarcodeSeries, CarrierLabel, LabelPrinter, LabelRun, LabelTemplate


@track(
    "UserHistory",
    # Neither the password, nor when they signed in: that is an activity.
    fields=["username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser"],
)
class User(AbstractUser):
    """A person who signs in. People are deactivated, never deleted: the ledger names them."""

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        default_permissions = ("add", "change", "view")
        # Rights that belong to no table; the roles that have them are in `gullu.roles`.
        permissions: ClassVar[list[tuple[str, Any]]] = [
            ("view_money", _("Can see amounts and sales")),
            ("pull_orders", _("Can read the orders from the marketplace now")),
            ("push_stock", _("Can send the stock to the marketplace now")),
            ("pick_orders", _("Can prepare orders on the scan pages")),
            ("report_unsupplied", _("Can report that an order cannot be supplied")),
            ("receive_goods", _("Can book goods in")),
            ("move_goods", _("Can move goods between shelves")),
            ("count_goods", _("Can count shelves and correct counts")),
            ("approve_counts", _("Can approve the differences of a count")),
            ("keep_shelves", _("Can make and arrange shelves")),
            ("put_back", _("Can put cancelled goods back on a shelf")),
            ("look_up", _("Can look up goods, shelves and orders by scan")),
            ("edit_orders", _("Can do the desk's work on orders: invoice, split, carrier, boxes, time")),
            ("cancel_orders", _("Can cancel orders")),
            ("make_orders", _("Can make and send orders by hand")),
            ("keep_exchanges", _("Can open and settle exchanges")),
            ("override_exchanges", _("Can let an exchange leave without the return number")),
            ("inspect_returns", _("Can inspect returned goods and bring them to a shelf")),
            ("decide_returns", _("Can accept or refuse returns")),
            ("export_orders", _("Can export orders to Excel")),
            ("correct_costs", _("Can correct kept costs of past sales")),
            ("view_history", _("Can see who changed what, and when")),
            ("unmask_customers", _("Can see customers' data in full")),
            ("keep_personal_data", _("Can hand out and erase the personal data of a customer")),
            ("keep_badges", _("Can give out and revoke badges")),
            ("end_sessions", _("Can sign other people out")),
            ("keep_webhooks", _("Can register, switch and remove webhooks")),
            ("keep_backups", _("Can start backups and restore drills")),
            ("view_system", _("Can see the state of the system")),
        ]


class JobRun(models.Model):
    """One run of a job or command, readable by staff: what it did, or why it failed."""

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Failed")
        SKIPPED = "SKIPPED", _("Skipped")
        LOST = "LOST", _("Broken off")

    class Trigger(models.TextChoices):
        SCHEDULE = "SCHEDULE", _("Schedule")
        COMMAND = "COMMAND", _("Command")
        STAFF = "STAFF", _("By hand")
        INTERNAL = "INTERNAL", _("Part of another run")

    name = models.CharField(_("job"), max_length=60)
    trigger = models.CharField(_("started by"), max_length=10, choices=Trigger)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    counts = models.JSONField(pgettext_lazy("job run", "counts"), default=dict, blank=True)
    error = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("person"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["name", "-started_at"], name="jobrun_name_started"),
            models.Index(fields=["-started_at"], name="jobrun_started"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {timezone.localtime(self.started_at):%d.%m.%Y %H:%M:%S}"


# They follow the tables that hang on a person, which exist from here on.
from gullu.audit.foreign import JobSchedule, Membership, OwnRight, Role, RoleRight, Work  # noqa: E402

__all__ = [
    "Activity",
    "AlarmState",
    "Badge",
    "BarcodeSeries",
    "CarrierLabel",
    "JobRun",
    "JobSchedule",
    "LabelPrinter",
    "LabelRun",
    "LabelTemplate",
    "Membership",
    "OwnRight",
    "Role",
    "RoleRight",
    "Session",
    "User",
    "Work",
    "WorkerBeat",
]
