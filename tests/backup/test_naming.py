"""Which archives are ours, and which of them rotation lets go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from gullu.backup.naming import Archive, Keeping, archives, free_name, superfluous, unfinished

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def archive(made_at: datetime) -> Archive:
    name = f"gullu-{made_at:%Y%m%dT%H%M%SZ}.tar"
    return Archive(Path("/backups") / name, made_at, 1, encrypted=False)


def kept(found: list[Archive], keeping: Keeping, **options: set[str]) -> list[datetime]:
    gone = superfluous(found, keeping, **options)
    return [one.made_at for one in found if one not in gone]


def test_only_finished_archives_of_ours_are_listed_newest_first(tmp_path: Path) -> None:
    names = (
        "gullu-20261120T010000Z.tar",
        "gullu-20261121T010000Z.tar.age",
        "gullu-20261122T010000Z.tar.part",
        "gullu-20269999T010000Z.tar",
        "gullu-20261121T010000Z.tar.gz",
        "copy of gullu-20261121T010000Z.tar",
        "holiday.jpg",
    )
    for name in names:
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "gullu-20261101T010000Z.tar").mkdir()

    found = archives(tmp_path)

    assert [(one.name, one.size, one.encrypted) for one in found] == [
        ("gullu-20261121T010000Z.tar.age", 5, True),
        ("gullu-20261120T010000Z.tar", 5, False),
    ]
    assert [path.name for path in unfinished(tmp_path)] == ["gullu-20261122T010000Z.tar.part"]
    assert archives(tmp_path / "nowhere") == []


def test_a_name_that_is_taken_is_not_given_again(tmp_path: Path) -> None:
    (tmp_path / "gullu-20261121T090000Z.tar.age").touch()

    assert free_name(tmp_path, encrypted=False, now=NOON) == "gullu-20261121T090001Z.tar"
    assert (
        free_name(tmp_path, encrypted=True, now=NOON + timedelta(hours=1)) == "gullu-20261121T100000Z.tar.age"
    )


def test_rotation_keeps_the_last_of_days_weeks_and_months() -> None:
    found = [archive(NOON - timedelta(days=age)) for age in range(400)]

    days = [(NOON - moment).days for moment in kept(found, Keeping(daily=7, weekly=5, monthly=12))]

    # Saturday 21 November 2026: seven days; the Sundays of four weeks before; the last days of eleven months before.
    assert days == [0, 1, 2, 3, 4, 5, 6, 13, 20, 21, 27, 52, 82, 113, 144, 174, 205, 235, 266, 294, 325]


def test_rotation_keeps_one_of_several_on_a_day_and_days_are_those_of_istanbul() -> None:
    late, early = datetime(2026, 11, 20, 20, 59, tzinfo=UTC), datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
    found = [archive(moment) for moment in (NOON, NOON - timedelta(hours=1), early, late)]

    assert kept(found, Keeping(daily=2, weekly=0, monthly=0)) == [NOON, late]


def test_rotation_never_takes_the_newest_nor_a_protected_one() -> None:
    found = [archive(NOON - timedelta(days=age)) for age in range(5)]

    assert kept(found, Keeping(daily=0, weekly=0, monthly=0)) == [NOON]
    assert kept(found, Keeping(daily=1, weekly=0, monthly=0), protected={found[3].name}) == [
        NOON,
        NOON - timedelta(days=3),
    ]
    assert superfluous([], Keeping(daily=7, weekly=5, monthly=12)) == []
