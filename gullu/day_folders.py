"""Files that are kept for some days: one folder a day in the storage, removed whole when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone


def day_folder(folder: str, *, now: datetime) -> str:
    """Where files of this day go: `papers/2026-11-20`."""
    return f"{folder}/{timezone.localtime(now):%Y-%m-%d}"


def prune_day_folders(folder: str, *, keep_days: int, now: datetime) -> int:
    """Remove the files of days that are over; returns how many."""
    if not default_storage.exists(folder):
        return 0
    first_kept = day_folder(folder, now=now - timedelta(days=keep_days)).removeprefix(f"{folder}/")
    removed = 0
    for day in default_storage.listdir(folder)[0]:
        if day >= first_kept:
            continue
        names = default_storage.listdir(f"{folder}/{day}")[1]
        for name in names:
            default_storage.delete(f"{folder}/{day}/{name}")
        removed += len(names)
    return removed
