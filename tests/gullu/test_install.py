"""Installing packages looks where pip looks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools import install


@pytest.fixture
def pip_knows_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that tells pip where to look; no other one and no variable does."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "SSL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    return tmp_path / "pip.conf"


def told() -> dict[str, str]:
    found = install.environment_for_uv()
    return {name: found[name] for name in found if name.startswith(("UV_", "SSL_"))}


def test_where_pip_looks_uv_looks(pip_knows_nothing: Path) -> None:
    pip_knows_nothing.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nfind-links =\n  /wheels\n  /more\n"
        "cert = /etc/own.pem\n[install]\ntrusted-host = mirror.example\n"
    )

    assert told() == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/etc/own.pem",
        "UV_INSECURE_HOST": "mirror.example",
    }


def test_what_uv_is_told_itself_wins(pip_knows_nothing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")

    assert told()["UV_DEFAULT_INDEX"] == "https://other.example/simple"


def test_pip_does_the_work_and_says_what_is_wrong_where_uv_cannot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "uv", lambda: None)
    wrong = tmp_path / "requirements.txt"
    wrong.write_text("not a requirement\n")

    assert install.install([str(wrong)]) == 1
    assert "Invalid requirement" in capfd.readouterr().err
