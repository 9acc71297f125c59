"""Archives without a database: locked and opened, cut, changed, forged."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gullu.backup.config import Keys
from gullu.backup.errors import (
    ArchiveDamaged,
    ArchiveMissing,
    ArchiveTooNew,
    KeyMissing,
    KeyUnusable,
    WrongKey,
)
from gullu.backup.manifest import Fingerprint, Head, Manifest
from gullu.backup.reading import read_archive, verify
from gullu.backup.sealing import make_key, sealed
from gullu.backup.writing import ArchiveWriter, HashingFile, media_files
from gullu.errors import DomainError

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SQL = b"SELECT 'Ayakkabi';\n" * 300_000
PICTURE = bytes(range(256)) * 500
Extra = Callable[[ArchiveWriter], object]
OPEN = Keys()


def nothing(_writer: ArchiveWriter) -> None:
    """No forgery."""


@dataclass
class Kept:
    """A sink that keeps everything."""

    dump: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    key: bytes = b""

    def sql(self, data: bytes) -> None:
        self.dump += data

    @contextmanager
    def file(self, name: str) -> Iterator[Callable[[bytes], object]]:
        self.files[name] = b""

        def write(data: bytes) -> None:
            self.files[name] += data

        yield write

    def secret_key(self, content: bytes) -> None:
        self.key = content


def make_archive(
    folder: Path, *, keys: Keys = OPEN, version: int = 1, forge: Extra = nothing, **changes: Any
) -> Path:
    """A whole archive; `forge` may write members of its own before the manifest, `changes` go into the manifest."""
    path, media = folder / "gullu-20261121T090000Z.tar", folder / "source"
    (media / "products" / "ab").mkdir(parents=True, exist_ok=True)
    (media / "products" / "ab" / "çizme.jpg").write_bytes(PICTURE)
    (media / "products" / ".1234.part").write_bytes(b"half")
    head = Head(format=version, product="0.1.0", made_at=NOON)
    with path.open("wb") as file, sealed(HashingFile(file), keys) as out:
        writer = ArchiveWriter(out)
        writer.head(head)
        database = writer.database(io.BytesIO(gzip.compress(SQL)), step=lambda _size: None)
        files = tuple(writer.file(place, name=name) for name, place in media_files(media))
        forge(writer)
        key = writer.secret_key(b"sign with this") if keys.encrypts else None
        content = {
            **head.model_dump(),
            "server_version": 180004,
            "migrations": ("gullu.0001_initial",),
            "fingerprint": Fingerprint(tables={"catalog_variant": 1}, ledger={"I1 ledger": 0}),
            "database": database,
            "files": files,
            "secret_key": key,
        }
        writer.manifest(Manifest(**{**content, **changes}))
        writer.close()
    return path


def refused(kind: type[DomainError], path: Path, keys: Keys = OPEN) -> str:
    with pytest.raises(kind) as caught:
        verify(path, keys=keys)
    assert type(caught.value) is kind
    return str(caught.value)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return make_archive(tmp_path)


def test_what_was_written_is_read(plain: Path) -> None:
    kept = Kept()

    manifest = read_archive(plain, keys=Keys(), sink=kept)

    assert (kept.dump, kept.files, kept.key) == (SQL, {"products/ab/çizme.jpg": PICTURE}, b"")
    assert [file.name for file in manifest.files] == ["products/ab/çizme.jpg"]
    assert manifest.fingerprint.rows == 1


def test_an_archive_for_a_public_key_opens_with_its_other_half_alone(tmp_path: Path) -> None:
    recipient, other = make_key(tmp_path / "key"), tmp_path / "other"
    make_key(other)
    path = make_archive(tmp_path, keys=Keys(recipients=(recipient,)))
    kept = Kept()

    read_archive(path, keys=Keys(identity_file=tmp_path / "key"), sink=kept)

    assert (kept.dump, kept.key) == (SQL, b"sign with this")
    assert path.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert b"products" not in path.read_bytes()
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert "BACKUP_IDENTITY_FILE" in refused(WrongKey, path, Keys(identity_file=other))
    assert "BACKUP_IDENTITY_FILE" in refused(KeyMissing, path)
    assert "BACKUP_IDENTITY_FILE" in refused(KeyUnusable, path, Keys(identity_file=tmp_path / "none"))
    with pytest.raises(KeyUnusable):
        make_key(other)


def test_an_archive_behind_a_passphrase_opens_with_it_alone(tmp_path: Path) -> None:
    path = make_archive(tmp_path, keys=Keys(passphrase="güllü güllü güllü"))
    kept = Kept()

    read_archive(path, keys=Keys(passphrase="güllü güllü güllü"), sink=kept)

    assert (kept.dump, kept.key) == (SQL, b"sign with this")
    assert "BACKUP_PASSPHRASE" in refused(WrongKey, path, Keys(passphrase="gullu gullu gullu"))
    assert "BACKUP_PASSPHRASE" in refused(KeyMissing, path)


@pytest.mark.parametrize("encrypted", [False, True])
def test_an_archive_that_was_cut_anywhere_is_refused(tmp_path: Path, encrypted: bool) -> None:
    keys = Keys()
    if encrypted:
        keys = Keys(recipients=(make_key(tmp_path / "key"),), identity_file=tmp_path / "key")
    path = make_archive(tmp_path, keys=keys)
    whole = path.read_bytes()

    for length in (0, 10, 700, 70_000, len(whole) // 2, len(whole) - 15_000):
        path.write_bytes(whole[:length])
        assert path.name in refused(ArchiveDamaged, path, keys)


@pytest.mark.parametrize("encrypted", [False, True])
def test_an_archive_with_one_changed_byte_is_refused(tmp_path: Path, encrypted: bool) -> None:
    keys = Keys()
    if encrypted:
        keys = Keys(recipients=(make_key(tmp_path / "key"),), identity_file=tmp_path / "key")
    path = make_archive(tmp_path, keys=keys)
    whole = bytearray(path.read_bytes())

    for place in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        refused(ArchiveDamaged, path, keys)


@pytest.mark.parametrize(
    "name",
    ["media/../../evil", "media//evil", "/etc/evil", "../evil", "media/C:evil", "media/a\\evil", "evil"],
)
def test_a_name_that_leads_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    kept = Kept()
    path = make_archive(tmp_path, forge=lambda writer: writer._add(name, b"x"))

    with pytest.raises(ArchiveDamaged):
        read_archive(path, keys=Keys(), sink=kept)

    assert list(kept.files) == ["products/ab/çizme.jpg"]


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("media/link")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"

    refused(ArchiveDamaged, make_archive(tmp_path, forge=lambda writer: writer._tar.addfile(info)))


def test_a_file_the_manifest_does_not_know_is_refused(tmp_path: Path) -> None:
    refused(ArchiveDamaged, make_archive(tmp_path, forge=lambda writer: writer._add("media/more", b"x")))
    refused(ArchiveDamaged, make_archive(tmp_path, files=()))


def test_a_format_of_the_future_is_refused_with_its_number(tmp_path: Path) -> None:
    assert "7" in refused(ArchiveTooNew, make_archive(tmp_path, version=7))


def test_files_that_are_no_archives_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        tar.add(__file__, "media/test.py")
    refused(ArchiveDamaged, other)
    other.write_bytes(b"holiday" * 1000)
    refused(ArchiveDamaged, other)
    refused(ArchiveMissing, tmp_path / "none.tar")
    refused(ArchiveMissing, tmp_path)


def test_a_disk_that_refuses_while_encrypting_says_why(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    keys = Keys(recipients=(make_key(tmp_path / "key"),))

    def write() -> None:
        with sealed(HashingFile(Full()), keys) as out:
            for _ in range(100):
                out.write(b"x" * 100_000)

    with pytest.raises(OSError, match="No space left"):
        write()
