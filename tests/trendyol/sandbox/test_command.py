import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox.books import Books
from integrations.trendyol.sandbox.claims import CLAIM_MOVES
from integrations.trendyol.sandbox.seed import SeedError, demo_catalogue, load_seed

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


def test_seed_file_brings_claims_under_their_own_numbers(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    order = {
        "package_id": 5,
        "lines": [{"barcode": "A1", "line_id": 9, "quantity": 2}],
        "status": "Delivered",
    }
    claim = {
        "package_id": 5,
        "lines": [{"line_id": 9, "quantity": 1}],
        "claim_id": "11111111-0000-4000-8000-000000000001",
        "item_ids": ["11111111-0000-4000-8000-000000000002"],
        "status": "WaitingInAction",
        "remaining_hours": 3,
    }
    data = {"products": [product(99, 4, barcode="A1")], "orders": [order], "claims": [claim]}
    path.write_text(json.dumps(data), encoding="utf-8")
    load_seed(sandbox.shop, str(path))

    (loaded,) = sandbox.shop.claims.values()
    assert (loaded.claim_id, [unit.claim_item_id for unit in loaded.units]) == (
        claim["claim_id"],
        claim["item_ids"],
    )
    assert loaded.due_ms == sandbox.state.now() + 3 * 3_600_000


@pytest.mark.parametrize(
    "changed",
    [
        {"package_id": 6},
        {"item_ids": ["a", "b"]},
        {"status": "Lost"},
        {"claim_id": "taken"},
        {"lines": [{"line_id": 9, "quantity": 3}]},
    ],
)
def test_seed_file_with_a_wrong_claim_is_refused(
    sandbox: Sandbox, tmp_path: Path, changed: dict[str, object]
) -> None:
    path = tmp_path / "seed.json"
    order = {
        "package_id": 5,
        "lines": [{"barcode": "A1", "line_id": 9, "quantity": 2}],
        "status": "Delivered",
    }
    one = {"package_id": 5, "lines": [{"line_id": 9, "quantity": 1}]}
    data = {
        "products": [product(99, 4, barcode="A1")],
        "orders": [order],
        "claims": [{**one, "claim_id": "taken"}, {**one, **changed}],
    }
    path.write_text(json.dumps(data), encoding="utf-8")

    with pytest.raises(SeedError, match="cannot be used"):
        load_seed(sandbox.shop, str(path))


def test_invented_shop_has_a_return_of_every_kind_and_paid_sales(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    sandbox = make_sandbox()
    assert load_seed(sandbox.shop, "demo") == 168

    now, claims = sandbox.state.now(), list(sandbox.shop.claims.values())
    assert {unit.status for claim in claims for unit in claim.units} == set(CLAIM_MOVES)
    deadlines = {unit.auto_approve_ms for claim in claims for unit in claim.units} - {None}
    assert len(deadlines) == 6
    assert min(deadlines) > now
    assert sum(1 for claim in claims if claim.replacement) == 1
    with sandbox.state.transaction():
        books = Books(sandbox.state)
    assert {booking.kind for booking in books.bookings} == {"Sale", "Discount", "Return", "DiscountCancel"}
    assert books.payments
    # What was sold before does not change the shop window.
    assert sandbox.shop.stock() == {spec.barcode: spec.quantity for spec in demo_catalogue()}
