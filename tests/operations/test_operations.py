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


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_the_units(path: Path, tmp_path: Path) -> None:
    """By `systemd-analyze verify` where it is installed; the tests above read the files everywhere."""
    program = shutil.which("systemd-analyze")
    if program is None:
        assert set(Unit(path).sections()) <= {"Unit", "Service", "Install"}
        return
    copy = tmp_path / path.name
    # The program must be there to be accepted.
    copy.write_text(path.read_text(encoding="utf-8").replace(PYTHON, sys.executable), encoding="utf-8")

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


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_write_what_the_application_believes(name: str) -> None:
    """One entry of our own in X-Forwarded-For, the scheme, room for the largest upload, no figures to the outside."""
    text = (FOLDER / name).read_text(encoding="utf-8")

    assert [part in text for part in ("/metrics", "30")] == [True, True]
    if name == "nginx.conf":
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
        assert "proxy_set_header X-Forwarded-Proto https;" in text
        assert text.count("{") == text.count("}")
    assert "Strict-Transport-Security" not in re.sub(r"#.*", "", text)


def test_worker_and_web_can_run_alone() -> None:
    serve = load_command_class("gullu", "serve").create_parser("manage.py", "serve")

    assert [serve.parse_args(["--only", part]).only for part in ("web", "worker")] == ["web", "worker"]
    assert os.access(ROOT / "manage.py", os.R_OK)
