"""Scan to answer on the prepare page with 1, 8 and 32 pickers, beside pgbench doing the same writes in bare SQL.

Web server, PostgreSQL and pickers share this machine. Everybody scans once a second (no hand is faster for long), so
the times are what a picker waits; then 8 pickers scan as fast as answers come. The database is made anew each time,
with one year of the demo shop.
"""

from __future__ import annotations

import http.client
import math
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

DAYS, ORDERS = 365, 18_700
PICKERS = (1, 8, 32)
SECONDS = 4.0
FAST_SECONDS = 3.0
FAST_ORDERS = 600
CSRF = "b" * 32
_HELD = re.compile(r"<dd>\s*(TARAMA-\d+)\s*</dd>")


def main() -> None:
    """Measure in a process of its own, on a server that keeps its commits (that of the tests does not)."""
    from django.conf import settings  # noqa: PLC0415  (configured by the caller)

    folder = Path(settings.DATA_DIR) / "bench-scan"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gullu.settings", "DATA_DIR": str(folder)}
    environment |= {"ENABLE_JOBS": "0", "DEBUG": "0", "DB_POOL_SIZE": "8"}
    environment.pop("DATABASE_URL", None)
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "bench.scan"], env=environment, check=True)


# --- the shop -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shop:
    """People with sessions, and where the goods of each order lie."""

    user_ids: list[int]
    cookies: list[str]
    places: dict[str, tuple[str, str]] = field(default_factory=dict)


def _make_shop() -> Shop:
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from gullu.demo.history import make_shop  # noqa: PLC0415
    from gullu.demo.load import load_shop  # noqa: PLC0415
    from gullu.demo.static_files import collect_if_changed  # noqa: PLC0415

    started = time.perf_counter()
    collect_if_changed(Path(settings.DATA_DIR) / "static.mark")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    load_shop(make_shop(now=timezone.now(), days=DAYS, orders=ORDERS))
    shop = _people(max(PICKERS))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"demo shop made in {time.perf_counter() - started:.1f} s")
    return shop


def _people(number: int) -> Shop:
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.auth.models import Group  # noqa: PLC0415

    from gullu.models import User  # noqa: PLC0415
    from gullu.roles import WAREHOUSE, setup_roles  # noqa: PLC0415
    from gullu.sessions import SessionStore  # noqa: PLC0415

    setup_roles()
    users = User.objects.bulk_create(
        User(username=f"toplayici{place}", password="!", is_staff=True) for place in range(number)
    )
    warehouse = Group.objects.get(name=WAREHOUSE)
    for user in users:
        user.groups.add(warehouse)
    cookies = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append(f"sessionid={session.session_key}; csrftoken={CSRF}")
    return Shop([user.pk for user in users], cookies)


