"""Uploads on disk, whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError

PART: Final = ".part"
# A full disk, a used up quota, a limit of the process.
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if os.name != "nt" else {errno.ENOSPC})


class FileNotWritten(DomainError, OSError):
    """Data: reason. The system refused to write, mostly because the disk is full; nothing is left of the file."""

    code = "file_not_written"
    template = _(
        "The server cannot keep the file (%(reason)s); nothing of it was kept. Make room, then try again."
    )


class WholeFileStorage(FileSystemStorage):
    """Writes beside the final name, waits until the disk has it, and only then renames.

    A full disk, a crash or a power cut therefore never leaves half a file under a name that a row may know. What a
    crash leaves is a `.part` file (or an empty one), which nothing names.
    """

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(mode=self.directory_permissions_mode or 0o777, parents=True, exist_ok=True)
        part = target.parent / f".{uuid4().hex}{PART}"
        try:
            self._write(part, content)
            name = self._claim(name)
            target = Path(self.path(name))
            part.replace(target)
        except BaseException as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise not_written(error) from error
            raise
        self._ensure_location_group_id(str(target))  # type: ignore[attr-defined]  # Django's own, not in its stubs
        _sync_folder(target.parent)
        return name.replace("\\", "/")

    def _write(self, part: Path, content: Any) -> None:
        with part.open("xb") as file:
            for chunk in content.chunks():
                file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
            file.flush()
            os.fsync(file.fileno())
        if self.file_permissions_mode is not None:
            part.chmod(self.file_permissions_mode)

    def _claim(self, name: str) -> str:
        """Take the name, or another one if somebody was faster: two uploads never share a file."""
        while True:
            try:
                Path(self.path(name)).open("xb").close()
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name


def not_written(error: OSError) -> FileNotWritten:
    """The refusal for people, which the system's own words are the reason of."""
    reason = error.strerror or str(error)
    refusal = FileNotWritten(reason=reason)
    refusal.errno, refusal.strerror = error.errno, reason
    return refusal


def _sync_folder(folder: Path) -> None:
    """The new name is part of the folder, which a power cut may forget as well; Windows cannot and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
