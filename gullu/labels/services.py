"""Keeping templates, printers' last choice, prints and carriers' labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from gullu.labels.defaults import DEFAULTS, Default
from gullu.labels.errors import NoTemplate, NothingToPrint, NotZpl, TooManyLabels
from gullu.labels.kinds import LabelKind, Symbology
from gullu.labels.records import CarrierLabel, LabelPrinter, LabelRun, LabelTemplate
from gullu.locks import transaction_lock

MOST_LABELS: Final = 20_000
# Runs of cargo labels lead to customers' names; nobody prints the same job again after a month.
KEEP_RUNS: Final = timedelta(days=30)


@transaction.atomic
def ensure_default_templates() -> int:
    """Add built-in templates that are missing; those the office has edited stay. Returns how many were added."""
    transaction_lock("gullu.label_templates")
    known = set(LabelTemplate.objects.exclude(code=None).values_list("code", flat=True))
    taken = set(LabelTemplate.objects.filter(is_default=True).values_list("kind", flat=True))
    names = set(LabelTemplate.objects.values_list("kind", "name"))
    missing = [row for row in DEFAULTS if row.code not in known and (row.kind, row.name) not in names]
    LabelTemplate.objects.bulk_create(template_of(row, is_default=row.kind not in taken) for row in missing)
    return len(missing)


def template_of(row: Default, *, is_default: bool = False) -> LabelTemplate:
    """A built-in template, not saved."""
    values = {
        name: Decimal(str(value)) if name.endswith(("_mm", "_pt")) else value
        for name, value in row.values.items()
    }
    return LabelTemplate(
        kind=row.kind,
        name=row.name,
        code=row.code,
        shown=list(row.shown),
        symbology=Symbology.AUTO,
        is_default=row.is_default and is_default,
        **values,
    )


@transaction.atomic
def save_template(template: LabelTemplate) -> LabelTemplate:
    """Write a template; when it becomes the default of its kind, the former one no longer is."""
    transaction_lock("gullu.label_templates")
    if template.is_default:
        others = LabelTemplate.objects.filter(kind=template.kind, is_default=True).exclude(pk=template.pk)
        others.update(is_default=False)
    template.save()
    return template


def default_template(kind: str) -> LabelTemplate:
    """The template used unless another is chosen. Raises `NoTemplate`."""
    rows = LabelTemplate.objects.filter(kind=kind).order_by("-is_default", "pk")
    template = rows.first()
    if template is None and ensure_default_templates():
        template = rows.first()
    if template is None:
        raise NoTemplate(kind=LabelKind(kind).label)
    return template


@dataclass(frozen=True, slots=True)
class Choice:
    """The paper and printer a person used last for this kind of label, or the shop's default."""

    template: LabelTemplate
    printer: LabelPrinter | None


def last_choice(*, user: AbstractBaseUser, kind: str) -> Choice:
    """Raises `NoTemplate`."""
    runs = LabelRun.objects.filter(made_by_id=user.pk, kind=kind).select_related("template", "printer")
    run = runs.order_by("-pk").first()
    return Choice(run.template, run.printer) if run else Choice(default_template(kind), None)


@transaction.atomic
def start_run(
    *,
    template: LabelTemplate,
    items: Sequence[tuple[int, int]],
    user: AbstractBaseUser,
    printer: LabelPrinter | None = None,
    first_cell: int = 0,
) -> LabelRun:
    """Keep what is to be printed: (primary key, copies) of each label. Raises `NothingToPrint`, `TooManyLabels`."""
    count = sum(copies for _pk, copies in items)
    if count < 1:
        raise NothingToPrint
    if count > MOST_LABELS:
        raise TooManyLabels(count=count, limit=MOST_LABELS)
    return LabelRun.objects.create(
        kind=template.kind,
        template=template,
        printer=printer,
        items=[list(item) for item in items],
        first_cell=first_cell % template.paper.cells,
        made_by_id=user.pk,
    )


def prune_label_runs(*, now: datetime) -> int:
    """Drop prints and carriers' labels older than a month; returns how many rows."""
    before = now - KEEP_RUNS
    runs, _models = LabelRun.objects.filter(made_at__lt=before).delete()
    labels, _models = CarrierLabel.objects.filter(received_at__lt=before).delete()
    return runs + labels


def keep_carrier_label(*, cargo_number: str, zpl: str) -> CarrierLabel:
    """Keep the label a marketplace or carrier gave, to be printed as it is. Raises `NotZpl`."""
    text = zpl.strip()
    if not (text.startswith("^XA") and text.endswith("^XZ")):
        raise NotZpl(cargo_number=cargo_number)
    label, _created = CarrierLabel.objects.update_or_create(
        cargo_number=cargo_number, defaults={"zpl": text, "received_at": timezone.now()}
    )
    return label
