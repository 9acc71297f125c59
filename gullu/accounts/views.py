"""The few pages around signing in that allauth does not have, or has otherwise."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import PasswordChangeView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gullu.accounts.errors import SessionGone
from gullu.accounts.policy import BADGE_KEY
from gullu.accounts.selectors import mark_of, sessions_of
from gullu.accounts.services import end_session, end_sessions
from gullu.staff_pages import person


@require_safe
@never_cache
def admin_login(request: HttpRequest) -> HttpResponseBase:
    """In place of the back office's own sign-in, which knows no second factor.

    Who is signed in but may not enter the back office is told so: sent to the sign-in, they would be sent back here.
    """
    wanted = get_next_redirect_url(request)
    if not request.user.is_authenticated:
        query = f"?{urlencode({'next': wanted})}" if wanted else ""
        return HttpResponseRedirect(f"{reverse('account_login')}{query}")
    if not admin.site.has_permission(request):
        raise PermissionDenied
    return HttpResponseRedirect(wanted or get_adapter(request).get_login_redirect_url(request))


class ChangePassword(PasswordChangeView):
    """For people who have a password, and signed in with it: a badge is not enough."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.session.get(BADGE_KEY) or not person(request).has_usable_password():
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class RemovePasskey(RemoveWebAuthnView):
    """allauth asks whether a factor may go when it is an app, but not when it is a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_mfa_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_list_webauthn")
        response: HttpResponse = super().form_valid(form)
        return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """One's own devices. POST: `end` = the mark of one of them, or `others`."""
    if request.method == "POST":
        _end(request, request.POST.get("end", ""))
        return redirect("account_sessions")
    own = mark_of(request.session.session_key or "")
    found = sessions_of(person(request))
    return render(request, "accounts/sessions.html", {"sessions": found, "own": own})


def _end(request: HttpRequest, wanted: str) -> None:
    who = person(request)
    if wanted == "others":
        ended = end_sessions(person=who, actor=who, keep=request.session.session_key)
        text = ngettext("%(count)s device was signed out.", "%(count)s devices were signed out.", ended)
        messages.success(request, text % {"count": ended})
        return
    try:
        end_session(person=who, mark=wanted)
    except SessionGone as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The device was signed out."))
