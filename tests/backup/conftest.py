"""A shop with stock and files, a backup folder of its own, and a server that asks for a password."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gullu.backup.connections import direct
from gullu.backup.leftovers import _prefix
from gullu.embedded import account as accounts
from gullu.embedded.binaries import install_folder, run
from tests.factories import make_order, make_shelf, make_variant, stock

PICTURE = bytes(range(256)) * 40
PASSWORD = "p@ss word/1"


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    """Folders of this test: `data`, `backups`, `data/media` with two files and one that was never finished."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.BACKUP = {**settings.BACKUP, "DIR": tmp_path / "backups"}
    (tmp_path / "backups").mkdir()
    products = settings.MEDIA_ROOT / "products" / "ab"
    products.mkdir(parents=True)
    (products / "kırmızı.jpg").write_bytes(PICTURE)
    (settings.MEDIA_ROOT / "empty.txt").touch()
    (products / ".1f.part").write_bytes(b"half")
    (settings.DATA_DIR / "secret_key").write_text("the key of this shop\n")
    return tmp_path


@pytest.fixture
def shop(transactional_db: None, place: Path) -> Path:
    """Two barcodes on two shelves, and an order for one of them."""
    for number in (1, 2):
        variant = make_variant(barcode=f"868000000000{number}")
        stock(variant, make_shelf(f"A-0{number}"), 5 * number)
        make_order([(variant, 1)])
    return place


def databases_of_drills() -> list[str]:
    with direct() as live, live.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_prefix(live)])
        return [name for (name,) in cursor.fetchall()]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL on a TCP port with password authentication, as a real one."""

    port: int

    def url(self, database: str, *, user: str = "shop") -> str:
        password = PASSWORD.replace("@", "%40").replace("/", "%2F").replace(" ", "%20")
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def ask(self, query: str, database: str = "postgres", *, user: str = "postgres") -> list[Any]:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=PASSWORD, dbname=database, autocommit=True
        ) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def server() -> Iterator[Server]:
    """Made from the embedded server's programs; its user `shop` owns the empty database `shop` and may make no other."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Path(folder) / "cluster"
        account = accounts.server_account(cluster)
        accounts.let_read_programs(install_folder(), account)
        _initialize(Path(folder), cluster, account)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        begin = ["start", "--wait", "--pgdata", cluster, "--log", cluster / "log", "-o", options]
        assert run("pg_ctl", begin, account=account).code == 0
        try:
            found = Server(port)
            found.ask(f"CREATE ROLE shop LOGIN PASSWORD '{PASSWORD}'")
            found.ask("CREATE DATABASE shop OWNER shop")
            yield found
        finally:
            run("pg_ctl", ["stop", "--mode", "immediate", "--pgdata", cluster], account=account)


def _initialize(folder: Path, cluster: Path, account: Any) -> None:
    password, maker = folder / "password", accounts.named_account(account)
    password.write_text(PASSWORD)
    cluster.mkdir(mode=0o700)
    folder.chmod(0o755)
    for path in (password, cluster):
        accounts.give(path, maker)
    options = ["--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"]
    done = run("initdb", [*options, "--locale=C", "--no-sync", "--pgdata", cluster], account=maker)
    assert done.code == 0, done.output
    accounts.give_tree(cluster, account)
