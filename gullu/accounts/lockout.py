"""Who guesses passwords or codes is locked out for a while; django-axes counts, in the database, for all processes."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.models import User
from gullu.origin import client_address as _address
from gullu.origin import network_of

# Failures within the cool-off time, in the order of `AXES_LOCKOUT_PARAMETERS`: one person at one address; one address,
# which may be a whole shop behind one router; one person from anywhere, so that many machines guess no more than this.
MOST: Final = (5, 30, 60)


def client_address(request: HttpRequest) -> str | None:
    """`AXES_CLIENT_IP_CALLABLE`: whoever has a whole network of addresses counts as one."""
    return network_of(_address(request))


class Handler(AxesDatabaseHandler):
    """axes' own, with a limit for each way of counting, and with a line in the list of activities."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The way of counting that is nearest to its limit, in parts of `AXES_FAILURE_LIMIT`."""
        counted = zip(self.get_user_attempts(request, credentials), MOST, strict=True)
        full = settings.AXES_FAILURE_LIMIT
        return max(_failures(attempts) * full // most for attempts, most in counted)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        # An attempt while locked out is neither counted nor written down: whoever hammers would fill both lists.
        before = request is not None and request.axes_locked_out  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None or before:
            return
        name = get_client_username(request, credentials) or ""
        person = User.objects.filter(username=name).first()
        record(Activity.Kind.SIGN_IN_FAILED, actor=None, name=name, subject=person)
        if request.axes_locked_out:  # type: ignore[attr-defined]
            details = {"until": locked_until(request, credentials).isoformat()}
            record(Activity.Kind.LOCKED_OUT, actor=None, name=name, subject=person, details=details)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A right password forgives this person at this address: not what else was guessed from there."""
        attempts = self.filter_user_attempts(request, credentials)[0]
        count, _kinds = attempts.delete()
        return int(count)


def _failures(attempts: Any) -> int:
    return attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0


def count_wrong_code(request: HttpRequest, user: User) -> None:
    """A wrong code counts as a wrong password does."""
    AxesProxyHandler.user_login_failed(
        sender=__name__, credentials={"username": user.username}, request=request
    )


def is_locked_out(request: HttpRequest, user: User) -> bool:
    """Whether this person may not try now from here; marks the request, which is then answered by `locked_page`."""
    credentials = {"username": user.username}
    if AxesProxyHandler.is_allowed(request, credentials):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return True


def locked_until(request: HttpRequest, credentials: dict[str, Any] | None) -> datetime:
    """When the last failure that counts is forgotten."""
    handler = Handler()
    newest = [
        attempts.aggregate(last=Max("attempt_time"))["last"]
        for attempts in handler.get_user_attempts(request, credentials)
    ]
    last: datetime = max((at for at in newest if at), default=timezone.now())
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    return last + cool_off


def locked_page(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """`AXES_LOCKOUT_CALLABLE`: one sentence that says how long, and the way out."""
    until = locked_until(request, credentials)
    return render(request, "accounts/locked.html", {"until": until}, status=HTTPStatus.TOO_MANY_REQUESTS)
