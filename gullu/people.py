"""Who asks, what they may do, and one thing at a time for each of them.

Both are read anew at each request: what is taken away is gone at once.

Django reads a person, their own rights and those of their groups in three statements, and plans each anew. Every page
pays for it, and a scan is not much more work than that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib.auth.backends import ModelBackend

from gullu.accounts.policy import FACTORS
from gullu.locks import transaction_lock
from gullu.models import User
from gullu.prepared import Prepared, columns, instance
from gullu.roles import MANAGER

_SQL: Final = """
SELECT {columns},
       ARRAY (SELECT kind.app_label || '.' || p.codename
                FROM gullu_user_user_permissions AS own
                JOIN auth_permission AS p ON p.id = own.permission_id
                JOIN django_content_type AS kind ON kind.id = p.content_type_id
               WHERE own.user_id = person.id),
       ARRAY (SELECT kind.app_label || '.' || p.codename
                FROM gullu_user_groups AS member
                JOIN auth_group_permissions AS role ON role.group_id = member.group_id
                JOIN auth_permission AS p ON p.id = role.permission_id
                JOIN django_content_type AS kind ON kind.id = p.content_type_id
               WHERE member.user_id = person.id),
       EXISTS (SELECT FROM gullu_user_groups AS member
                 JOIN auth_group AS role ON role.id = member.group_id AND role.name = $2
                WHERE member.user_id = person.id),
       EXISTS (SELECT FROM mfa_authenticator AS factor
                WHERE factor.user_id = person.id AND factor.type = ANY ($3))
  FROM gullu_user AS person
 WHERE person.id = $1
"""
_PERSON: Final = Prepared(_SQL.format(columns=columns(User, "person")), ("bigint", "text", "text[]"))


class Backend(ModelBackend):
    """Django's own, with one statement instead of three for a person with their rights.

    It also brings what decides about the second factor.
    """

    def get_user(self, user_id: Any) -> User | None:
        """The person, with their rights at hand; None if they may not sign in (any more)."""
        row = _PERSON.one(int(user_id), MANAGER, list(FACTORS))
        if row is None:
            return None
        values = iter(row)
        user = instance(User, values)
        own, of_groups, is_manager, has_factor = values
        # Where `gullu.accounts.policy` looks before it asks the database.
        vars(user).update(is_manager=is_manager, has_factor=has_factor)
        # Where Django's own backend keeps what it read. A superuser's rights are all there are: read when needed.
        if not user.is_superuser:
            vars(user).update(_user_perm_cache=set(own), _group_perm_cache=set(of_groups))
        return user if self.user_can_authenticate(user) else None


def lock_person(user_id: int) -> datetime:
    """Let two devices of one person follow each other, until the transaction ends. Before every other lock.

    Returns the database's time: what one machine leases, another one judges by the same clock.

    Whoever only waits for a row sees what was in hand before.
    """
    return transaction_lock(f"person.{user_id}")
