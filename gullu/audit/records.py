"""The list of activities: sign-ins, exports, numbers shown in full, rights given. Only ever added to."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gullu.audit.tracking import append_only
from gullu.origin import LONGEST_DEVICE


class Activity(models.Model):
    """One thing a person did that changes no record, or that must be found without knowing the record.

    `actor` is empty for who is not known; `name` is then what was typed. `subject_*` name the record it was about,
    as `app.model` and key, with its words at that time. Nothing secret and no customer's data stand here.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "SIGNED_IN", _("Signed in")
        SIGNED_OUT = "SIGNED_OUT", _("Signed out")
        SIGN_IN_FAILED = "SIGN_IN_FAILED", _("Sign-in failed")
        LOCKED_OUT = "LOCKED_OUT", _("Locked out")
        ENDED_SESSIONS = "ENDED_SESSIONS", _("Signed out everywhere")
        PASSWORD_CHANGED = "PASSWORD_CHANGED", _("Password changed")
        SECOND_FACTOR = "SECOND_FACTOR", _("Second factor changed")
        BADGE = "BADGE", _("Badge given or revoked")
        RIGHTS_CHANGED = "RIGHTS_CHANGED", _("Rights changed")
        EXPORTED = "EXPORTED", _("Exported")
        UNMASKED = "UNMASKED", _("Customer data shown in full")
        PERSONAL_DATA = "PERSONAL_DATA", _("Personal data handed out or erased")
        WEBHOOK = "WEBHOOK", _("Webhook changed")
        BACKUP = "BACKUP", _("Backup or restore")

    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("activity"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    subject_kind = models.CharField(_("kind of record"), max_length=100, blank=True)
    subject_id = models.CharField(_("record no"), max_length=64, blank=True)
    subject = models.CharField(_("record"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    source = models.CharField(_("by way of"), max_length=10, blank=True)
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    device = models.CharField(_("device"), max_length=LONGEST_DEVICE, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at", "-id"], name="activity_newest"),
            models.Index(fields=["actor", "-at"], name="activity_person"),
            models.Index(fields=["kind", "-at"], name="activity_kind"),
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="activity_subject"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}".strip()
