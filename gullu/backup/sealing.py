"""Encryption with age, as a stream.

With public keys the archive is a plain age file. A passphrase opens a key that is made for each archive and stands in
front of it, itself locked by age with the passphrase: age locks with a passphrase only what fits into memory. Both
can be opened without this program; docs/backup.md says how.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyrage

from gullu.backup.config import Keys
from gullu.backup.errors import ArchiveDamaged, ArchiveMissing, KeyMissing, KeyUnusable, WrongKey

_ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_ARMOUR_END: Final = b"-----END AGE ENCRYPTED FILE-----"
_AGE: Final = b"age-encryption.org/"
_LONGEST_KEY: Final = 8_192
_PIPE_BUFFER: Final = 1 << 18


class _Beside(threading.Thread):
    """Work beside the block that talks with it through a pipe; keeps what it raises."""

    def __init__(self, work: Callable[[], Any], end: BinaryIO) -> None:
        super().__init__(daemon=True)
        self._work, self._end = work, end
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits
            self.error = error
        finally:
            # The other side is gone, or the end was closed by the work itself.
            with suppress(OSError):
                self._end.close()


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reader, writer = os.pipe()
    return os.fdopen(reader, "rb", _PIPE_BUFFER), os.fdopen(writer, "wb", _PIPE_BUFFER)


# --- locking --------------------------------------------------------------------------------------------------


@contextmanager
def sealed(raw: BinaryIO, keys: Keys) -> Iterator[BinaryIO]:
    """A stream that writes into `raw`, encrypted when there are keys. Raises what writing to `raw` raises.

    Raises `KeyUnusable`.
    """
    if not keys.encrypts:
        yield raw
        return
    recipients = _recipients(raw, keys)
    reader, writer = _pipe()
    work = _Beside(lambda: pyrage.encrypt_io(reader, raw, recipients), reader)
    work.start()
    try:
        yield writer
        writer.flush()
    except BrokenPipeError:
        # The other side broke first: its reason is the one to tell.
        work.join()
        if work.error is None:
            raise
    finally:
        with suppress(BrokenPipeError):
            writer.close()
        work.join()
    if work.error is not None:
        raise getattr(raw, "failure", None) or work.error


def _recipients(raw: BinaryIO, keys: Keys) -> list[Any]:
    if keys.recipients:
        return [_recipient(text) for text in keys.recipients]
    own = pyrage.x25519.Identity.generate()
    raw.write(pyrage.passphrase.encrypt(f"{own}\n".encode(), keys.passphrase, armored=True))
    return [own.to_public()]


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise KeyUnusable(setting="BACKUP_RECIPIENT", reason=error) from error


# --- opening --------------------------------------------------------------------------------------------------


def can_open(*, keys: Keys) -> bool:
    """Whether what is written now could be read again on this machine."""
    return not keys.recipients or keys.identity_file is not None


@contextmanager
def unsealed(path: Path, keys: Keys) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The archive as a readable stream, and the file itself, whose position tells the progress.

    Raises `ArchiveMissing`, `KeyMissing`, `WrongKey`, `KeyUnusable`, and `ArchiveDamaged` when the encrypted text was
    changed or cut; that is known at the latest when the block ends.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise ArchiveMissing(archive=path, reason=error.strerror or error) from error
    with raw:
        start = raw.peek(len(_ARMOUR))
        if start.startswith(_ARMOUR):
            identities = [_identity_behind_passphrase(raw, path, keys)]
            setting = "BACKUP_PASSPHRASE"
        elif start.startswith(_AGE):
            identities = _identities(path, keys)
            setting = "BACKUP_IDENTITY_FILE"
        else:
            yield raw, raw
            return
        with _decrypted(raw, identities, path=path, setting=setting) as stream:
            yield stream, raw


@contextmanager
def _decrypted(raw: BinaryIO, identities: list[Any], *, path: Path, setting: str) -> Iterator[BinaryIO]:
    reader, writer = _pipe()

    def work() -> None:
        pyrage.decrypt_io(raw, writer, identities)
        writer.flush()

    beside = _Beside(work, writer)
    beside.start()
    try:
        yield reader
    except Exception:
        # What the block stumbled over is mostly that the text broke off: then that is the reason to tell.
        _end(reader, beside)
        _explain(beside.error, path=path, setting=setting)
        raise
    finally:
        _end(reader, beside)
    _explain(beside.error, path=path, setting=setting)


def _end(reader: BinaryIO, beside: _Beside) -> None:
    reader.close()
    beside.join()


def _explain(error: BaseException | None, *, path: Path, setting: str) -> None:
    """Turn a failed decryption into a sentence. A block that had read enough is no failure."""
    if error is None or "Broken pipe" in str(error):
        return
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        raise WrongKey(archive=path.name, setting=setting) from error
    raise ArchiveDamaged(archive=path.name, reason=error) from error


def _identity_behind_passphrase(raw: BinaryIO, path: Path, keys: Keys) -> Any:
    lines: list[bytes] = []
    while sum(map(len, lines)) < _LONGEST_KEY and not (lines and lines[-1].startswith(_ARMOUR_END)):
        line = raw.readline(_LONGEST_KEY)
        if not line:
            break
        lines.append(line)
    if not keys.passphrase:
        raise KeyMissing(archive=path.name, setting="BACKUP_PASSPHRASE")
    try:
        text = pyrage.passphrase.decrypt(b"".join(lines), keys.passphrase)
        return pyrage.x25519.Identity.from_str(text.decode().strip())
    except pyrage.DecryptError as error:
        if "xcessive work" in str(error):
            # age makes guessing slow, measured by the machine that locked it; ours is far slower, or very busy.
            raise KeyUnusable(setting="BACKUP_PASSPHRASE", reason=error) from error
        raise WrongKey(archive=path.name, setting="BACKUP_PASSPHRASE") from error
    except (ValueError, pyrage.IdentityError) as error:
        raise ArchiveDamaged(archive=path.name, reason=type(error).__name__) from error


def _identities(path: Path, keys: Keys) -> list[Any]:
    if keys.identity_file is None:
        raise KeyMissing(archive=path.name, setting="BACKUP_IDENTITY_FILE")
    try:
        lines = keys.identity_file.read_text(encoding="utf-8").split()
        found = [
            pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")
        ]
    except OSError as error:
        raise KeyUnusable(setting="BACKUP_IDENTITY_FILE", reason=error.strerror or error) from error
    except (ValueError, pyrage.IdentityError) as error:
        # `from None`: the text holds the key.
        raise KeyUnusable(setting="BACKUP_IDENTITY_FILE", reason=type(error).__name__) from None
    if not found:
        raise KeyUnusable(setting="BACKUP_IDENTITY_FILE", reason="AGE-SECRET-KEY-…?")
    return found


def make_key(path: Path) -> str:
    """Write a new key pair's secret half into a new private file; returns the public half. Raises `KeyUnusable`."""
    own = pyrage.x25519.Identity.generate()
    public = str(own.to_public())
    try:
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(f"# public key: {public}\n{own}\n")
    except OSError as error:
        raise KeyUnusable(setting=str(path), reason=error.strerror or error) from error
    return public
