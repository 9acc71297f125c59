import http.client
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox.seed import SeedError, load_seed

from .conftest import product

# Without settings or an installed app: the command must not need the database.
_RUN = """
import sys
from django.conf import settings
settings.configure()
from integrations.management.commands.trendyol_sandbox import Command
Command().run_from_argv(["manage.py", "trendyol_sandbox", *sys.argv[1:]])
"""


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stock_at(address: str) -> dict[str, int]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", "/control/api/stock")
    stock: dict[str, int] = json.loads(connection.getresponse().read())
    connection.close()
    return stock


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_prints_its_address_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    state = str(tmp_path / "state.sqlite3")
    with command("--port", "0", "--seed", "demo", "--state", state) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(
            r"Trendyol sandbox: (http://127\.0\.0\.1:\d+) \(control page: \1/control\)\n", line
        )
        assert found is not None
        assert len(stock_at(found[1])) == 168
        os.kill(process.pid, number)
        rest, errors = process.communicate(timeout=10)

    assert (process.returncode, rest, errors) == (0, "", "")
    assert not Path(f"{state}-wal").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--faults", "orders:nothing"], "Bilinmeyen hata türü"),
        (["--seed", "/nowhere.json"], "seed file"),
        (["--batch-delay", "-1"], "must not be negative"),
        (["--shoppers", "-1"], "0 ile 6000"),
        (["--state", "/dev/null/x"], "state file"),
        (["--port", "70000"], "port must be"),
    ],
)
def test_command_refuses_wrong_options_with_a_sentence(arguments: list[str], sentence: str) -> None:
    with command("--port", "0", *arguments) as process:
        output, errors = process.communicate(timeout=20)

    assert (process.returncode, output) == (1, "")
    assert sentence in errors
    assert "Traceback" not in errors


def test_seed_file_brings_products_and_orders(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    order = {"package_id": 5, "lines": [{"barcode": "A1"}], "status": "Created"}
    path.write_text(
        json.dumps({"products": [product(99, 4, barcode="A1")], "orders": [order]}), encoding="utf-8"
    )

    assert load_seed(sandbox.shop, str(path)) == 1
    assert (sandbox.shop.stock()["A1"], list(sandbox.shop.packages)) == (4, [5])


@pytest.mark.parametrize("text", ["", "{}", '{"products": 1}', '[{"title": "x"}]'])
def test_bad_seed_file_is_refused(sandbox: Sandbox, tmp_path: Path, text: str) -> None:
    path = tmp_path / "seed.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SeedError, match="cannot be used"):
        load_seed(sandbox.shop, str(path))
