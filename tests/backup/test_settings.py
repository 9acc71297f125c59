"""The settings of backups, and what is refused at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from gullu.env import ConfigError, load

KEY = "age1" + "q" * 58


def test_backups_need_no_setting(tmp_path: Path) -> None:
    found = load({"DATA_DIR": str(tmp_path)}, None).backup

    assert (found.folder, found.recipients, found.passphrase, found.identity_file) == (None, (), "", None)
    assert (found.keep_daily, found.keep_weekly, found.keep_monthly) == (7, 5, 12)


def test_keys_are_read_and_the_passphrase_is_not_shown(tmp_path: Path) -> None:
    two = load(
        {"DATA_DIR": str(tmp_path), "BACKUP_RECIPIENT": f"{KEY}, {KEY}", "BACKUP_DIR": "/mnt/shop"}, None
    )
    one = load({"DATA_DIR": str(tmp_path), "BACKUP_PASSPHRASE": "güllü güllü güllü"}, None)

    assert (two.backup.recipients, two.backup.folder) == ((KEY, KEY), Path("/mnt/shop"))
    assert one.backup.passphrase == "güllü güllü güllü"
    assert "güllü güllü" not in repr(one)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"BACKUP_RECIPIENT": "AGE-SECRET-KEY-1ABC"}, "is no age public key; write age1…"),
        ({"BACKUP_RECIPIENT": KEY, "BACKUP_PASSPHRASE": "long enough to be one"}, "locked with one of them"),
        ({"BACKUP_PASSPHRASE": "short"}, "accepted is at least 16 characters"),
        ({"BACKUP_KEEP_DAILY": "0"}, "a whole number from 1 to 366"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"DATA_DIR": str(tmp_path), **given}, None)

    assert words in str(caught.value)
    assert "SECRET-KEY" not in str(caught.value)
    assert "short" not in str(caught.value)
