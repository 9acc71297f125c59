"""Where somebody begins: pickers on the scan pages, everybody else in the back office."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from gullu.models import User
from gullu.roles import LOOK_UP, VIEW_MONEY
from gullu.staff_pages import person


def is_picker(user: User) -> bool:
    """Works with the scanner and is no office: may look up by scan, and sees no amounts."""
    return user.has_perm(LOOK_UP) and not user.has_perm(VIEW_MONEY)


def home_of(user: User) -> str:
    """The address of the page this person begins with.

    Who may not enter the back office begins on the scan pages too: they open for everybody who is signed in.
    """
    return reverse("scan:home" if not user.is_staff or is_picker(user) else "admin:index")


@login_required
def home(request: HttpRequest) -> HttpResponseRedirect:
    """Lead on to the person's own home; what follows signing in (`settings.LOGIN_REDIRECT_URL`)."""
    return HttpResponseRedirect(home_of(person(request)))
