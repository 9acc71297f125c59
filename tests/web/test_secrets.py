"""Secrets and customers are planted, errors are provoked in every way, and neither is found in what is left behind."""

from __future__ import annotations

import base64
import logging
import sys
from typing import Any, Final

import pytest
from django.db import IntegrityError
from django.test import RequestFactory
from django.utils import timezone
from django.utils.module_loading import import_string

from gullu import env
from gullu.http import HttpSession, NotSent, Timeouts
from gullu.jobs import record_run
from gullu.logs import logging_config
from gullu.models import JobRun
from gullu.scrubbing import CUT, clean, secrets_of
from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict, _keep

ENVIRONMENT: Final = {
    "SECRET_KEY": "plantedsecretkey" + "k" * 50,
    "DATABASE_URL": "postgresql://gullu:planted%2Fdatabase%26word@db.example/gullu?sslmode=require",
    "REDIS_URL": "redis://:plantedrediskey@cache.example:6379/0",
    "TRENDYOL_SELLER_ID": "987654",
    "TRENDYOL_API_KEY": "plantedapikey",
    "TRENDYOL_API_SECRET": "plantedapisecret",
    "TRENDYOL_BASE_URL": "https://apigw.trendyol.com",
    "OPENAI_API_KEY": "plantedopenaikey",
    "SENTRY_DSN": "https://plantedsentrykey@sentry.example/1",
    "EMAIL_URL": "smtp+tls://gullu:plantedmailword@mail.example:587",
    "ALLOWED_HOSTS": "shop.example",
    "DEBUG": "0",
}
BASIC: Final = base64.b64encode(b"plantedapikey:plantedapisecret").decode()
CUSTOMER: Final = ("ayse.planted@example.com", "0532 198 76 54", "+905321987654")
ROW: Final = "null value violates it\nDETAIL:  Failing row contains (7, Ayşe, Menekşe Sokak)."
PLANTED: Final = ("planted", "Menekşe", "98 76 54", "1987654", BASIC)
SAID: Final = (
    " ".join(
        (
            *ENVIRONMENT.values(),
            "planted/database&word",
            f"Authorization: Basic {BASIC}",
            *CUSTOMER,
        )
    )
    + "\n"
    + ROW
)


@pytest.fixture(autouse=True)
def planted(settings: Any) -> env.Environment:
    """The program as it runs with these variables."""
    environment = env.load(ENVIRONMENT, dotenv_path=None)
    settings.SECRETS = secrets_of(environment)
    settings.TRENDYOL = {**settings.TRENDYOL, "API_KEY": "plantedapikey", "API_SECRET": "plantedapisecret"}
    return environment


def leaks(text: str) -> list[str]:
    return [word for word in PLANTED if word in text]


def refuse() -> None:
    raise IntegrityError(ROW)


def broken() -> Any:
    """An error with a cause; both say what they must not."""
    key = "plantedapisecret"
    try:
        try:
            refuse()
        except IntegrityError as error:
            raise ValueError(SAID, key) from error
    except ValueError:
        return sys.exc_info()


def test_environment_does_not_show_its_secrets(planted: env.Environment) -> None:
    assert leaks(repr(planted)) == []
    assert {"plantedapikey", "planted/database&word", "plantedmailword", "plantedsentrykey"} <= set(
        secrets_of(planted)
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN", "EMAIL_URL"])
def test_refused_setting_is_named_without_its_value(name: str) -> None:
    with pytest.raises(env.ConfigError) as refused:
        env.load({**ENVIRONMENT, name: "planted: no such value"}, dotenv_path=None)

    assert (name in str(refused.value), leaks(str(refused.value))) == (True, [])


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "line"])
def test_log_lines_hold_neither_secrets_nor_customers(as_json: bool) -> None:
    config = logging_config(level="DEBUG", as_json=as_json)
    shape = dict(config["formatters"]["json" if as_json else "line"])
    text, style = shape.pop("format", "{message}"), shape.pop("style", "{")
    formatter = import_string(shape["()"])(text, style=style)
    record = logging.makeLogRecord(
        {
            "name": "gullu",
            "levelname": "ERROR",
            "msg": "%s refused",
            "args": (SAID,),
            "body": SAID,
            "where": "",
        }
    )
    record.exc_info = broken()

    line = formatter.format(record)

    assert (leaks(line), CUT in line, "ValueError" in line) == ([], True, True)


def test_pages_and_mails_of_errors_hold_neither(settings: Any, rf: RequestFactory) -> None:
    settings.DEBUG = True
    request = rf.post(
        f"/admin/?q={CUSTOMER[0]}", {"password": "plantedword", "text": SAID}, HTTP_AUTHORIZATION=BASIC
    )
    reporter = import_string(settings.DEFAULT_EXCEPTION_REPORTER)(request, *broken())

    shown = [reporter.get_traceback_html(), reporter.get_traceback_text()]

    # Lines of the program are shown, and "planted" stands in those of this test.
    words = (*settings.SECRETS, BASIC, "plantedword", "Menekşe Sokak", *CUSTOMER)
    assert [[word for word in words if word in page] for page in shown] == [[], []]
    assert all("ValueError" in page for page in shown)


@pytest.mark.django_db
def test_reasons_of_failed_work_hold_neither() -> None:
    with pytest.raises(ValueError), record_run("sync_orders", trigger=JobRun.Trigger.SCHEDULE):  # noqa: PT011
        raise ValueError(SAID)
    message = OutboxMessage.objects.create(kind="PRODUCT_PRICE", key="planned", due_at=timezone.now())

    _keep(message, Delivery(Verdict.LATER, SAID))

    message.refresh_from_db()
    run = JobRun.objects.get(name="sync_orders")
    assert (leaks(run.error), leaks(message.last_error)) == ([], [])
    assert run.error.startswith("ValueError: ")


def test_failed_request_does_not_repeat_what_it_sent(caplog: pytest.LogCaptureFixture) -> None:
    session = HttpSession(user_agent="test", timeouts=Timeouts(connect=1, read=1, total=2))
    caplog.set_level(logging.DEBUG)

    with pytest.raises(NotSent) as failed:
        session.request(
            "POST",
            "http://127.0.0.1:9/planted?key=planted",
            headers={"Authorization": f"Basic {BASIC}"},
            body=b"planted",
        )

    assert (leaks(str(failed.value)), leaks(caplog.text)) == ([], [])


def test_what_is_no_secret_stays() -> None:
    text = "order 10123456789 of package 3000000012, line 5321987654, barcode 8680000000017: 459,90 ₺, 2 s"

    assert clean(text) == text


def test_one_long_word_is_searched_once() -> None:
    """From each of its letters to its end, this would take an hour."""
    word = "ş" * 1_000_000

    assert clean(f"{word} ayse@example.com {word}") == f"{word} {CUT} {word}"
