"""Every page of the back office, for every role: who may open it, and that it opens."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule, Task

from analytics.models import (
    Campaign,
    CargoTariff,
    CommissionImport,
    CommissionRate,
    CostPart,
    CostSheet,
    ExchangeRate,
    OrderCommission,
    PlanningRule,
    ProfitPolicy,
)
from catalog.models import BarcodeAlias, Product, ProductImage, SizeChart
from gullu.jobs import enqueue
from gullu.labels.records import BarcodeSeries, LabelPrinter
from gullu.labels.services import ensure_default_templates
from gullu.models import Activity, AlarmState, JobRun
from gullu.roles import ANALYST, MANAGER, OFFICE, ROLES, VIEW_SYSTEM, WAREHOUSE
from integrations.models import (
    Listing,
    MarketBrand,
    MarketCategory,
    OutboxMessage,
    ProductWrite,
    Settlement,
    SyncCursor,
    SyncProblem,
    WebhookEvent,
)
from inventory.models import (
    CountTask,
    ScanLog,
    StockCount,
    StockPolicy,
    StockPushBatch,
    StockPushItem,
    StockPushLog,
)
from orders.enums import OrderState
from orders.models import Exchange, ReturnUnit
from orders.services.cancelling import cancel_order
from orders.services.picking import confirm_picking
from tests.factories import make_order, make_shelf, make_superuser, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

OWN_APPS = {"analytics", "catalog", "inventory", "orders", "integrations", "gullu", "auth", "django_q"}
ADMINS = {
    f"{model._meta.app_label}_{model._meta.model_name}": model_admin
    for model, model_admin in admin.site._registry.items()
    if model._meta.app_label in OWN_APPS
}
READ_ONLY = {
    "analytics_commissionimport",
    "analytics_commissionrate",
    "analytics_ordercommission",
    "inventory_centralstock",
    "inventory_rafurun",
    "inventory_stockmovement",
    "inventory_stockpushlog",
    "inventory_stockpushbatch",
    "inventory_stockpushitem",
    "orders_order",
    "orders_ordercreated",
    "orders_orderpicking",
    "orders_ordershipped",
    "orders_orderdelivered",
    "orders_ordercancelled",
    "orders_orderreturned",
    "orders_orderline",
    "orders_orderevent",
    "orders_putback",
    "orders_returnunit",
    "integrations_listing",
    "integrations_marketbrand",
    "integrations_marketcategory",
    "integrations_outboxmessage",
    "integrations_settlement",
    "integrations_synccursor",
    "integrations_syncproblem",
    "integrations_webhookevent",
    "gullu_alarmstate",
    "gullu_jobrun",
    "inventory_counttask",
    "inventory_scanlog",
    "inventory_stockcount",
    "django_q_success",
    "django_q_failure",
    "django_q_ormq",
    "catalog_productimage",
}
# Opening the stock policy leads to its only row at once.
LEADS_ON = {"inventory_stockpolicy", "gullu_barcodeseries"}


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A bit of everything, so that pages have rows to show. Made once: every test is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_rows()
        yield
        transaction.set_rollback(True)


def make_inputs(product: Product) -> None:
    """One row of everything that is entered for the profit and for planning."""
    today = timezone.localdate()
    sheet = CostSheet.objects.create(product=product, valid_from=today)
    CostPart.objects.create(sheet=sheet, kind="SOLE", amount=Decimal(10), currency="USD")
    ExchangeRate.objects.create(day=today, rate=Decimal(42))
    CargoTariff.objects.create(carrier="Aras Kargo", valid_from=today, desi_to=Decimal(2), price=Decimal(80))
    ProfitPolicy.objects.create(valid_from=today)
    Campaign.objects.create(name="Efsane Günler", first_day=today, last_day=today)
    PlanningRule.objects.create()


def make_commissions() -> None:
    file = CommissionImport.objects.create(
        kind="TARIFF", file_name="oran.csv", digest="d", valid_from=timezone.localdate()
    )
    CommissionRate.objects.create(
        target="CATEGORY",
        key="bot",
        name="Bot",
        rate=Decimal(19),
        valid_from=timezone.localdate(),
        commission_import=file,
    )
    OrderCommission.objects.create(
        order_number="1", commission=Decimal(9), order_amount=Decimal(90), commission_import=file
    )


def make_rows() -> None:
    variant, shelf = make_variant(), make_shelf()
    stock(variant, shelf, 5)
    make_order([(variant, 1), ("no-such-barcode", 2)])
    picked = make_order([(variant, 2)])
    confirm_picking(order_id=picked.pk)
    cancel_order(order_id=picked.pk, reason="test")
    push = StockPushLog.objects.create(
        push_time=timezone.now(), success=True, duration_seconds=1.5, total_items=1
    )
    batch = StockPushBatch.objects.create(push=push, body_hash="x" * 64, computed_at=timezone.now())
    StockPushItem.objects.create(batch=batch, variant=variant, barcode=variant.barcode, quantity=3)
    for state in OrderState:
        make_order([(variant, 1)], status=state)
    JobRun.objects.create(name="sync_orders", trigger=JobRun.Trigger.STAFF, started_at=timezone.now())
    AlarmState.objects.create(
        code="DISK_FULL",
        check_name="gullu.alarms.system.check",
        level=AlarmState.Level.WARNING,
        sentence="?",
        link="/admin/",
        raised_at=timezone.now(),
        last_seen_at=timezone.now(),
    )
    ProductImage.objects.create(product=variant.product, colour="Siyah", url="https://example.com/1.jpg")
    Listing.objects.create(barcode=variant.barcode, variant=variant)
    MarketBrand.objects.create(remote_id=1, name="Bulut", read_at=timezone.now())
    MarketCategory.objects.create(remote_id=1, name="Bot", path="Bot", leaf=True, read_at=timezone.now())
    message = OutboxMessage.objects.create(kind="PRODUCT_PRICE", key="prices", due_at=timezone.now())
    ProductWrite.objects.create(
        message=message, product=variant.product, variant=variant, barcode=variant.barcode, body={}
    )
    SizeChart.objects.create(name="Kadın")
    SyncCursor.objects.create(name="orders", live_since=timezone.now())
    SyncProblem.objects.create(kind="NOT_FOUND", reference="1", message="?", last_seen_at=timezone.now())
    ReturnUnit.objects.create(
        claim_item_id="1",
        order_number="1",
        barcode="1",
        claimed_at=timezone.now(),
        remote_modified_at=timezone.now(),
    )
    Exchange.objects.create(
        old_variant=variant, reason="TOO_SMALL", new_order=make_order([(variant, 1)], channel="MANUAL")
    )
    Settlement.objects.create(
        kind="Sale", record_id="1", transaction_at=timezone.now(), read_at=timezone.now()
    )
    WebhookEvent.objects.create(digest="d", size=0, package_id=1, received_at=timezone.now())
    StockPolicy.objects.create()
    ensure_default_templates()
    BarcodeAlias.objects.create(code="ESKI-1", variant=variant)
    CountTask.objects.create(shelf=shelf, variant=variant, reason="ASKED")
    StockCount.objects.create(shelf=shelf, counted_by=make_superuser(username="sayan"))
    ScanLog.objects.create(
        key="k" * 8, page="lookup", user=make_superuser(username="okutan"), text="1", outcome="OK"
    )
    LabelPrinter.objects.create(name="Depo")
    Activity.objects.create(at=timezone.now(), kind=Activity.Kind.EXPORTED, details={"rows": 1})
    BarcodeSeries.objects.get_or_create(pk=1)
    make_inputs(variant.product)
    make_commissions()
    Schedule.objects.create(name="pull", func="integrations.tasks.pull_orders_job")
    enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")
    for success in (True, False):
        Task.objects.create(
            id=f"{success}",
            name="t",
            func="f",
            started=timezone.now(),
            stopped=timezone.now(),
            success=success,
        )


def may_view(role: str, name: str) -> bool:
    if name == "gullu_alarmstate":
        return VIEW_SYSTEM in ROLES[role]
    app, _, model = name.partition("_") if not name.startswith("django_q") else ("django_q", "_", name[9:])
    wanted = (
        "orders.view_order"
        if app == "orders"
        and model.startswith("order")
        and model
        not in {
            "orderline",
            "orderevent",
        }
        else f"{app}.view_{model}"
    )
    return wanted in ROLES[role]


def test_every_model_people_need_has_its_page() -> None:
    editable = {
        "analytics_campaign",
        "analytics_cargotariff",
        "analytics_costsheet",
        "analytics_exchangerate",
        "analytics_planningrule",
        "analytics_profitpolicy",
        "catalog_barcodealias",
        "catalog_product",
        "catalog_sizechart",
        "catalog_variant",
        "inventory_shelf",
        "gullu_labelprinter",
        "gullu_labeltemplate",
        "gullu_user",
        "auth_group",
        "django_q_schedule",
    }

    assert (READ_ONLY | LEADS_ON | editable) - set(ADMINS) == set()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", sorted(ADMINS))
def test_list_opens_and_searches_for_the_owner(client: Client, name: str) -> None:
    client.force_login(make_superuser())

    page = client.get(reverse(f"admin:{name}_changelist"))
    found = client.get(reverse(f"admin:{name}_changelist"), {"q": "şükrü 1"})

    expected = 302 if name in LEADS_ON else 200
    assert (page.status_code, found.status_code) == (expected, expected)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", sorted(ADMINS))
def test_page_of_a_row_opens_for_the_owner(client: Client, name: str) -> None:
    client.force_login(make_superuser())
    row = ADMINS[name].model.objects.first()

    page = client.get(reverse(f"admin:{name}_change", args=[row.pk]))

    assert page.status_code == (302 if name == "inventory_centralstock" else 200)


@pytest.mark.parametrize("role", [MANAGER, OFFICE, WAREHOUSE, ANALYST, None])
def test_lists_open_exactly_for_roles_with_their_right(rf: RequestFactory, role: str | None) -> None:
    """That every address asks this is seen in tests/rights."""
    request = rf.get("/")
    request.user = make_user(role) if role else make_user(is_staff=True)

    opened = {name for name, page in ADMINS.items() if page.has_view_permission(request)}

    assert opened == {name for name in ADMINS if role and may_view(role, name)}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_ledgers_and_logs_are_closed_to_writing_also_for_the_owner(client: Client, name: str) -> None:
    client.force_login(make_superuser())
    key = ADMINS[name].model.objects.first().pk

    posts = [
        client.post(reverse(f"admin:{name}_add"), {}).status_code,
        client.post(reverse(f"admin:{name}_delete", args=[key]), {"post": "yes"}).status_code,
        client.post(reverse(f"admin:{name}_change", args=[key]), {"status": "DELIVERED"}).status_code,
    ]

    assert posts[0] == 403
    assert set(posts[1:]) <= {403, 302}
    assert ADMINS[name].model.objects.filter(pk=key).exists()


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_ledgers_and_logs_offer_no_deleting_action(rf: object, name: str) -> None:
    request = rf.get("/")  # type: ignore[attr-defined]
    request.user = make_superuser()
    model_admin: ModelAdmin[Any] = ADMINS[name]

    assert "delete_selected" not in model_admin.get_actions(request)
