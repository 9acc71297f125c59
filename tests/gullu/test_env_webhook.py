from __future__ import annotations

import pytest

from gullu.env import ConfigError, Environment, load

KEY = "0123456789abcdef"


def read(**values: str) -> Environment:
    return load({f"TRENDYOL_WEBHOOK_{name}": value for name, value in values.items()}, dotenv_path=None)


def test_webhooks_are_off_by_default() -> None:
    door = read().trendyol_webhook

    assert (door.enabled, door.api_key, door.username, door.password, door.url) == (False, "", "", "", None)


def test_a_key_or_a_password_opens_the_door() -> None:
    assert read(ENABLED="1", API_KEY=KEY).trendyol_webhook.api_key == KEY
    door = read(ENABLED="1", USERNAME="kanca", PASSWORD=KEY).trendyol_webhook
    assert (door.username, door.password) == ("kanca", KEY)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"ENABLED": "1"}, "TRENDYOL_WEBHOOK_API_KEY"),
        ({"ENABLED": "1", "USERNAME": "kanca"}, "belong together"),
        ({"PASSWORD": KEY}, "belong together"),
        ({"API_KEY": "short"}, "at least 16"),
        ({"API_KEY": KEY + " " + KEY}, "without spaces"),
        ({"API_KEY": KEY + "ş"}, "without spaces"),
        ({"USERNAME": "a:b", "PASSWORD": KEY}, "TRENDYOL_WEBHOOK_USERNAME"),
        ({"ENABLED": "ture"}, "TRENDYOL_WEBHOOK_ENABLED"),
        ({"URL": "ftp://a.example/"}, "TRENDYOL_WEBHOOK_URL"),
        ({"URL": "https://user:geheim@a.example/"}, "TRENDYOL_WEBHOOK_URL"),
        ({"URL": "https://a.example/?key=1"}, "TRENDYOL_WEBHOOK_URL"),
    ],
    ids=str,
)
def test_a_wrong_door_is_refused_in_one_sentence_without_its_secrets(
    values: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(**values)

    text = str(caught.value)
    assert named in text
    assert [secret for secret in ("short", KEY, "geheim") if secret in text] == []