def _add_orders(shop: Shop, number: int) -> None:
    """New orders of one pair, more urgent than what the shop has open, and no claims."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from inventory.enums import StockState  # noqa: PLC0415
    from inventory.models import RafUrun  # noqa: PLC0415
    from orders.enums import OrderState  # noqa: PLC0415
    from orders.models import Order, OrderLine, PickClaim  # noqa: PLC0415

    PickClaim.objects.all().delete()
    # What the stage before left over must not lengthen the queue of this one.
    rest = Order.objects.filter(order_number__startswith="TARAMA-", status=OrderState.CREATED)
    OrderLine.objects.filter(order__in=rest).update(stock_state=StockState.RELEASED)
    rest.update(status=OrderState.CANCELLED)
    now, first = timezone.now(), len(shop.places)
    rows = list(RafUrun.objects.filter(adet__gte=6).select_related("variant", "shelf").order_by("pk")[:600])
    orders = Order.objects.bulk_create(
        Order(
            package_id=9_000_000_000 + place,
            order_number=f"TARAMA-{place:06d}",
            remote_status="Created",
            ordered_at=now - timedelta(days=3),
            ship_by_at=now - timedelta(days=2),
            remote_modified_at=now,
            cargo_tracking_number=f"{7_280_000_000_000 + place}",
            customer_first_name="Ayşe",
            customer_last_name="Yılmaz",
        )
        for place in range(first, first + number)
    )
    lines = []
    for place, order in enumerate(orders):
        row = rows[place % len(rows)]
        shop.places[order.order_number] = row.shelf.code, row.variant.barcode
        lines.append(
            OrderLine(
                order=order,
                line_id=place + 1,
                variant=row.variant,
                barcode=row.variant.barcode,
                quantity=1,
                created_at=now,
            )
        )
    OrderLine.objects.bulk_create(lines)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE orders_order, orders_orderline, orders_pickclaim")


# --- pickers over HTTP --------------------------------------------------------------------------------------------


@contextmanager
def _web_server() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    from gullu.management.commands.serve import web  # noqa: PLC0415

    child = subprocess.Popen(web(host="127.0.0.1", port=port, processes=2).command)
    try:
        _wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server does not answer")


# Seconds of each scan, of a shelf or of the box that finishes an order.
Times = dict[str, list[float]]


class Picker(threading.Thread):
    """One person with one device: shelf, box, shelf, box … of whatever the page says is in hand."""

    def __init__(
        self, *, port: int, cookie: str, shop: Shop, pace: float, until: float, start_at: float
    ) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookie, self.shop, self.pace, self.until, self.start_at = cookie, shop, pace, until, start_at
        self.times: Times = {"shelf": [], "box": []}
        self.wrong: list[str] = []

    def run(self) -> None:
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body, due = self._send("GET", {})[1], self.start_at
        while due < self.until:
            held = _HELD.search(body)
            if held is None:
                self.wrong.append("no order in hand")
                return
            for text, wanted in zip(self.shop.places[held[1]], ("OK", "DONE"), strict=True):
                time.sleep(max(0.0, due - time.perf_counter()))
                body = self._scan(text, wanted)
                due = due + self.pace if self.pace else time.perf_counter()

    def _scan(self, text: str, wanted: str) -> str:
        started = time.perf_counter()
        outcome, body = self._send("POST", {"key": str(uuid.uuid4()), "text": text})
        self.times["shelf" if wanted == "OK" else "box"].append(time.perf_counter() - started)
        if outcome != wanted:
            self.wrong.append(f"{text}: {outcome}")
        return body

    def _send(self, method: str, fields: dict[str, str]) -> tuple[str, str]:
        headers = {"Cookie": self.cookie, "Host": "localhost"}
        if method == "POST":
            headers |= {
                "X-CSRFToken": CSRF,
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Requested-With": "scan",
            }
        self.connection.request(method, "/scan/prepare/", body=urlencode(fields) or None, headers=headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        return response.headers.get("X-Scan-Outcome", str(response.status)), text


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds in the middle and of the slowest hundredth, scans per second, and answers not as expected."""

    p50: float
    p99: float
    shelf: float
    box: float
    rate: float
    wrong: int = 0


def _measured(times: Times, seconds: float, wrong: int = 0) -> Measured:
    ordered = sorted(times["shelf"] + times["box"])
    p99 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
    # One picker alone may have scanned no box in the time; nothing is said about boxes then.
    shelf, box = (statistics.median(times[kind] or [math.nan]) * 1000 for kind in ("shelf", "box"))
    return Measured(statistics.median(ordered) * 1000, p99 * 1000, shelf, box, len(ordered) / seconds, wrong)


