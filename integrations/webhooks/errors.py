"""Why something about webhooks cannot be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class WebhooksOff(DomainError):
    """Data: none."""

    code = "webhooks_off"
    template = _(
        "Webhooks are off: write TRENDYOL_WEBHOOK_ENABLED=1 and TRENDYOL_WEBHOOK_API_KEY into .env and start again."
    )


class AddressUnusable(DomainError):
    """Data: detail."""

    code = "webhook_address_unusable"
    template = _("No webhook can lead here. %(detail)s")


class TooManyWebhooks(DomainError):
    """Data: most."""

    code = "too_many_webhooks"
    template = _(
        "Trendyol keeps at most %(most)s webhooks per seller, passive ones included: remove one that is not needed."
    )


class UnknownWebhook(DomainError):
    """Data: webhook."""

    code = "unknown_webhook"
    template = _("Trendyol lists no webhook %(webhook)s: read the list again.")
