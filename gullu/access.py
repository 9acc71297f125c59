"""One log line and a few counts for each request that was answered."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gullu.health.counting import count_request
from gullu.logs import serving

logger = logging.getLogger("gullu.access")

# Addresses nobody has: one name for all of them, or guessing them would fill the memory with names.
NOT_FOUND: Final = "-"


class AccessMiddleware:
    """Stands right behind `gullu.origin.OriginMiddleware`, so that the line has the number of the request.

    The line names the view, not the address: addresses hold what people search for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        started = time.perf_counter()
        with serving(request):
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            view = request.resolver_match.view_name if request.resolver_match else NOT_FOUND
            method = request.method or ""
            count_request(view=view, method=method, status=response.status_code, seconds=seconds)
            milliseconds = round(seconds * 1000)
            logger.info(
                "%s %s %s %s ms",
                method,
                view,
                response.status_code,
                milliseconds,
                extra={
                    "view": view,
                    "method": method,
                    "status": response.status_code,
                    "milliseconds": milliseconds,
                },
            )
        return response
