"""What is refused around badges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class BadPin(DomainError):
    """Data: least, most."""

    code = "bad_pin"
    template = _("A PIN has %(least)s to %(most)s digits and nothing else.")


class WeakPin(DomainError):
    code = "weak_pin"
    template = _("This PIN is too easy to guess: choose digits that neither count up or down nor repeat.")


class NoBadgeFor(DomainError):
    """Data: person."""

    code = "no_badge_for"
    template = _("%(person)s gets no badge: badges are for people whose only role is the warehouse.")


class NoBadge(DomainError):
    """Data: person."""

    code = "no_badge"
    template = _("%(person)s has no badge that could be revoked.")


class NotLetIn(DomainError):
    """One sentence for everything: who tries badges learns nothing from it."""

    code = "not_let_in"
    template = _(
        "Not signed in: the badge or the PIN is wrong, or the badge is locked. After %(tries)s wrong PINs a badge is "
        "locked for %(minutes)s minutes."
    )


class TooManyTries(DomainError):
    """Data: minutes."""

    code = "too_many_badge_tries"
    template = _(
        "Too many wrong attempts from this place: wait %(minutes)s minutes, or sign in with the password."
    )
