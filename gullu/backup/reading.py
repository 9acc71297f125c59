"""Reading an archive: one pass, every checksum, every name looked at before anything is done with it."""

from __future__ import annotations

import hashlib
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Protocol, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from gullu.backup.config import Keys
from gullu.backup.errors import ArchiveDamaged, ArchiveTooNew
from gullu.backup.manifest import (
    DATABASE_FOLDER,
    FORMAT,
    HEAD_NAME,
    MANIFEST_NAME,
    MEDIA_FOLDER,
    SECRET_KEY_NAME,
    File,
    Head,
    Manifest,
    Part,
)
from gullu.backup.sealing import unsealed

Write = Callable[[bytes], object]
Step = Callable[[int, int | None], None]
Known = TypeVar("Known", bound=BaseModel)

_READ_BYTES: Final = 1 << 20
_LONGEST_TEXT: Final = 256 << 20  # a manifest of a million files has less
_PIECE: Final = re.compile(DATABASE_FOLDER + r"/\d{6}", re.ASCII)


class Sink(Protocol):
    """What becomes of the content while it is read."""

    def sql(self, data: bytes) -> object:
        """The next piece of the unpacked dump."""

    def file(self, name: str) -> AbstractContextManager[Write]:
        """The next file; the content goes to what the context yields."""

    def secret_key(self, content: bytes) -> object:
        """The key that signs sessions, where the archive holds one."""


class Nowhere:
    """Only checks."""

    def sql(self, data: bytes) -> None:
        """The dump unpacked; its checksum was taken."""

    def file(self, name: str) -> AbstractContextManager[Write]:
        """The content is read, and that is all."""
        return nullcontext(len)

    def secret_key(self, content: bytes) -> None:
        """Nothing to do with it."""


@dataclass(slots=True)
class _Pass:
    """What one reading has found so far."""

    archive: str
    sink: Sink
    head: Head | None = None
    manifest: Manifest | None = None
    database: Any = field(default_factory=hashlib.sha256)
    database_size: int = 0
    unpack: Any = field(default_factory=lambda: zlib.decompressobj(wbits=31))
    files: list[File] = field(default_factory=list)
    key: Part | None = None

    def damaged(self, reason: str) -> ArchiveDamaged:
        return ArchiveDamaged(archive=self.archive, reason=reason)


def read_archive(path: Path, *, keys: Keys, sink: Sink, step: Step = lambda _done, _total: None) -> Manifest:
    """Read the whole archive into the sink, and compare everything with its manifest.

    What the sink was given counts only when this returns. Raises `ArchiveMissing`, `ArchiveDamaged`, `ArchiveTooNew`,
    `KeyMissing`, `WrongKey`, and whatever the sink raises.
    """
    found = _Pass(path.name, sink)
    with unsealed(path, keys) as (stream, raw):
        total = path.stat().st_size
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    _take(found, tar, member)
                    step(raw.tell(), total)
        except (tarfile.TarError, EOFError, UnicodeError, zlib.error) as error:
            raise found.damaged(str(error) or type(error).__name__) from error
        # To the end of an encrypted text: only there age has seen that nothing was cut off.
        while stream.read(_READ_BYTES):
            pass
    return _compared(found)


def verify(path: Path, *, keys: Keys, step: Step = lambda _done, _total: None) -> Manifest:
    """Read the whole archive and throw it away; raises like `read_archive`."""
    return read_archive(path, keys=keys, sink=Nowhere(), step=step)


# --- members --------------------------------------------------------------------------------------------------


def _take(found: _Pass, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """One member. The head comes first, nothing after the manifest, and nothing but what we write ourselves."""
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or found.manifest is not None:
        raise found.damaged(_("it holds %(name)s, which is none of ours") % {"name": repr(member.name)})
    if found.head is None:
        if member.name != HEAD_NAME:
            raise found.damaged(_("it is no backup of this program"))
        found.head = _head(found, _text(found, content, member.size))
    elif _PIECE.fullmatch(member.name):
        _take_database(found, content)
    elif member.name == SECRET_KEY_NAME:
        _take_key(found, _text(found, content, member.size))
    elif member.name == MANIFEST_NAME:
        found.manifest = _parsed(found, Manifest, _text(found, content, member.size))
    else:
        _take_file(found, content, member)


def _take_database(found: _Pass, content: IO[bytes]) -> None:
    while data := content.read(_READ_BYTES):
        found.database.update(data)
        found.database_size += len(data)
        # Unpacked by bounded pieces: a small piece may hold much.
        while data:
            found.sink.sql(found.unpack.decompress(data, _READ_BYTES))
            data = found.unpack.unconsumed_tail


def _take_file(found: _Pass, content: IO[bytes], member: tarfile.TarInfo) -> None:
    name = _safe_name(found, member.name)
    digest = hashlib.sha256()
    with found.sink.file(name) as write:
        while data := content.read(_READ_BYTES):
            digest.update(data)
            write(data)
    found.files.append(File(name=name, size=member.size, sha256=digest.hexdigest()))


def _take_key(found: _Pass, content: bytes) -> None:
    found.key = Part(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    found.sink.secret_key(content)


def _safe_name(found: _Pass, name: str) -> str:
    """The path below the media folder. Raises `ArchiveDamaged` for one that leads out of it."""
    folder, _slash, rest = name.partition("/")
    parts = rest.split("/")
    if (
        folder != MEDIA_FOLDER
        or any(part in {"", ".", ".."} for part in parts)
        or re.search(r"[\\:\0]", rest)
    ):
        raise found.damaged(_("it holds %(name)s, which is none of ours") % {"name": repr(name)})
    return rest


def _text(found: _Pass, content: IO[bytes], size: int) -> bytes:
    if size > _LONGEST_TEXT:
        raise found.damaged(_("its list of contents is too long"))
    return content.read()


def _head(found: _Pass, text: bytes) -> Head:
    head = _parsed(found, Head, text)
    if head.format > FORMAT:
        raise ArchiveTooNew(archive=found.archive, format=head.format, ours=FORMAT)
    return head


def _parsed(found: _Pass, kind: type[Known], text: bytes) -> Known:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        # Not the error itself: it repeats what it has read.
        raise found.damaged(_("its list of contents cannot be understood")) from error


# --- comparing ------------------------------------------------------------------------------------------------


def _compared(found: _Pass) -> Manifest:
    manifest = found.manifest
    if manifest is None:
        raise found.damaged(_("its end is missing"))
    if not found.unpack.eof:
        raise found.damaged(_("the database in it is not complete"))
    database = Part(size=found.database_size, sha256=found.database.hexdigest())
    pairs: Iterable[tuple[str, object, object]] = (
        (_("the database"), manifest.database, database),
        (_("the files"), manifest.files, tuple(found.files)),
        (_("the key"), manifest.secret_key, found.key),
    )
    for name, expected, read in pairs:
        if expected != read:
            raise found.damaged(_("the checksum of %(part)s is wrong") % {"part": name})
    return manifest
