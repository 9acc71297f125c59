"""What is refused around signing in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class OwnersOnly(DomainError):
    code = "owners_only"
    template = _("%(person)s is an owner: only another owner may do this.")


class MoreRights(DomainError):
    """Data: person."""

    code = "more_rights"
    template = _("%(person)s has rights that you do not have: only an owner may do this.")


class OwnSecondFactor(DomainError):
    code = "own_second_factor"
    template = _("Your own second factor is changed on the page of your account.")


class NoSecondFactor(DomainError):
    code = "no_second_factor"
    template = _("%(person)s has no second factor that could be reset.")


class NotLocked(DomainError):
    code = "not_locked"
    template = _("%(person)s is not locked out.")


class SessionGone(DomainError):
    code = "session_gone"
    template = _("This session has already ended.")
