"""Refusals of exchanges. Each names the value and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class ExchangeNotFound(DomainError):
    """Data: exchange."""

    code = "exchange_not_found"
    template = _("Exchange %(exchange)s does not exist: open it from the list.")


class ReturnNumberMissing(DomainError):
    """Data: order."""

    code = "return_number_missing"
    template = _(
        "Order %(order)s is an exchange and the customer’s return tracking number is not known: enter it first, "
        "or have somebody with the right to do so send it without."
    )


class NothingToExchange(DomainError):
    """Data: order, article, left."""

    code = "nothing_to_exchange"
    template = _("Of %(article)s in order %(order)s, %(left)s can still be exchanged: lower the quantity.")


class FirstOrderHere(DomainError):
    """Data: order, status (label)."""

    code = "first_order_here"
    template = _("Order %(order)s is “%(status)s”: only what the customer has received can be exchanged.")


class OtherArticle(DomainError):
    """Data: got, wanted."""

    code = "other_article"
    template = _("This is %(got)s, and %(wanted)s should come back: set it aside and ask the office.")


class ExchangeSettled(DomainError):
    """Data: exchange, outcome (label)."""

    code = "exchange_settled"
    template = _("The old article of exchange %(exchange)s is settled already (%(outcome)s).")


class ExchangeOver(DomainError):
    """Data: exchange, state (label)."""

    code = "exchange_over"
    template = _("Exchange %(exchange)s is “%(state)s”: nothing about its parcel can be changed any more.")
