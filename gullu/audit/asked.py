"""What the page of the history is asked for, read from its address: wrong input is one sentence."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gullu.audit.books import NAMES, Book, books, parts_of
from gullu.audit.searching import Place, Wanted
from gullu.audit.telling import name_columns
from gullu.forms import TurkishDateField
from gullu.models import User

MOST_OBJECTS: Final = 100
_LARGEST_KEY: Final = 2**63 - 1


class HistoryForm(forms.Form):
    """Person, record, days, and where from."""

    person = forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Person"), empty_label=_("Everybody")
    )
    kind = forms.ChoiceField(required=False, label=_("Kind of record"))
    q = forms.CharField(
        required=False,
        max_length=120,
        label=_("Record"),
        help_text=_("Barcode, model code, order number, shelf, name: exactly as it is written."),
    )
    key = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST_KEY, widget=forms.HiddenInput)
    first = TurkishDateField(required=False, label=_("From day"))
    last = TurkishDateField(required=False, label=_("To day"))
    address = forms.CharField(required=False, max_length=45, label=_("Address"))
    reference = forms.CharField(
        required=False,
        max_length=64,
        label=_("Request no"),
        help_text=_("It stands in the logs and below error pages."),
    )

    field_order = ("q", "kind", "person", "first", "last", "address", "reference")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = User.objects.order_by("username")
        kinds: Any = self.fields["kind"]
        words = sorted((capfirst(book.words), label) for label, book in books().items())
        kinds.choices = [("", _("Every kind")), *((label, word) for word, label in words)]

    def clean_address(self) -> str:
        """As the database writes it."""
        typed: str = self.cleaned_data["address"].strip()
        if not typed:
            return ""
        try:
            return str(ipaddress.ip_address(typed))
        except ValueError as error:
            text = _("“%(value)s” is no address; write it like 192.168.1.20.")
            raise forms.ValidationError(text, params={"value": typed}) from error

    def clean(self) -> dict[str, Any]:
        """The last day may not lie before the first one."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        return data

    def wanted(self) -> Wanted:
        """The search; call it when the form is valid. One statement if a record is named."""
        data = self.cleaned_data
        person = data["person"]
        return Wanted(
            since=midnight(data["first"]) if data["first"] else None,
            until=end_of(data["last"]) if data["last"] else None,
            person=person.pk if person else None,
            address=data["address"],
            reference=data["reference"].strip(),
            kind=data["kind"],
            objects=_objects(data["kind"], data["q"].strip(), data["key"]),
        )


def midnight(day: date) -> datetime:
    """The first moment of a day, here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime | None:
    """The moment in which a day is over; None for the last one the calendar knows."""
    return midnight(day + timedelta(days=1)) if day < date.max else None


# --- records -----------------------------------------------------------------------------------------------------


def _objects(kind: str, words: str, key: int | None) -> tuple[tuple[str, str, tuple[Any, ...]], ...] | None:
    if kind and key is not None:
        return objects_of(books()[kind], (key,))
    if not words:
        return None
    found: list[tuple[str, str, tuple[Any, ...]]] = []
    for label, keys in _keys_by_words(kind, words).items():
        found += objects_of(books()[label], keys)
    return tuple(found)


def objects_of(book: Book, keys: tuple[int, ...]) -> tuple[tuple[str, str, tuple[Any, ...]], ...]:
    """The records themselves and what belongs to them, as `Wanted.objects` takes it."""
    own = (book.label, "pgh_obj_id", keys)
    return (own, *((part.label, column, keys) for part, column in parts_of(book)))


def _keys_by_words(kind: str, words: str) -> dict[str, tuple[int, ...]]:
    pieces, values = [], []
    for book in [books()[kind]] if kind else books().values():
        # Found by the first word of its name. Among all kinds, what another record names is told with that one.
        words_of_its_own = name_columns(book)[:1]
        first = list(NAMES.get(book.label, ())[:1])
        for column in words_of_its_own if kind or words_of_its_own == first else []:
            pieces.append(
                f"(SELECT '{book.label}', {book.live_key} FROM {book.live_table}"  # noqa: S608 - our own names
                f" WHERE {column} = %s LIMIT {MOST_OBJECTS})"
            )
            values.append(words)
    if not pieces:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(pieces), values)
        rows = cursor.fetchall()
    return {
        label: tuple(key for found, key in rows if found == label) for label in {label for label, _ in rows}
    }


# --- places ------------------------------------------------------------------------------------------------------


class WrongPlace(Exception):
    """The address of a further page was changed by hand."""


def place_from(data: Mapping[str, str]) -> Place | None:
    """Where the page begins; None for the newest. Raises `WrongPlace`."""
    text = data.get("after", "")
    if not text:
        return None
    parts = text.split("|")
    try:
        at = parse_datetime(parts[0])
        if (
            at is None
            or at.tzinfo is None
            or len(parts) != 4
            or (parts[2] != "~" and parts[2] not in books())
        ):
            raise WrongPlace
        return Place(at, _work_key(parts[1]), parts[2], min(abs(int(parts[3])), _LARGEST_KEY))
    except ValueError as error:
        raise WrongPlace from error


def _work_key(text: str) -> str:
    return str(uuid.UUID(text)) if text else ""


def place_in_words(place: Place) -> str:
    """What `place_from` reads."""
    return "|".join([place.at.isoformat(), place.work, place.book, str(place.key)])


__all__ = ["HistoryForm", "WrongPlace", "end_of", "midnight", "objects_of", "place_from", "place_in_words"]
