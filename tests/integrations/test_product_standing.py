"""What waits for approval or for quality control is asked for, over real HTTP, until it is decided."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from catalog.models import Product, ProductImage
from gullu.jobs import enqueue
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import tasks
from integrations.listing.standing import Overall, standing_of
from integrations.listing.writes import ask_again, ask_update
from integrations.models import Listing, OutboxMessage, ProductWrite, SyncProblem
from integrations.outbox import send_outbox
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import Rejected, TrendyolError
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sync import SyncOutcome
from integrations.trendyol.sync import standing as standing_module
from integrations.trendyol.sync.standing import check_listings, read_standing
from tests.integrations import listkit as kit
from tests.integrations.listkit import TRENDYOL, approved_model, asked, barcode, ids, make_model

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("client")]

State = Listing.State


@pytest.fixture(autouse=True)
def patient(sandbox: Sandbox) -> None:
    """Quality control decides when a test says so."""
    sandbox.config.approval_delay_seconds = sandbox.config.audit_delay_seconds = None


def send(product: Product) -> None:
    kit.create(product)
    send_outbox()


def overall(product: Product) -> Overall:
    return standing_of(channel=TRENDYOL, product_id=product.pk).state


def test_from_rejected_over_corrected_to_approved(sandbox: Sandbox) -> None:
    product = make_model()
    send(product)
    sandbox.shop.reject_product(
        barcode(size="36"), reason="Ürün Görseli Uygun Değil", detail="Beyaz fon gerekir."
    )
    sandbox.shop.approve_product(barcode(size="37"))

    first = check_listings()
    rejected = standing_of(channel=TRENDYOL, product_id=product.pk)
    ProductImage.objects.update(url="https://gorsel.ornek.com/yeni.jpg")
    ask_update(
        channel=TRENDYOL,
        product_id=product.pk,
        fields=["image_urls"],
        variant_ids=ids(product, barcode(size="36")),
    )
    send_outbox()
    corrected = overall(product)
    kit.approve_all(sandbox)
    second = check_listings()

    assert (first.asked, first.approved, first.rejected, second.approved) == (2, 1, 1, 1)
    assert (rejected.state, rejected.rows[0].reject_reasons) == (
        Overall.FAILED,
        ("Ürün Görseli Uygun Değil: Beyaz fon gerekir.",),
    )
    assert (corrected, overall(product)) == (Overall.PENDING, Overall.APPROVED)
    listing = Listing.objects.get(barcode=barcode(size="36"))
    assert (listing.reject_reason, listing.sale_price, listing.content_id) == (
        "",
        Decimal("500.00"),
        sandbox.shop.listing(barcode(size="36")).content_id,
    )
    assert sandbox.shop.listing(barcode(size="36")).image_url == "https://gorsel.ornek.com/yeni.jpg"
    assert [request.status for request in sandbox.requests if request.status >= 400] == []


def test_nothing_open_costs_one_statement_and_no_request(sandbox: Sandbox) -> None:
    approved_model(sandbox)
    before = len(sandbox.requests)

    with CaptureQueriesContext(connection) as queries:
        result = check_listings()

    assert (len(queries), len(sandbox.requests) - before, result.asked) == (1, 0, 0)


@pytest.mark.parametrize(("few", "requests"), [(5, 2), (1, 1)])
def test_few_are_asked_for_one_by_one_and_many_by_the_whole_list(
    sandbox: Sandbox, few: int, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(make_model())
    monkeypatch.setattr(standing_module, "FEW", few)

    result = check_listings()

    assert (result.pending, asked(sandbox, "products-unapproved"), asked(sandbox, "products-approved")) == (
        2,
        requests,
        0,
    )


def test_only_barcodes_that_were_asked_for_are_read(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(make_model(sizes=("36", "37", "38")))
    monkeypatch.setattr(standing_module, "FEW", 1)

    with_client = read_standing(get_client(), [barcode(size="36"), barcode(size="37"), "YOK"])

    assert sorted(with_client.seen) == [barcode(size="36"), barcode(size="37")]


def test_one_model_is_asked_for_alone(sandbox: Sandbox) -> None:
    first, second = make_model(code="GL-1", sizes=("36",)), make_model(code="GL-2", sizes=("36",))
    for model in (first, second):
        send(model)
    kit.approve_all(sandbox)

    result = check_listings(product_id=first.pk)

    assert (result.approved, overall(first), overall(second)) == (1, Overall.APPROVED, Overall.PENDING)


def test_who_asks_about_a_model_learns_also_of_what_was_settled(sandbox: Sandbox) -> None:
    product = make_model(sizes=("36", "37"))
    send(product)
    kit.approve_all(sandbox)
    check_listings()
    sandbox.shop.catalogue.change(barcode(size="36"), locked=True)
    sandbox.shop.catalogue.change(barcode(size="37"), archived=True)

    of_all, of_one = check_listings(), check_listings(product_id=product.pk)

    assert (of_all.asked, of_one.asked) == (0, 2)
    assert Listing.objects.get(barcode=barcode(size="36")).locked_reason != ""
    assert Listing.objects.get(barcode=barcode(size="37")).state == State.ARCHIVED


def test_what_is_approved_is_not_believed_to_have_any_stock(sandbox: Sandbox) -> None:
    send(make_model(sizes=("36",)))
    kit.approve_all(sandbox)
    # As it may have been on an earlier listing, or from a push that was on its way.
    Listing.objects.update(remote_quantity=5)

    check_listings()

    listing = Listing.objects.get()
    assert (listing.state, listing.remote_quantity, listing.on_sale is None) == (State.APPROVED, None, False)


def test_what_somebody_deleted_is_missing_once_it_had_time_to_appear(sandbox: Sandbox) -> None:
    send(make_model(sizes=("36",)))
    del sandbox.state.listings[barcode()]

    early = check_listings()
    Listing.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    late = check_listings()

    assert (early.missing, late.missing, kit.states()) == (0, 1, {barcode(): State.MISSING})


def test_a_reading_that_fails_changes_nothing_and_is_on_record(sandbox: Sandbox) -> None:
    send(make_model(sizes=("36",)))
    sandbox.faults.add(endpoint="products-unapproved", kind="500", times=None)

    with pytest.raises(TrendyolError):
        check_listings()

    run = JobRun.objects.get(name="check_listings")
    assert (kit.states(), run.state, run.error != "") == (
        {barcode(): State.PENDING},
        JobRun.State.FAILED,
        True,
    )


def test_the_job_asks_and_counts(sandbox: Sandbox) -> None:
    send(make_model(sizes=("36",)))
    enqueue("integrations.tasks.check_listings_job")

    counts = tasks.check_listings_job()

    assert (counts["outcome"], counts["asked"], counts["pending"]) == ("DONE", 1, 1)
    assert JobRun.objects.get(name="check_listings").counts == counts


def test_stock_is_sent_as_soon_as_an_approval_is_known(sandbox: Sandbox) -> None:
    send(make_model(sizes=("36",)))
    OrmQ.objects.all().delete()
    tasks.check_listings_job()
    waiting = OrmQ.objects.count()
    kit.approve_all(sandbox)

    tasks.check_listings_job()
    approved = [row.func() for row in OrmQ.objects.all()]
    tasks.check_listings_job()

    assert (waiting, approved) == (0, ["integrations.tasks.push_stock_job"])
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_ask_once(sandbox: Sandbox) -> None:
    send(make_model(sizes=("36",)))

    with advisory_lock(standing_module.LOCK):
        result = check_listings()

    assert result.outcome is SyncOutcome.ALREADY_RUNNING


# --- cards in quality control -------------------------------------------------------------------------------------


def newest_audit(sandbox: Sandbox) -> int:
    return max(audit.audit_id for audit in sandbox.shop.all_audits())


def say(product: Product, *fields: str) -> ProductWrite:
    ask_update(channel=TRENDYOL, product_id=product.pk, fields=fields)
    send_outbox()
    write = ProductWrite.objects.order_by("pk").last()
    assert write is not None
    return write


def test_a_change_of_a_card_is_done_when_all_its_parts_are(sandbox: Sandbox) -> None:
    product = approved_model(sandbox)
    Product.objects.update(title="Yeni ad", description="<p>Yeni.</p>")
    write = say(product, "title", "description")
    audit = newest_audit(sandbox)
    sandbox.shop.decide_audit(audit, accepted=True, kind="TITLE")

    first = check_listings()
    write.refresh_from_db()
    half = write.state
    sandbox.shop.decide_audit(audit, accepted=True)
    second = check_listings()

    write.refresh_from_db()
    assert (first.running, half, second.judged, write.state, write.decided_at is None) == (
        1,
        "ENTERED",
        1,
        "SUCCESS",
        False,
    )
    assert set(Listing.objects.values_list("title", "remote__description")) == {
        ("Yeni ad - Siyah", "<p>Yeni.</p>")
    }


def test_a_part_that_was_refused_is_told_and_said_again_alone(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    Product.objects.update(title="Yeni ad")
    ProductImage.objects.update(url="https://gorsel.ornek.com/kucuk.jpg")
    write = say(product, "title", "image_urls")
    audit = newest_audit(sandbox)
    sandbox.shop.decide_audit(audit, accepted=True, kind="TITLE")
    sandbox.shop.decide_audit(audit, accepted=False, kind="MEDIA")

    result = check_listings()

    write.refresh_from_db()
    assert (result.refused, write.state, overall(product)) == (1, "FAILED", Overall.FAILED)
    (reason,) = write.reasons
    assert reason.endswith(": Görsel boyutu uygun değil: En az 1200x1800 piksel")
    assert Listing.objects.get().title == "Yeni ad - Siyah"

    ProductImage.objects.update(url="https://gorsel.ornek.com/buyuk.jpg")
    ask_again(write_ids=[write.pk])
    send_outbox()
    again = ProductWrite.objects.order_by("pk").last()
    assert again is not None
    assert (again.state, again.body.keys()) == ("ENTERED", {"contentId", "images"})
    sandbox.shop.decide_audit(newest_audit(sandbox), accepted=True)
    check_listings()
    assert overall(product) == Overall.APPROVED


def test_two_changes_of_one_card_are_told_apart_by_their_batch(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    first = say(product, "title")
    sandbox.shop.decide_audit(newest_audit(sandbox), accepted=False)
    second = say(product, "description")
    sandbox.shop.decide_audit(newest_audit(sandbox), accepted=True)

    check_listings()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("FAILED", "SUCCESS")


def test_a_card_nobody_knows_any_more_does_not_keep_the_others_waiting(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, judged = (
        say(approved_model(sandbox, sizes=("36",), code=code), "title") for code in ("GL-1", "GL-2")
    )
    sandbox.shop.decide_audit(newest_audit(sandbox), accepted=True)
    read = TrendyolClient.update_audits

    def without_first(client: TrendyolClient, content_id: int, **page: int) -> object:
        if content_id == gone.content_id:
            raise Rejected(endpoint="products.audits", status=404)
        return read(client, content_id, **page)

    monkeypatch.setattr(TrendyolClient, "update_audits", without_first)
    check_listings()

    gone.refresh_from_db()
    judged.refresh_from_db()
    assert (gone.state, judged.state) == ("ENTERED", "SUCCESS")
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(days=15))
    check_listings()
    gone.refresh_from_db()
    assert gone.state == "UNKNOWN"


def test_a_change_nobody_ever_judges_is_not_waited_for_for_ever(sandbox: Sandbox) -> None:
    product = approved_model(sandbox, sizes=("36",))
    write = say(product, "title")
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(days=15))

    check_listings()

    write.refresh_from_db()
    assert (write.state, len(write.reasons)) == ("UNKNOWN", 1)


def test_a_verdict_that_cannot_be_read_is_a_problem_and_no_verdict(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = approved_model(sandbox, sizes=("36",))
    write = say(product, "title")
    read = TrendyolClient.update_audits

    def broken(client: TrendyolClient, content_id: int, *, page: int = 0, size: int = 1000) -> object:
        found = read(client, content_id, page=page, size=size)
        for row in found.content:
            row["updates"] = [{"type": "TITLE"}]
        return found

    monkeypatch.setattr(TrendyolClient, "update_audits", broken)
    check_listings()

    write.refresh_from_db()
    assert (write.state, SyncProblem.objects.get().reference) == ("ENTERED", f"card {write.content_id}")
