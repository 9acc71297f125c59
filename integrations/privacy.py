"""What we told a marketplace about a return may describe the customer: words go in their time, the message stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Func, JSONField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from gullu.privacy.definition import Retention
from integrations.models import OutboxMessage


def _with_words() -> QuerySet[OutboxMessage]:
    """Refusals with a text. What is still to be delivered needs it."""
    told = OutboxMessage.objects.filter(kind=OutboxMessage.Kind.CLAIM_REFUSE, body__has_key="description")
    return told.exclude(claim_id="").exclude(body__description="").exclude(state=OutboxMessage.State.WAITING)


def _silence(messages: QuerySet[OutboxMessage]) -> int:
    # Empty, not gone: somebody may send an old one once more, and is then told that a text is missing.
    return messages.update(
        body=Func(
            F("body"), Value("{description}"), Value('""'),
            template="jsonb_set(%(expressions)s::jsonb)", output_field=JSONField(),
        )
    )  # fmt: skip


def _old(before: datetime) -> QuerySet[OutboxMessage]:
    return _with_words().filter(created_at__lt=before)


@transaction.atomic
def _clean_old(before: datetime, most: int) -> int:
    ids = list(_old(before).order_by("pk").values_list("pk", flat=True)[:most])
    return _silence(OutboxMessage.objects.filter(pk__in=ids))


def forget_packages(package_ids: Sequence[int]) -> int:
    """Empty the words of refusals about these packages (a person's data are erased). Returns how many."""
    return _silence(_with_words().filter(order__package_id__in=package_ids))


RETENTIONS: Final = (
    Retention(
        code="REFUSALS",
        what=_("Texts of refused returns in messages to the marketplace"),
        setting="RETENTION_MESSAGE_DAYS",
        due=lambda before: _old(before).count(),
        clean=_clean_old,
    ),
)
