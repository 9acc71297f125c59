"""Whoever needs a second factor and has none can set one up, or sign out, and nothing else.

Nobody who came in with a badge touches second factors: a passkey made so would outlive the badge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from gullu.accounts.policy import BADGE_KEY, has_second_factor, needs_second_factor
from gullu.models import User

# By name: an address may be written in several ways. Static files are served before views are looked for.
OPEN_VIEWS: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "admin_logout",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
    }
)
# allauth asks for the password before these, but not somebody who has none.
_FACTOR_VIEWS: Final = "mfa_"


class SecondFactorMiddleware:
    """Deny by default: a new view is closed to them without anybody thinking of it.

    Costs no statement: both answers come with the person (`gullu.people`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        user = request.user
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        if name.startswith(_FACTOR_VIEWS) and request.session.get(BADGE_KEY):
            raise PermissionDenied
        if not isinstance(user, User) or not needs_second_factor(user) or has_second_factor(user):
            return None
        # For the pages that say why, and offer no other way.
        vars(request)["second_factor_missing"] = True
        return None if name in OPEN_VIEWS else HttpResponseRedirect(reverse("mfa_index"))
