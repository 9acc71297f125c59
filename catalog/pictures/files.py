"""The files of pictures. Their name is the SHA-256 of their content: equal content is one file, and never changes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from catalog.locks import lock_picture_files
from catalog.models import ProductImage

logger = logging.getLogger(__name__)

FOLDER: Final = "products"
# What the view serves, and nothing else: see `catalog.views`.
NAME_PATTERN: Final = rf"{FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{64}}\.jpg"
# An upload that is still running names its files in a row within minutes.
KEEP_UNNAMED: Final = timedelta(days=1)


def name_of(content: bytes) -> str:
    """The name in the storage of a JPEG with this content."""
    digest = hashlib.sha256(content).hexdigest()
    return f"{FOLDER}/{digest[:2]}/{digest}.jpg"


def keep(content: bytes) -> str:
    """Write the file unless it is there; returns its name. Hold `lock_picture_files`. Raises OSError (disk full)."""
    name = name_of(content)
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return name
        default_storage.delete(name)  # left empty by a crash
    return default_storage.save(name, ContentFile(content))


def discard_unnamed(names: Iterable[str]) -> int:
    """Remove those of these files that no row names; returns how many. A transaction of its own."""
    with transaction.atomic():
        lock_picture_files()
        wanted = {name for name in names if name}
        unnamed = wanted - _named(wanted)
        for name in unnamed:
            default_storage.delete(name)
    return len(unnamed)


def prune_picture_files(*, now: datetime) -> int:
    """Remove files that no row names and that are older than a day (left by a crash); returns how many."""
    known = _named(None)
    old = [name for name in _stored() if name not in known and _age(name, now) > KEEP_UNNAMED]
    removed = discard_unnamed(old) if old else 0
    if removed:
        logger.info("%s picture files that no row named were removed", removed)
    return removed


def _named(names: set[str] | None) -> set[str]:
    """Names that rows hold, of these or of all."""
    rows = ProductImage.objects.exclude(file="")
    if names is not None:
        rows = rows.filter(Q(file__in=names) | Q(thumb__in=names))
    return {str(name) for pair in rows.values_list("file", "thumb") for name in pair}


def _stored() -> Iterator[str]:
    if not default_storage.exists(FOLDER):
        return
    for folder in default_storage.listdir(FOLDER)[0]:
        for file in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{file}"


def _age(name: str, now: datetime) -> timedelta:
    return now - default_storage.get_modified_time(name)
