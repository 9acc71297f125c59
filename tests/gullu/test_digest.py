"""The daily summary: what it tells, to whom, and what is kept when it could not be sent."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django_q.models import Schedule

from gullu.digest import MOST_LINES, DigestNotSent, NoAddress, NoRecipients, make_digest, send_digest
from gullu.models import JobRun
from gullu.schedules import setup_jobs
from gullu.tasks import send_digest_job
from integrations.models import OutboxMessage
from inventory.enums import StockState
from orders.enums import OrderState
from orders.models import ReturnUnit
from tests.factories import make_order, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db

NOW = "2026-11-20 08:00:00+03:00"
OFFICE = "ofis@example.com"


@pytest.fixture
def recipients(settings: Any) -> None:
    settings.DIGEST_RECIPIENTS = [OFFICE]


def make_return(**fields: Any) -> ReturnUnit:
    values = {
        "claim_item_id": f"unit-{ReturnUnit.objects.count()}",
        "claim_id": "claim",
        "order_number": "10450000001",
        "barcode": "868",
        "status": ReturnUnit.Status.WAITING,
        "claimed_at": timezone.now(),
        "remote_modified_at": timezone.now(),
        **fields,
    }
    return ReturnUnit.objects.create(**values)


def a_bad_morning() -> None:
    """One of everything, with a customer whose name must not leave."""
    now = timezone.now()
    far = now + timedelta(days=3)
    make_order([(make_variant(), 1)], order_number="late-1", ship_by_at=now - timedelta(minutes=125))
    make_order([(make_variant(), 1)], order_number="urgent-1", ship_by_at=now + timedelta(minutes=30))
    make_order(
        [(make_variant(), 1)],
        order_number="parked-1",
        ship_by_at=far,
        parked=True,
        parked_at=now - timedelta(hours=26),
    )
    make_order(
        [(make_variant(), 1)],
        order_number="missed-1",
        ship_by_at=far,
        status=OrderState.SHIPPED,
        stock_state=StockState.RESERVED,
    )
    make_return(order_number="return-1", act_by_at=now + timedelta(hours=5))
    refused = make_order(order_number="refused-1", ship_by_at=far)
    OutboxMessage.objects.create(kind="PICKING", order=refused, key="k", state="PARKED", due_at=now)
    make_order([(make_variant("oversold-1"), 3)], ship_by_at=far)


def lines(name: str) -> tuple[str, ...]:
    with translation.override("en"):
        sections = {section.name: section.lines for section in make_digest(now=timezone.now()).sections}
    return sections[name]


@time_machine.travel(NOW, tick=False)
def test_digest_names_everything_that_waits() -> None:
    a_bad_morning()

    assert lines("late") == ("late-1, 2 h 5 min late",)
    assert lines("urgent") == ("urgent-1, 30 min left",)
    assert lines("parked") == ("parked-1, Not in stock / not on the shelf, Being checked, waits for 1 d 2 h",)
    assert lines("missed") == ("missed-1",)
    assert lines("returns") == ("return-1, 868, 5 h left",)
    assert lines("messages") == ("Being prepared, refused-1",)
    assert lines("oversold")[0] == "oversold-1: 3 promised, 0 here"


@time_machine.travel(NOW, tick=False)
def test_returns_come_in_the_order_in_which_time_runs_out() -> None:
    now = timezone.now()
    make_return(order_number="no-date", act_by_at=None)
    make_return(order_number="soon", act_by_at=now + timedelta(hours=1))
    make_return(order_number="over", act_by_at=now - timedelta(hours=1))
    make_return(order_number="decided", decision="APPROVED")
    make_return(order_number="accepted", status=ReturnUnit.Status.ACCEPTED)

    assert lines("returns") == (
        "over, 868, the time to decide is over",
        "soon, 868, 1 h left",
        "no-date, 868, no date known",
    )


@pytest.mark.usefixtures("recipients")
def test_mail_is_plain_text_and_html_in_turkish_without_customer_data() -> None:
    with time_machine.travel(NOW, tick=False):
        a_bad_morning()
        sent = send_digest()

    (message,) = mail.outbox
    html = message.alternatives[0][0]
    assert (message.bcc, message.to) == ([OFFICE], [])
    assert sent.counts["late"] == 1
    for text in (message.body, html):
        assert "late-1" in text
        assert "20.11.2026 08:00" in text
        assert [word for word in ("Ayşe", "Yılmaz", "İzmir", "Bornova") if word in text] == []
    assert "<h2>" in html
    assert "&" not in message.body


@pytest.mark.usefixtures("recipients")
def test_nothing_to_tell_is_a_short_mail() -> None:
    stock(make_variant(), make_shelf(), 3)

    sent = send_digest()

    assert sent.counts == {}
    assert len(mail.outbox[0].body.splitlines()) <= 3
    assert JobRun.objects.get().counts == {"outcome": "DONE", "recipients": 1}


def test_long_sections_are_cut_and_the_rest_is_counted() -> None:
    now = timezone.now()
    for _number in range(MOST_LINES + 2):
        make_order(ship_by_at=now - timedelta(hours=1))

    (section,) = make_digest(now=now).sections

    assert (section.count, len(section.lines), section.more) == (MOST_LINES + 2, MOST_LINES, 2)


def test_digest_takes_as_many_queries_for_a_bad_morning_as_for_a_worse_one(
    django_assert_num_queries: Any,
) -> None:
    a_bad_morning()
    with CaptureQueriesContext(connection) as one:
        make_digest(now=timezone.now())
    for _number in range(2):
        make_order([(make_variant(), 1)], ship_by_at=timezone.now() - timedelta(hours=1))
        make_order([(make_variant(), 1)], parked=True, parked_at=timezone.now() - timedelta(hours=2))
        make_return()

    with django_assert_num_queries(len(one)):
        make_digest(now=timezone.now())


# --- who gets it ------------------------------------------------------------------------------------------------


def test_recipients_do_not_see_each_other(settings: Any) -> None:
    settings.DIGEST_RECIPIENTS = ["a@example.com", "b@example.com"]

    send_digest()

    assert [(message.to, sorted(message.bcc)) for message in mail.outbox] == [
        ([], ["a@example.com", "b@example.com"])
    ]


@pytest.mark.usefixtures("recipients")
def test_named_recipients_replace_the_usual_ones() -> None:
    send_digest(to=["patron@example.com"])

    assert mail.outbox[0].bcc == ["patron@example.com"]


def test_wrong_address_is_named() -> None:
    with pytest.raises(NoAddress) as caught:
        send_digest(to=["ofis"])

    assert caught.value.data == {"address": "ofis"}
    assert JobRun.objects.get().state == JobRun.State.FAILED


def test_nobody_to_send_to_is_refused_by_hand_and_no_failure_of_the_night() -> None:
    with pytest.raises(NoRecipients):
        send_digest()
    JobRun.objects.all().delete()

    assert send_digest_job() == {"outcome": "NO_RECIPIENTS"}
    assert JobRun.objects.count() == 0


@pytest.mark.usefixtures("recipients")
def test_mail_server_that_does_not_answer_leaves_its_reason(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with pytest.raises(DigestNotSent):
        send_digest_job()

    run = JobRun.objects.get()
    assert (run.name, run.state, run.trigger) == ("send_digest", JobRun.State.FAILED, JobRun.Trigger.SCHEDULE)
    assert "ConnectionRefusedError" in run.error


def test_summary_is_sent_at_eight_in_istanbul() -> None:
    setup_jobs()

    schedule = Schedule.objects.get(name="gullu.send_digest_job")
    at = timezone.localtime(schedule.next_run)
    assert (at.hour, at.minute, schedule.schedule_type, schedule.func) == (
        8,
        0,
        Schedule.DAILY,
        "gullu.tasks.send_digest_job",
    )


# --- the command ------------------------------------------------------------------------------------------------


def test_command_sends_and_says_so() -> None:
    out = io.StringIO()

    call_command("send_digest", "--json", "--to", "a@example.com", "--to", "b@example.com", stdout=out)

    assert json.loads(out.getvalue()) == {"outcome": "DONE", "recipients": 2}
    assert mail.outbox[0].bcc == ["a@example.com", "b@example.com"]


def test_command_without_anybody_fails_with_a_sentence() -> None:
    with pytest.raises(CommandError, match="DIGEST_RECIPIENTS"):
        call_command("send_digest")
