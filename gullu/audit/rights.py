"""Writing down who was given which right: what a person or a role could do before, and can do now."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest

from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.models import User
from gullu.roles import RoleChange

# The switches of a person that are rights, with the right they stand for.
_SWITCHES = ("is_active", "is_staff", "is_superuser")


def rights_of(holder: models.Model) -> list[str]:
    """Roles, switches and own rights of a person, or the rights of a role, in a fixed order. Two statements at most."""
    if isinstance(holder, User):
        roles = sorted(holder.groups.values_list("name", flat=True))
        switches = [name for name in _SWITCHES if getattr(holder, name)]
        return [*roles, *switches, *_codes(holder.user_permissions)]
    return _codes(holder.permissions) if isinstance(holder, Group) else []


def _codes(rights: Any) -> list[str]:
    rows = rights.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{code}" for app, code in rows)


def record_rights(holder: models.Model, *, old: list[str], actor: User | None) -> Activity | None:
    """Write it down if anything differs from `old`; call it in the transaction of the change."""
    new = rights_of(holder)
    if new == old:
        return None
    given = [name for name in new if name not in old]
    taken = [name for name in old if name not in new]
    details: dict[str, Any] = {"given": given, "taken": taken}
    if isinstance(holder, User):
        details |= {"old": old, "new": new}
    return record(Activity.Kind.RIGHTS_CHANGED, actor=actor, subject=holder, details=details)


def record_setup(changes: list[RoleChange]) -> None:
    """What `setup_roles` changed."""
    roles = {role.name: role for role in Group.objects.filter(name__in=[one.role for one in changes])}
    for change in changes:
        if change.given or change.taken:
            details = {"given": sorted(change.given), "taken": sorted(change.taken)}
            record(Activity.Kind.RIGHTS_CHANGED, actor=None, subject=roles.get(change.role), details=details)


class RecordsRights:
    """For the admins of people and roles."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        # The administration's own transaction, taken here so that the note is part of it for certain.
        with transaction.atomic():
            return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = type(obj)._default_manager.filter(pk=obj.pk).first() if change else None  # noqa: SLF001
        vars(request)["rights_before"] = rights_of(before) if before else []
        super().save_model(request, obj, form, change)  # type: ignore[misc]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        actor = request.user if isinstance(request.user, User) else None
        record_rights(form.instance, old=vars(request)["rights_before"], actor=actor)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        old = rights_of(obj)
        actor = request.user if isinstance(request.user, User) else None
        if old:
            details = {"given": [], "taken": old}
            record(Activity.Kind.RIGHTS_CHANGED, actor=actor, subject=obj, details=details)
        super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


__all__ = ["RecordsRights", "record_rights", "record_setup", "rights_of"]
