"""Uploads on disk: whole, or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from gullu.storage import WholeFileStorage
from tests.concurrency.threads import race


@pytest.fixture
def storage(tmp_path: Path) -> WholeFileStorage:
    return WholeFileStorage(location=tmp_path)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_file_is_kept_under_its_name_and_readable_by_the_web_server(
    storage: WholeFileStorage, tmp_path: Path
) -> None:
    name = storage.save("a/b/c.txt", ContentFile(b"x" * 200_000))

    assert (name, files(tmp_path), storage.size(name)) == ("a/b/c.txt", ["a/b/c.txt"], 200_000)
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o644


def test_text_is_written_too(storage: WholeFileStorage) -> None:
    with storage.open(storage.save("a.txt", ContentFile("ığü"))) as file:
        assert file.read().decode() == "ığü"


def test_second_file_of_a_name_gets_another_name(storage: WholeFileStorage, tmp_path: Path) -> None:
    names = [storage.save("a.txt", ContentFile(content)) for content in (b"1", b"2")]

    assert [(tmp_path / name).read_bytes() for name in names] == [b"1", b"2"]


def test_two_uploads_of_one_name_at_once_never_share_a_file(
    storage: WholeFileStorage, tmp_path: Path
) -> None:
    contents = [str(number).encode() * 50_000 for number in range(6)]

    names = race(
        *(lambda content=content: storage.save("a.txt", ContentFile(content)) for content in contents)
    )

    assert [(tmp_path / name).read_bytes() for name in names] == contents


def test_full_disk_leaves_nothing(
    storage: WholeFileStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        storage.save("a/b.txt", ContentFile(b"x" * 1000))

    assert files(tmp_path) == []


def test_name_outside_of_the_folder_is_refused(storage: WholeFileStorage) -> None:
    from django.core.exceptions import SuspiciousFileOperation

    with pytest.raises(SuspiciousFileOperation):
        storage.save("../b.txt", ContentFile(b"x"))
