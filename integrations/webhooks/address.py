"""Where Trendyol is to send events, and whether it could: judged by the settings alone, nothing is asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.urls import reverse
from django.utils.translation import gettext as _

from gullu.http import is_loopback
from gullu.public_address import is_public_host
from integrations.trendyol.client import WebhookForm, forbidden_word
from integrations.webhooks.errors import AddressUnusable, WebhooksOff


def is_on() -> bool:
    """Whether events are taken."""
    return bool(settings.TRENDYOL_WEBHOOK["ENABLED"])


def own_url() -> str:
    """The address of our door as Trendyol is to call it; empty while the site has no address."""
    given: str | None = settings.TRENDYOL_WEBHOOK["URL"]
    if given:
        # Settings hold addresses without the slash at their end, and ours has one.
        return f"{given.rstrip('/')}/"
    base: str | None = settings.PUBLIC_BASE_URL
    return f"{base.rstrip('/')}{reverse('webhooks:orders')}" if base else ""


def own_form() -> WebhookForm:
    """What our webhook is registered with: for all statuses. Raises `WebhooksOff`, `AddressUnusable`."""
    door: dict[str, Any] = settings.TRENDYOL_WEBHOOK
    if not door["ENABLED"]:
        raise WebhooksOff
    problem = address_problem()
    if problem:
        raise AddressUnusable(detail=problem)
    return WebhookForm(
        url=own_url(), api_key=door["API_KEY"], username=door["USERNAME"], password=door["PASSWORD"]
    )


def address_problem() -> str:
    """One sentence on why Trendyol would not take our address or could not reach it; empty when it could."""
    url = own_url()
    if not url:
        return _("PUBLIC_BASE_URL is not set: write the https:// address of this site into .env.")
    parts = urlsplit(url)
    host = parts.hostname or ""
    words = {"address": url, "host": host, "word": forbidden_word(url)}
    if _is_practice() and is_loopback(host):
        return ""
    problems = (
        (
            bool(words["word"]),
            _("%(address)s contains “%(word)s”, which Trendyol does not take in the address of a webhook."),
        ),
        (
            not is_public_host(host),
            _(
                "%(address)s can only be reached from this house: use the address of this site on the internet."
            ),
        ),
        (
            parts.scheme != "https",
            _("%(address)s is not encrypted: customers' data arrive there, so use https://."),
        ),
        (
            not validate_host(host, settings.ALLOWED_HOSTS),
            _("This site does not answer to %(host)s: add it to ALLOWED_HOSTS."),
        ),
    )
    return next((sentence % words for holds, sentence in problems if holds), "")


def _is_practice() -> bool:
    """A practice Trendyol on this machine may call this machine; the real one could not."""
    return is_loopback(urlsplit(settings.TRENDYOL["BASE_URL"]).hostname or "")
