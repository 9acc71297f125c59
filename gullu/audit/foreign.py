"""The history of records that are Django's or a library's: who has which role and right, and what runs when.

They are followed through proxies, because their own classes are not ours to decorate. What the administration pages do
is written as an activity as well; this is what also sees everything that goes past them.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django_q.models import Schedule
from pghistory.models import Context

from gullu.audit.tracking import no_truncate, track

_Membership: Any = apps.get_model("gullu", "User_groups", require_ready=False)
_OwnRight: Any = apps.get_model("gullu", "User_user_permissions", require_ready=False)
_RoleRight: Any = Group.permissions.through


@track("MembershipHistory", app_label="gullu")
class Membership(_Membership):
    """A person has a role."""

    class Meta:
        proxy = True
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
        default_permissions = ()


@track("OwnRightHistory", app_label="gullu")
class OwnRight(_OwnRight):
    """A person has a right beside their roles."""

    class Meta:
        proxy = True
        verbose_name = _("own right of a person")
        verbose_name_plural = _("own rights of people")
        default_permissions = ()


@track("RoleHistory", app_label="gullu")
class Role(Group):
    """A role."""

    class Meta:
        proxy = True
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        default_permissions = ()


@track("RoleRightHistory", app_label="gullu")
class RoleRight(_RoleRight):
    """A role has a right."""

    class Meta:
        proxy = True
        verbose_name = _("right of a role")
        verbose_name_plural = _("rights of roles")
        default_permissions = ()


@track(
    "JobScheduleHistory",
    app_label="gullu",
    # Not when it runs next: that changes with every run.
    fields=["name", "func", "args", "kwargs", "schedule_type", "minutes", "repeats", "cron", "cluster"],
)
class JobSchedule(Schedule):
    """When a job runs."""

    class Meta:
        proxy = True
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        default_permissions = ()


class Work(Context):
    """One piece of work that changed something: who did it, from where. Its changes name it.

    The trigger that writes a change writes this row, too, and completes it while the same work goes on (a person may
    become known in the middle of a request). Nobody else may change it.
    """

    class Meta:
        proxy = True
        verbose_name = _("work")
        verbose_name_plural = _("work")
        default_permissions = ()
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Trigger(
                name="append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(  # type: ignore[no-untyped-call]
                    """
                    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1
                       AND OLD.id::text = current_setting('pghistory.context_id', true)
                       AND NEW.id = OLD.id AND NEW.created_at = OLD.created_at THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;
                    """
                ),
            ),
            no_truncate(),
        ]


__all__ = ["JobSchedule", "Membership", "OwnRight", "Role", "RoleRight", "Work"]
