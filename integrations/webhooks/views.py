"""The door: who knocks is asked first, what he brings is kept, and he is answered at once."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from gullu.origin import client_address
from integrations.webhooks.address import is_on
from integrations.webhooks.authentication import failures, is_authentic
from integrations.webhooks.inbox import keep_event

# The largest package of Trendyol is far below; a larger body is not read.
MOST_BYTES: Final = 1024 * 1024
_COME_BACK_SECONDS: Final = "300"


class _Unreadable(Exception):
    """Why the body is not read: the answer to give."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    """Take one event. 200: it is kept, or was kept before.

    What we cannot read is kept and answered 200 as well: Trendyol would repeat it until it switches the webhook off.
    404 while webhooks are off, 401 or 429 without credentials, 413 for more than `MOST_BYTES`, 503 when too many wait.
    """
    if not is_on():
        return _answer(404, "Not found")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not is_authentic(request):
        return _turned_away(request)
    try:
        body = _body(request)
    except _Unreadable as error:
        return _answer(error.status, str(error))
    if keep_event(body).full:
        answer = _answer(503, "Too many events are waiting")
        answer["Retry-After"] = _COME_BACK_SECONDS
        return answer
    return _answer(200, "OK")


def _turned_away(request: HttpRequest) -> HttpResponse:
    if failures.note(client_address(request)):
        return _answer(429, "Too many requests")
    answer = _answer(401, "Unauthorized")
    answer["WWW-Authenticate"] = 'Basic realm="webhook", charset="UTF-8"'
    return answer


def _body(request: HttpRequest) -> bytes:
    """The body, if it is small enough to be read at all. Raises `_Unreadable`."""
    length = request.META.get("CONTENT_LENGTH") or ""
    try:
        if length.isdecimal():
            if int(length[:20]) > MOST_BYTES:
                raise _Unreadable(413, "Payload too large")
            return request.body
        return _body_of_unknown_length(request)
    except UnreadablePostError as error:
        raise _Unreadable(400, "The body broke off") from error


def _body_of_unknown_length(request: HttpRequest) -> bytes:
    """In pieces (chunked): only where the server in front of us says that the stream has an end."""
    if not request.META.get("wsgi.input_terminated"):
        raise _Unreadable(411, "Length required")
    body: bytes = request.META["wsgi.input"].read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _Unreadable(413, "Payload too large")
    return body


def _answer(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
