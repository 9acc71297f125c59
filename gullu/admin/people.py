"""People and roles. People are deactivated, never deleted; nobody can give away more than they have."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from gullu.accounts.admin import AccountActions
from gullu.accounts.policy import may_manage, rights_of
from gullu.admin.base import who
from gullu.admin.decorators import column
from gullu.audit.object_history import ShowsHistory
from gullu.audit.rights import RecordsRights
from gullu.models import User
from gullu.permission_words import PermissionsField, permission_words
from gullu.roles import ROLES
from gullu.text import fold

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(RecordsRights, ShowsHistory, AccountActions, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg, misc]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "role_names", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    list_filter_submit = True
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "second_factor", "devices")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": (("first_name", "last_name"), "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Times"), {"fields": (("last_login", "date_joined"),)}),
        (_("Sign-in"), {"fields": (("second_factor", "devices"),)}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2", "is_staff", "groups")}),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        names = super().get_readonly_fields(request, obj)
        return tuple(names) if request.user.is_superuser else (*names, "is_superuser")

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """Only roles without any right the giver has not."""
        if db_field.name == "groups" and not request.user.is_superuser:
            beyond = Permission.objects.exclude(pk__in=rights_of(who(request)))
            kwargs["queryset"] = Group.objects.exclude(permissions__in=beyond).order_by("name")
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_manage(who(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    @column(description=_("roles"))
    def role_names(self, person: User) -> str:
        return ", ".join(sorted(group.name for group in person.groups.all())) or "—"


@admin.register(Group)
class GroupAdmin(RecordsRights, ShowsHistory, DjangoGroupAdmin, ModelAdmin):
    """The shop's roles are made by `setup_roles`; a superuser may keep further ones of their own here."""

    search_fields: ClassVar[tuple[str, ...]] = ("name",)
    ordering = ("name",)
    readonly_fields: ClassVar[tuple[str, ...]] = ("rights",)

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("name", "permissions" if self.has_change_permission(request, obj) else "rights")

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["form_class"] = PermissionsField
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)

    @column(description=_("Rights"))
    def rights(self, role: Group) -> str:
        """What the role allows, as a list in alphabetical order."""
        words = sorted(map(permission_words, role.permissions.select_related("content_type")), key=fold)
        items = format_html_join("", "<li>{}</li>", [(one,) for one in words])
        return format_html("<ul>{}</ul>", items) if words else "—"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser) and (obj is None or obj.name not in ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return self.has_change_permission(request, obj)
