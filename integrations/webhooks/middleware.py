"""Lets events in before sessions, people and forms are looked at: none of them concerns Trendyol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

from integrations.webhooks.views import receive

# As in integrations/webhooks/urls.py below gullu/urls.py; a test compares them.
PATHS: Final = frozenset({"/webhooks/orders/", "/webhooks/trendyol/"})


class WebhookMiddleware:
    """Answers the addresses of the events: those behind it read a form's body before anybody asks who sends it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Also without the slash at its end, as somebody may have typed it: an event cannot be redirected.
        path = f"{request.path_info.rstrip('/')}/"
        if path not in PATHS:
            return self.get_response(request)
        # For the access log, which names pages.
        request.resolver_match = resolve(path)
        return receive(request)
