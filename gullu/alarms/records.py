"""What was found wrong, since when, and who was told."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AlarmState(models.Model):
    """One alarm from the check that found it to the check that no longer did: `cleared_at` is empty while it holds.

    `check_name` is the function that says it (`settings.ALARMS`). `sentence` and `level` are those of the newest check.
    `mailed_at` is the newest mail that said it holds, `clearing_mailed_at` the one that said it no longer does.
    """

    class Level(models.TextChoices):
        WARNING = "WARNING", pgettext_lazy("alarm", "Warning")
        DANGER = "DANGER", pgettext_lazy("alarm", "Danger")

    code = models.CharField(_("code"), max_length=80)
    check_name = models.CharField(_("check"), max_length=120)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    sentence = models.TextField(_("what is wrong"))
    link = models.CharField(_("link"), max_length=300, blank=True)
    rights = ArrayField(models.CharField(max_length=100), verbose_name=_("rights"), default=list, blank=True)
    raised_at = models.DateTimeField(_("since"))
    last_seen_at = models.DateTimeField(_("last found"))
    cleared_at = models.DateTimeField(_("over since"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("last mail"), null=True, blank=True)
    clearing_mailed_at = models.DateTimeField(_("mail that it is over"), null=True, blank=True)
    silenced_until = models.DateTimeField(_("silent until"), null=True, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=Q(cleared_at=None), name="alarm_holds_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-raised_at", "-id"], name="alarm_newest")
        ]

    def __str__(self) -> str:
        return self.code
