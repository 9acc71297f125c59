"""The environment: what is accepted, what is refused, and in which words."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gullu.env import ConfigError, is_local_host, load, parse_database_url, read
from gullu.env_variables import BY_NAME, VARIABLES, Kind, Variable

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 50


def refused(folder: Path, dotenv: str | None = None, **values: str) -> str:
    """The sentence with which these values are refused."""
    path = folder / ".env"
    if dotenv is not None:
        path.write_text(dotenv, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load({"DATA_DIR": str(folder / "var"), **values}, path)
    return str(caught.value)


def variable(kind: Kind, **fields: Any) -> Variable:
    return Variable(**{"name": "SOME_NAME", "kind": kind, "help": "", **fields})


# --- one value ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "Yes", "on", " on "])
def test_bool_accepts_the_words_for_yes(word: str) -> None:
    assert read(variable(Kind.BOOL, default=False), word) is True


@pytest.mark.parametrize("word", ["0", "false", "False", "NO", "off"])
def test_bool_accepts_the_words_for_no(word: str) -> None:
    assert read(variable(Kind.BOOL, default=True), word) is False


@pytest.mark.parametrize("word", ["ture", "2", "-1", "y", "ja", "evet", "None", "1.0"])
def test_bool_refuses_everything_else(word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(variable(Kind.BOOL), word)

    assert str(caught.value) == f"SOME_NAME is {word!r}; accepted is 1/0, true/false, yes/no or on/off."


@given(st.text())
def test_bool_reads_a_word_it_knows_or_refuses(text: str) -> None:
    try:
        found = read(variable(Kind.BOOL), text)
    except ConfigError:
        return

    known = {
        "": None,
        **dict.fromkeys(("1", "true", "yes", "on"), True),
        **dict.fromkeys(("0", "false", "no", "off"), False),
    }
    assert found is known[text.strip().lower()]


def test_empty_value_is_unset() -> None:
    assert read(variable(Kind.INT, default=8), "  ") == 8


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("+7", 7), ("100", 100)])
def test_int_is_read(text: str, number: int) -> None:
    assert read(variable(Kind.INT, minimum=1, maximum=100), text) == number


@pytest.mark.parametrize("text", ["0", "101", "1.5", "1e2", "ten", "1_0", "٣"])
def test_int_outside_its_range_or_form_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(variable(Kind.INT, minimum=1, maximum=100), text)

    assert str(caught.value) == f"SOME_NAME is {text!r}; accepted is a whole number from 1 to 100."


@pytest.mark.parametrize(("text", "number"), [("1.5", 1.5), ("-2", -2.0), ("1e3", 1000.0)])
def test_float_is_read(text: str, number: float) -> None:
    assert read(variable(Kind.FLOAT), text) == number


@pytest.mark.parametrize("text", ["1,5", "1a.5", "nan", "inf", "x"])
def test_float_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(variable(Kind.FLOAT, minimum=0), text)

    assert str(caught.value) == f"SOME_NAME is {text!r}; accepted is a number such as 1.5 of at least 0."


def test_list_is_split_at_commas() -> None:
    assert read(variable(Kind.LIST), "a.example, b.example ,,[::1]") == ("a.example", "b.example", "[::1]")


def test_list_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="accepted is one or more values separated by commas"):
        read(variable(Kind.LIST), ",")


def test_choice_is_found_whatever_its_case() -> None:
    assert read(variable(Kind.CHOICE, choices=("INFO", "ERROR")), "info") == "INFO"


def test_choice_outside_the_list_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        read(variable(Kind.CHOICE, choices=("INFO", "ERROR")), "loud")

    assert str(caught.value) == "SOME_NAME is 'loud'; accepted is one of INFO, ERROR."


def test_url_loses_its_closing_slash() -> None:
    assert read(variable(Kind.URL), "https://apigw.example/") == "https://apigw.example"


@pytest.mark.parametrize(
    "text", ["apigw.example", "ftp://a", "https://", "https://a:99999", "http://[a", "http://a b"]
)
def test_url_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(variable(Kind.URL), text)

    assert (
        str(caught.value)
        == f"SOME_NAME is {text!r}; accepted is an address that begins with http:// or https://."
    )


def test_path_counts_from_the_project_folder() -> None:
    assert read(variable(Kind.PATH), "some/where") == ROOT / "some" / "where"


def test_absolute_path_stays(tmp_path: Path) -> None:
    assert read(variable(Kind.PATH), str(tmp_path)) == tmp_path.resolve()


def test_str_that_does_not_fit_its_pattern_is_refused(tmp_path: Path) -> None:
    sentence = refused(tmp_path, TRENDYOL_INTEGRATOR="My Shop!")

    assert sentence == "TRENDYOL_INTEGRATOR is 'My Shop!'; accepted is 1 to 30 letters and digits."


def test_secret_that_begins_with_a_dollar_sign_is_taken_as_it_is(tmp_path: Path) -> None:
    found = load(
        {
            "DATA_DIR": str(tmp_path),
            "TRENDYOL_SELLER_ID": "1",
            "TRENDYOL_API_KEY": "$HOME",
            "TRENDYOL_API_SECRET": "a#b'c",
        },
        None,
    )

    assert (found.trendyol_api_key, found.trendyol_api_secret) == ("$HOME", "a#b'c")


# --- the .env file ------------------------------------------------------------------------------------------------


def test_dotenv_is_read_and_the_real_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f'\ufeff# a comment\n\nLOG_LEVEL=ERROR\nexport DB_POOL_SIZE=3\nALLOWED_HOSTS="a.example"\nDATA_DIR={tmp_path}\n',
        encoding="utf-8",
    )

    found = load({"LOG_LEVEL": "WARNING", "UNRELATED": "x"}, tmp_path / ".env")

    assert (found.log_level, found.db_pool_size, found.allowed_hosts) == ("WARNING", 3, ("a.example",))
    assert "DB_POOL_SIZE" not in os.environ


def test_missing_dotenv_is_no_error(tmp_path: Path) -> None:
    assert load({"DATA_DIR": str(tmp_path)}, tmp_path / "none").log_level == "INFO"


def test_misspelt_name_in_dotenv_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    sentence = refused(tmp_path, "LOG_LEVEL=INFO\nTRENDYOL_SELER_ID=5\n")

    assert sentence == (
        ".env line 2 sets TRENDYOL_SELER_ID, which is not a setting; the nearest name is TRENDYOL_SELLER_ID."
    )


def test_strange_name_in_dotenv_is_refused(tmp_path: Path) -> None:
    sentence = refused(tmp_path, "XYZZY=5\n")

    assert sentence == ".env line 1 sets XYZZY, which is not a setting; all settings are in .env.example."


@pytest.mark.parametrize("line", ["DEBUG = 1", "DEBUG", "just words hunter2", "=x"])
def test_line_of_dotenv_that_is_not_understood_is_refused_without_showing_it(
    tmp_path: Path, line: str
) -> None:
    sentence = refused(tmp_path, f"{line}\n")

    assert (
        sentence == ".env line 1 is not understood; write NAME=value, without spaces around the equals sign."
    )


def test_dotenv_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match=r"\.env cannot be read: "):
        load({}, tmp_path / ".env")


# --- the database -------------------------------------------------------------------------------------------------


def test_database_url_becomes_a_django_entry() -> None:
    assert parse_database_url(
        "postgres://ay%C5%9Fe:p%40ss@db.example:5433/shop?sslmode=require", require_tls=True
    ) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "ayşe",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite:///x", "db.example/shop", "postgis://a/b"])
def test_database_other_than_postgresql_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_database_url(url, require_tls=False)

    assert str(caught.value) == (
        "DATABASE_URL must begin with postgresql:// because PostgreSQL is the only database used."
    )


@pytest.mark.parametrize("url", ["postgres://u:hunter2@h:99999/x", "postgres://u:hunter2@h:port/x"])
def test_database_url_that_is_broken_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_database_url(url, require_tls=False)

    assert str(caught.value) == (
        "DATABASE_URL is not a valid address; write postgresql://user:password@host:5432/name."
    )


def test_database_url_without_a_database_is_refused() -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL names no database"):
        parse_database_url("postgres://u:p@localhost", require_tls=False)


@pytest.mark.parametrize("query", ["", "?sslmode=prefer", "?sslmode=disable", "?sslmode=allow"])
def test_server_on_another_machine_needs_tls(query: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_database_url(f"postgres://u:hunter2@db.example/shop{query}", require_tls=True)

    assert str(caught.value) == (
        "DATABASE_URL connects to db.example without TLS; add ?sslmode=require "
        "(or verify-ca, verify-full), or set DEBUG=1 on a developer's machine."
    )


@pytest.mark.parametrize("host", ["localhost,db.example", "", "localhost"])
def test_other_machine_is_found_wherever_the_url_hides_it(host: str) -> None:
    query = "" if "," in host else "?hostaddr=10.0.0.7"

    with pytest.raises(ConfigError, match="without TLS"):
        parse_database_url(f"postgres://u:p@{host}/shop{query}", require_tls=True)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_modes_that_enforce_it_are_accepted(mode: str) -> None:
    found = parse_database_url(f"postgres://u:p@db.example/shop?sslmode={mode}", require_tls=True)

    assert found["OPTIONS"] == {"sslmode": mode}


@pytest.mark.parametrize(
    "place", ["u:p@localhost/shop", "u:p@127.0.0.1/shop", "u:p@[::1]/shop", "/shop?host=/run/pg"]
)
def test_server_on_this_machine_needs_no_tls(place: str) -> None:
    assert parse_database_url(f"postgres://{place}", require_tls=True)["NAME"] == "shop"


def test_developer_may_use_another_machine_without_tls() -> None:
    assert parse_database_url("postgres://u:p@db.example/shop", require_tls=False)["HOST"] == "db.example"


def test_misspelt_tls_mode_is_refused() -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL has sslmode=requiree; accepted is one of disable, "):
        parse_database_url("postgres://u:p@localhost/shop?sslmode=requiree", require_tls=False)


@pytest.mark.parametrize("host", ["", "/run/postgresql", "LOCALHOST", "127.9.9.9", "[::1]"])
def test_this_machine_is_local(host: str) -> None:
    assert is_local_host(host)


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.1", "0.0.0.0", "1270.0.1"])
def test_other_machine_is_not_local(host: str) -> None:
    assert not is_local_host(host)


# --- rules about several values -----------------------------------------------------------------------------------


def test_nothing_set_gives_the_embedded_database_and_safe_defaults(tmp_path: Path) -> None:
    found = load({"DATA_DIR": str(tmp_path)}, None)

    assert (
        found.database,
        found.debug,
        found.production,
        found.https_only,
        found.enable_jobs,
        found.log_json,
    ) == (
        None,
        False,
        False,
        False,
        False,
        False,
    )


def test_own_database_without_debug_is_production(tmp_path: Path) -> None:
    values = {"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "DATABASE_URL": "postgres://localhost/shop"}

    production = load(values, None)
    plain_http = load({**values, "HTTPS_ONLY": "0", "LOG_JSON": "no", "REQUIRE_SECOND_FACTOR": "0"}, None)
    developer = load({**values, "DEBUG": "1"}, None)

    assert [
        (e.production, e.https_only, e.log_json, e.require_second_factor)
        for e in (production, plain_http, developer)
    ] == [
        (True, True, True, True),
        (True, False, False, False),
        (False, False, False, False),
    ]


def test_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    data = tmp_path / "var"

    first = load({"DATA_DIR": str(data)}, None)
    second = load({"DATA_DIR": str(data)}, None)

    assert first.secret_key == second.secret_key == (data / "secret_key").read_text().strip()
    assert len(first.secret_key) >= 50
    assert sys.platform == "win32" or stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600


def test_secret_key_file_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()

    assert len(load({"DATA_DIR": str(tmp_path)}, None).secret_key) >= 50


def test_processes_that_start_at_once_get_one_secret_key(tmp_path: Path) -> None:
    script = "from gullu.env import load; print(load().secret_key)"
    environment = {**os.environ, "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", script]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    assert len({process.communicate()[0] for process in started}) == 1


def test_secret_key_is_needed_with_an_own_database(tmp_path: Path) -> None:
    sentence = refused(tmp_path, DATABASE_URL="postgres://localhost/shop")

    assert sentence.startswith(
        "SECRET_KEY is not set, and it must be when DATABASE_URL is; make one with: python -c "
    )


def test_short_secret_key_is_refused_without_showing_it(tmp_path: Path) -> None:
    assert refused(tmp_path, SECRET_KEY="hunter2") == "SECRET_KEY has 7 characters; at least 50 are needed."


def test_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    assert refused(tmp_path, DATA_DIR=str(tmp_path / "var" / "x")) == (
        f"DATA_DIR is '{tmp_path}/var/x', where secret_key cannot be kept: Not a directory."
    )


def test_part_of_the_trendyol_credentials_is_refused(tmp_path: Path) -> None:
    sentence = refused(tmp_path, TRENDYOL_API_SECRET="hunter2")

    assert sentence == (
        "TRENDYOL_SELLER_ID and TRENDYOL_API_KEY must be set too: "
        "TRENDYOL_SELLER_ID, TRENDYOL_API_KEY, TRENDYOL_API_SECRET belong together."
    )


def test_marketplace_without_https_is_refused_except_on_this_machine(tmp_path: Path) -> None:
    sandbox = load({"DATA_DIR": str(tmp_path), "TRENDYOL_BASE_URL": "http://127.0.0.1:8900/"}, None)

    assert sandbox.trendyol_base_url == "http://127.0.0.1:8900"
    assert refused(tmp_path, TRENDYOL_BASE_URL="http://apigw.example") == (
        "TRENDYOL_BASE_URL is 'http://apigw.example'; another machine must be called with https://, "
        "because the API secret travels with each call."
    )


def test_language_model_without_https_is_refused_except_on_this_machine(tmp_path: Path) -> None:
    own = load({"DATA_DIR": str(tmp_path), "OPENAI_BASE_URL": "http://localhost:11434/v1"}, None)

    assert own.openai_base_url == "http://localhost:11434/v1"
    assert refused(tmp_path, OPENAI_BASE_URL="http://llm.example/v1") == (
        "OPENAI_BASE_URL is 'http://llm.example/v1'; another machine must be called with https://, "
        "because the key travels with each call."
    )


@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES if variable.secret])
def test_secret_is_never_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"DATA_DIR": str(tmp_path), name: "hunter2 hunter2"}, None)

    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_environment_prints_no_secret(tmp_path: Path) -> None:
    found = load(
        {
            "DATA_DIR": str(tmp_path),
            "SECRET_KEY": "hunter2" * 10,
            "DATABASE_URL": "postgres://u:hunter2@localhost/shop",
            "REDIS_URL": "redis://:hunter2@localhost/0",
            "SENTRY_DSN": "https://hunter2@sentry.example/1",
            "TRENDYOL_SELLER_ID": "1",
            "TRENDYOL_API_KEY": "hunter2",
            "TRENDYOL_API_SECRET": "hunter2",
            "OPENAI_API_KEY": "hunter2",
        },
        None,
    )

    assert "hunter2" not in repr(found)


# --- the example --------------------------------------------------------------------------------------------------


def test_example_names_every_setting_once_with_a_comment_and_its_default(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)

    assert sorted(names) == sorted(BY_NAME)
    (tmp_path / ".env").write_text(text.replace("DATA_DIR=var", f"DATA_DIR={tmp_path}"), encoding="utf-8")
    assert load({}, tmp_path / ".env") == load({"DATA_DIR": str(tmp_path)}, None)
    first_of_a_block = re.findall(r"^(.*)\n(?=[A-Z_]+=)", text, re.MULTILINE)
    assert [line for line in first_of_a_block if not line.startswith(("#", "TRENDYOL_"))] == []


def test_every_setting_says_what_it_is_for() -> None:
    assert [variable.name for variable in VARIABLES if not variable.help.endswith(".")] == []
