"""Addresses for proxies and monitors: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST

from gullu.health import readiness
from gullu.health.exposition import exposition
from gullu.roles import VIEW_SYSTEM

_BEARER: Final = "Bearer "


def healthz(_request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return _bare(HttpResponse("ok", content_type="text/plain"))


def readyz(request: HttpRequest) -> HttpResponse:
    """200 while requests may be sent here, else 503; what is wrong only for who may see it."""
    state = readiness.current()
    user = getattr(request, "user", None)
    details = _has_token(request) or (user is not None and user.has_perm(VIEW_SYSTEM))
    status = HTTPStatus.OK if state.fit else HTTPStatus.SERVICE_UNAVAILABLE
    return _bare(JsonResponse(state.as_dict(details=details), status=status))


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for who knows METRICS_TOKEN; without one set this address does not exist."""
    if not settings.METRICS_TOKEN:
        return _bare(HttpResponse(status=HTTPStatus.NOT_FOUND, content_type="text/plain"))
    if not _has_token(request):
        answer = HttpResponse(status=HTTPStatus.UNAUTHORIZED, content_type="text/plain")
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return _bare(answer)
    return _bare(HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST))


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not given.startswith(_BEARER):
        return False
    return secrets.compare_digest(given.removeprefix(_BEARER).encode(), settings.METRICS_TOKEN.encode())


def _bare(answer: HttpResponse) -> HttpResponse:
    """These answers pass by the middleware that says this for pages."""
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer


class ProbeMiddleware:
    """Answers these addresses before anything else looks at the request.

    A proxy asks by the machine's number and without https: neither ALLOWED_HOSTS nor the way to https may stand
    in its way. Only who comes with a session goes on, to be told the details of `/readyz`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return healthz(request)
        if request.path == "/metrics":
            return metrics(request)
        if request.path == "/readyz" and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return readyz(request)
        return self.get_response(request)