def _pick(shop: Shop, port: int, *, pickers: int, pace: float, seconds: float) -> Measured:
    begin = time.perf_counter() + 0.5
    people = [
        Picker(
            port=port,
            cookie=shop.cookies[place],
            shop=shop,
            pace=pace,
            until=begin + seconds,
            start_at=begin + pace * place / pickers,
        )
        for place in range(pickers)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    mistakes = [mistake for person in people for mistake in person.wrong]
    if mistakes:
        print(f"  unexpected: {mistakes[:3]}")
    times: Times = {
        kind: [one for person in people for one in person.times[kind]] for kind in ("shelf", "box")
    }
    return _measured(times, seconds, len(mistakes))


# --- the floor: the same writes by pgbench ------------------------------------------------------------------------

# What the next statements are about: the order in hand, its line, and a shelf that holds it; 0 for somebody without.
_HOLD = """\\set user {first} + :client_id
BEGIN;
SELECT COALESCE(oid, 0) AS oid, lid, vid, sid FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
  SELECT claim.order_id AS oid, line.id AS lid, line.variant_id AS vid, stock.shelf_id AS sid
    FROM orders_pickclaim claim JOIN orders_order o ON o.id = claim.order_id
    JOIN orders_orderline line ON line.order_id = o.id
    JOIN inventory_rafurun stock ON stock.variant_id = line.variant_id AND stock.adet > 1
   WHERE claim.user_id = :user ORDER BY stock.adet DESC LIMIT 1 FOR NO KEY UPDATE OF o, claim) held ON TRUE \\gset
\\if :oid
"""
# Somebody else may take the same order in the same instant; who lost takes the next one with the next script.
_CLAIM = """INSERT INTO orders_pickclaim (order_id, user_id, claimed_at, expires_at)
SELECT id, :user, now(), now() + interval '10 min' FROM (SELECT id FROM orders_order o WHERE status = 'CREATED'
   AND NOT parked AND NOT payment_pending AND split_asked_at IS NULL
   AND NOT EXISTS (SELECT FROM orders_pickclaim c WHERE c.order_id = o.id)
 ORDER BY ship_by_at, ordered_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) next ON CONFLICT DO NOTHING;
"""
_LOG = """INSERT INTO inventory_scanlog
 (key, page, user_id, text, outcome, answer, code, variant_id, shelf_id, reference, received_at)
VALUES (gen_random_uuid()::text, 'prepare', :user, 'x', 'OK', 'answer', 'box', :vid, :sid, 'TARAMA', now());
"""
_END = f"""\\else
{_CLAIM}\\endif
COMMIT;
"""
_SHELF = f"""{_HOLD}UPDATE orders_pickclaim SET shelf_id = :sid, expires_at = now() + interval '10 min'
 WHERE order_id = :oid;
{_LOG}{_END}"""
# The history of orders and lines is kept by triggers here as well, with who and where.
_BOX = f"""{_HOLD}SELECT set_config('pghistory.context_id', gen_random_uuid()::text, true),
       set_config('pghistory.context_metadata', '{{{{"user": 1, "url": "/scan/prepare/"}}}}', true);
SELECT id FROM orders_orderline WHERE order_id = :oid FOR NO KEY UPDATE;
SELECT qty FROM inventory_centralstock WHERE variant_id = :vid FOR NO KEY UPDATE;
SELECT adet FROM inventory_rafurun WHERE variant_id = :vid AND shelf_id = :sid FOR NO KEY UPDATE;
INSERT INTO inventory_stockmovement (variant_id, shelf_id, delta, kind, reference, reason, key, actor_id, created_at)
VALUES (:vid, :sid, -1, 'PICK', 'line:' || :lid, '', 'pick:' || :lid, :user, now());
UPDATE inventory_rafurun SET adet = adet - 1, updated_at = now() WHERE variant_id = :vid AND shelf_id = :sid;
UPDATE inventory_centralstock SET qty = qty - 1, updated_at = now() WHERE variant_id = :vid;
UPDATE orders_orderline SET stock_state = 'DEDUCTED', deducted_quantity = 1, scanned = TRUE WHERE id = :lid;
INSERT INTO orders_orderevent (order_id, kind, source, at, from_status, to_status, data, actor_id, created_at)
VALUES (:oid, 'PICKED', 'HERE', now(), 'CREATED', 'PICKING', '{{{{}}}}', :user, now());
UPDATE orders_order SET status = 'PICKING', picked_at = now(), picked_by_id = :user, updated_at = now() WHERE id = :oid;
INSERT INTO integrations_outboxmessage
 (channel, kind, key, order_id, claim_id, body, answer, state, attempts, due_at, created_at, last_error)
VALUES ('TRENDYOL', 'PICKING', 'picking:' || :oid, :oid, '', '{{{{}}}}', '{{{{}}}}', 'WAITING', 0, now(), now(), '');
DELETE FROM orders_pickscan WHERE line_id = :lid;
DELETE FROM orders_pickclaim WHERE order_id = :oid;
{_CLAIM}{_LOG}{_END}"""


def _bare(shop: Shop, *, pickers: int, pace: float, seconds: float) -> Measured:
    from django.conf import settings  # noqa: PLC0415

    from gullu import embedded  # noqa: PLC0415

    server = embedded.ensure_running(settings.DATA_DIR)
    folder = Path(settings.DATA_DIR) / "pgbench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _claim_for(shop.user_ids[:pickers])
    for name, script in (("shelf", _SHELF), ("box", _BOX)):
        (folder / f"{name}.sql").write_text(script.format(first=shop.user_ids[0]), encoding="utf-8")
    arguments = [
        "-n",
        "-c",
        str(pickers),
        "-j",
        "2",
        "-T",
        str(round(seconds)),
        "-l",
        "-f",
        "shelf.sql",
        "-f",
        "box.sql",
    ]
    arguments += ["-R", str(round(pickers / pace, 3))] if pace else []
    done = subprocess.run(
        [str(embedded.binary("pgbench")), *arguments, "gullu"],
        cwd=folder,
        env={**os.environ, **server.libpq_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    times: Times = {"shelf": [], "box": []}
    for log in folder.glob("pgbench_log.*"):
        for _client, _number, took, script, *_when in map(str.split, log.read_text().splitlines()):
            times["box" if script == "1" else "shelf"].append(int(took) / 1e6)
    return _measured(times, seconds)


def _claim_for(user_ids: list[int]) -> None:
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from orders.claims import claim_next  # noqa: PLC0415

    with transaction.atomic():
        for user_id in user_ids:
            claim_next(user_id=user_id, now=timezone.now())


# --- the run ------------------------------------------------------------------------------------------------------


def _line(name: str, ours: Measured, floor: Measured) -> str:
    return (
        f"{name}: p50 {ours.p50:.1f} ms, p99 {ours.p99:.1f} ms"
        f" = {ours.p50 / floor.p50:.1f} × and {ours.p99 / floor.p99:.1f} × bare SQL"
        f" ({floor.p50:.1f} and {floor.p99:.1f} ms); {ours.wrong} errors\n"
        f"  a shelf {ours.shelf:.1f} ms = {ours.shelf / floor.shelf:.1f} ×,"
        f" the box that finishes an order {ours.box:.1f} ms = {ours.box / floor.box:.1f} ×"
    )


def _run() -> None:
    import django  # noqa: PLC0415

    django.setup()
    shop = _make_shop()
    with _web_server() as port:
        _add_orders(shop, 60)
        _pick(shop, port, pickers=4, pace=0.2, seconds=2)  # both web processes read their code and templates
        for pickers in PICKERS:
            seconds = SECONDS * 2 if pickers == 1 else SECONDS  # one person scans little
            orders = round(pickers * seconds) + 100
            _add_orders(shop, orders)
            ours = _pick(shop, port, pickers=pickers, pace=1.0, seconds=seconds)
            _add_orders(shop, orders)
            floor = _bare(shop, pickers=pickers, pace=1.0, seconds=seconds)
            print(_line(f"{pickers} pickers, a scan a second each", ours, floor))
        _add_orders(shop, FAST_ORDERS)
        ours = _pick(shop, port, pickers=8, pace=0, seconds=FAST_SECONDS)
    _add_orders(shop, FAST_ORDERS * 6)
    floor = _bare(shop, pickers=8, pace=0, seconds=FAST_SECONDS)
    print(_line("8 pickers, as fast as answers come", ours, floor))
    print(f"  {ours.rate:.0f} scans a second, bare SQL {floor.rate:.0f}")


if __name__ == "__main__":
    _run()
