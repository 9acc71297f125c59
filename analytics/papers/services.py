"""Asking for a paper, making it in the worker, and what became of it.

A paper has no table. What it is made from travels through the queue, how far it is stands on its `JobRun`, and the
file lies in the storage for some days.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, Final
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from analytics.papers.entries import entries_of
from analytics.papers.errors import NothingChosen, TooManyEntries
from analytics.papers.kinds import TITLES
from analytics.papers.making import Made, write_paper
from analytics.papers.options import PaperOptions
from analytics.papers.pictures import Key
from gullu.day_folders import day_folder, prune_day_folders
from gullu.jobs import enqueue, record_run
from gullu.models import JobRun, User
from gullu.pictures import Rules, as_jpeg, read_picture
from gullu.text import fold

RUN_NAME: Final = "make_paper"
TASK: Final = "analytics.papers.tasks.make_paper_job"
FOLDER: Final = "papers"
KEEP_DAYS: Final = 3
# A file of this many entries is made well within the time a job may take; see bench/papers.py.
MOST_ENTRIES: Final = 3000
_LOGO_RULES: Final = Rules(
    most_bytes=15 * 1024 * 1024, most_pixels=60_000_000, most_side_needed=1600, strict=True
)
_LOGO_SIDE: Final = 1600
_LOGO_QUALITY: Final = 92


def ask_paper(*, options: PaperOptions, keys: Sequence[Key], user: User) -> str:
    """Queue a paper of these models and colours; returns its id. Raises `NothingChosen`, `TooManyEntries`."""
    refuse_choice(len(keys))
    paper = uuid4().hex
    with transaction.atomic():
        enqueue(
            TASK,
            paper=paper,
            options=options.as_dict(),
            keys=[[product, colour] for product, colour in keys],
            trigger=JobRun.Trigger.STAFF.value,
            actor_id=user.pk,
        )
    return paper


def refuse_choice(count: int) -> None:
    """Raises `NothingChosen`, `TooManyEntries`."""
    if not count:
        raise NothingChosen
    if count > MOST_ENTRIES:
        raise TooManyEntries(count=count, most=MOST_ENTRIES)


def checked_logo(upload: UploadedFile[bytes]) -> bytes:
    """The uploaded logo as a JPEG of nothing but its pixels. Raises `PictureRefused`."""
    pixels = read_picture(upload, rules=_LOGO_RULES)
    pixels.image.thumbnail((_LOGO_SIDE, _LOGO_SIDE))
    return as_jpeg(pixels.image, quality=_LOGO_QUALITY)


def keep_logo(content: bytes, *, now: datetime) -> str:
    """Keep a checked logo for as long as papers are kept; returns its name."""
    return default_storage.save(f"{day_folder(FOLDER, now=now)}/{uuid4().hex}-logo.jpg", ContentFile(content))


def make_paper(
    *, paper: str, options: PaperOptions, keys: Collection[Key], trigger: str, actor: User | None
) -> Made:
    """Write the file of a paper that was asked for. Its run carries the progress and, at the end, the file's name.

    Raises `NothingChosen` when none of the models exists any more, `LogoUnreadable`.
    """
    now = timezone.now()
    prune_papers(now=now)
    with record_run(RUN_NAME, trigger=trigger, actor=actor) as run:
        facts = {"paper": paper, "money": options.prices, "stock": options.stock}
        run.counts = {**facts, "of": len(keys), "entries": 0}
        run.show()
        entries = entries_of(
            keys, only_active=options.only_active, with_stock=options.stock, order=options.order
        )
        if not entries:
            raise NothingChosen
        run.counts["of"] = len(entries)
        with TemporaryFile() as file:
            made = write_paper(
                file, entries, options, made_at=now, report=lambda done: run.progress(entries=done)
            )
            file.seek(0)
            name = f"{day_folder(FOLDER, now=now)}/{paper}.{options.kind.extension}"
            default_storage.delete(name)  # of an earlier try that was broken off
            stored = default_storage.save(name, File(file))
            size = default_storage.size(stored)
        run.counts |= {**asdict(made), "file": stored, "name": _file_name(options, now), "bytes": size}
    return made


def _file_name(options: PaperOptions, now: datetime) -> str:
    """`katalog-2026-11-20.pdf`: letters every system takes."""
    title = slugify(fold(str(TITLES[options.kind])))
    return f"{title}-{timezone.localtime(now):%Y-%m-%d-%H%M}.{options.kind.extension}"


def prune_papers(*, now: datetime) -> int:
    """Remove the files of days that are over; returns how many. There is no schedule: each paper does it first."""
    return prune_day_folders(FOLDER, keep_days=KEEP_DAYS, now=now)


@dataclass(frozen=True, slots=True)
class PaperState:
    """How far a paper is. `run` is None while it waits for the worker; `counts` are those of the run."""

    run: JobRun | None

    @property
    def counts(self) -> dict[str, Any]:
        return self.run.counts if self.run else {}

    @property
    def state(self) -> str:
        """WAITING, or the state of the run."""
        return self.run.state if self.run else "WAITING"

    @property
    def ready(self) -> bool:
        return self.state == JobRun.State.DONE


def paper_state(*, paper: str, user: User) -> PaperState:
    """The last run of this person's paper: a run that was broken off is tried again by the queue. One statement."""
    runs = JobRun.objects.filter(name=RUN_NAME, actor=user, counts__paper=paper)
    return PaperState(runs.order_by("-started_at", "-pk").first())


__all__ = [
    "KEEP_DAYS",
    "MOST_ENTRIES",
    "PaperState",
    "ask_paper",
    "checked_logo",
    "keep_logo",
    "make_paper",
    "paper_state",
    "prune_papers",
    "refuse_choice",
]
