"""Signed-in people without the way through the sign-in, which writes sixteen statements each time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from gullu.models import User
from gullu.sessions import SessionStore


def session_of(user: User) -> str:
    """The key of a new session of `user`."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def sign_in(client: Client, user: Any, backend: str | None = None) -> None:
    """Takes the place of `Client.force_login`; whoever tests what a sign-in leaves behind goes through the page."""
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
