"""The sessions, each with the person, the device and the end it belongs to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _


class Session(AbstractBaseSession):
    """One browser that is signed in, or is about to be (`user` is empty).

    Django's own table does not know whose a session is, so nobody could be signed out everywhere without reading all
    of them. `expire_date` is the earlier one of `ends_at` (nothing prolongs it) and `last_seen_at` + `idle`.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    started_at = models.DateTimeField(_("signed in"))
    last_seen_at = models.DateTimeField(_("last seen"))
    ends_at = models.DateTimeField(_("ends at the latest"))
    idle = models.DurationField(_("ends when idle for"))
    address = models.GenericIPAddressField(_("address"), null=True)
    device = models.TextField(_("device"), blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")  # type: ignore[assignment]  # a lazy text is what Django asks for
        verbose_name_plural = _("sessions")  # type: ignore[assignment]
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> Any:
        from gullu.sessions import SessionStore  # noqa: PLC0415  (which needs this model)

        return SessionStore
