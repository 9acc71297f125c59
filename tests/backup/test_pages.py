"""What people see of backups: the page, the lines for the home page, the alarms, the work of the night."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django_q.models import OrmQ

from gullu.backup import config
from gullu.backup.alarms import check
from gullu.backup.errors import TargetMissing
from gullu.backup.selectors import HomeBackup, last_backup, last_drill
from gullu.backup.tasks import weekly_drill_job
from gullu.models import JobRun
from gullu.roles import MANAGER, ROLES
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.BACKUP = {**settings.BACKUP, "DIR": tmp_path / "backups"}
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_user(MANAGER))
    return client


def ran(name: str, *, hours_ago: float, state: str = "DONE", error: str = "", **counts: Any) -> JobRun:
    return JobRun.objects.create(
        name=name,
        trigger="SCHEDULE",
        state=state,
        error=error,
        counts=counts,
        started_at=timezone.now() - timedelta(hours=hours_ago),
    )


def codes() -> list[str]:
    return [alarm.code for alarm in check()]


def test_the_page_is_for_those_who_keep_backups(client: Client, folder: Path) -> None:
    answers = {}
    for role in ROLES:
        client.force_login(make_user(role))
        answers[role] = (
            client.get(reverse("backups:start")).status_code,
            client.get(reverse("backups:progress")).status_code,
            client.post(reverse("backups:run", args=["backup"])).status_code,
        )

    assert answers == {role: (200, 200, 302) if role == MANAGER else (403, 403, 403) for role in ROLES}
    assert OrmQ.objects.count() == 1


def test_the_page_lists_archives_and_runs_in_the_same_number_of_queries(
    manager: Client, folder: Path, django_assert_max_num_queries: Any
) -> None:
    empty = manager.get(reverse("backups:start"))
    assert "There is no backup yet." in empty.content.decode()
    assert "Start a restore drill" not in empty.content.decode()
    for day in range(10, 30):
        (folder / f"gullu-202611{day}T010000Z.tar.age").write_bytes(b"x" * 2_000_000)
    ran("backup", hours_ago=1, archive="gullu-20261129T010000Z.tar.age", rows=7)
    ran("backup_drill", hours_ago=2, state="FAILED", error="I1 balance: 3 → 4")

    with django_assert_max_num_queries(20):
        page = manager.get(reverse("backups:start")).content.decode()

    assert page.count("<td>gullu-202611") == 20
    assert page.index("gullu-20261129T010000Z") < page.index("gullu-20261110T010000Z")
    assert "I1 balance: 3 → 4" in page
    assert "New backups are not encrypted." in page
    assert str(folder) in page
    assert 'href="gullu-' not in page


def test_buttons_queue_work_in_the_name_of_who_pressed(manager: Client, folder: Path) -> None:
    manager.post(reverse("backups:run", args=["backup"]))
    manager.post(reverse("backups:run", args=["drill"]))

    person = manager.session["_auth_user_id"]
    assert [(row.func(), row.task["kwargs"]) for row in OrmQ.objects.order_by("pk")] == [
        (f"gullu.backup.tasks.{job}_job", {"trigger": "STAFF", "actor_id": int(person)})
        for job in ("backup", "drill")
    ]
    assert manager.get(reverse("backups:run", args=["backup"])).status_code == 405
    assert manager.post(reverse("backups:run", args=["sweep"])).status_code == 404


def test_progress_is_told_from_the_queue_to_the_end(manager: Client, folder: Path) -> None:
    address = reverse("backups:progress")
    assert manager.get(address).json()["state"] == "IDLE"

    manager.post(reverse("backups:run", args=["backup"]))
    assert manager.get(address).json()["state"] == "WAITING"

    ran("backup", hours_ago=0.1, state="RUNNING", step="Files", done=3, total=9)
    assert manager.get(address).json() == {
        "state": "RUNNING",
        "words": "Backup under way: Files 3 / 9",
        "done": 3,
        "of": 9,
    }
    assert "data-progress" in manager.get(reverse("backups:start")).content.decode()


def test_a_fresh_shop_is_left_in_peace(settings: Any, folder: Path) -> None:
    assert codes() == []
    settings.ENABLE_JOBS = True
    assert codes() == []
    ran("sync_orders", hours_ago=35)
    assert codes() == []


def test_a_shop_without_schedules_is_told_only_what_failed(folder: Path) -> None:
    ran("backup", hours_ago=900)
    assert codes() == []
    ran("backup", hours_ago=1, state="FAILED", error="The disk is full.")
    ran("backup_drill", hours_ago=1, state="LOST")

    assert codes() == ["BACKUP_FAILED", "BACKUP_DRILL_FAILED"]
    assert "The disk is full." in check()[0].sentence
    assert check()[0].rights == ("gullu.keep_backups",)
    assert check()[0].link == reverse("backups:start")


def test_old_backups_and_old_proofs_are_told(settings: Any, folder: Path) -> None:
    settings.ENABLE_JOBS = True
    ran("sync_orders", hours_ago=37)
    assert codes() == ["BACKUP_OLD"]
    ran("backup", hours_ago=24 * 9 + 1)
    assert codes() == ["BACKUP_OLD", "BACKUP_DRILL_OLD"]
    ran("backup", hours_ago=35)
    assert codes() == ["BACKUP_DRILL_OLD"]
    ran("backup_drill", hours_ago=24 * 9 - 1)
    assert codes() == []


def test_a_folder_that_is_gone_is_told(settings: Any, folder: Path) -> None:
    settings.ENABLE_JOBS = True
    folder.rmdir()
    assert codes() == ["BACKUP_FOLDER"]
    assert str(folder) in check()[0].sentence
    with pytest.raises(TargetMissing):
        config.usable_folder()

    settings.BACKUP = {**settings.BACKUP, "DIR": None}
    assert codes() == []
    assert config.usable_folder() == settings.DATA_DIR / "backups"


def test_the_home_page_is_given_both_results(folder: Path, django_assert_num_queries: Any) -> None:
    ran("backup", hours_ago=30)
    ran("backup", hours_ago=2, state="FAILED", error="The share is gone.")
    with django_assert_num_queries(4):
        found = HomeBackup(last_backup(), last_drill())
    text = render_to_string("admin/home/backup.html", {"backup": found})

    assert found.backup.failed
    assert found.backup.success_at is not None
    assert (found.drill.newest, found.drill.failed) == (None, False)
    assert "The share is gone." in text
    assert "It has not run yet." in text


def test_no_drill_is_due_before_there_is_a_backup_nor_within_a_week(folder: Path) -> None:
    assert weekly_drill_job() == {"outcome": "NOT_DUE"}
    (folder / "gullu-20261129T010000Z.tar").touch()
    ran("backup_drill", hours_ago=24 * 6)
    assert weekly_drill_job() == {"outcome": "NOT_DUE"}


def test_commands_refuse_in_one_sentence(folder: Path, capsys: Any) -> None:
    with pytest.raises(CommandError, match=r"There is no backup in .* yet"):
        call_command("backup", drill=True)
    with pytest.raises(CommandError, match=r"is not empty .*; restore only into an empty one"):
        call_command("restore", str(folder / "none.tar"))
    call_command("backup", new_key=folder / "key")
    assert capsys.readouterr().out.startswith("BACKUP_RECIPIENT=age1")
