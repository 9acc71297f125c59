"""How the history of a record is kept: one table per model, written by triggers of the database, only ever added to.

Two ways, told apart by the label of the event. With `whole` the new row is kept from its beginning on, so that who made
a record is known, too: for what people make. Without it the row as it *was* is kept ("changed"): the new value is in
the next event, or in the record itself. That costs nothing when a record is made: for what arrives by the thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import pghistory
import pgtrigger
from django.db import models
from pghistory import constants

M = TypeVar("M", bound=type[models.Model])

INSERTED: Final = "insert"
UPDATED: Final = "update"
CHANGED: Final = "changed"
DELETED: Final = "delete"
# The name under which `pgtrigger.ignore("app.Model:append_only")` opens a table, in a transaction that must.
APPEND_ONLY: Final = "append_only"
_LONGEST_NAME: Final = 30


# In the words of `pgtrigger.Protect`, which knows no statement that is one of several.
_REFUSE: Final = pgtrigger.Func(  # type: ignore[no-untyped-call]
    "RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;"
)


def append_only() -> pgtrigger.Trigger:
    """Neither UPDATE nor DELETE nor TRUNCATE: refused for the whole statement, whatever rows it would find."""
    return _refusing(APPEND_ONLY, pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate)


def no_truncate() -> pgtrigger.Trigger:
    """For tables whose rows are already protected one by one."""
    return _refusing("no_truncate", pgtrigger.Truncate)


def _refusing(name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=operation, level=pgtrigger.Statement, func=_REFUSE
    )


def track(
    model_name: str,
    *,
    whole: bool = True,
    fields: Sequence[str] | None = None,
    exclude: Iterable[str] = (),
    app_label: str | None = None,
    trackers: Sequence[pghistory.Tracker] = (),
) -> Callable[[M], M]:
    """Keep the history of a model in the table of the model `model_name`; the module says what `whole` means.

    `fields` or `exclude` choose the columns; nothing is written when only others change. `trackers` replace the usual
    ones.
    """
    usual: tuple[pghistory.Tracker, ...] = (
        (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
        if whole
        else (pghistory.UpdateEvent(label=CHANGED, row=pghistory.Old), pghistory.DeleteEvent())
    )
    kept: Callable[[M], M] = pghistory.track(
        *(trackers or usual),
        model_name=model_name,
        fields=None if fields is None else list(fields),
        exclude=list(exclude),
        app_label=app_label,
        meta=_meta(model_name),
        append_only=False,
        context_id_field=constants.UNSET,
    )
    return kept


def _meta(model_name: str) -> dict[str, Any]:
    name = f"{model_name.lower().removesuffix('history')}_past"[-_LONGEST_NAME:]
    return {
        "triggers": [append_only()],
        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name=name)],
        "default_permissions": (),
    }
