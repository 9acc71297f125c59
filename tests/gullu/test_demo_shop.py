"""The invented shop: its size, its truth, its seasons, and that both sides of it agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from catalog.barcodes import ean13_check_digit
from catalog.models import Product, Variant
from gullu.demo.catalogue import make_catalogue
from gullu.demo.database import Owner, mark_as_demo, owner, refuse_foreign
from gullu.demo.days import ISTANBUL, from_ms, make_days
from gullu.demo.errors import DemoRunning, ForeignDatabase, StockDiffers
from gullu.demo.history import DemoShop, make_shop
from gullu.demo.kinds import BOOTS, SANDALS
from gullu.demo.load import load_shop
from gullu.demo.practice import Practice, free_port, is_real_account
from gullu.demo.returns import TOO_LARGE, TOO_SMALL
from gullu.demo.run import Exchange, differing_barcodes, only_demo, require_agreement
from gullu.demo.sandbox_seed import (
    LISTED_DESI,
    LISTED_ORIGIN,
    SandboxSeed,
    description,
    make_sandbox_seed,
)
from gullu.demo.sign_ins import ensure_sign_ins
from gullu.env_variables import ROOT
from gullu.models import User
from gullu.roles import ROLES, setup_roles
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox.books import Books
from integrations.trendyol.sandbox.fields import Fields
from integrations.trendyol.sandbox.product_payloads import sheet_of
from integrations.trendyol.sandbox.seed import load_seed
from integrations.trendyol.sandbox.specs import order_spec, product_spec
from inventory.enums import MovementKind, StockState
from inventory.models import CentralStock, RafUrun, StockMovement
from inventory.selectors import availability, check_stock
from orders.enums import OrderState
from orders.models import Order, OrderLine, PutBack, ReturnUnit

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SMALL = {"days": 200, "orders": 2500}


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    """The demo as people see it: two years, full size."""
    return make_shop(now=NOW)


@pytest.fixture(scope="module")
def small_shop() -> DemoShop:
    return make_shop(now=NOW, **SMALL)


@pytest.fixture(scope="module")
def seed(shop: DemoShop) -> SandboxSeed:
    return make_sandbox_seed(shop)


# --- catalogue --------------------------------------------------------------------------------------------------


def test_catalogue_has_the_size_of_the_real_shop() -> None:
    catalogue = make_catalogue(seed=172, days=730)

    barcodes = [variant.barcode for variant in catalogue.variants]
    assert (len(barcodes), len(set(barcodes))) == (3071, 3071)
    assert (len(catalogue.models), len({model.code for model in catalogue.models})) == (120, 120)
    assert len(catalogue.shelves) == 401
    assert {len(model.code) for model in catalogue.models} == {4}


def test_barcodes_are_valid_ean_13() -> None:
    catalogue = make_catalogue(seed=172, days=730)

    wrong = [
        v.barcode
        for v in catalogue.variants
        if len(v.barcode) != 13 or ean13_check_digit(v.barcode[:12]) != v.barcode[12]
    ]
    assert wrong == []


def test_prices_end_as_in_the_shop_window() -> None:
    catalogue = make_catalogue(seed=172, days=730)

    assert {model.sale_price % 1000 for model in catalogue.models} == {0, 990}
    assert [model.code for model in catalogue.models if model.list_price < model.sale_price] == []
    assert 0 < sum(model.cost is None for model in catalogue.models) < 30


# --- history ----------------------------------------------------------------------------------------------------


def test_same_seed_and_moment_give_the_same_shop_in_another_process(small_shop: DemoShop) -> None:
    code = (
        "import django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from gullu.demo.history import make_shop\n"
        f"print(make_shop(now=datetime.fromisoformat('{NOW.isoformat()}'), **{SMALL}).digest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "DJANGO_SETTINGS_MODULE": "gullu.settings_test"}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == small_shop.digest()


def test_another_seed_gives_another_shop(small_shop: DemoShop) -> None:
    assert make_shop(now=NOW, seed=173, **SMALL).digest() != small_shop.digest()


def test_history_has_the_size_of_the_real_shop(shop: DemoShop) -> None:
    states = Counter(order.state for order in shop.orders)
    units = sum(line.quantity for order in shop.orders for line in order.lines)

    assert 36_500 <= len(shop.orders) <= 37_500
    assert 0.02 <= states[OrderState.CANCELLED] / len(shop.orders) <= 0.04
    assert 0.07 <= len(shop.returns) / units <= 0.09
    assert 12_000 <= sum(shop.stock) <= 18_000
    assert 0.06 <= shop.stock.count(0) / len(shop.stock) <= 0.1


def test_ids_are_unique_and_below_those_the_sandbox_gives(shop: DemoShop) -> None:
    packages = [order.package_id for order in shop.orders]
    lines = [line.line_id for order in shop.orders for line in order.lines]

    assert (len(set(packages)), len(set(lines))) == (len(packages), len(lines))
    assert (max(packages) < 3_340_000_001, max(lines) < 4_770_000_001) == (True, True)
    assert len({order.order_number for order in shop.orders}) == len(shop.orders)


def test_steps_of_an_order_follow_each_other_and_lie_in_the_past(shop: DemoShop) -> None:
    wrong = []
    for order in shop.orders:
        t = order.times
        steps = [t.ordered, t.seen, t.picked, t.shipped, t.delivered, t.back, t.cancelled, shop.now_ms]
        known = [step for step in steps if step is not None]
        if known != sorted(known):
            wrong.append(order.order_number)

    assert wrong == []


def test_young_orders_are_under_way_and_old_ones_settled(shop: DemoShop) -> None:
    def ages(state: OrderState) -> list[float]:
        return [
            (shop.now_ms - order.times.ordered) / 86_400_000 for order in shop.orders if order.state == state
        ]

    assert max(ages(OrderState.SHIPPED)) <= 3.5
    assert min(ages(OrderState.DELIVERED)) >= 3.5
    assert min(ages(OrderState.SHIPPED)) * 24 >= 10


def test_running_balance_of_a_shelf_is_never_negative(shop: DemoShop) -> None:
    balances: defaultdict[tuple[int, int], int] = defaultdict(int)
    below = 0
    for movement in shop.movements:
        balances[movement.variant, movement.shelf] += movement.delta
        below += balances[movement.variant, movement.shelf] < 0

    assert below == 0
    assert [m.at_ms for m in shop.movements] == sorted(m.at_ms for m in shop.movements)
    assert sum(balances.values()) == sum(shop.stock)


def test_variants_were_sold_out_for_a_time(shop: DemoShop) -> None:
    """Stock-outs that ended: the balance was 0 for a week or more, and pairs came afterwards."""
    balance: Counter[int] = Counter()
    empty_since: dict[int, int] = {}
    ended: set[int] = set()
    for movement in shop.movements:
        if movement.kind == MovementKind.MOVE:
            continue
        balance[movement.variant] += movement.delta
        since = empty_since.pop(movement.variant, None)
        if since is not None and movement.at_ms - since > 7 * 86_400_000:
            ended.add(movement.variant)
        if balance[movement.variant] == 0:
            empty_since[movement.variant] = movement.at_ms

    assert len(ended) > 300


def test_boots_sell_in_winter_and_sandals_in_summer(shop: DemoShop) -> None:
    pairs: Counter[tuple[str, str]] = Counter()
    everything: Counter[str] = Counter()
    for order in shop.orders:
        month = from_ms(order.times.ordered).astimezone(ISTANBUL).month
        part = {12: "winter", 1: "winter", 2: "winter", 6: "summer", 7: "summer", 8: "summer"}.get(month)
        for line in order.lines if part else ():
            pairs[shop.catalogue.model_of(line.variant).kind.category, part or ""] += line.quantity
            everything[part or ""] += line.quantity

    def share(category: str, part: str) -> float:
        return pairs[category, part] / everything[part]

    assert share(BOOTS, "winter") > 4 * share(BOOTS, "summer")
    assert share(SANDALS, "summer") > 4 * share(SANDALS, "winter")


def test_campaign_days_sell_more() -> None:
    days = {day.date: day for day in make_days(seed=172, now=NOW, days=730, orders=37_400)}

    singles_day, week_before = date(2025, 11, 11), date(2025, 11, 4)
    assert days[singles_day].orders > 1.7 * days[week_before].orders
    assert days[singles_day].discount == 25


def test_warehouse_rests_on_sundays_and_moving_feasts() -> None:
    days = {day.date: day for day in make_days(seed=172, now=NOW, days=730, orders=37_400)}

    kurban, sunday, monday = (
        date(2026, 5, 27),
        date(2026, 6, 7),
        date(2026, 6, 8),
    )
    assert [days[day].working for day in (kurban, sunday, monday)] == [False, False, True]


def test_most_returns_are_about_the_size(shop: DemoShop) -> None:
    reasons = Counter(unit.reason_id for unit in shop.returns)

    assert {reason for reason, _ in reasons.most_common(2)} == {TOO_SMALL, TOO_LARGE}


# --- sandbox ----------------------------------------------------------------------------------------------------


def test_53_orders_wait_in_the_sandbox(shop: DemoShop, seed: SandboxSeed) -> None:
    waiting = [order for order in seed.orders if order["status"] in {"Created", "Awaiting"}]
    now = shop.now_ms

    assert len(waiting) == 53
    assert Counter(order["status"] for order in waiting) == {"Created": 51, "Awaiting": 2}
    assert sum(order["agreed_at"] < now for order in waiting) == 4
    assert sum(now <= order["agreed_at"] <= now + 2 * 3_600_000 for order in waiting) == 5
    assert sum(len(order["lines"]) == 2 for order in waiting) == 4
    assert sum(line["quantity"] == 2 for order in waiting for line in order["lines"]) == 3


def test_open_orders_want_pairs_that_exist_and_some_the_last(shop: DemoShop, seed: SandboxSeed) -> None:
    there = {
        variant.barcode: pairs for variant, pairs in zip(shop.catalogue.variants, shop.stock, strict=True)
    }
    wanted: Counter[str] = Counter()
    for order in seed.orders:
        if order["take_stock"]:
            wanted.update({line["barcode"]: line["quantity"] for line in order["lines"]})

    assert [barcode for barcode, pairs in wanted.items() if pairs > there[barcode]] == []
    assert sum(there[barcode] == 1 for barcode in wanted) == 2
    assert set(wanted) - seed.approved() == set()


def test_sandbox_takes_the_seed_and_knows_the_parcels_under_way(shop: DemoShop, seed: SandboxSeed) -> None:
    sandbox = Sandbox()
    try:
        sandbox.shop.load_products([product_spec(Fields(row)) for row in seed.products])
        now = sandbox.shop.state.now()
        sandbox.shop.load_orders([order_spec(Fields(row), now=now, takes_stock=False) for row in seed.orders])
        packages = sandbox.shop.packages
    finally:
        sandbox.stop()

    known = {order.package_id: order for order in shop.orders}
    shipped = [package for package in packages.values() if package.status == "Shipped"]
    assert len(shipped) == sum(order.state == OrderState.SHIPPED for order in shop.orders)
    assert [p.last_modified_ms for p in shipped] == [known[p.package_id].times.last for p in shipped]
    assert [[x.line_id for x in p.lines] for p in shipped] == [
        [x.line_id for x in known[p.package_id].lines] for p in shipped
    ]


def test_sandbox_knows_returns_of_every_kind_and_the_books_of_the_last_weeks(
    shop: DemoShop, seed: SandboxSeed, tmp_path: Path
) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(seed.as_dict()), encoding="utf-8")
    sandbox = Sandbox(clock=lambda: shop.now_ms / 1000)
    try:
        load_seed(sandbox.shop, str(path))
        claims = list(sandbox.shop.claims.values())
        listed = [package for package in sandbox.shop.packages.values() if not package.archived]
        with sandbox.state.transaction():
            payments = Books(sandbox.state).payments
    finally:
        sandbox.stop()

    units = {unit.claim_item_id: unit for claim in claims for unit in claim.units}
    assert {unit.status for unit in units.values()} == set(ReturnUnit.Status.values)
    assert sum(claim.replacement is not None for claim in claims) == 1
    deadlines = sorted(unit.auto_approve_ms for unit in units.values() if unit.auto_approve_ms is not None)
    assert shop.now_ms < deadlines[0] < shop.now_ms + 2 * 3_600_000
    # What is over here is over there, under the same numbers; what is not listed does not make a pull longer.
    stored = {unit.claim_item_id: unit.status for unit in shop.returns if not unit.live}
    assert {key: unit.status for key, unit in units.items() if key in stored} == {
        key: str(stored[key]) for key in units if key in stored
    }
    assert len(listed) == len(seed.orders)
    assert payments


def test_shop_window_differs_from_the_shelves_before_the_first_push(
    shop: DemoShop, seed: SandboxSeed
) -> None:
    different = sum(row["quantity"] != pairs for row, pairs in zip(seed.products, shop.stock, strict=True))

    assert (len(seed.products), len(seed.approved())) == (3071, 3056)
    assert different > 1000


def test_a_few_models_differ_there_and_two_are_only_there(shop: DemoShop, seed: SandboxSeed) -> None:
    models = {model.code: model for model in shop.catalogue.models}
    rows = [(row, models[row["product_main_id"]]) for row in seed.products]

    titles = {model.code for row, model in rows if row["title"] != model.title}
    prices = {model.code for row, model in rows if row["sale_price"] != model.sale_price / 100}

    assert (len(titles), len(prices), titles & prices) == (2, 1, set())
    assert {row["product_main_id"] for row in seed.strangers} - models.keys() == {"P-4410", "P-4411"}
    assert seed.as_dict()["products"] == seed.products + seed.strangers


def test_sandbox_shows_what_the_shop_has_written_down(shop: DemoShop, seed: SandboxSeed) -> None:
    (row, *_others) = seed.products
    sandbox = Sandbox()
    try:
        sandbox.shop.load_products([product_spec(Fields(row))])
        sheet = sheet_of(sandbox.state.listings[row["barcode"]])
    finally:
        sandbox.stop()

    assert (sheet.description, sheet.dimensional_weight, sheet.origin) == (
        description(row["title"]),
        float(LISTED_DESI),
        LISTED_ORIGIN,
    )


# --- database ---------------------------------------------------------------------------------------------------


def test_load_writes_a_shop_whose_stock_is_true(db: None, small_shop: DemoShop) -> None:
    loaded = load_shop(small_shop)

    assert check_stock().violations == ()
    assert (Variant.objects.count(), Product.objects.count()) == (3071, 120)
    assert (loaded.orders, Order.objects.count()) == (len(small_shop.orders), len(small_shop.orders))
    assert sum(row.on_hand for row in availability()) == sum(small_shop.stock)
    assert sum(row.reserved for row in availability()) == 0
    assert CentralStock.objects.filter(qty__lt=0).count() + RafUrun.objects.filter(adet__lt=0).count() == 0


def test_load_marks_the_models_that_are_no_longer_made(db: None, small_shop: DemoShop) -> None:
    load_shop(small_shop)

    ended = {model.code for model in small_shop.catalogue.models if model.ends is not None}
    assert set(Product.objects.filter(discontinued=True).values_list("code", flat=True)) == ended


def test_load_books_each_line_that_left_under_its_own_key(db: None, small_shop: DemoShop) -> None:
    load_shop(small_shop)

    states = Counter(OrderLine.objects.values_list("order__status", "stock_state"))
    assert {state for (status, state) in states if status == "CANCELLED"} == {StockState.RELEASED}
    assert {state for (status, state) in states if status != "CANCELLED"} == {StockState.DEDUCTED}
    line = OrderLine.objects.filter(stock_state=StockState.DEDUCTED).select_related("order").earliest("pk")
    movement = StockMovement.objects.get(key=f"pick:{line.pk}")
    assert (movement.kind, movement.reference, movement.variant_id) == (
        "PICK",
        f"line:{line.pk}",
        line.variant_id,
    )
    assert movement.created_at == line.order.picked_at


def test_load_keeps_settled_returns_only(db: None, small_shop: DemoShop) -> None:
    """The live ones come from the marketplace, where they can still be decided."""
    load_shop(small_shop)

    settled = [unit for unit in small_shop.returns if not unit.live]
    assert ReturnUnit.objects.count() == len(settled)
    assert set(ReturnUnit.objects.values_list("status", flat=True)) <= {"Accepted", "Rejected", "Cancelled"}


def test_load_gives_parcels_that_came_back_their_put_back_tasks(db: None, small_shop: DemoShop) -> None:
    load_shop(small_shop)

    returned = OrderLine.objects.filter(order__status=OrderState.RETURNED)
    assert returned.count() > 0
    assert PutBack.objects.count() == returned.count()
    booked = StockMovement.objects.filter(key__startswith="putback:").count()
    assert PutBack.objects.filter(state="DONE").count() == booked


def test_turkish_letters_survive(db: None, small_shop: DemoShop) -> None:
    load_shop(small_shop)

    stored = (
        "".join(Product.objects.values_list("title", flat=True))
        + "".join(Order.objects.values_list("customer_last_name", flat=True))
        + "".join(Order.objects.values_list("city", flat=True))
    )
    assert sorted(set("çğıİöşüÇŞÜ") - set(stored)) == []
    customer = small_shop.orders[0].customer
    order = Order.objects.get(package_id=small_shop.orders[0].package_id)
    assert order.customer_name == f"{customer.first_name} {customer.last_name}"
    assert order.shipment_address == customer.address
    assert order in Order.objects.search(customer.last_name)


# --- running it ---------------------------------------------------------------------------------------------------


def test_database_without_a_shop_is_nobodys(db: None) -> None:
    assert owner() == Owner.NOBODY


def test_database_marked_by_the_demo_is_the_demos(db: None) -> None:
    mark_as_demo()

    assert refuse_foreign() == Owner.DEMO


def test_database_with_another_shop_is_refused(db: None) -> None:
    product = Product.objects.create(code="0001", title="Gerçek ürün")
    Variant.objects.create(product=product, barcode="8680000000001", colour="Siyah", size="37")

    with pytest.raises(ForeignDatabase):
        refuse_foreign()


def test_sign_ins_are_one_per_role_and_kept_private(db: None, tmp_path) -> None:
    setup_roles()
    path = tmp_path / "sign-ins.json"

    first, again = ensure_sign_ins(path), ensure_sign_ins(path)

    assert first == again
    assert [sign_in.role for sign_in in first] == list(ROLES)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [User.objects.get(username=s.username).check_password(s.password) for s in first] == [True] * len(
        ROLES
    )


def test_lost_password_is_replaced(db: None, tmp_path) -> None:
    setup_roles()
    path = tmp_path / "sign-ins.json"
    lost = ensure_sign_ins(path)[0]
    path.unlink()

    fresh = ensure_sign_ins(path)[0]

    assert fresh.password != lost.password
    assert User.objects.get(username=fresh.username).check_password(fresh.password)


def test_free_port_passes_over_one_that_is_taken() -> None:
    with Sandbox() as sandbox:
        taken = int(sandbox.base_url.rpartition(":")[2])

        assert free_port(taken) != taken


@pytest.mark.parametrize(
    ("base_url", "seller_id", "real"),
    [
        ("https://apigw.trendyol.com", "123", True),
        ("https://apigw.trendyol.com", "", False),
        ("http://127.0.0.1:8090", "123", False),
    ],
)
def test_real_account_is_recognised(base_url: str, seller_id: str, real: bool) -> None:
    options = {"BASE_URL": base_url, "SELLER_ID": seller_id, "API_SECRET": "x"}

    assert is_real_account(options) is real


def test_barcodes_on_sale_that_show_another_quantity_are_found(db: None, tmp_path) -> None:
    product = Product.objects.create(code="0172", title="Kadın Babet")
    barcodes = ["2086000000001", "2086000000002", "2086000000003"]
    for number, barcode in enumerate(barcodes):
        Variant.objects.create(product=product, barcode=barcode, colour="Siyah", size=str(36 + number))
    # Nothing lies on our shelves: the first agrees, the second differs, the third is not on sale there.
    products = [
        {
            "barcode": barcode,
            "product_main_id": "0172",
            "title": "x",
            "quantity": quantity,
            "approved": approved,
            "archived": False,
        }
        for barcode, quantity, approved in zip(barcodes, (0, 2, 5), (True, True, False), strict=True)
    ]
    with Sandbox() as sandbox:
        sandbox.shop.load_products(products)
        practice = Practice(port=int(sandbox.base_url.rpartition(":")[2]), folder=tmp_path)

        assert differing_barcodes(practice, products) == ["2086000000002"]


def test_disagreement_is_one_sentence_with_the_barcodes() -> None:
    with pytest.raises(StockDiffers) as caught:
        require_agreement(Exchange(differing=["2086000000002"]))

    assert caught.value.data == {"count": 1, "barcodes": "2086000000002"}


def test_second_demo_in_the_same_folder_is_refused(tmp_path) -> None:
    with only_demo(tmp_path / "demo"), pytest.raises(DemoRunning), only_demo(tmp_path / "demo"):
        pass

    with only_demo(tmp_path / "demo"):
        assert (tmp_path / "demo").is_dir()


def test_a_year_of_time_moves_the_whole_shop(small_shop: DemoShop) -> None:
    later = make_shop(now=NOW + timedelta(days=365), **SMALL)

    assert (
        max(o.times.ordered for o in later.orders) - max(o.times.ordered for o in small_shop.orders)
        > 364 * 86_400_000
    )
