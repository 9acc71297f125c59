"""What people in charge do for others on the list of people: unlock, sign out, take a lost second factor away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gullu.accounts import services
from gullu.accounts.policy import FACTORS
from gullu.accounts.selectors import sessions_of
from gullu.admin.base import who
from gullu.admin.decorators import bulk_action, column
from gullu.errors import DomainError
from gullu.models import User
from gullu.roles import END_SESSIONS

# Second factors are nobody else's to look at, and mail addresses of allauth are not used.
admin.site.unregister([Authenticator, EmailAddress])


_WORDS: Final = {"totp": _("Authenticator app"), "webauthn": _("Passkeys")}


class AccountActions:
    """Mixed into the admin of people. Every change that makes an open session wrong ends it."""

    actions = ("unlock", "end_sessions", "reset_second_factor")

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(END_SESSIONS)

    @column(description=_("second factor"))
    def second_factor(self, person: User) -> str:
        kinds = list(
            Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).values_list("type", flat=True)
        )
        words = [str(_WORDS[kind]) for kind in FACTORS if kind in kinds]
        return ", ".join(words) or "—"

    @column(description=_("devices signed in"))
    def devices(self, person: User) -> int:
        return len(sessions_of(person))

    @bulk_action(description=_("Let them sign in again after a lock-out"), permissions=["change"])
    def unlock(self, request: HttpRequest, people: QuerySet[User]) -> None:
        actor = who(request)
        _carry_out(request, people, lambda one: services.unlock(person_id=one.pk, actor=actor))

    @bulk_action(description=_("Sign out everywhere"), permissions=["end_sessions"])
    def end_sessions(self, request: HttpRequest, people: QuerySet[User]) -> None:
        actor = who(request)
        ended = sum(services.end_sessions(person=one, actor=actor) for one in people)
        text = ngettext("%(count)s device was signed out.", "%(count)s devices were signed out.", ended)
        messages.success(request, text % {"count": ended})

    @bulk_action(description=_("Reset the second factor"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        actor = who(request)
        _carry_out(request, people, lambda one: services.reset_second_factor(person_id=one.pk, actor=actor))

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        before = _password_of(id)
        response = super().user_change_password(request, id, form_url)  # type: ignore[misc]
        if _password_of(id) != before:
            person, keep = User.objects.get(pk=id), _own_session(request, id)
            services.password_was_changed(person=person, actor=who(request), keep=keep)
        return cast("HttpResponse", response)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever may not sign in any more, or whose role changed, begins anew: the end of a session hangs on it."""
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        if change and {"is_active", "is_staff", "is_superuser", "groups"} & set(form.changed_data):
            services.end_sessions(person=obj, actor=who(request), keep=_own_session(request, str(obj.pk)))


def _password_of(person_id: str) -> str | None:
    if not person_id.isdigit():
        return None
    return User.objects.filter(pk=person_id).values_list("password", flat=True).first()


def _own_session(request: HttpRequest, person_id: str) -> str | None:
    """One's own page stays open when one changes oneself."""
    return request.session.session_key if str(who(request).pk) == person_id else None


def _carry_out(request: HttpRequest, people: Iterable[User], act: Callable[[User], object]) -> None:
    done = 0
    for one in people:
        try:
            act(one)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            done += 1
    if done:
        text = ngettext("%(count)s row done.", "%(count)s rows done.", done)
        messages.success(request, text % {"count": done})
