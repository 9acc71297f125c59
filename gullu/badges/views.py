"""The page of a shared device: scan the badge, type the PIN, begin. And the button that hands the device on."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from gullu.badges.codes import LONGEST_PIN, SHORTEST_PIN
from gullu.badges.services import enter
from gullu.errors import DomainError
from gullu.landing import home_of


@login_not_required
@sensitive_post_parameters("badge", "pin")
@sensitive_variables("code", "pin")
@never_cache
@require_http_methods(["GET", "POST"])
def enter_page(request: HttpRequest) -> HttpResponse:
    """Sign in with a badge; refused ones are answered with one sentence, whatever was wrong."""
    refusal = ""
    if request.method == "POST":
        code, pin = request.POST.get("badge", "")[:200], request.POST.get("pin", "")[:20]
        try:
            person = enter(badge_code=code, pin=pin, request=request)
        except DomainError as error:
            refusal = error.message
        else:
            return HttpResponseRedirect(_next(request) or home_of(person))
    context = {
        "refusal": refusal,
        "next": _next(request),
        "password_page": resolve_url(settings.LOGIN_URL),
        "least": SHORTEST_PIN,
        "most": LONGEST_PIN,
    }
    return render(request, "badges/enter.html", context, status=422 if refusal else 200)


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    given = request.POST.get("next", "") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return given if here else ""


@login_not_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign out and wait for the next badge. Harmless for who is signed out already."""
    logout(request)
    return HttpResponseRedirect(reverse("badge:enter"))
