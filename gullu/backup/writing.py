"""Writing an archive: a tar that grows as the database is dumped and the files are read, one piece at a time."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from django.utils.translation import gettext as _
from pydantic import BaseModel

from gullu.backup.errors import FileUnreadable
from gullu.backup.manifest import (
    DATABASE_FOLDER,
    HEAD_NAME,
    MANIFEST_NAME,
    MEDIA_FOLDER,
    SECRET_KEY_NAME,
    File,
    Part,
)
from gullu.storage import PART as UNFINISHED_UPLOAD

# A tar wants the size of a member before its content: the dump, whose size nobody knows, goes in by such pieces.
PIECE_BYTES: Final = 8 << 20
_READ_BYTES: Final = 1 << 20

Step = Callable[[int], None]


@dataclass(slots=True)
class HashingFile:
    """What is written to the disk, with its SHA-256; `failure` keeps why the disk refused."""

    raw: IO[bytes]
    size: int = 0
    failure: OSError | None = None
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        try:
            self.raw.write(data)
        except OSError as error:
            self.failure = error
            raise
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Let the operating system have it."""
        try:
            self.raw.flush()
        except OSError as error:
            self.failure = error
            raise


@dataclass(frozen=True, slots=True)
class _Onward:
    """A pipe or a file as tarfile wants it. It asks for the position once, to count from there."""

    out: BinaryIO

    def write(self, data: bytes) -> int:
        return self.out.write(data)

    def tell(self) -> int:
        return 0


class ArchiveWriter:
    """Members in the order in which a restore needs them: head, database, files, key, manifest."""

    def __init__(self, out: BinaryIO) -> None:
        # Not as tarfile's own stream: when a backup fails, that one would go on writing while it is cleared away.
        self._tar = tarfile.TarFile(
            fileobj=cast("IO[bytes]", _Onward(out)), mode="w", format=tarfile.PAX_FORMAT
        )

    def close(self) -> None:
        """Write the end of the tar."""
        self._tar.close()

    def head(self, head: BaseModel) -> None:
        """The first member."""
        self._add(HEAD_NAME, _json(head))

    def manifest(self, manifest: BaseModel) -> None:
        """The last member; an archive without it is not complete."""
        self._add(MANIFEST_NAME, _json(manifest))

    def secret_key(self, content: bytes) -> Part:
        """The key that signs sessions and links."""
        self._add(SECRET_KEY_NAME, content)
        return Part(size=len(content), sha256=hashlib.sha256(content).hexdigest())

    def database(self, dump: IO[bytes], *, step: Step) -> Part:
        """The dump to its end; `step` is told the bytes so far."""
        digest, size, number = hashlib.sha256(), 0, 0
        while piece := dump.read(PIECE_BYTES):
            number += 1
            self._add(f"{DATABASE_FOLDER}/{number:06}", piece)
            digest.update(piece)
            size += len(piece)
            step(size)
        return Part(size=size, sha256=digest.hexdigest())

    def file(self, path: Path, *, name: str) -> File | None:
        """A file of the media folder; None when it was deleted meanwhile. Raises `FileUnreadable`."""
        info = tarfile.TarInfo(f"{MEDIA_FOLDER}/{name}")
        try:
            content = path.open("rb")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileUnreadable(file=path, reason=error.strerror or error) from error
        with content:
            status = os.fstat(content.fileno())
            info.size, info.mtime, info.mode = status.st_size, int(status.st_mtime), 0o600
            reader = _Hashing(content, path)
            self._tar.addfile(info, cast("IO[bytes]", reader))
        return File(name=name, size=info.size, sha256=reader.digest.hexdigest())

    def _add(self, name: str, content: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        self._tar.addfile(info, io.BytesIO(content))


class _Hashing:
    """Reads a file for tarfile and adds up its checksum. Whatever goes wrong is the file's fault, not the target's."""

    def __init__(self, raw: IO[bytes], path: Path) -> None:
        self._raw, self._path = raw, path
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        try:
            data = self._raw.read(size)
        except OSError as error:
            raise FileUnreadable(file=self._path, reason=error.strerror or error) from error
        if len(data) < size:
            raise FileUnreadable(file=self._path, reason=_("it became shorter while it was read"))
        self.digest.update(data)
        return data


def _json(model: BaseModel) -> bytes:
    return json.dumps(model.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()


def media_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every finished file under the media folder with its name there, in a stable order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(UNFINISHED_UPLOAD):
            yield path.relative_to(folder).as_posix(), path


def sync_to_disk(file: IO[bytes]) -> None:
    """Wait until the disk has it, and forget what the memory still holds, so that reading it back reads the disk."""
    file.flush()
    os.fsync(file.fileno())
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """A new name is part of its folder. Shares and Windows that cannot do it take care of it themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def digest_of(path: Path) -> str:
    """SHA-256 of what the disk holds."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_READ_BYTES):
            digest.update(data)
    return digest.hexdigest()
