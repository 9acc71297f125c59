"""From a print (`LabelRun`) to its file: labels are built in batches, checked, and streamed page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from typing import Final

from gullu.errors import DomainError
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.errors import LabelRefused, NothingToPrint
from gullu.labels.geometry import DEFAULT_DPI
from gullu.labels.kinds import LabelKind
from gullu.labels.paper import Page, Paper, Shift, paginate
from gullu.labels.pdf import stream_pdf
from gullu.labels.png import png_bytes, stream_zip
from gullu.labels.preflight import check_label
from gullu.labels.records import LabelRun
from gullu.labels.services import default_template
from gullu.labels.zpl import stream_zpl

Build = Callable[[Sequence[int], Design], Mapping[int, list[Label]]]
ReadyZpl = Callable[[Sequence[int]], Mapping[int, str]]

BATCH: Final = 200
MOST_REFUSALS_SHOWN: Final = 20
CONTENT_TYPES: Final = {
    "pdf": "application/pdf",
    "zpl": "application/zpl",
    "png": "image/png",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a file is made from. `items` are (primary key, copies)."""

    design: Design
    items: tuple[tuple[int, int], ...]
    build: Build
    first_cell: int = 0
    shift: Shift = field(default_factory=Shift)
    ready_zpl: ReadyZpl | None = None

    @property
    def labels(self) -> int:
        return sum(copies for _pk, copies in self.items)


@dataclass(frozen=True, slots=True)
class Check:
    """Result of the check before printing. `refused` has (label, sentence); an empty one may be printed."""

    labels: int
    pages: int
    refused: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def job_of(run: LabelRun, *, build: Build, ready_zpl: ReadyZpl | None = None) -> Job:
    """The job of a stored print, for the printer chosen with it."""
    printer = run.printer
    return Job(
        design=run.template.design(dpi=printer.dpi if printer else DEFAULT_DPI),
        items=tuple((pk, copies) for pk, copies in run.items),
        build=build,
        first_cell=run.first_cell,
        shift=printer.shift if printer else Shift(),
        ready_zpl=ready_zpl,
    )


