"""Every scan, good or bad: who, when, where, what, and what came of it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.audit.tracking import no_truncate
from inventory.enums import ScanOutcome
from inventory.models.stock import Shelf


class ScanLog(models.Model):
    """One scan or button of a scan page. `key` is made on the device: the same key is worked on once.

    `answer` is what the device was told, so that a repeated scan gets the same answer.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(_("key"), max_length=64, unique=True)
    page = models.CharField(_("page"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    text = models.CharField(_("scanned"), max_length=200)
    outcome = models.CharField(_("outcome"), max_length=10, choices=ScanOutcome)
    answer = models.TextField(_("answer"), blank=True)
    code = models.CharField(_("reason"), max_length=60, blank=True)
    variant = models.ForeignKey(
        Variant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("variant")
    )
    shelf = models.ForeignKey(
        Shelf, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("shelf")
    )
    reference = models.CharField(_("about"), max_length=120, blank=True)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-received_at"], name="scan_newest"),
            models.Index(fields=["user", "-received_at"], name="scan_person_newest"),
            models.Index(fields=["text"], name="scan_text"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            # A barcode or a shelf that is deleted leaves its scans behind without it.
            pgtrigger.Protect(
                name="read_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["variant", "shelf"]),
            ),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.text}"
