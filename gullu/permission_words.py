"""Rights in the words of the shop: Django names them in English when the tables are made, and keeps that."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.auth.models import Permission
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gullu.models import User

_ACTIONS: Final[dict[str, Any]] = {
    "view": _("%(what)s: look at"),
    "add": _("%(what)s: add"),
    "change": _("%(what)s: change"),
    "delete": _("%(what)s: delete"),
}
_OWN: Final[dict[str, Any]] = dict(User._meta.permissions)  # noqa: SLF001 - where our own rights are declared


def permission_words(permission: Permission) -> str:
    """What a right allows: `Orders: look at`, `Can see amounts and sales`."""
    if permission.content_type.app_label == "gullu" and permission.codename in _OWN:
        return str(_OWN[permission.codename])
    action, _sep, _model = permission.codename.partition("_")
    model = permission.content_type.model_class()
    if action not in _ACTIONS or model is None:
        return permission.name
    return str(_ACTIONS[action]) % {"what": capfirst(str(model._meta.verbose_name_plural))}  # noqa: SLF001


class PermissionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rights to choose from, in our words."""

    def label_from_instance(self, obj: Any) -> str:
        return permission_words(obj)


__all__ = ["PermissionsField", "permission_words"]
