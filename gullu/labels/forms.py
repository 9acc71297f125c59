from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gullu.forms import TurkishDecimalField
from gullu.labels.errors import NothingToPrint, UnknownCodes
from gullu.labels.kinds import LabelField, LabelKind
from gullu.labels.records import LabelPrinter, LabelTemplate

MOST_COPIES = 500
_LINE = re.compile(r"^(?P<code>\S+)\s+[x×]?\s*(?P<copies>\d{1,3})$")


def parse_lines(text: str) -> list[tuple[str, int]]:
    """Codes one per line, each with an optional number of copies behind it (`868… 3`, `A-B-03 x2`)."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [_parse_line(line) for line in lines if line]


def _parse_line(line: str) -> tuple[str, int]:
    found = _LINE.match(line)
    return (found["code"], int(found["copies"])) if found else (line, 1)


def resolve(text: str, named: Callable[[str], list[int]], *, copies: int) -> list[tuple[int, int]]:
    """(primary key, copies) of every label meant. Raises `UnknownCodes` with all of them, `NothingToPrint`."""
    items: list[tuple[int, int]] = []
    unknown: list[str] = []
    for code, times in parse_lines(text):
        keys = named(code)
        items += [(key, times * copies) for key in keys if times]
        unknown += [] if keys else [code]
    if unknown:
        raise UnknownCodes(codes=", ".join(unknown))
    if not items:
        raise NothingToPrint
    return items


class _PaperForm(forms.Form):
    """Paper, printer and the first free label of the sheet."""

    template = forms.ModelChoiceField(LabelTemplate.objects.none(), label=_("Paper"), empty_label=None)
    printer = forms.ModelChoiceField(
        LabelPrinter.objects.none(), label=_("Printer"), required=False, empty_label=_("any, 203 dpi")
    )
    first = forms.IntegerField(
        label=_("First free label on the sheet"),
        min_value=1,
        max_value=900,
        initial=1,
        help_text=_("1 is upper left."),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = LabelTemplate.objects.filter(kind=kind).order_by("-is_default", "name", "pk")
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]
        self.fields["printer"].queryset = LabelPrinter.objects.order_by("name")  # type: ignore[attr-defined]


class StartForm(_PaperForm):
    codes = forms.CharField(
        label=_("What to print"),
        widget=forms.Textarea(attrs={"rows": 10, "autofocus": True, "spellcheck": "false"}),
        help_text=_(
            "Scan or type one code per line, with the number of copies behind it if there are several."
        ),
    )
    copies = forms.IntegerField(label=_("Copies of each"), min_value=1, max_value=MOST_COPIES, initial=1)
    field_order = ("codes", "copies", "template", "printer", "first")


class RunForm(_PaperForm):
    """Changing the paper of a print that is being looked at."""


def _turkish_decimals(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    if isinstance(field, models.DecimalField):
        kwargs["form_class"] = TurkishDecimalField
    return field.formfield(**kwargs)


class LabelTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The same form in the back office and behind its preview."""

    kind = forms.ChoiceField(label=_("kind"), choices=LabelKind.choices)
    shown = forms.MultipleChoiceField(
        label=_("shown"), choices=LabelField.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = LabelTemplate
        fields: ClassVar[list[str]] = [
            "kind",
            "name",
            "is_default",
            "page_width_mm",
            "page_height_mm",
            "margin_left_mm",
            "margin_right_mm",
            "margin_top_mm",
            "margin_bottom_mm",
            "columns",
            "rows",
            "column_gap_mm",
            "row_gap_mm",
            "padding_mm",
            "shown",
            "symbology",
            "small_pt",
            "title_pt",
            "large_pt",
            "qr_mm",
            "code_width_mm",
            "code_height_mm",
        ]
        formfield_callback = _turkish_decimals

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "shown"):
            # Fields made from the model begin with a capital of their own accord.
            if name in self.fields:
                self.fields[name].label = capfirst(str(self.fields[name].label))

    def _get_validation_exclusions(self) -> set[str]:
        # Saving a new default takes the mark from the former one, so two at this moment are no mistake.
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]
