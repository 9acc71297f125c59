"""Messages about products over real HTTP: whatever goes wrong on the way, in the end it is so once, and we know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Product, Variant
from integrations.listing.standing import Overall, standing_of
from integrations.listing.writes import (
    ask_again,
    ask_archive,
    ask_delete,
    ask_prices,
    ask_unlock,
    ask_update,
)
from integrations.models import ChannelProduct, Listing, OutboxMessage, ProductWrite
from integrations.outbox import retry, send_outbox
from integrations.trendyol.client import NullLimiter, TrendyolClient
from integrations.trendyol.connection import using
from integrations.trendyol.courier import HANDLERS, product_handler
from integrations.trendyol.quotas import Quota
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sync.standing import check_listings, keep_seen, read_standing
from tests.factories import make_product, make_shelf, stock
from tests.integrations import listkit as kit
from tests.integrations.conftest import client_for
from tests.integrations.listkit import TRENDYOL, again, approved_model, asked, barcode, ids, make_model, there

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("client")]

State = OutboxMessage.State
Kind = OutboxMessage.Kind
Look = Callable[[], object]
DAY = 86_400


@pytest.fixture(autouse=True)
def patient(sandbox: Sandbox) -> None:
    """Quality control decides when a test says so."""
    sandbox.config.approval_delay_seconds = sandbox.config.audit_delay_seconds = None


def update(product: Product, *fields: str) -> None:
    ask_update(channel=TRENDYOL, product_id=product.pk, fields=fields)


# --- whatever happens on the way ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """`ask` writes the message and returns how to look; `effect` is what must be seen in the end."""

    kind: str
    endpoint: str
    ask: Callable[[Sandbox], Look]
    effect: object
    state: str = "SUCCESS"


def create(sandbox: Sandbox) -> Look:
    kit.create(make_model())
    return lambda: sorted((x.barcode, x.size, x.approved) for x in sandbox.state.listings.values())


def correct(sandbox: Sandbox) -> Look:
    product = make_model(sizes=("36",))
    kit.create(product)
    send_outbox()
    Product.objects.update(title="Yeni ad")
    update(product, "title")
    return lambda: sandbox.shop.listing(barcode()).title


def content(sandbox: Sandbox) -> Look:
    product = approved_model(sandbox)
    Product.objects.update(title="Yeni ad")
    update(product, "title")

    def look() -> object:
        for audit in sandbox.shop.all_audits():
            if audit.running:
                sandbox.shop.decide_audit(audit.audit_id, accepted=True)
        return sandbox.shop.listing(barcode()).title

    return look


def variant(sandbox: Sandbox) -> Look:
    product = approved_model(sandbox, sizes=("36",))
    Product.objects.update(vat_rate=20, desi=Decimal("3.5"))
    update(product, "vat_rate", "desi")

    def look() -> object:
        listing = sandbox.shop.listing(barcode())
        return listing.vat_rate, listing.sheet and listing.sheet.dimensional_weight

    return look


def delivery(sandbox: Sandbox) -> Look:
    product = approved_model(sandbox, sizes=("36",))
    ChannelProduct.objects.update(delivery_days=3)
    update(product, "delivery_days")

    def look() -> object:
        sheet = sandbox.shop.listing(barcode()).sheet
        return sheet and sheet.delivery_duration

    return look


def price(sandbox: Sandbox) -> Look:
    product = approved_model(sandbox, sizes=("36",))
    Variant.objects.update(sale_price=Decimal("449.90"), list_price=Decimal("599.90"))
    ask_prices(channel=TRENDYOL, variant_ids=ids(product))

    def look() -> object:
        listing = sandbox.shop.listing(barcode())
        return listing.sale_price, listing.list_price, len(listing.price_updates)

    return look


def archive(sandbox: Sandbox) -> Look:
    product = approved_model(sandbox)
    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=True)
    return lambda: [x.archived for x in sandbox.state.listings.values()]


def unlock(sandbox: Sandbox) -> Look:
    product = approved_model(sandbox, sizes=("36",))
    sandbox.shop.catalogue.change(barcode(), locked=True)
    ask_unlock(channel=TRENDYOL, variant_ids=ids(product))
    return lambda: sandbox.shop.listing(barcode()).locked


def delete(sandbox: Sandbox) -> Look:
    product = make_model()
    kit.create(product)
    send_outbox()
    ask_delete(channel=TRENDYOL, variant_ids=ids(product))
    return lambda: list(sandbox.state.listings)


CASES = [
    Case(
        Kind.PRODUCT_CREATE,
        "products-create",
        create,
        [(barcode(size="36"), "36", False), (barcode(size="37"), "37", False)],
    ),
    Case(Kind.PRODUCT_UNAPPROVED, "products-unapproved-update", correct, "Yeni ad - Siyah - Beden 36"),
    Case(
        Kind.PRODUCT_CONTENT,
        "products-content-update",
        content,
        "Yeni ad - Siyah",
        state="ENTERED",
    ),
    Case(Kind.PRODUCT_VARIANT, "products-variant-update", variant, (20, 3.5)),
    Case(Kind.PRODUCT_DELIVERY, "products-delivery-update", delivery, 3),
    Case(Kind.PRODUCT_PRICE, "price-and-inventory", price, (44990, 59990, 1)),
    Case(Kind.PRODUCT_ARCHIVE, "products-archive", archive, [True, True]),
    Case(Kind.PRODUCT_UNLOCK, "products-unlock", unlock, False),
    Case(Kind.PRODUCT_DELETE, "products-delete", delete, []),
]
each_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
UNKNOWN = ["timeout_before", "timeout_after", "drop_after", "500", "html_502", "empty_200"]
NOT_NOW = ["429", "html_503"]
# Every kind loses its answer before and after the effect; which fault it was is the transport's business, so that the
# other faults take turns with the kinds.
OTHERS = [fault for fault in [*UNKNOWN, *NOT_NOW] if not fault.startswith("timeout")]
FAULTS = [
    *((case, fault) for case in CASES for fault in ("timeout_before", "timeout_after")),
    *((CASES[place % len(CASES)], fault) for place, fault in enumerate(OTHERS * 3)),
]


def of_last_message() -> set[tuple[str, tuple[str, ...]]]:
    rows = ProductWrite.objects.filter(message=kit.message())
    return {(row.state, tuple(row.reasons)) for row in rows}


def test_every_kind_has_a_case() -> None:
    kinds = {kind for kind in Kind.values if kind.startswith("PRODUCT_")}
    assert kinds == {case.kind for case in CASES} == {kind for kind in HANDLERS if kind in kinds}


@each_kind
def test_a_message_is_delivered_and_its_items_know_it(sandbox: Sandbox, case: Case) -> None:
    effect = case.ask(sandbox)

    send_outbox()

    message = kit.message()
    assert (message.kind, message.state, message.attempts, message.last_error) == (
        case.kind,
        State.DELIVERED,
        1,
        "",
    )
    assert of_last_message() == {(case.state, ())}
    assert (message.answer["batch"] != "", effect()) == (True, case.effect)
    assert sandbox.warnings == {}


@pytest.mark.parametrize(("case", "fault"), FAULTS, ids=[f"{case.kind}-{fault}" for case, fault in FAULTS])
def test_a_message_gets_through_in_the_end_and_once(sandbox: Sandbox, case: Case, fault: str) -> None:
    effect = case.ask(sandbox)
    sandbox.faults.add(endpoint=case.endpoint, kind=fault, times=1)

    send_outbox()
    first = kit.message()
    assert (first.state, first.answer.get("batch")) == (State.WAITING, None)
    second = again()

    assert (second.state, second.attempts, of_last_message()) == (State.DELIVERED, 2, {(case.state, ())})
    assert effect() == case.effect


class Died(BaseException):
    """What a killed process looks like from inside."""


@each_kind
def test_a_process_that_dies_with_the_answer_in_its_hand_loses_nothing(
    sandbox: Sandbox, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = case.ask(sandbox)

    def die(*_message: Any, **_found: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(product_handler, "note", die)
        with pytest.raises(Died):
            send_outbox()
    assert kit.message().state == State.WAITING

    second = again()

    assert (second.state, of_last_message(), effect()) == (
        State.DELIVERED,
        {(case.state, ())},
        case.effect,
    )


@each_kind
def test_a_result_that_comes_later_is_read_later_and_nothing_is_said_twice(
    sandbox: Sandbox, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = case.ask(sandbox)
    before = asked(sandbox, case.endpoint)
    monkeypatch.setattr(product_handler, "RESULT_PAUSES", (0.0, 0.0))
    sandbox.config.batch_delay_seconds = 300
    started = timezone.now()

    send_outbox()
    waiting = kit.message()
    assert (waiting.state, of_last_message()) == (State.WAITING, {("SENT", ())})
    assert timedelta(seconds=9) < waiting.due_at - started < timedelta(seconds=40)
    again()
    assert kit.message().state == State.WAITING
    sandbox.advance(301)
    done = again()

    assert (done.state, of_last_message(), effect()) == (State.DELIVERED, {(case.state, ())}, case.effect)
    assert asked(sandbox, case.endpoint) - before == 1


@each_kind
def test_wrong_credentials_leave_everything_as_it_is(sandbox: Sandbox, case: Case) -> None:
    case.ask(sandbox)

    with using(client_for(sandbox, api_secret="wrong")):
        result = send_outbox()

    assert (result.trouble != "", kit.message().state, of_last_message()) == (
        True,
        State.WAITING,
        {("WAITING", ())},
    )


@dataclass
class OutsideTransactions(NullLimiter):
    """Fails as soon as something is said inside a transaction."""

    asked: set[str] = field(default_factory=set)

    def acquire(self, quota: Quota) -> None:
        assert not connection.in_atomic_block, quota.endpoint
        self.asked.add(quota.endpoint)


@pytest.fixture
def watched(sandbox: Sandbox) -> Iterator[OutsideTransactions]:
    limiter = OutsideTransactions()
    with using(client_for(sandbox, limiter=limiter)):
        yield limiter


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_inside_a_transaction(sandbox: Sandbox, watched: OutsideTransactions) -> None:
    for case in CASES:
        case.ask(sandbox)
        OutboxMessage.objects.update(attempts=1)  # so that each looks first, too
        send_outbox()
        check_listings()
        assert of_last_message() == {(case.state, ())}
        ProductWrite.objects.all().delete()
        OutboxMessage.objects.all().delete()
        Listing.objects.all().delete()
        sandbox.shop.reset()
        ChannelProduct.objects.all().delete()
        for model in list(Product.objects.all()):
            model.variants.all().delete()
            model.delete()

    assert watched.asked >= {"products.create", "products.delete", "products.approved", "inventory.push"}


def test_a_thousand_and_one_barcodes_are_archived_by_two_calls(sandbox: Sandbox) -> None:
    product = make_product("GL-1000")
    variants = Variant.objects.bulk_create(
        Variant(product=product, barcode=f"GL-1000-{number}", colour=str(number), size="36")
        for number in range(1001)
    )
    Listing.objects.bulk_create(
        Listing(barcode=row.barcode, variant=row, state=Listing.State.APPROVED) for row in variants
    )
    sandbox.shop.load_products(
        {"barcode": row.barcode, "product_main_id": "GL-1000", "title": "Bot"} for row in variants
    )

    ask_archive(channel=TRENDYOL, variant_ids=[row.pk for row in variants], archived=True)
    send_outbox()

    assert asked(sandbox, "products-archive") == 2
    assert [x.archived for x in sandbox.state.listings.values()] == [True] * 1001
    assert Listing.objects.filter(state=Listing.State.ARCHIVED).count() == 1001
    assert ProductWrite.objects.filter(state="SUCCESS").count() == 1001


# --- verdicts on single items -------------------------------------------------------------------------------------


def test_of_a_message_that_failed_in_part_only_that_part_is_sent_again(sandbox: Sandbox) -> None:
    product = make_model(sizes=("36", "37", "38"))
    sandbox.shop.load_products(
        [{"barcode": barcode(size="37"), "product_main_id": "X", "title": "Başkası", "quantity": 0}]
    )
    kit.create(product)
    send_outbox()
    reasons = [f"{barcode(size='37')} barkodlu ürün zaten mevcut."]
    assert kit.writes() == [
        (barcode(size="36"), "SUCCESS"),
        (barcode(size="37"), "FAILED"),
        (barcode(size="38"), "SUCCESS"),
    ]
    failed = ProductWrite.objects.get(state="FAILED")
    assert (failed.reasons, kit.message().answer["items"]) == (reasons, {"success": 2, "failed": 1})
    assert kit.states() == {barcode(size="36"): "PENDING", barcode(size="38"): "PENDING"}

    del sandbox.state.listings[barcode(size="37")]
    ask_again(write_ids=[failed.pk])
    send_outbox()

    assert kit.writes()[3:] == [(barcode(size="37"), "SUCCESS")]
    assert standing_of(channel=TRENDYOL, product_id=product.pk).state == Overall.PENDING


def test_a_request_that_is_refused_as_a_whole_is_parked_and_can_be_tried_again(sandbox: Sandbox) -> None:
    # The client itself sees that this is no request.
    kit.create(make_model())
    ProductWrite.objects.filter(barcode=barcode(size="36")).update(body={"barcode": barcode(size="37")})

    result = send_outbox()

    parked = kit.message()
    assert (result.refused, parked.state) == (1, State.PARKED)
    assert of_last_message() == {("FAILED", (parked.last_error,))}

    for row in ProductWrite.objects.all():
        row.body = {**ProductWrite.objects.get(barcode=barcode(size="37")).body, "barcode": row.barcode}
        row.save(update_fields=["body"])
    retry(message_ids=[parked.pk])
    send_outbox()
    assert (kit.message().state, of_last_message()) == (State.DELIVERED, {("SUCCESS", ())})


def test_a_refused_message_that_was_asked_anew_is_not_tried_again(sandbox: Sandbox) -> None:
    kit.create(make_model())
    ProductWrite.objects.filter(barcode=barcode(size="36")).update(body={"barcode": barcode(size="37")})
    send_outbox()
    parked = kit.message()
    ask_again(write_ids=list(ProductWrite.objects.values_list("pk", flat=True)))
    OutboxMessage.objects.filter(pk=parked.pk).update(state=State.WAITING, due_at=timezone.now())

    send_outbox()

    parked.refresh_from_db()
    assert (parked.state, kit.message().state, asked(sandbox, "products-create")) == (
        State.OBSOLETE,
        State.DELIVERED,
        1,
    )


def test_a_result_without_an_item_leaves_it_unknown(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.create(make_model())
    read = TrendyolClient.get_batch_result

    def short(client: TrendyolClient, batch: str) -> Any:
        result = read(client, batch)
        return result.model_copy(update={"items": result.items[:1], "item_count": 1})

    monkeypatch.setattr(TrendyolClient, "get_batch_result", short)
    send_outbox()

    assert kit.writes() == [(barcode(size="36"), "SUCCESS"), (barcode(size="37"), "UNKNOWN")]
    assert ProductWrite.objects.get(state="UNKNOWN").reasons != []


# --- results that are gone ----------------------------------------------------------------------------------------


def lose_result(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, *, empty: bool = False) -> None:
    """Deliver, but let the worker stand still until the result can no longer be read."""
    if empty:
        sandbox.config.quirks.add("expired_batch_empty")
    with monkeypatch.context() as patch:
        patch.setattr(product_handler, "RESULT_PAUSES", ())
        send_outbox()
    sandbox.advance(5 * 3600)
    message = kit.message()
    message.answer["sent_at"] = (timezone.now() - timedelta(hours=5)).isoformat()
    message.save()
    again()


GONE = {
    Kind.PRODUCT_CREATE: "SUCCESS",
    Kind.PRODUCT_UNAPPROVED: "UNKNOWN",
    Kind.PRODUCT_CONTENT: "ENTERED",
    Kind.PRODUCT_VARIANT: "UNKNOWN",
    Kind.PRODUCT_DELIVERY: "UNKNOWN",
    Kind.PRODUCT_PRICE: "SUCCESS",
    Kind.PRODUCT_ARCHIVE: "SUCCESS",
    Kind.PRODUCT_UNLOCK: "SUCCESS",
    Kind.PRODUCT_DELETE: "SUCCESS",
}


@each_kind
@pytest.mark.parametrize("empty", [False, True])
def test_what_stands_there_is_looked_at_when_the_result_is_gone(
    sandbox: Sandbox, case: Case, empty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.ask(sandbox)

    lose_result(sandbox, monkeypatch, empty=empty)
    if case.kind == Kind.PRODUCT_ARCHIVE:
        # Kept for three days.
        assert of_last_message() == {("SUCCESS", ())}
        return

    assert kit.message().state == State.DELIVERED
    assert {state for state, _reasons in of_last_message()} == {GONE[Kind(case.kind)]}


def test_what_is_not_there_after_all_was_not_done(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_model(sizes=("36",))
    sandbox.shop.load_products([{"barcode": barcode(), "product_main_id": "X", "title": "Başkası"}])
    kit.create(product)
    with monkeypatch.context() as patch:
        patch.setattr(product_handler, "RESULT_PAUSES", ())
        send_outbox()
    sandbox.advance(1)
    del sandbox.state.listings[barcode()]
    lose_result(sandbox, monkeypatch)

    ((state, reasons),) = of_last_message()
    assert (state, len(reasons)) == ("FAILED", 1)


def test_a_result_that_is_not_there_yet_is_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_handler, "RESULT_PAUSES", (0.0,))
    sandbox.faults.add(endpoint="batch-requests", kind="html_503", times=3)
    kit.create(make_model())

    send_outbox()
    assert (kit.message().state, of_last_message()) == (State.WAITING, {("SENT", ())})

    assert again().state == State.DELIVERED


@pytest.mark.parametrize("case", [case for case in CASES if case.kind in GONE], ids=lambda case: case.kind)
def test_a_result_that_can_never_be_read_is_not_waited_for_for_ever(
    sandbox: Sandbox, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.ask(sandbox)
    sandbox.faults.add(endpoint="batch-requests", kind="truncated", times=None)

    send_outbox()
    assert kit.message().state == State.WAITING
    OutboxMessage.objects.update(
        answer={**kit.message().answer, "sent_at": (timezone.now() - timedelta(hours=5)).isoformat()}
    )
    done = again()

    assert (done.state, {state for state, _reasons in of_last_message()}) == (
        State.DELIVERED,
        {GONE[Kind(case.kind)]},
    )


def test_a_finished_result_without_items_tells_nothing(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.create(make_model())
    read = TrendyolClient.get_batch_result

    def empty(client: TrendyolClient, batch: str) -> Any:
        return read(client, batch).model_copy(update={"items": [], "item_count": 0})

    monkeypatch.setattr(TrendyolClient, "get_batch_result", empty)
    send_outbox()
    assert (kit.message().state, of_last_message()) == (State.WAITING, {("SENT", ())})
    message = kit.message()
    message.answer["sent_at"] = (timezone.now() - timedelta(minutes=20)).isoformat()
    message.save()

    assert (again().state, of_last_message()) == (State.DELIVERED, {("SUCCESS", ())})


def test_a_barcode_that_was_there_before_is_refused_however_late_the_result_comes(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_handler, "RESULT_PAUSES", (0.0,))
    sandbox.shop.load_products([{"barcode": barcode(), "product_main_id": "X", "title": "Başkası"}])
    sandbox.config.batch_delay_seconds = 300
    kit.create(make_model(sizes=("36",)))

    send_outbox()
    assert kit.message().state == State.WAITING
    sandbox.advance(301)
    again()

    assert of_last_message() == {("FAILED", (f"{barcode()} barkodlu ürün zaten mevcut.",))}


def test_only_the_last_message_waits_for_its_result(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_handler, "RESULT_PAUSES", (0.0, 0.001))
    sandbox.config.batch_delay_seconds = 300
    for number in range(3):
        kit.create(make_model(code=f"GL-{number}"))

    send_outbox()

    assert (asked(sandbox, "products-create"), asked(sandbox, "batch-requests")) == (3, 4)


def test_what_was_read_before_does_not_undo_what_was_done_since(
    sandbox: Sandbox, client: TrendyolClient
) -> None:
    product = approved_model(sandbox, sizes=("36",))
    before = read_standing(client, [barcode()])
    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=True)
    send_outbox()

    keep_seen(before)
    after = kit.states()
    keep_seen(read_standing(client, [barcode()]))

    assert (after, kit.states()) == ({barcode(): "ARCHIVED"}, {barcode(): "ARCHIVED"})
    sandbox.shop.catalogue.change(barcode(), archived=False)
    keep_seen(read_standing(client, [barcode()]))
    assert kit.states() == {barcode(): "APPROVED"}


# --- prices -------------------------------------------------------------------------------------------------------


def test_a_price_that_was_said_a_moment_ago_waits_for_its_quarter_of_an_hour(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    for sale in (450, 470, 450):
        Variant.objects.update(sale_price=sale)
        ask_prices(channel=TRENDYOL, variant_ids=ids(product))
        send_outbox()

    message = kit.message()
    assert (message.state, of_last_message()) == (State.WAITING, {("WAITING", ())})
    assert timedelta(minutes=15) < message.due_at - timezone.now() < timedelta(minutes=17)
    sandbox.advance(16 * 60)
    assert again().state == State.DELIVERED
    assert sandbox.shop.listing(barcode()).sale_price == 45_000


def test_prices_leave_the_stock_alone(sandbox: Sandbox) -> None:
    product = make_model(sizes=("36",))
    stock(Variant.objects.get(), make_shelf("A-B-03"), 7)
    kit.create(product)
    send_outbox()
    kit.approve_all(sandbox)
    check_listings()
    Listing.objects.update(remote_quantity=7)
    Variant.objects.update(sale_price=Decimal("449.90"))

    ask_prices(channel=TRENDYOL, variant_ids=ids(product))
    send_outbox()

    listing = Listing.objects.get()
    assert sandbox.shop.stock() == {barcode(): 7}
    assert (listing.sale_price, listing.list_price, listing.remote_quantity) == (
        Decimal("449.90"),
        Decimal("600.00"),
        7,
    )


# --- what follows here --------------------------------------------------------------------------------------------


def test_what_was_listed_waits_for_approval_and_nothing_is_believed_of_it(sandbox: Sandbox) -> None:
    product = make_model(sizes=("36",))
    variant = Variant.objects.get()
    Listing.objects.create(
        barcode=barcode(),
        state=Listing.State.MISSING,
        remote_quantity=5,
        content_id=77,
        remote={"title": "Eski"},
    )

    kit.create(product)
    send_outbox()

    listing = Listing.objects.get()
    assert (listing.state, listing.variant, listing.title) == (
        Listing.State.PENDING,
        variant,
        "Topuklu Ayakkabı - Siyah - Beden 36",
    )
    assert (listing.remote_quantity, listing.content_id, listing.remote, listing.sale_price) == (
        None,
        None,
        {},
        Decimal("500.00"),
    )
    assert listing.seen_at is not None


def test_archive_and_back(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    Listing.objects.update(remote_quantity=4)

    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=True)
    send_outbox()
    archived = Listing.objects.get()
    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=False)
    send_outbox()

    back = Listing.objects.get()
    assert (archived.state, archived.on_sale) == (Listing.State.ARCHIVED, False)
    assert (back.state, back.on_sale, back.remote_quantity) == (Listing.State.APPROVED, None, None)
    assert sandbox.shop.listing(barcode()).archived is False


def test_an_approved_barcode_is_deleted_after_a_day_in_the_archive(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=True)
    send_outbox()
    ProductWrite.objects.update(decided_at=timezone.now() - timedelta(days=2))

    ask_delete(channel=TRENDYOL, variant_ids=ids(product))
    send_outbox()
    ((state, reasons),) = of_last_message()
    assert (state, reasons) == ("FAILED", ("Ürün arşivlendikten sonra bir günden fazla geçmeden silinemez.",))
    sandbox.advance(DAY + 60)
    ask_again(write_ids=[ProductWrite.objects.get(state="FAILED").pk])
    send_outbox()

    assert (there(sandbox, barcode()), kit.states()) == (None, {barcode(): "MISSING"})
    kit.create(product)
    send_outbox()
    assert kit.states() == {barcode(): "PENDING"}


def test_a_variant_update_repeats_what_only_trendyol_knows(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    sheet = sandbox.shop.listing(barcode()).sheet
    assert sheet is not None
    sheet.cargo_providers, sheet.channels, sheet.location_based_delivery = (
        ["ARASMP"],
        ["CORE", "LUXE"],
        "ENABLED",
    )
    Product.objects.update(vat_rate=20)

    update(product, "vat_rate")
    send_outbox()

    body = ProductWrite.objects.get(message__kind=Kind.PRODUCT_VARIANT).body
    kept = sandbox.shop.listing(barcode()).sheet
    assert kept is not None
    assert (body["cargoProviders"], body["channels"], body["locationBasedDelivery"]) == (
        ["ARASMP"],
        ["CORE", "LUXE"],
        "ENABLED",
    )
    assert (kept.cargo_providers, kept.channels, kept.location_based_delivery) == (
        ["ARASMP"],
        ["CORE", "LUXE"],
        "ENABLED",
    )
    assert Listing.objects.get().remote["vat_rate"] == 20


def test_picks_are_not_kept_waiting_by_a_batch(sandbox: Sandbox) -> None:
    assert sum(product_handler.RESULT_PAUSES) <= 3
