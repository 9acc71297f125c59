"""The view behind every scan page: show it, work on a scan, work on a button."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views import View

from gullu.badges.codes import read_code
from inventory.enums import ScanOutcome
from inventory.scan.kernel import MAX_TEXT, Answer, work_on_scan

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


class ScanPage(PermissionRequiredMixin, View):
    """A page of the warehouse. Subclasses name it and implement `scan`, `context` and their buttons.

    GET shows the page. POST with `key` and `text` is a scan; with `key` and `action` a button, which calls
    `do_<action>`. Both answer with the page's work area (`<template>_work.html`) and the header `X-Scan-Outcome`, for
    colour, sound and vibration. A scan page never answers an anticipated refusal with an error status: the device must
    know that the scan was worked on.
    """

    page: ClassVar[str]
    template: ClassVar[str]
    actions: ClassVar[frozenset[str]] = frozenset()
    raise_exception = False
    request: HttpRequest

    def scan(self, text: str) -> Answer:
        """Work on what was scanned, inside the transaction of the scan."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the work area shows now; a constant number of queries."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return render(
            request,
            f"{self.template}.html",
            {"page": self.page, "work": self.work_template, **self.context()},
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        key, action = request.POST.get("key", ""), request.POST.get("action", "")
        if not _KEY.fullmatch(key) or (action and action not in self.actions):
            return self.fragment(
                Answer(outcome=ScanOutcome.UNKNOWN, message=_("Reload the page and try again."))
            )
        text = request.POST.get("text", "")[: MAX_TEXT * 2]
        if read_code(text):
            # A badge is half a key: it is kept in no log.
            text, action, handler = "", "badge", _a_badge
        else:
            handler = getattr(self, f"do_{action}") if action else lambda: self.scan(text)
        answer = work_on_scan(
            key=key,
            page=self.page,
            text=f"[{action}] {text}".strip() if action else text,
            user=self.person,
            handler=handler,
            scanned_at=_moment(request.POST.get("scanned_at", "")),
        )
        return self.fragment(answer)

    @property
    def person(self) -> AbstractBaseUser:
        """Who is signed in; the permission was checked before."""
        return cast("AbstractBaseUser", self.request.user)

    @property
    def work_template(self) -> str:
        return f"{self.template}_work.html"

    def fragment(self, answer: Answer) -> HttpResponse:
        """The work area with the answer on top."""
        context = {"page": self.page, "answer": answer, **self.context()}
        response = render(self.request, self.work_template, context)
        response["X-Scan-Outcome"] = str(answer.outcome.value)  # a header takes nothing but text
        response["X-Scan-Repeated"] = "1" if answer.repeated else "0"
        return response


def _a_badge() -> Answer:
    return Answer(
        outcome=ScanOutcome.REFUSED,
        message=_("That is a badge: sign out, and scan it on the page for badges."),
        code="badge_scanned",
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
