"""The units, proxy examples and environment of docs/operations: they name what exists, and systemd accepts them."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from gullu import env
from gullu.env_variables import BY_NAME
from gullu.settings import JOB_TIMEOUT_SECONDS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "operations"
UNITS = sorted(FOLDER.glob("*.service"))
TIMERS = sorted(FOLDER.glob("*.timer"))
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PYTHON = "/srv/gullu/app/.venv/bin/python"


class Unit(configparser.RawConfigParser):
    """A unit file; a name given several times keeps all its values, one a line."""

    optionxform = staticmethod(str)  # type: ignore[assignment]

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        lines, seen = [], 0
        for line in path.read_text(encoding="utf-8").splitlines():
            seen += line.startswith("ExecStart=")
            lines.append(line.replace("ExecStart=", f"ExecStart{seen}=", 1))
        self.read_string("\n".join(lines))

    def commands(self) -> list[str]:
        return [value for name, value in self["Service"].items() if name.startswith("ExecStart")]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_exist(path: Path) -> None:
    for command in Unit(path).commands():
        program, script, name, *arguments = command.split()
        assert (program, script) == (PYTHON, "manage.py")
        found = load_command_class(get_commands()[name], name)
        options = found.create_parser("manage.py", name).parse_args(arguments)
        assert options is not None


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_ask_the_main_process_only_and_wait_for_it(path: Path) -> None:
    service = Unit(path)["Service"]
    assert (service["User"], service["EnvironmentFile"], service["NoNewPrivileges"]) == (
        "gullu",
        "/etc/gullu/gullu.env",
        "yes",
    )
    if service["Type"] == "oneshot":
        return
    # With systemd's own default every worker process would be ended in the middle of its job.
    assert (service["KillMode"], service["Restart"]) == ("mixed", "always")
    # A database that is away for some minutes would else end the service for good.
    assert Unit(path)["Unit"]["StartLimitIntervalSec"] == "0"
    if "qcluster" in service["ExecStart1"]:
        assert int(service["TimeoutStopSec"]) > JOB_TIMEOUT_SECONDS


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_timers_start_a_unit_again_and_again_also_after_it_failed(path: Path) -> None:
    timer = Unit(path)["Timer"]

    # By the clock: what counts from the last success would end with the first failure.
    assert (path.with_suffix(".service") in UNITS, timer["OnCalendar"]) == (True, "*:0/5")
    assert Unit(path)["Install"]["WantedBy"] == "timers.target"
    assert Unit(path.with_suffix(".service"))["Service"]["Type"] == "oneshot"


@pytest.mark.parametrize("path", [*UNITS, *TIMERS], ids=lambda path: path.name)
def test_systemd_accepts_the_units(path: Path, tmp_path: Path) -> None:
    """By `systemd-analyze verify` where it is installed; the tests above read the files everywhere."""
    program = shutil.which("systemd-analyze")
    if program is None:
        assert set(Unit(path).sections()) <= {"Unit", "Service", "Timer", "Install"}
        return
    for unit in {path, path.with_suffix(".service")}:
        # The program must be there to be accepted, and so must the service a timer starts.
        text = unit.read_text(encoding="utf-8").replace(PYTHON, sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")

    copy = tmp_path / path.name
    done = subprocess.run([program, "verify", copy], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_example_environment_is_accepted_by_the_program() -> None:
    values = env.read_dotenv(FOLDER / "gullu.env.example")

    found = env.load(values, dotenv_path=None)

    assert set(values) <= set(BY_NAME)
    assert (found.production, found.https_only, found.enable_jobs, found.trusted_proxy_count) == (
        True,
        True,
        True,
        1,
    )


@pytest.mark.skipif(os.name == "nt", reason="the shell of the servers")
def test_example_environment_is_the_same_for_the_shell() -> None:
    """The page loads it with the shell: a bare & in it would leave the database's address out, silently."""
    path, names = FOLDER / "gullu.env.example", ["DATABASE_URL", "SECRET_KEY"]
    script = f'set -a; . "{path}"; set +a; printf "%s\\n" ' + " ".join(f'"${name}"' for name in names)

    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={})

    values = env.read_dotenv(path)
    assert done.stdout.splitlines() == [values[name] for name in names]


def test_page_names_only_what_exists() -> None:
    commands = {name for name in re.findall(r"manage\.py ([a-z_]+)", TEXT) if name != "migrate"}
    variables = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=\S+)?`", TEXT)) - {"SIGKILL", "NULL", "POST"}
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)

    assert commands <= set(get_commands())
    assert variables <= set(BY_NAME) | {"DATA_DIR"}
    missing = [link for link in links if not (ROOT / "docs" / link).exists()]
    assert [link for link in missing if link not in {"monitoring.md", "backup.md"}] == []


def _log_format(text: str) -> str:
    (found,) = re.findall(r"^log_format (.*);$", text, re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_write_what_the_application_believes(name: str) -> None:
    """One entry of our own in X-Forwarded-For, the scheme, room for the largest upload, no figures to the outside.

    The logs hold no queries (what people search for) and no headers (the key of the webhook).
    """
    text = (FOLDER / name).read_text(encoding="utf-8")
    needed = {
        "nginx.conf": (
            "location = /metrics",
            "client_max_body_size 30m;",
            "proxy_read_timeout 180s;",
            "proxy_set_header X-Forwarded-For $remote_addr;",
            "proxy_set_header X-Forwarded-Proto https;",
        ),
        "Caddyfile": (
            "@inside path /metrics",
            "max_size 32MB",
            "response_header_timeout 180s",
            'request>uri regexp \\?.* ""',
            "request>headers delete",
        ),
    }[name]

    assert [part for part in needed if part not in text] == []
    assert text.count("{") == text.count("}")
    if name == "nginx.conf":
        written = re.findall(r"^ *access_log (\S+) (\S+);", text, re.MULTILINE)
        assert written == [("/var/log/nginx/gullu.log", "gullu")] * 2
        assert re.findall(r"\$(?:request|request_uri|args|query_string|http_\w+)\b", _log_format(text)) == []
    assert "Strict-Transport-Security" not in re.sub(r"#.*", "", text)


def test_worker_and_web_can_run_alone() -> None:
    serve = load_command_class("gullu", "serve").create_parser("manage.py", "serve")

    assert [serve.parse_args(["--only", part]).only for part in ("web", "worker")] == ["web", "worker"]
    assert os.access(ROOT / "manage.py", os.R_OK)
