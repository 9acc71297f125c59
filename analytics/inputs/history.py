"""Who changed what of an input: old and new value of each field, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model

from catalog.history import Change
from gullu.audit.telling import UNKNOWN, FieldChange, shown

MOST_EVENTS: Final = 400
MOST_SHOWN: Final = 60
_BEGAN: Final = "insert"
_ENDED: Final = "delete"
_NOT_TOLD: Final = frozenset({"id", "sheet", "product", "created_by"})
# What is told of a row that was added: the rest stands in its form.
_FIRST_TOLD: Final = frozenset(
    {"amount", "currency", "rate", "price", "return_price", "valid_from", "first_day", "last_day", "discount"}
)


def changes_of(
    row: Model, *, parts: tuple[type[Model], str] | None = None, hidden: Collection[str] = ()
) -> list[Change]:
    """The newest changes of a row; with `parts` (model, name of its key to the row) those of its parts as well.

    `hidden` are names of fields of which nothing is told.
    Two statements, three with parts, and one more for the names of people.
    """
    events = _events(type(row), pgh_obj_id=row.pk)
    if parts is not None:
        model, key = parts
        events += _events(model, **{key: row.pk})
    events.sort(key=lambda event: (event.pgh_created_at, event.pgh_id))
    people = _people(events)
    found = [
        change for change in _told(events, people, hidden) if change.fields or change.began or change.ended
    ]
    return found[::-1][:MOST_SHOWN]


def _events(model: type[Model], **which: Any) -> list[Any]:
    history = apps.get_model("analytics", f"{model.__name__}History")
    rows = history._default_manager.filter(**which).select_related("pgh_context")  # noqa: SLF001
    return list(rows.order_by("-pgh_id")[:MOST_EVENTS])


def _people(events: Iterable[Any]) -> dict[int, str]:
    ids = {number for event in events if (number := _who(event)) is not None}
    people = get_user_model()._default_manager.filter(pk__in=ids)  # noqa: SLF001
    return {person.pk: person.get_username() for person in people} if ids else {}


def _who(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _told(events: Iterable[Any], people: Mapping[int, str], hidden: Collection[str]) -> Iterator[Change]:
    before: dict[tuple[type[Any], int], Any] = {}
    for event in events:
        key = (type(event), event.pgh_obj_id)
        began, ended = event.pgh_label == _BEGAN, event.pgh_label == _ENDED
        fields = () if ended else tuple(_fields(event, before.get(key), hidden, began=began))
        who = people.get(_who(event) or 0, "")
        yield Change(event.pgh_created_at, who, _name(event), fields, began=began, ended=ended)
        before[key] = event


def _name(event: Any) -> str:
    """The part of a cost by its kind; of the row itself, what kind of row it is."""
    tracked = event.pgh_tracked_model
    if hasattr(event, "kind"):
        return f"{event.get_kind_display()} {event.name}".strip()
    return str(tracked._meta.verbose_name)  # noqa: SLF001


def _fields(event: Any, before: Any, hidden: Collection[str], *, began: bool) -> Iterator[FieldChange]:
    for field in event._meta.get_fields():  # noqa: SLF001
        if field.name.startswith("pgh_") or field.name in {*_NOT_TOLD, *hidden} or not field.concrete:
            continue
        new = getattr(event, field.attname)
        old = getattr(before, field.attname) if before is not None else None
        now = shown(field, new)
        if began:
            if now and field.name in _FIRST_TOLD:
                yield FieldChange(str(field.verbose_name), "", now)
        elif before is None or old != new:
            was = UNKNOWN if before is None else shown(field, old)
            yield FieldChange(str(field.verbose_name), was, now)
