"""`manage.py watch`: tells that nobody works, and that the database is away, once each, and once that it is over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from gullu.alarms.definition import Alarm
from gullu.alarms.selectors import alarm_list
from gullu.alarms.services import SETTLED_AFTER
from gullu.alarms.system import no_worker
from gullu.alarms.watch import watch
from gullu.health.beats import workers, write_beat
from gullu.models import JobRun, WorkerBeat
from gullu.roles import MANAGER
from tests.factories import make_user
from tests.sight.test_alarms import closed_port

NOON = datetime.fromisoformat("2026-11-20T12:00:00+03:00")


def nobody() -> list[Alarm]:
    """The one check these tests run: how full this machine's disk is, is not theirs."""
    return list(no_worker(workers()))


@pytest.fixture(autouse=True)
def shop(settings: Any, tmp_path: Path) -> None:
    """A folder of its own, somebody to be told, and no marketplace."""
    settings.DATA_DIR, settings.ALARM_RECIPIENTS = tmp_path, ["ofis@example.com"]
    settings.ALARMS, settings.READINESS = [f"{__name__}.nobody"], {}


@pytest.fixture
def away() -> Iterator[pytest.MonkeyPatch]:
    """The server knows no such database, for every connection made from now on, until it is undone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "no-such-database")
        yield patch


def no_longer_seen() -> None:
    write_beat(host="depo", pid=7, first=True)
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))


@pytest.mark.django_db
def test_death_of_the_last_worker_is_told_once_and_its_return_once() -> None:
    no_longer_seen()
    told, findings = [], []
    with time_machine.travel(NOON, tick=False) as clock:
        for wait in (timedelta(), timedelta(minutes=5)):
            clock.shift(wait)
            findings.append(len(watch().findings))
            told.append(len(mail.outbox))
        shown = [row.sentence for row in alarm_list(make_user(MANAGER), now=NOON).rows]
        write_beat(host="depo", pid=8, first=True)
        for wait in (timedelta(minutes=5), SETTLED_AFTER, timedelta(minutes=5)):
            clock.shift(wait)
            findings.append(len(watch().findings))
            told.append(len(mail.outbox))

    assert (findings, told) == ([1, 1, 0, 0, 0], [1, 1, 1, 2, 2])
    assert shown == [row.sentence for row in no_worker([])]
    assert all(shown[0] in message.body for message in mail.outbox)
    assert set(JobRun.objects.values_list("name", "trigger", "state")) == {
        ("check_alarms", "COMMAND", "DONE")
    }


@pytest.mark.django_db
def test_command_ends_with_1_and_a_sentence_for_each_finding(settings: Any, capsys: Any) -> None:
    settings.READINESS = {"pull": "integrations.freshness.last_pull"}
    with pytest.raises(CommandError) as refused:
        call_command("watch")
    settings.READINESS = {}
    write_beat(host="depo", pid=7, first=True)

    call_command("watch")

    assert str(refused.value).splitlines()[0] == next(no_worker([])).sentence
    assert (refused.value.returncode, len(str(refused.value).splitlines())) == (1, 2)
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.django_db
def test_database_that_is_away_is_told_once_and_its_return_once(away: pytest.MonkeyPatch) -> None:
    findings, told = [], []
    for back in (False, False, True, True):
        if back:
            away.undo()
            write_beat(host="depo", pid=7, first=True)
        findings.append(len(watch().findings))
        told.append(len(mail.outbox))

    assert (findings, told) == ([1, 1, 0, 0], [1, 1, 2, 2])
    assert mail.outbox[0].bcc == mail.outbox[1].bcc == ["ofis@example.com"]


@pytest.mark.django_db
def test_mail_that_could_not_be_sent_is_tried_again_by_the_next_run(
    settings: Any, away: pytest.MonkeyPatch
) -> None:
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()
    refused = watch()
    settings.EMAIL_BACKEND = usual

    again = watch()

    assert (refused.mailed, "ConnectionRefusedError" in refused.findings[1]) == (0, True)
    assert (again.mailed, len(again.findings), len(mail.outbox)) == (1, 1, 1)


@pytest.mark.django_db
def test_nobody_to_tell_is_said(settings: Any, away: pytest.MonkeyPatch) -> None:
    settings.ALARM_RECIPIENTS = []

    assert [(len(watched.findings), watched.mailed) for watched in (watch(), watch())] == [(2, 0), (2, 0)]


@pytest.mark.parametrize("database", [True, False])
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_mail_once(database: bool, request: pytest.FixtureRequest) -> None:
    if not database:
        request.getfixturevalue("away")
    together = threading.Barrier(2)

    def work() -> None:
        together.wait(timeout=20)
        watch()
        connection.close()

    runs = [threading.Thread(target=work) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(timeout=20)

    assert len(mail.outbox) == 1
