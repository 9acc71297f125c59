"""People to sign in as: one per role, with passwords of their own, kept where only this account can read them."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.contrib.auth.models import Group

from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE

# Role, user name, first and last name.
_PEOPLE: Final = (
    (MANAGER, "yonetici", "Güllü", "Örnek"),
    (OFFICE, "ofis", "Şeyma", "Örnek"),
    (WAREHOUSE, "depo", "Hüseyin", "Örnek"),
    (ANALYST, "analist", "Çiğdem", "Örnek"),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A demo person. `password` stays out of `repr`."""

    role: str
    username: str
    password: str

    def __repr__(self) -> str:
        return f"SignIn({self.role}, {self.username})"


def ensure_sign_ins(path: Path) -> list[SignIn]:
    """Make the people that are missing, and remember their passwords in the file.

    A known password is kept. One that is no longer known is replaced, because nobody could sign in with it.
    """
    known = _read(path)
    found = [
        _ensure(role, username, (first, last), known.get(username)) for role, username, first, last in _PEOPLE
    ]
    if {sign_in.username: sign_in.password for sign_in in found} != known:
        _write(path, found)
    return found


def picker_ids() -> list[int]:
    """Who picked the past orders."""
    return list(User.objects.filter(username="depo").values_list("pk", flat=True))


def _ensure(role: str, username: str, name: tuple[str, str], password: str | None) -> SignIn:
    user = User.objects.filter(username=username).first()
    if user is None or password is None:
        user = user or User(username=username, first_name=name[0], last_name=name[1], is_staff=True)
        password = password or secrets.token_urlsafe(9)
        user.set_password(password)
        user.save()
    user.groups.add(Group.objects.get(name=role))
    return SignIn(role, username, password)


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write(path: Path, sign_ins: list[SignIn]) -> None:
    """Written aside and renamed: never half a file, never readable by others."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump({sign_in.username: sign_in.password for sign_in in sign_ins}, file, indent=2)
    fresh.replace(path)
