"""The facts of sales: every definition by a case counted by hand, and that no change is missed."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.models import Count, Sum
from django.utils.translation import override

from analytics.facts.services import LOCK, FactsWritten, rebuild_facts, refresh_facts
from analytics.models import Campaign, FactChange, SaleDay, SaleLine
from analytics.selectors import Sales, sales_between
from catalog.models import Product, Variant
from gullu.locks import advisory_lock
from gullu.models import JobRun
from inventory.enums import StockState
from orders.enums import CancelledBy, Channel, ExchangeReason, OrderSource, OrderState
from orders.models import Exchange, Order, OrderLine, PutBack, ReturnUnit
from orders.services.picking import confirm_picking
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Status = ReturnUnit.Status


def sell(pairs: int = 1, price: str = "100", **fields: Any) -> OrderLine:
    """The only line of a new order."""
    fields.setdefault("ordered_at", NOON)
    return make_order([(make_variant(), pairs)], unit_price=Decimal(price), **fields).lines.get()


def send_back(line: OrderLine, status: str = Status.ACCEPTED, **fields: Any) -> ReturnUnit:
    values: dict[str, Any] = {
        "claimed_at": NOON,
        "remote_modified_at": NOON,
        "reason_id": 501,
        "reason": "Küçük",
    }
    number = ReturnUnit.objects.count()
    return ReturnUnit.objects.create(
        claim_item_id=f"unit-{number}",
        claim_id=f"claim-{number}",
        order_number=line.order.order_number,
        order_id=line.order_id,
        line=line,
        barcode=line.barcode,
        status=status,
        **{**values, **fields},
    )


def fact(line: OrderLine) -> SaleLine:
    refresh_facts()
    return SaleLine.objects.get(pk=line.pk)


def state_of(line: OrderLine) -> str:
    return fact(line).state


# --- what a line says -----------------------------------------------------------------------------------------------


def test_fact_holds_what_the_line_was() -> None:
    product = make_product("0172", category="Bot")
    variant = make_variant("8690000000017", product=product, colour="Şarap", size="38")
    person = make_user()
    order = make_order(
        [(variant, 2)],
        unit_price=Decimal("449.90"),
        status=OrderState.SHIPPED,
        # 23:30 UTC on the 19th is 02:30 on the 20th in Istanbul.
        ordered_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC),
        picked_at=datetime(2026, 11, 20, 22, 0, tzinfo=UTC),
        picked_by=person,
        order_number="10452345678",
        city="Muğla",
        cargo_provider="Aras Kargo",
    )
    OrderLine.objects.filter(order=order).update(
        unit_gross=Decimal(500), unit_seller_discount=Decimal(40), unit_marketplace_discount=Decimal("10.10")
    )

    row = fact(order.lines.get())

    assert [
        (row.order_id, row.order_number, row.channel, row.source, row.status, row.state),
        (row.day, row.hour, row.city, row.carrier),
        (row.variant_id, row.product_id, row.barcode, row.model_code, row.colour, row.size, row.category),
        (row.quantity, row.gross, row.seller_discount, row.marketplace_discount, row.total, row.vat_rate),
        (row.returned_quantity, row.exchanged_quantity, row.net_quantity, row.returned_total),
        (row.picked_by_id, row.picked_day),
    ] == [
        (order.pk, "10452345678", "TRENDYOL", "", "SHIPPED", "SOLD"),
        (date(2026, 11, 20), 2, "Muğla", "Aras Kargo"),
        (variant.pk, product.pk, "8690000000017", "0172", "Şarap", "38", "Bot"),
        (2, Decimal(1000), Decimal(80), Decimal("20.20"), Decimal("899.80"), Decimal(10)),
        (0, 0, 2, Decimal(0)),
        (person.pk, date(2026, 11, 21)),
    ]


def test_unknown_barcode_keeps_the_marketplaces_words() -> None:
    line = make_order([("8699999999991", 1)], ordered_at=NOON).lines.get()
    OrderLine.objects.filter(pk=line.pk).update(colour="Lacivert", size="39")

    row = fact(line)

    assert (row.variant_id, row.barcode, row.model_code, row.colour, row.size, row.category) == (
        None,
        "8699999999991",
        "",
        "Lacivert",
        "39",
        "",
    )


# --- what counts as what --------------------------------------------------------------------------------------------


def test_states_of_whole_orders() -> None:
    lines = [
        sell(),
        sell(status=OrderState.DELIVERED),
        sell(payment_pending=True),
        sell(status=OrderState.CANCELLED),
        sell(status=OrderState.CANCELLED, payment_pending=True),
        sell(status=OrderState.CANCELLED, superseded=True),
    ]

    assert [state_of(line) for line in lines] == [
        "SOLD",
        "SOLD",
        "PENDING",
        "CANCELLED",
        "CANCELLED",
        "REPLACED",
    ]


def test_line_cancelled_in_a_living_order_is_cancelled_alone() -> None:
    order = make_order([(make_variant(), 1), (make_variant(), 1)], ordered_at=NOON)
    gone, kept = order.lines.order_by("pk")
    OrderLine.objects.filter(pk=gone.pk).update(
        stock_state=StockState.RELEASED, cancel_reason="Stok yetersiz"
    )

    row = fact(gone)

    assert (row.state, row.cancel_reason, row.cancelled_by) == ("CANCELLED", "Stok yetersiz", "")
    assert state_of(kept) == "SOLD"


def test_cancelled_order_says_by_whom() -> None:
    row = fact(sell(status=OrderState.CANCELLED, cancelled_by=CancelledBy.HERE))

    assert (row.state, row.cancelled_by) == ("CANCELLED", "HERE")


def test_line_cancelled_after_picking_follows_its_put_back() -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 1)
    order = make_order([(variant, 1)], ordered_at=NOON)
    confirm_picking(order_id=order.pk)
    line = order.lines.get()
    states = [state_of(line)]

    put_back = PutBack.objects.create(line=line, variant=variant, quantity=1, reason=PutBack.Reason.CANCELLED)
    states.append(state_of(line))
    PutBack.objects.filter(pk=put_back.pk).update(state="VOID")
    states.append(state_of(line))

    assert states == ["SOLD", "CANCELLED", "SOLD"]


def test_packages_of_a_split_order_count_their_pairs_once() -> None:
    variant = make_variant()
    same = {"order_number": "10452345678", "ordered_at": NOON}
    make_order([(variant, 2)], status=OrderState.CANCELLED, superseded=True, **same)
    for _part in range(2):
        make_order([(variant, 1)], unit_price=Decimal(100), **same)
    refresh_facts()

    found = SaleLine.objects.filter(state="SOLD").aggregate(
        pairs=Sum("quantity"), orders=Count("order_number", distinct=True), amount=Sum("total")
    )

    assert found == {"pairs": 2, "orders": 1, "amount": Decimal(200)}
    assert SaleLine.objects.filter(state="CANCELLED").count() == 0


def test_orders_of_our_own_count_with_their_source() -> None:
    row = fact(sell(channel=Channel.MANUAL, package_id=None, source=OrderSource.INSTAGRAM))

    assert (row.channel, row.source, row.state) == ("MANUAL", "INSTAGRAM", "SOLD")


# --- what came back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "found", "counts"),
    [
        (Status.ACCEPTED, {}, 1),
        (Status.CREATED, {}, 0),
        (Status.WAITING, {}, 0),
        (Status.WAITING, {"condition": "SOUND"}, 1),
        (Status.WAITING, {"condition": "MISSING"}, 0),
        (Status.UNRESOLVED, {"condition": "WORN"}, 1),
        (Status.REJECTED, {"condition": "WORN"}, 0),
        (Status.CANCELLED, {}, 0),
    ],
)
def test_return_counts_when_accepted_or_arrived(status: str, found: dict[str, str], counts: int) -> None:
    line = sell(status=OrderState.DELIVERED)
    send_back(line, status, **found)

    assert fact(line).returned_quantity == counts


def test_returned_pairs_take_their_part_of_the_amount() -> None:
    line = sell(3, "33.33", status=OrderState.DELIVERED)
    send_back(line)

    row = fact(line)

    assert (row.total, row.returned_quantity, row.net_quantity, row.returned_total) == (
        Decimal("99.99"),
        1,
        2,
        Decimal("33.33"),
    )


def test_main_reason_of_a_return_is_the_commonest() -> None:
    line = sell(3, status=OrderState.DELIVERED)
    for reason_id, reason in ((551, "Büyük"), (501, "Küçük"), (551, "Büyük")):
        send_back(line, reason_id=reason_id, reason=reason)

    row = fact(line)

    assert (row.returned_quantity, row.return_reason_id, row.return_reason) == (3, 551, "Büyük")


def test_unit_linked_to_another_line_changes_both() -> None:
    first, second = sell(status=OrderState.DELIVERED), sell(status=OrderState.DELIVERED)
    unit = send_back(first)
    before = [fact(first).returned_quantity, fact(second).returned_quantity]

    ReturnUnit.objects.filter(pk=unit.pk).update(line=second)

    assert before == [1, 0]
    assert [fact(first).returned_quantity, fact(second).returned_quantity] == [0, 1]


def test_undelivered_parcel_comes_back_whole() -> None:
    row = fact(sell(2, "100", status=OrderState.RETURNED))

    assert (row.state, row.returned_quantity, row.net_quantity, row.returned_total) == (
        "SOLD",
        2,
        0,
        Decimal(200),
    )


def test_exchanged_pair_is_kept_apart_from_returns() -> None:
    line = sell(status=OrderState.DELIVERED)
    new = sell(1, "50", channel=Channel.MANUAL, package_id=None, source=OrderSource.EXCHANGE)
    assert line.variant is not None
    exchange = Exchange.objects.create(
        line=line, old_variant=line.variant, new_order=new.order, reason=ExchangeReason.TOO_SMALL
    )
    expected = fact(line).exchanged_quantity

    Exchange.objects.filter(pk=exchange.pk).update(returned_at=NOON)
    old, other = fact(line), fact(new)

    assert expected == 0
    assert (old.exchanged_quantity, old.returned_quantity, old.net_quantity, old.returned_total) == (
        1,
        0,
        0,
        Decimal(0),
    )
    assert (other.source, other.state, other.net_quantity, other.total) == (
        "EXCHANGE",
        "SOLD",
        1,
        Decimal(50),
    )


# --- campaigns ------------------------------------------------------------------------------------------------------

DAY = date(2026, 11, 20)


def campaign(name: str, *goods: Product, first: date = DAY, last: date = DAY) -> Campaign:
    made = Campaign.objects.create(name=name, first_day=first, last_day=last)
    made.products.set(goods)
    return made


def product_of(line: OrderLine) -> Product:
    assert line.variant is not None
    return line.variant.product


def campaigns_of(*lines: OrderLine) -> list[str]:
    refresh_facts()
    return [SaleLine.objects.get(pk=line.pk).campaign for line in lines]


def test_campaign_of_the_day_holds_for_its_models() -> None:
    inside, other, early, late = sell(), sell(), sell(), sell()
    for line, days in ((early, -1), (late, 2)):
        Order.objects.filter(pk=line.order_id).update(ordered_at=NOON + timedelta(days=days))
    campaign("Kış", *(product_of(line) for line in (inside, early, late)), last=DAY + timedelta(days=1))

    assert campaigns_of(inside, other, early, late) == ["Kış", "", "", ""]


@pytest.mark.parametrize(
    ("others", "holds"),
    [
        # One of named models comes before one of all, also one that began later.
        ([("Herkes", False, 0)], "Seçme"),
        # Of two of named models, the one that began last; then by name.
        ([("Yeni", True, 0)], "Yeni"),
        ([("Aynı", True, -2)], "Aynı"),
        ([("Zor", True, -2)], "Seçme"),
    ],
)
def test_of_several_campaigns_one_holds(others: list[tuple[str, bool, int]], holds: str) -> None:
    line = sell()
    campaign("Seçme", product_of(line), first=DAY - timedelta(days=2))
    for name, named, days in others:
        campaign(name, *([product_of(line)] if named else []), first=DAY + timedelta(days=days))

    assert campaigns_of(line) == [holds]


def test_unknown_goods_take_campaigns_of_all_models() -> None:
    line = make_order([("8699999999991", 1)], ordered_at=NOON).lines.get()
    campaign("Seçme", make_product())
    before = campaigns_of(line)

    campaign("Herkes")

    assert (before, campaigns_of(line)) == ([""], ["Herkes"])


def test_past_sales_follow_a_changed_campaign() -> None:
    line, other = sell(), sell()
    found = [campaigns_of(line, other)]

    made = campaign("Kış")
    found.append(campaigns_of(line, other))
    made.products.add(product_of(other))
    found.append(campaigns_of(line, other))
    Campaign.objects.update(name="Kara Kış")
    found.append(campaigns_of(line, other))
    made.products.set([product_of(line)])
    found.append(campaigns_of(line, other))
    Campaign.objects.update(first_day=DAY + timedelta(days=1), last_day=DAY + timedelta(days=3))
    found.append(campaigns_of(line, other))
    Campaign.objects.update(first_day=date(1926, 1, 1), last_day=date(9999, 12, 31))
    found.append(campaigns_of(line, other))
    Campaign.objects.get().delete()
    found.append(campaigns_of(line, other))

    assert found == [
        ["", ""],
        ["Kış", "Kış"],
        ["", "Kış"],
        ["", "Kara Kış"],
        ["Kara Kış", ""],
        ["", ""],
        ["Kara Kış", ""],
        ["", ""],
    ]


def test_campaign_follows_goods_that_move_to_another_model() -> None:
    line, other = sell(), sell()
    campaign("Kış", product_of(other))
    before = campaigns_of(line, other)

    Variant.objects.filter(product=product_of(line)).update(product=product_of(other), size="41")

    assert (before, campaigns_of(line, other)) == (["", "Kış"], ["Kış", "Kış"])


def test_changed_campaign_touches_its_own_days_alone() -> None:
    for days in (0, 1, 2):
        sell(ordered_at=NOON + timedelta(days=days))
    refresh_facts()

    campaign("Kış", first=DAY + timedelta(days=1), last=DAY + timedelta(days=1))
    written = refresh_facts()

    assert (written.orders, written.lines, written.campaigns) == (0, 0, 1)


# --- orders of several lines ----------------------------------------------------------------------------------------


def singles() -> list[tuple[str, bool]]:
    refresh_facts()
    return list(SaleLine.objects.order_by("pk").values_list("order_number", "single"))


def test_line_is_single_while_no_other_sold_line_has_its_order_number() -> None:
    first = sell(order_number="1000")
    sell(order_number="2000")
    found = [singles()]

    second = sell(order_number="1000")
    found.append(singles())
    Order.objects.filter(pk=second.order_id).update(status=OrderState.CANCELLED)
    found.append(singles())
    Order.objects.filter(pk=first.order_id).update(order_number="2000")
    found.append(singles())
    Order.objects.filter(pk=first.order_id).update(order_number="1000")
    Order.objects.filter(pk=second.order_id).update(status=OrderState.CREATED)
    found.append(singles())
    second.delete()
    found.append(singles())

    assert found == [
        [("1000", True), ("2000", True)],
        [("1000", False), ("2000", True), ("1000", False)],
        [("1000", True), ("2000", True), ("1000", True)],
        [("2000", False), ("2000", False), ("1000", True)],
        [("1000", False), ("2000", True), ("1000", False)],
        [("1000", True), ("2000", True)],
    ]


def test_line_that_moves_to_another_order_leaves_its_old_one_single() -> None:
    order = make_order([(make_variant(), 1), (make_variant(), 1)], order_number="1000", ordered_at=NOON)
    other = sell(order_number="2000")
    moved = order.lines.order_by("pk")[1]
    before = singles()

    OrderLine.objects.filter(pk=moved.pk).update(order_id=other.order_id)

    assert before == [("1000", False), ("1000", False), ("2000", True)]
    assert singles() == [("1000", True), ("2000", False), ("2000", False)]


def test_line_is_alone_while_its_package_has_no_other() -> None:
    order = make_order([(make_variant(), 1), (make_variant(), 1)], order_number="1000", ordered_at=NOON)
    sell(order_number="1000")
    refresh_facts()
    found = [list(SaleLine.objects.order_by("pk").values_list("alone", flat=True))]

    order.lines.order_by("pk")[0].delete()
    refresh_facts()
    found.append(list(SaleLine.objects.order_by("pk").values_list("alone", flat=True)))

    assert found == [[False, False, True], [True, True]]


# --- days ------------------------------------------------------------------------------------------------------------


def mixed_history() -> list[OrderLine]:
    """Three days of two models on two channels: sold, returned, cancelled, pending, several lines of an order."""
    boot, sandal = make_variant(), make_variant()
    lines: list[OrderLine] = []
    for number in range(3):
        at = NOON + timedelta(days=number)
        order = make_order([(boot, 2), (sandal, 1)], unit_price=Decimal("99.90"), ordered_at=at)
        lines += order.lines.order_by("pk")
        make_order([(boot, 1)], ordered_at=at, channel=Channel.MANUAL, package_id=None)
        make_order([(sandal, 1)], ordered_at=at, status=OrderState.CANCELLED)
        make_order([(sandal, 1)], ordered_at=at, payment_pending=True)
    send_back(lines[0])
    make_order([("8699999999991", 1)], ordered_at=NOON)
    return lines


def days() -> list[tuple[Any, ...]]:
    names = ("day", "product_id", "model_code", "category", "channel", "campaign")
    figures = ("sold", "pairs", "returned", "exchanged", "cancelled", "singles", "amount")
    return sorted(SaleDay.objects.values_list(*names, *figures), key=str)


def test_days_add_up_their_lines() -> None:
    mixed_history()
    refresh_facts()

    first = [row[6:] for row in days() if row[0] == DAY]

    # Of the boots 2 in an order of two lines, one returned, and 1 of another channel; sandals; the unknown one.
    assert sorted(first) == [
        (1, 1, 0, 0, 0, 1, Decimal("500.00")),
        (1, 1, 0, 0, 0, 1, Decimal("500.00")),
        (1, 1, 0, 0, 1, 0, Decimal("99.90")),
        (2, 1, 1, 0, 0, 0, Decimal("99.90")),
    ]


def test_days_kept_up_to_date_are_those_made_at_once() -> None:
    lines = mixed_history()
    refresh_facts()
    send_back(lines[2])
    Order.objects.filter(pk=lines[4].order_id).update(ordered_at=NOON - timedelta(days=3))
    Order.objects.filter(pk=lines[1].order_id).update(status=OrderState.CANCELLED)
    Product.objects.filter(pk=product_of(lines[0]).pk).update(category="Sandalet")
    campaign("Kış", product_of(lines[1]), last=DAY + timedelta(days=1))
    lines[3].delete()
    refresh_facts()
    before = (days(), list(SaleLine.objects.order_by("pk").values()))

    rebuild_facts()

    assert (days(), list(SaleLine.objects.order_by("pk").values())) == before


# --- agreement with the home page -----------------------------------------------------------------------------------


def test_facts_and_the_home_page_add_up_alike() -> None:
    for number in range(3):
        same = {"ordered_at": NOON - timedelta(hours=7 * number), "price": f"{90 + number}.55"}
        lines = [sell(number + 1, status=status, **same) for status in OrderState]
        send_back(lines[-1])
        sell(payment_pending=True, **same)
        sell(status=OrderState.CANCELLED, superseded=True, **same)
        released = sell(2, **same)
        OrderLine.objects.filter(pk=released.pk).update(stock_state=StockState.RELEASED)
    refresh_facts()

    found = SaleLine.objects.filter(state="SOLD").aggregate(
        orders=Count("order_number", distinct=True), pairs=Sum("quantity"), amount=Sum("total")
    )

    # Five of six states are sold, of 1, 2 and 3 pairs: 5 × (90,55 + 2 × 91,55 + 3 × 92,55).
    assert found == {"orders": 15, "pairs": 30, "amount": Decimal("2756.50")}
    assert sales_between(start=NOON - timedelta(days=1), end=NOON + timedelta(days=1)) == Sales(**found)


# --- keeping up -----------------------------------------------------------------------------------------------------


def test_first_refresh_builds_everything_and_the_next_only_what_changed() -> None:
    lines = [sell() for _number in range(3)]

    first = refresh_facts()
    Order.objects.filter(pk=lines[0].order_id).update(city="Van")
    second = refresh_facts()

    assert (first.rebuilt, first.lines, second.rebuilt, second.orders, second.lines) == (True, 3, False, 1, 1)
    assert [row.city for row in SaleLine.objects.order_by("pk")] == ["Van", "İzmir", "İzmir"]


def test_nothing_changed_writes_nothing() -> None:
    sell()
    refresh_facts()

    again = refresh_facts()

    assert (again.orders, again.lines, again.dropped, again.renamed) == (0, 0, 0, 0)


def test_deleted_line_leaves_the_facts() -> None:
    order = make_order([(make_variant(), 1), (make_variant(), 1)], ordered_at=NOON)
    first, second = order.lines.order_by("pk")
    refresh_facts()

    first.delete()
    written = refresh_facts()

    assert written.dropped == 1
    assert list(SaleLine.objects.values_list("pk", flat=True)) == [second.pk]


def test_facts_follow_the_catalogue() -> None:
    line = sell()
    refresh_facts()
    Product.objects.update(category="Sandalet")
    Variant.objects.update(colour="Bej")

    written = refresh_facts()
    row = SaleLine.objects.get(pk=line.pk)

    assert (written.orders, written.renamed, row.category, row.colour) == (0, 1, "Sandalet", "Bej")


def test_rebuild_gives_what_refreshing_gave() -> None:
    refresh_facts()
    line = sell(2, status=OrderState.DELIVERED)
    send_back(line)
    sell(status=OrderState.CANCELLED)
    refresh_facts()
    before = list(SaleLine.objects.order_by("pk").values())
    SaleLine.objects.filter(pk=line.pk).update(city="Yanlış", quantity=9)

    written = rebuild_facts()

    assert (written.rebuilt, written.lines, written.orders) == (True, 2, 2)
    assert list(SaleLine.objects.order_by("pk").values()) == before
    assert FactChange.objects.count() == 0


def test_failed_run_gives_its_notes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    refresh_facts()
    line = sell()
    monkeypatch.setattr("analytics.facts.services.FOLLOW_CATALOGUE", "SELECT 1 / 0 WHERE 1 <> ALL(%s)")
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        refresh_facts()
    monkeypatch.undo()

    written = refresh_facts()

    assert (written.orders, SaleLine.objects.get().pk) == (1, line.pk)


def test_second_run_at_once_steps_aside() -> None:
    with advisory_lock(LOCK):
        assert refresh_facts() == FactsWritten("ALREADY_RUNNING")


def test_command_rebuilds_and_reports() -> None:
    sell()
    out = StringIO()

    call_command("rebuild_facts", "--json", stdout=out)
    figures = json.loads(out.getvalue())
    run = JobRun.objects.get(name="rebuild_facts")

    assert (figures["outcome"], figures["lines"], figures["orders"]) == ("DONE", 1, 1)
    assert (run.state, run.trigger, run.counts["lines"]) == ("DONE", "COMMAND", 1)


def test_command_says_that_another_run_is_at_work() -> None:
    with advisory_lock(LOCK), override("en"), pytest.raises(CommandError, match="another run"):
        call_command("rebuild_facts", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_change_that_commits_late_is_taken_by_the_next_run() -> None:
    """A transaction that began first and ends last is passed by at first, and found as soon as it is there."""
    line = sell()
    refresh_facts()
    changed, passed = threading.Event(), threading.Event()

    def change_slowly() -> None:
        with transaction.atomic():
            Order.objects.filter(pk=line.order_id).update(status=OrderState.CANCELLED)
            changed.set()
            passed.wait(timeout=20)
        connections.close_all()

    slow = threading.Thread(target=change_slowly)
    slow.start()
    changed.wait(timeout=20)
    # Another order changes and is read meanwhile: a watermark would now stand behind the slow one.
    other = sell()
    during = (refresh_facts().orders, SaleLine.objects.get(pk=line.pk).state)
    passed.set()
    slow.join(timeout=20)
    after = (refresh_facts().orders, SaleLine.objects.get(pk=line.pk).state)

    assert other.order_id != line.order_id
    assert (during, after) == ((1, "SOLD"), (1, "CANCELLED"))
