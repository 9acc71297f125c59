"""Refusals of manual orders. Each names the value and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class NoArticles(DomainError):
    """No data."""

    code = "no_articles"
    template = _("The order has no articles: scan or paste at least one barcode.")


class MoreThanAvailable(DomainError):
    """Data: articles (`barcode: wanted / available`, several separated by commas)."""

    code = "more_than_available"
    template = _(
        "More is wanted than is available (%(articles)s): lower the quantity, or confirm that it is to be reserved "
        "anyway."
    )


class NotManual(DomainError):
    """Data: order."""

    code = "not_manual"
    template = _("Order %(order)s belongs to a marketplace: what becomes of it is decided there.")


class NotPickedYet(DomainError):
    """Data: order, status (label)."""

    code = "not_picked_yet"
    template = _(
        "Order %(order)s is “%(status)s”: only an order that was picked can be handed to the carrier."
    )


class NotShipped(DomainError):
    """Data: order, status (label)."""

    code = "not_shipped"
    template = _("Order %(order)s is “%(status)s”: hand it to the carrier first.")


class AlreadyPicked(DomainError):
    """Data: order, status (label)."""

    code = "already_picked"
    template = _("Order %(order)s is “%(status)s”: it can be changed only until it is picked.")


class BeingPicked(DomainError):
    """Data: order."""

    code = "being_picked"
    template = _("Order %(order)s is being picked: its articles can be changed once it was given back.")


class ExchangedArticlesStay(DomainError):
    """Data: order."""

    code = "exchanged_articles_stay"
    template = _("Order %(order)s belongs to an exchange: cancel the exchange and open another one.")


class FormKeyMissing(DomainError):
    """No data."""

    code = "form_key_missing"
    template = _("The form has lost its key: load the page again.")


class AmountImpossible(DomainError):
    """Data: amount, highest."""

    code = "amount_impossible"
    template = _(
        "Amount %(amount)s is not possible: give one from 0 to %(highest)s, with two decimals at most."
    )
