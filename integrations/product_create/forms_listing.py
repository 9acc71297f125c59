"""What a person filled in at the step of category and attributes: read, checked slot by slot, and kept for the page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.listing.building import title_for
from integrations.listing.cards import MAX_PATTERN, MOST_DELIVERY_DAYS
from integrations.listing.choices import search_values
from integrations.listing.matching import MAX_SLICER_TEXT, Choosing
from integrations.listing.sheets import Choice
from integrations.models import ChannelProduct
from integrations.product_create.slots import (
    Keys,
    Option,
    Question,
    Scope,
    Slot,
    chosen_in,
    value_names,
)

LONGEST_TEXT: Final = 500
_FOUND: Final = 50
_PLACES: Final = frozenset({"title", "colour", "size"})
_MARKS: Final = re.compile(r"\{([^{}]*)\}|([{}])")


@dataclass(frozen=True, slots=True)
class Entry:
    """A slot as the page shows it: what is chosen or was typed, what a search found, and what is wrong with it."""

    slot: Slot
    question: Question
    values: tuple[int, ...] = ()
    text: str = ""
    names: tuple[Option, ...] = ()
    """The chosen values with their names, for lists too long to be shown whole."""
    searched: str = ""
    found: tuple[Option, ...] = ()
    error: str = ""

    @property
    def choice(self) -> Choice:
        return Choice(self.values, self.text)

    @property
    def longest(self) -> int:
        """How many letters a text may have; Trendyol limits only what makes cards of its own."""
        return MAX_SLICER_TEXT if self.slot.attribute.slicer else LONGEST_TEXT

    @property
    def options(self) -> tuple[Option, ...]:
        """What can be picked: the whole list, or what is chosen and what was found."""
        if not self.question.long:
            return self.question.options
        known = {option.remote_id for option in self.names}
        return (*self.names, *(option for option in self.found if option.remote_id not in known))


@dataclass(frozen=True, slots=True)
class Group:
    """An attribute with its entries."""

    question: Question
    entries: tuple[Entry, ...]

    @property
    def by_key(self) -> bool:
        return self.entries[0].slot.scope is not Scope.MODEL if self.entries else True

    @property
    def filled(self) -> bool:
        return bool(self.entries) and all(entry.choice for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Filled:
    """All attributes in their order."""

    groups: tuple[Group, ...]

    @property
    def errors(self) -> list[str]:
        return [entry.error for entry in self._entries() if entry.error]

    def choices(self) -> Choosing:
        """For `cards.set_choices`: what is emptied is named empty, what is wrong is not named and stays as it was."""
        attributes: dict[int, Choice] = {}
        colours: defaultdict[str, dict[int, Choice]] = defaultdict(dict)
        sizes: defaultdict[str, dict[int, Choice]] = defaultdict(dict)
        for entry in self._entries():
            slot = entry.slot
            if entry.error:
                continue
            if slot.scope is not Scope.MODEL:
                # What was chosen for the whole model would come back where a colour or a size has nothing.
                attributes[slot.attribute.remote_id] = Choice()
            places = {
                Scope.MODEL: attributes,
                Scope.COLOUR: colours[slot.key],
                Scope.SIZE: sizes[slot.key],
            }
            places[slot.scope][slot.attribute.remote_id] = entry.choice
        return Choosing(attributes=attributes, colour_attributes=colours, size_attributes=sizes)

    def _entries(self) -> list[Entry]:
        return [entry for group in self.groups for entry in group.entries]


def kept(card: ChannelProduct, questions: Sequence[Question]) -> Filled:
    """The page as it is stored. One statement."""
    chosen = {slot: chosen_in(card, slot) for question in questions for slot in question.slots}
    names = _names(card, chosen)
    return _filled(
        questions,
        {
            slot: Entry(slot, question, choice.values, choice.text, names=_named(slot, choice.values, names))
            for question in questions
            for slot in question.slots
            for choice in (chosen[slot],)
        },
    )


def given(card: ChannelProduct, questions: Sequence[Question], data: QueryDict) -> Filled:
    """The page as it was sent. One statement, and one more when a long list is searched (`find`)."""
    typed = {slot: _typed(slot, data) for question in questions for slot in question.slots}
    names = _names(card, typed)
    entries = {
        slot: _entry(slot, question, typed[slot], names, data)
        for question in questions
        for slot in question.slots
    }
    return _filled(questions, entries)


def _filled(questions: Sequence[Question], entries: Mapping[Slot, Entry]) -> Filled:
    return Filled(
        tuple(Group(question, tuple(entries[slot] for slot in question.slots)) for question in questions)
    )


def _typed(slot: Slot, data: QueryDict) -> Choice:
    raw = [text.strip() for text in data.getlist(f"v:{slot.name}") if text.strip()]
    # What is no number is no value of any list: 0 is refused by name below.
    numbers = tuple(
        int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0 for text in raw
    )
    return Choice(numbers, " ".join(data.get(f"t:{slot.name}", "").split()))


def _names(card: ChannelProduct, chosen: Mapping[Slot, Choice]) -> Mapping[tuple[int, int], str]:
    values = {value for choice in chosen.values() for value in choice.values}
    if card.category is None or not values:
        return {}
    return value_names(card.category, values)


def _named(slot: Slot, values: Sequence[int], names: Mapping[tuple[int, int], str]) -> tuple[Option, ...]:
    number = slot.attribute.remote_id
    return tuple(Option(value, names[number, value]) for value in values if (number, value) in names)


def _entry(
    slot: Slot,
    question: Question,
    typed: Choice,
    names: Mapping[tuple[int, int], str],
    data: QueryDict,
) -> Entry:
    wanted = data.get("find") == f"a:{slot.name}"
    searched = data.get(f"q:a:{slot.name}", "").strip()
    return Entry(
        slot,
        question,
        typed.values,
        typed.text,
        names=_named(slot, typed.values, names),
        searched=searched,
        found=_found(slot, searched) if wanted else (),
        error=_problem(slot, typed, names),
    )


def _found(slot: Slot, text: str) -> tuple[Option, ...]:
    rows = search_values(slot.attribute.pk, text, limit=_FOUND)
    return tuple(Option(row.remote_id, row.name) for row in rows)


def _problem(slot: Slot, typed: Choice, names: Mapping[tuple[int, int], str]) -> str:
    attribute = slot.attribute
    words = {"name": attribute.name, "text": typed.text, "count": len(typed.values)}
    if any((attribute.remote_id, value) not in names for value in typed.values):
        return _("“%(name)s” no longer has one of the chosen values: choose another one.") % words
    if typed.values and typed.text:
        return _("“%(name)s” takes a value of the list or the text “%(text)s”, not both: empty one.") % words
    if len(typed.values) > 1 and not attribute.multiple:
        return _("“%(name)s” takes one value, and %(count)s are chosen: leave one.") % words
    if typed.text and not attribute.allow_custom:
        return _("“%(name)s” takes no text of one’s own like “%(text)s”: choose a value of the list.") % words
    most = MAX_SLICER_TEXT if attribute.slicer else LONGEST_TEXT
    if len(typed.text) > most:
        words |= {"count": len(typed.text), "most": most}
        return _("“%(name)s” has %(count)s letters: shorten it to %(most)s.") % words
    return ""


# --- title and delivery -------------------------------------------------------------------------------------------


class TermsForm(forms.Form):
    """How the title of each barcode is made, and how soon it ships."""

    title_pattern = forms.CharField(
        label=gettext_lazy("Pattern of the title"),
        max_length=MAX_PATTERN,
        help_text=gettext_lazy("{title}, {colour} and {size} are filled in."),
    )
    delivery_days = forms.IntegerField(
        label=gettext_lazy("Days until it ships"),
        required=False,
        min_value=0,
        max_value=MOST_DELIVERY_DAYS,
        help_text=gettext_lazy(
            "0 ships today, 1 tomorrow at the latest. Empty: as agreed with the marketplace."
        ),
    )

    def clean_title_pattern(self) -> str:
        """Only the three places that are filled in, each written in braces."""
        pattern = " ".join(self.cleaned_data["title_pattern"].split())
        for name, brace in _MARKS.findall(pattern):
            if brace or name not in _PLACES:
                raise forms.ValidationError(
                    _("“%(mark)s” is not filled in: write {title}, {colour} or {size}."),
                    params={"mark": brace or f"{{{name}}}"},
                )
        if "{title}" not in pattern:
            raise forms.ValidationError(_("Put {title} where the title of the model belongs."))
        return pattern


@dataclass(frozen=True, slots=True)
class TitleSample:
    """The longest title the pattern makes, and for how many letters there is room."""

    title: str
    length: int
    most: int

    @property
    def too_long(self) -> bool:
        return self.length > self.most


def longest_title(pattern: str, *, title: str, keys: Keys, most: int) -> TitleSample:
    """The longest title over all colours and sizes; with neither, the pattern around nothing."""
    made = [
        title_for(pattern, title=title, colour=colour, size=size)
        for colour in keys.colours or ("",)
        for size in keys.sizes or ("",)
    ]
    longest = max(made, key=len)
    return TitleSample(longest, len(longest), most)
