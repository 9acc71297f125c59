"""Badges given out. The code itself is printed once and kept nowhere."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Badge(models.Model):
    """A badge of one person: the SHA-256 of its code, the hashed PIN, and how often the PIN was wrong since it fitted.

    `locked_until` is set by too many wrong PINs. A revoked badge stays as a row: the list of activities names it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="badges", verbose_name=_("person")
    )
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    pin = models.CharField(_("PIN"), max_length=200)
    failures = models.PositiveSmallIntegerField(_("wrong PINs"), default=0)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)
    issued_at = models.DateTimeField(_("given out"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given out by")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(revoked_at=None), name="badge_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}"
