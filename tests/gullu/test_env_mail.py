"""EMAIL_URL and DIGEST_RECIPIENTS: what is accepted, and refusals that never show the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from gullu.env import ConfigError, load
from gullu.env_mail import CONSOLE, MailServer, parse_mail_url

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def read(folder: Path, **values: str) -> object:
    return load({"DATA_DIR": str(folder), **values}, None)


def test_mails_go_to_the_console_unless_a_server_is_named(tmp_path: Path) -> None:
    found = load({"DATA_DIR": str(tmp_path)}, None)

    assert (found.mail, found.digest_recipients) == (CONSOLE, ())
    assert found.mail.backend == "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp+tls://ofis%40ornek.com:p%2Fw@smtp.ornek.com:2525",
            MailServer(
                backend=SMTP,
                host="smtp.ornek.com",
                port=2525,
                user="ofis@ornek.com",
                password="p/w",
                use_tls=True,
            ),
        ),
        ("smtp+tls://h", MailServer(backend=SMTP, host="h", port=587, use_tls=True)),
        (
            "smtp+ssl://u:p@h",
            MailServer(backend=SMTP, host="h", port=465, user="u", password="p", use_ssl=True),
        ),
        ("smtp://h:1025", MailServer(backend=SMTP, host="h", port=1025)),
        ("consolemail://", CONSOLE),
        (
            "filemail:///var/mails",
            MailServer(backend="django.core.mail.backends.filebased.EmailBackend", folder="/var/mails"),
        ),
    ],
)
def test_mail_server_is_read(url: str, server: MailServer) -> None:
    assert parse_mail_url(url) == server


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("smtp.ornek.com", "begins with smtp://"),
        ("http://ornek.com", "begins with smtp://"),
        ("dummymail://", "begins with smtp://"),
        ("smtp+tls://", "smtp+tls://user:password@host:587"),
        ("smtp+ssl://u:geheim@h:port", "smtp+ssl://user:password@host:465"),
        ("filemail://", "filemail:///folder"),
    ],
)
def test_wrong_mail_server_is_refused_without_its_password(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, EMAIL_URL=url)

    assert str(caught.value).startswith("EMAIL_URL has a value that cannot be used; accepted is")
    assert words in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_password_is_in_no_printed_environment(tmp_path: Path) -> None:
    assert "geheim" not in repr(read(tmp_path, EMAIL_URL="smtp://u:geheim@h"))


def test_recipients_are_addresses(tmp_path: Path) -> None:
    found = load({"DATA_DIR": str(tmp_path), "DIGEST_RECIPIENTS": "a@ornek.com, b@ornek.com"}, None)

    assert found.digest_recipients == ("a@ornek.com", "b@ornek.com")


@pytest.mark.parametrize("text", ["ofis", "a@ornek.com;b@ornek.com", "a@ornek", ","])
def test_recipient_that_is_no_address_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="DIGEST_RECIPIENTS"):
        read(tmp_path, DIGEST_RECIPIENTS=text)


def test_sender_is_one_address(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DEFAULT_FROM_EMAIL is 'Güllü'; accepted is one e-mail address"):
        read(tmp_path, DEFAULT_FROM_EMAIL="Güllü")