def _batches(items: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def labels_of(job: Job) -> Iterator[Label]:
    """All labels in the order they were asked for, copies after each other. Memory holds one batch."""
    for batch in _batches(job.items):
        built = job.build([pk for pk, _copies in batch], job.design)
        for pk, copies in batch:
            yield from chain.from_iterable(repeat(built.get(pk, []), copies))


def pages_of(job: Job) -> Iterator[Page]:
    return paginate(labels_of(job), job.design.paper, first_cell=job.first_cell, shift=job.shift)


def page_of(job: Job, number: int) -> Page | None:
    """Page `number`, counted from 1; None behind the last one."""
    return next(islice(pages_of(_only(job, number)), number - 1 - _skipped(job, number), None), None)


def _one_each(job: Job) -> bool:
    """Whether every item is exactly one label, so that pages can be counted without building them."""
    return job.design.kind != LabelKind.SLIP


def _skipped(job: Job, number: int) -> int:
    return number - 1 if _one_each(job) else 0


def _only(job: Job, number: int) -> Job:
    """The job with no more labels than page `number` shows."""
    if not _one_each(job):
        return job
    keys = [pk for pk, copies in job.items for _copy in range(copies)]
    cells = job.design.paper.cells
    start = (number - 1) * cells - job.first_cell
    shown = keys[max(start, 0) : max(start + cells, 0)]
    return replace(job, items=tuple((pk, 1) for pk in shown), first_cell=job.first_cell if number == 1 else 0)


def check_job(job: Job) -> Check:
    """Check every label once, at the dots of the printer, and collect what must not be printed."""
    refused: list[tuple[str, str]] = []
    notes: list[str] = []
    count = 0
    for batch in _batches(job.items):
        count += _check_batch(job, batch, refused, notes)
    pages = job.design.paper.pages_for(count, first_cell=job.first_cell)
    return Check(count, pages, tuple(refused), tuple(dict.fromkeys(notes)))


def _check_batch(
    job: Job, batch: Sequence[tuple[int, int]], refused: list[tuple[str, str]], notes: list[str]
) -> int:
    count = 0
    for pk, labels, error in _built_one_by_one(job, [pk for pk, _copies in batch]):
        copies = dict(batch)[pk]
        count += len(labels) * copies
        try:
            if error is not None:
                raise error
            for label in labels:
                check_label(label)
                notes += label.notes
        except DomainError as problem:
            if len(refused) < MOST_REFUSALS_SHOWN:
                refused.append((str(problem.data.get("name", pk)), problem.message))
    return count


def _built_one_by_one(job: Job, keys: list[int]) -> Iterator[tuple[int, list[Label], DomainError | None]]:
    """Build the batch at once; where one label is refused, build each alone to name them all."""
    unique = list(dict.fromkeys(keys))
    try:
        built = job.build(unique, job.design)
    except DomainError:
        for key in unique:
            yield from _built_alone(job, key)
        return
    for key in unique:
        yield key, built.get(key, []), None


def _built_alone(job: Job, key: int) -> Iterator[tuple[int, list[Label], DomainError | None]]:
    try:
        yield key, job.build([key], job.design).get(key, []), None
    except DomainError as error:
        yield key, [], error


def require_printable(job: Job) -> Check:
    """The check; raises `LabelRefused` with the first sentence, or `NothingToPrint`."""
    check = check_job(job)
    if check.refused:
        name, sentence = check.refused[0]
        raise LabelRefused(name=name, detail=sentence)
    if not check.labels:
        raise NothingToPrint
    return check


def stream(job: Job, output: str, *, title: str) -> Iterator[bytes]:
    """The file in pieces; `output` is pdf, zpl, zip (of PNG) or png (of the first page)."""
    if output == "pdf":
        return stream_pdf(pages_of(job), title=title)
    if output == "zip":
        return stream_zip(pages_of(job), dpi=job.design.dpi)
    if output == "zpl":
        return _stream_zpl(job)
    return iter([png_bytes(page, dpi=job.design.dpi) for page in islice(pages_of(job), 1)])


def _stream_zpl(job: Job) -> Iterator[bytes]:
    """Labels the carrier gave are sent as they are; the others are drawn here."""
    if job.ready_zpl is None:
        yield from stream_zpl(pages_of(job), dpi=job.design.dpi)
        return
    for batch in _batches(job.items):
        ready = job.ready_zpl([pk for pk, _copies in batch])
        for pk, copies in batch:
            if pk in ready:
                yield (ready[pk] + "\n").encode() * copies
            else:
                yield from stream_zpl(pages_of(replace(job, items=((pk, copies),))), dpi=job.design.dpi)


def render_one(kind: str, key: int, *, output: str, build: Build, ready_zpl: ReadyZpl | None = None) -> bytes:
    """One checked label alone on the default paper of its kind: a roll of one, whatever the paper's grid.

    Raises `LabelRefused`, `NoTemplate`, `NothingToPrint`, and what `build` raises.
    """
    design = default_template(kind).design()
    paper = design.paper
    single = Paper(width=paper.label_width, height=paper.label_height)
    job = Job(replace(design, paper=single), ((key, 1),), build, ready_zpl=ready_zpl)
    labels = build([key], job.design).get(key, [])
    if not labels:
        raise NothingToPrint
    for label in labels:
        check_label(label)
    return b"".join(stream(job, output, title=f"{kind} {key}"))


def sample_page(labels: Iterable[Label], paper: Paper) -> Page | None:
    """The first page of a paper filled with one sample label."""
    sample = list(labels)
    filled = (sample * paper.cells)[: paper.cells] if len(sample) == 1 else sample[: paper.cells]
    return next(paginate(filled, paper), None)
