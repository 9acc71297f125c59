"""Rules for passwords beside Django's own."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gullu.text import fold

# Shorter parts of names stand in many words by chance.
_SHORTEST_NAME: Final = 4
_SHOP: Final = ("gullu",)


class NotTheSame:
    """Refuses the password the person has now: a changed one must be another one."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises `ValidationError`."""
        if user is not None and user.password and check_password(password, user.password):
            raise ValidationError(
                _("This is the password you have now; choose another one."), code="password_same"
            )

    def get_help_text(self) -> str:
        return gettext("It must not be the password you have now.")


class NoNames:
    """Refuses passwords in which the person's own names or the shop's stand, however they are written."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises `ValidationError`, which names what was found."""
        folded = fold(password)
        found = next((name for name in _names(user) if name in folded), None)
        if found is not None:
            text = _("“%(name)s” is easily guessed: leave names out of the password.")
            raise ValidationError(text, code="password_has_name", params={"name": found})

    def get_help_text(self) -> str:
        return gettext("Neither your own names nor the shop's may stand in it.")


def _names(user: Any) -> list[str]:
    given = [user.username, user.first_name, user.last_name] if user is not None else []
    parts = [part for text in given for part in fold(text or "").split()]
    return [part for part in parts if len(part) >= _SHORTEST_NAME] + list(_SHOP)
