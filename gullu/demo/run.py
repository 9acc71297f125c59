"""The demo from nothing to a running shop, step by step. Everything it makes lies in DATA_DIR."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from filelock import FileLock, Timeout

from analytics.facts.services import refresh_facts
from analytics.forecasts.selectors import latest_run
from analytics.forecasts.services import start_run
from analytics.profit.services import refresh_profit
from gullu.demo import database
from gullu.demo.errors import DemoRunning, SeedMissing, StockDiffers
from gullu.demo.history import make_shop
from gullu.demo.load import load_shop
from gullu.demo.load_inputs import load_commission_rates, load_inputs
from gullu.demo.practice import Practice
from gullu.demo.sandbox_seed import make_sandbox_seed
from gullu.demo.sign_ins import SignIn, ensure_sign_ins, picker_ids
from gullu.models import JobRun
from gullu.roles import setup_roles
from gullu.schedules import setup_jobs
from integrations.listing.reference import refresh_due
from integrations.models import Listing
from integrations.trendyol.push import push_stock
from integrations.trendyol.sync import sync_products, sync_returns
from inventory.selectors import availability
from orders.enums import Channel
from orders.models import Order

Step = Callable[[str], None]
_SHOWN_BARCODES = 20


def demo_folder() -> Path:
    """Where the demo keeps its own files."""
    return Path(settings.DATA_DIR) / "demo"


@contextmanager
def only_demo(folder: Path) -> Iterator[None]:
    """One demo per DATA_DIR at a time. Raises `DemoRunning`."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.parent / "demo.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise DemoRunning(folder=folder) from error
    try:
        yield
    finally:
        lock.release()


def reset(folder: Path) -> None:
    """Drop the demo's shop, sign-ins and practice Trendyol. Raises `ForeignDatabase`."""
    database.drop_everything()
    connection.close()
    shutil.rmtree(folder)
    folder.mkdir()


def prepare(folder: Path, *, step: Step) -> list[SignIn]:
    """Schema, roles, people and shop: whatever is missing. Raises `ForeignDatabase`, `SeedMissing`."""
    step(_("Database"))
    found = database.refuse_foreign()
    call_command("migrate", verbosity=0)
    step(_("Roles and sign-ins"))
    setup_roles()
    sign_ins = ensure_sign_ins(folder / "sign-ins.json")
    practice = Practice(port=0, folder=folder)
    if found == database.Owner.NOBODY:
        _make_shop(practice, step=step)
    elif not practice.seed_path.is_file():
        raise SeedMissing(path=practice.seed_path)
    setup_jobs()
    return sign_ins


def _make_shop(practice: Practice, *, step: Step) -> None:
    step(_("Inventing two years of a shoe shop"))
    shop = make_shop(now=timezone.now())
    # First the other half: a database with a shop always finds it, and nothing older.
    practice.forget()
    seed = json.dumps(make_sandbox_seed(shop).as_dict(), ensure_ascii=False)
    practice.seed_path.write_text(seed, encoding="utf-8")
    labels = {
        "catalogue": _("Writing models and shelves"),
        "orders": _("Writing past orders"),
        "stock": _("Booking two years of stock movements"),
    }
    with transaction.atomic():
        load_shop(shop, pickers=picker_ids(), report=lambda part: step(labels[part]))
        step(_("Entering costs, rates and tariffs"))
        load_inputs(shop)
        load_commission_rates(shop)
        database.mark_as_demo()


@dataclass(slots=True)
class Exchange:
    """What went between the shop and its practice Trendyol at this start."""

    new_orders: int = 0
    push: dict[str, Any] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


def exchange(practice: Practice, *, step: Step) -> Exchange:
    """Read products, returns and orders, send the stock, compare. Raises DomainError when one of them fails."""
    seed = json.loads(practice.seed_path.read_text(encoding="utf-8"))
    done = Exchange()
    known = Order.objects.count()
    with practice.spoken_to():
        practice.open_claims(seed["claims"])
        # Before the products, which find their categories then.
        step(_("Reading the categories and brands from Trendyol"))
        refresh_due(channel=Channel.TRENDYOL, trigger=JobRun.Trigger.COMMAND)
        if not Listing.objects.exists():
            step(_("Reading the products from Trendyol"))
            sync_products(trigger=JobRun.Trigger.COMMAND)
            step(_("Reading the returns from Trendyol"))
            sync_returns(trigger=JobRun.Trigger.COMMAND)
        # A push reads the orders before and after, so that everything sold is reserved.
        step(_("Reading the orders from Trendyol, sending the stock"))
        done.push = push_stock().as_dict()
    step(_("Counting what was sold"))
    refresh_facts(trigger=JobRun.Trigger.COMMAND)
    step(_("Reckoning what was earned"))
    refresh_profit(trigger=JobRun.Trigger.COMMAND)
    done.new_orders = Order.objects.count() - known
    done.differing = differing_barcodes(practice, seed["products"])
    return done


def ask_for_forecasts() -> bool:
    """Let the worker forecast while people look around, if there is no forecast of yesterday yet."""
    known = latest_run()
    if known is not None and known.last_day >= timezone.localdate() - timedelta(days=1):
        return False
    start_run(trigger=JobRun.Trigger.COMMAND)
    return True


def differing_barcodes(practice: Practice, products: list[dict[str, Any]]) -> list[str]:
    """Barcodes on sale in the practice Trendyol whose quantity there is not what we can deliver.

    What is only there is nobody's to deliver.
    """
    on_sale = [row["barcode"] for row in products if row["approved"] and not row["archived"]]
    shown = practice.stock()
    offered = {row.barcode: row.offered for row in availability(on_sale)}
    ours = [barcode for barcode in on_sale if barcode in offered]
    return sorted(barcode for barcode in ours if shown.get(barcode) != offered[barcode])


def require_agreement(done: Exchange) -> None:
    """Raises `StockDiffers` with the barcodes."""
    if done.differing:
        shown = ", ".join(done.differing[:_SHOWN_BARCODES])
        more = len(done.differing) - _SHOWN_BARCODES
        raise StockDiffers(count=len(done.differing), barcodes=shown + (f" … (+{more})" if more > 0 else ""))


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work that waits for people, in orders."""

    to_prepare: int
    late: int
    urgent: int
    payment_pending: int
    parked: int


def waiting() -> Waiting:
    """Counts for the summary."""
    now = timezone.now()
    return Waiting(
        to_prepare=Order.objects.to_prepare().count(),
        late=Order.objects.late(now).count(),
        urgent=Order.objects.urgent(now).count(),
        payment_pending=Order.objects.open().filter(payment_pending=True).count(),
        parked=Order.objects.parked_only().count(),
    )
