"""What can be asked of a marketplace for our models, what is refused here, and how they stand afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from catalog.models import Product, ProductImage, Variant
from integrations.listing import write_errors as errors
from integrations.listing.standing import Overall, newest, standing_of
from integrations.listing.writes import (
    ask_again,
    ask_archive,
    ask_delete,
    ask_prices,
    ask_unlock,
    ask_update,
)
from integrations.listing.writing import Book
from integrations.models import ChannelProduct, Listing, OutboxMessage, ProductWrite
from tests.factories import make_product, make_superuser, make_variant
from tests.integrations import listkit as kit
from tests.integrations.listkit import TRENDYOL, barcode, ids, make_model

pytestmark = pytest.mark.django_db

Kind = OutboxMessage.Kind
CARDS = {"Siyah": 7005, "Beyaz": 7006}
State = Listing.State


def listed(product: Product, state: State, *barcodes: str) -> None:
    """As if the marketplace had said so; one card for each colour."""
    for variant in Variant.objects.filter(product=product):
        if not barcodes or variant.barcode in barcodes:
            card = CARDS[variant.colour]
            Listing.objects.update_or_create(
                channel=TRENDYOL,
                barcode=variant.barcode,
                defaults={
                    "variant": variant,
                    "state": state,
                    "content_id": card if state in {State.APPROVED, State.ARCHIVED} else None,
                },
            )


def decide(state: ProductWrite.State, *reasons: str) -> None:
    """As if the marketplace had answered everything that was asked."""
    ProductWrite.objects.update(state=state, reasons=list(reasons), decided_at=timezone.now())
    OutboxMessage.objects.update(state=OutboxMessage.State.DELIVERED)


def kinds() -> list[tuple[str, int]]:
    return [(row.kind, row.body["items"]) for row in OutboxMessage.objects.order_by("pk")]


# --- listing ------------------------------------------------------------------------------------------------------


def test_a_model_becomes_one_message_with_an_item_for_each_barcode() -> None:
    user = make_superuser()
    product = make_model(colours=("Siyah", "Beyaz"))

    asked = kit.create(product, user=user)

    (message,) = OutboxMessage.objects.all()
    write = ProductWrite.objects.get(barcode=barcode("Siyah", "37"))
    assert (asked.message_ids, asked.items) == ((message.pk,), 4)
    assert (message.kind, message.state, message.written_by) == (Kind.PRODUCT_CREATE, "WAITING", user)
    assert (write.product, write.variant, write.state) == (
        product,
        Variant.objects.get(size="37", colour="Siyah"),
        "WAITING",
    )
    assert (write.body["barcode"], write.body["salePrice"], write.body["brandId"]) == (
        barcode("Siyah", "37"),
        500,
        1_700_001,
    )
    (job,) = OrmQ.objects.all()
    assert (job.task["func"], job.task["kwargs"]["actor_id"]) == (
        "integrations.tasks.send_outbox_job",
        user.pk,
    )


def test_amounts_are_kept_to_the_cent() -> None:
    product = make_model(sizes=("36",))
    Variant.objects.update(sale_price=Decimal("1299.90"), list_price=Decimal("9999999.99"))

    kit.create(product)

    body = ProductWrite.objects.get().body
    assert (body["salePrice"], body["listPrice"], body["dimensionalWeight"]) == (1299.9, 9999999.99, 2)


def test_only_what_is_not_there_is_listed() -> None:
    product = make_model(sizes=("36", "37", "38", "39"))
    listed(product, State.APPROVED, barcode(size="36"))
    listed(product, State.MISSING, barcode(size="37"))
    listed(product, State.UNKNOWN, barcode(size="38"))

    asked = kit.create(product)

    assert asked.items == 3
    assert [name for name, _state in kit.writes()] == [barcode(size=size) for size in ("37", "38", "39")]


def test_a_broken_rule_is_refused_with_everything_that_is_wrong() -> None:
    product = make_model(colours=("Siyah", "Beyaz"))
    ProductImage.objects.filter(colour="Beyaz").delete()
    Variant.objects.filter(barcode=barcode("Siyah", "36")).update(sale_price=None)

    with pytest.raises(errors.NotListable) as caught:
        kit.create(product)

    found = {
        (row.field, row.code, row.colour if not row.barcode else row.barcode)
        for row in caught.value.violations
    }
    assert found == {("image_urls", "required", "Beyaz"), ("sale_price", "required", barcode("Siyah", "36"))}
    assert kit.CODE in str(caught.value)
    assert OutboxMessage.objects.count() == 0


def test_what_is_wrong_with_another_colour_is_in_nobodys_way() -> None:
    product = make_model(colours=("Siyah", "Beyaz"))
    ProductImage.objects.filter(colour="Beyaz").delete()

    asked = kit.create(product, variant_ids=ids(product, barcode("Siyah", "36"), barcode("Siyah", "37")))

    assert asked.items == 2


def test_a_category_that_was_not_chosen_is_a_broken_rule() -> None:
    product = make_model()
    ChannelProduct.objects.update(category=None)

    with pytest.raises(errors.NotListable) as caught:
        kit.create(product)

    assert [(row.field, row.code) for row in caught.value.violations] == [("category_id", "required")]


def test_a_draft_is_not_listed() -> None:
    product = make_model(draft=True)

    with pytest.raises(errors.StillDraft, match=kit.CODE):
        kit.create(product)


def test_what_is_listed_or_under_way_is_refused_by_name() -> None:
    product = make_model()
    first, second = ids(product)
    listed(product, State.PENDING, barcode(size="36"))

    with pytest.raises(errors.AlreadyListed, match=barcode(size="36")):
        kit.create(product, variant_ids=[first])
    kit.create(product, variant_ids=[second])
    with pytest.raises(errors.UnderWay, match=barcode(size="37")):
        kit.create(product, variant_ids=[second])
    with pytest.raises(errors.UnderWay, match=barcode(size="37")):
        kit.create(product)
    assert kinds() == [(Kind.PRODUCT_CREATE, 1)]


def test_a_model_that_is_there_has_nothing_to_send() -> None:
    product = make_model()
    listed(product, State.APPROVED)

    with pytest.raises(errors.NothingToSend, match=kit.CODE):
        kit.create(product)


def test_a_variant_of_another_model_is_refused() -> None:
    product = make_model()
    stranger = make_variant("GL-999-1")

    with pytest.raises(errors.UnknownVariant, match=str(stranger.pk)):
        kit.create(product, variant_ids=[stranger.pk])


# --- changing -----------------------------------------------------------------------------------------------------


def update(product: Product, *fields: str, **options: Any) -> Any:
    return ask_update(channel=TRENDYOL, product_id=product.pk, fields=fields, **options)


def test_each_barcode_is_changed_by_the_service_for_its_state() -> None:
    product = make_model(colours=("Siyah", "Beyaz"), sizes=("36", "37"))
    listed(product, State.APPROVED, barcode("Siyah", "36"), barcode("Siyah", "37"))
    listed(product, State.REJECTED, barcode("Beyaz", "36"))
    ChannelProduct.objects.update(delivery_days=1)

    asked = update(product, "title", "stock_code", "delivery_days")

    assert kinds() == [
        (Kind.PRODUCT_UNAPPROVED, 1),
        (Kind.PRODUCT_CONTENT, 1),
        (Kind.PRODUCT_VARIANT, 2),
        (Kind.PRODUCT_DELIVERY, 2),
    ]
    assert asked.items == 6
    content = ProductWrite.objects.get(message__kind=Kind.PRODUCT_CONTENT)
    assert (content.barcode, content.content_id, content.body) == (
        "",
        7005,
        {"contentId": 7005, "title": "Topuklu Ayakkabı - Siyah"},
    )


def test_before_approval_everything_is_said_but_prices_and_stock() -> None:
    product = make_model(sizes=("36",))
    listed(product, State.PENDING)

    update(product, "title")

    assert ProductWrite.objects.get().body.keys() == {
        "barcode",
        "title",
        "description",
        "productMainId",
        "brandId",
        "categoryId",
        "stockCode",
        "origin",
        "dimensionalWeight",
        "vatRate",
        "images",
        "attributes",
    }


@pytest.mark.parametrize(
    ("state", "fields", "error"),
    [
        (State.REJECTED, ("sale_price",), errors.PriceBeforeApproval),
        (State.PENDING, ("title", "list_price"), errors.PriceBeforeApproval),
        (State.APPROVED, ("brand_id",), errors.NotChangeable),
        (State.APPROVED, ("title", "category_id"), errors.NotChangeable),
        (State.ARCHIVED, ("title",), errors.InArchive),
        (State.MISSING, ("title",), errors.NotListed),
        (State.UNKNOWN, ("sale_price",), errors.NotListed),
    ],
)
def test_a_named_barcode_is_refused_where_a_field_cannot_be_changed(
    state: State, fields: tuple[str, ...], error: type[Exception]
) -> None:
    product = make_model(sizes=("36",))
    listed(product, state)

    with pytest.raises(error, match=barcode()):
        update(product, *fields, variant_ids=ids(product))


def test_of_a_whole_model_only_what_can_be_changed_is_sent() -> None:
    product = make_model(sizes=("36", "37"))
    listed(product, State.APPROVED, barcode(size="36"))
    listed(product, State.PENDING, barcode(size="37"))

    update(product, "sale_price", "list_price")

    assert kit.writes() == [(barcode(size="36"), "WAITING")]


def test_nothing_chosen_is_refused_and_a_field_nobody_knows_is_a_bug() -> None:
    product = make_model()
    listed(product, State.APPROVED)

    with pytest.raises(errors.NoFields, match=kit.CODE):
        update(product)
    with pytest.raises(ValueError, match="quantity"):
        update(product, "quantity")


def test_rules_hold_for_what_is_said_and_for_nothing_else() -> None:
    product = make_model(sizes=("36",), title="ş" * 90)
    listed(product, State.APPROVED)

    update(product, "description")
    with pytest.raises(errors.NotListable) as caught:
        update(product, "title")

    assert {row.field for row in caught.value.violations} == {"title"}


def test_a_card_without_a_category_is_told_to_choose_one() -> None:
    product = make_model(sizes=("36",))
    listed(product, State.APPROVED)
    ChannelProduct.objects.update(category=None)

    with pytest.raises(errors.NotListable) as refused:
        update(product, "title")

    assert [(row.field, row.code) for row in refused.value.violations] == [("category_id", "required")]


def test_a_ninth_picture_is_refused() -> None:
    product = make_model(sizes=("36",))
    listed(product, State.APPROVED)
    for position in range(2, 10):
        ProductImage.objects.create(
            product=product, colour="Siyah", position=position, url=f"https://gorsel.ornek.com/{position}.jpg"
        )

    with pytest.raises(errors.NotListable) as caught:
        update(product, "image_urls")

    assert [(row.field, row.code) for row in caught.value.violations] == [("image_urls", "too_many")]


def test_a_card_that_is_being_changed_waits_but_its_barcodes_do_not() -> None:
    product = make_model()
    listed(product, State.APPROVED)
    update(product, "title")

    with pytest.raises(errors.UnderWay, match=barcode(size="36")):
        update(product, "description")
    update(product, "stock_code")

    assert kinds() == [(Kind.PRODUCT_CONTENT, 1), (Kind.PRODUCT_VARIANT, 2)]


# --- prices, archive, unlock, delete --------------------------------------------------------------------------------


def test_prices_of_many_models_go_in_one_message() -> None:
    models = [make_model(code=f"GL-{number}") for number in (1, 2, 3)]
    for model in models:
        listed(model, State.APPROVED)
    variants = list(Variant.objects.order_by("barcode").values_list("pk", flat=True))

    with CaptureQueriesContext(connection) as few:
        ask_prices(channel=TRENDYOL, variant_ids=variants[:1])
    with CaptureQueriesContext(connection) as many:
        asked = ask_prices(channel=TRENDYOL, variant_ids=variants[1:])

    assert (asked.items, len(asked.message_ids), len(few)) == (5, 1, len(many))
    assert ProductWrite.objects.order_by("-barcode")[0].body == {
        "barcode": barcode(size="37", code="GL-3"),
        "salePrice": 500,
        "listPrice": 600,
    }


@pytest.mark.parametrize(
    ("state", "prices", "error"),
    [
        (State.APPROVED, {"list_price": None}, errors.NoPrice),
        (State.PENDING, {}, errors.PriceBeforeApproval),
        (State.ARCHIVED, {}, errors.InArchive),
        (State.MISSING, {}, errors.NotListed),
    ],
)
def test_a_price_that_cannot_be_sent_is_refused(
    state: State, prices: dict[str, Any], error: type[Exception]
) -> None:
    product = make_model(sizes=("36",))
    listed(product, state)
    Variant.objects.update(**prices)

    with pytest.raises(error, match=barcode()):
        ask_prices(channel=TRENDYOL, variant_ids=ids(product))


Ask = Callable[..., Any]


@pytest.mark.parametrize(
    ("ask", "state", "error"),
    [
        ((ask_archive, {"archived": True}), State.PENDING, errors.NotApproved),
        ((ask_archive, {"archived": True}), State.ARCHIVED, errors.AlreadyArchived),
        ((ask_archive, {"archived": False}), State.APPROVED, errors.NotArchived),
        ((ask_archive, {"archived": True}), State.MISSING, errors.NotListed),
        ((ask_unlock, {}), State.REJECTED, errors.NotApproved),
        ((ask_unlock, {}), State.UNKNOWN, errors.NotListed),
        ((ask_delete, {}), State.APPROVED, errors.ArchiveFirst),
        ((ask_delete, {}), State.MISSING, errors.NotListed),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_barcode(
    ask: tuple[Ask, dict[str, Any]], state: State, error: type[Exception]
) -> None:
    product = make_model(sizes=("36",))
    listed(product, state)
    service, options = ask

    with pytest.raises(error, match=barcode()):
        service(channel=TRENDYOL, variant_ids=ids(product), **options)

    assert OutboxMessage.objects.count() == 0


def test_what_was_archived_today_is_deleted_tomorrow() -> None:
    product = make_model(sizes=("36",))
    listed(product, State.APPROVED)
    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=True)
    decide(ProductWrite.State.SUCCESS)
    listed(product, State.ARCHIVED)

    with pytest.raises(errors.ArchiveFirst, match=barcode()):
        ask_delete(channel=TRENDYOL, variant_ids=ids(product))
    ProductWrite.objects.update(decided_at=timezone.now() - timedelta(hours=25))
    ask_delete(channel=TRENDYOL, variant_ids=ids(product))

    assert kinds() == [(Kind.PRODUCT_ARCHIVE, 1), (Kind.PRODUCT_DELETE, 1)]


def test_more_than_a_thousand_items_are_several_messages() -> None:
    product = make_product("GL-1000")
    variants = Variant.objects.bulk_create(
        Variant(product=product, barcode=f"GL-1000-{number}", colour=str(number), size="36")
        for number in range(1001)
    )
    Listing.objects.bulk_create(
        Listing(barcode=row.barcode, variant=row, state=State.APPROVED) for row in variants
    )

    asked = ask_archive(channel=TRENDYOL, variant_ids=[row.pk for row in variants], archived=True)

    assert (asked.items, len(asked.message_ids), kinds()) == (
        1001,
        2,
        [(Kind.PRODUCT_ARCHIVE, 1000), (Kind.PRODUCT_ARCHIVE, 1)],
    )


def test_not_more_than_a_hundred_are_deleted_by_one_message() -> None:
    product = make_product("GL-1000")
    variants = Variant.objects.bulk_create(
        Variant(product=product, barcode=f"GL-1000-{number}", colour=str(number), size="36")
        for number in range(101)
    )
    Listing.objects.bulk_create(
        Listing(barcode=row.barcode, variant=row, state=State.REJECTED) for row in variants
    )

    ask_delete(channel=TRENDYOL, variant_ids=[row.pk for row in variants])

    assert kinds() == [(Kind.PRODUCT_DELETE, 100), (Kind.PRODUCT_DELETE, 1)]


# --- again --------------------------------------------------------------------------------------------------------


def failed_ids() -> list[int]:
    return list(ProductWrite.objects.filter(state="FAILED").order_by("pk").values_list("pk", flat=True))


def test_only_what_failed_is_sent_again_as_it_is_now() -> None:
    product = make_model(sizes=("36", "37", "38"))
    kit.create(product)
    decide(ProductWrite.State.SUCCESS)
    ProductWrite.objects.filter(barcode=barcode(size="37")).update(
        state="FAILED", reasons=["Marka bulunamadı"]
    )
    listed(product, State.PENDING, barcode(size="36"), barcode(size="38"))
    Product.objects.update(title="Yeni ad")

    asked = ask_again(write_ids=list(ProductWrite.objects.values_list("pk", flat=True)))

    write = ProductWrite.objects.order_by("pk").last()
    assert write is not None
    assert (asked.items, write.barcode, write.body["title"]) == (
        1,
        barcode(size="37"),
        "Yeni ad - Siyah - Beden 37",
    )


def test_what_was_sent_again_is_settled_by_it() -> None:
    product = make_model(sizes=("36",))
    kit.create(product)
    decide(ProductWrite.State.FAILED, "Marka bulunamadı")
    OutboxMessage.objects.update(state=OutboxMessage.State.PARKED)
    old = failed_ids()

    ask_again(write_ids=old)

    with pytest.raises(errors.NothingFailed):
        ask_again(write_ids=old)
    assert list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True)) == [
        "OBSOLETE",
        "WAITING",
    ]


def test_a_parked_message_stays_while_something_of_it_was_not_sent_again() -> None:
    product = make_model()
    kit.create(product)
    decide(ProductWrite.State.FAILED, "Marka bulunamadı")
    OutboxMessage.objects.update(state=OutboxMessage.State.PARKED)

    ask_again(write_ids=failed_ids()[:1])

    assert list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True)) == ["PARKED", "WAITING"]


def test_a_listing_that_failed_but_is_there_is_corrected() -> None:
    product = make_model()
    kit.create(product)
    decide(ProductWrite.State.FAILED, "Barkod zaten mevcut")
    listed(product, State.REJECTED, barcode(size="36"))

    ask_again(write_ids=failed_ids())

    assert kinds()[1:] == [(Kind.PRODUCT_CREATE, 1), (Kind.PRODUCT_UNAPPROVED, 1)]


def test_what_was_approved_since_is_neither_failed_nor_sent_again() -> None:
    product = make_model()
    kit.create(product)
    decide(ProductWrite.State.UNKNOWN, "Sonuç okunamadı")
    listed(product, State.APPROVED, barcode(size="36"))

    standing = standing_of(channel=TRENDYOL, product_id=product.pk)
    asked = ask_again(write_ids=ProductWrite.objects.values_list("pk", flat=True))

    assert [len(row.failed) for row in standing.rows] == [0, 1]
    assert asked.items == 1
    assert ProductWrite.objects.latest("pk").barcode == barcode(size="37")


def test_a_long_history_is_read_once_for_each_kind_and_state() -> None:
    product = make_model(sizes=("36",))
    listed(product, State.APPROVED)
    for state in ("SUCCESS", "FAILED", "FAILED", "SUCCESS", "FAILED"):
        ask_prices(channel=TRENDYOL, variant_ids=ids(product))
        ProductWrite.objects.filter(state="WAITING").update(state=state)
        OutboxMessage.objects.update(state="DELIVERED")

    rows = newest(ProductWrite.objects.all())

    assert sorted((row.state, row.pk) for row in rows) == sorted(
        (row.state, row.pk) for row in ProductWrite.objects.order_by("-pk")[:2]
    )
    assert ask_again(write_ids=failed_ids()).items == 1


def test_what_is_settled_while_we_look_is_under_way_or_listed() -> None:
    """The courier asks nobody before it settles."""
    product = make_model(sizes=("36",))
    kit.create(product)
    settled: list[bool] = []

    def courier(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if not settled and sql.startswith("SELECT"):
            settled.append(True)
            ProductWrite.objects.update(state="SUCCESS")
            listed(product, State.PENDING)
        return found

    with connection.execute_wrapper(courier):
        book = Book(channel=TRENDYOL, barcodes=[barcode()])

    assert settled == [True]
    assert book.under_way(Kind.PRODUCT_CREATE, barcode()) or book.state(barcode()) == State.PENDING


def test_every_kind_can_be_sent_again() -> None:
    product = make_model(colours=("Siyah", "Beyaz"), sizes=("36",))
    listed(product, State.APPROVED)
    ChannelProduct.objects.update(delivery_days=0)
    update(product, "title", "attributes")
    update(product, "vat_rate")
    update(product, "delivery_days")
    ask_prices(channel=TRENDYOL, variant_ids=ids(product))
    ask_unlock(channel=TRENDYOL, variant_ids=ids(product))
    ask_archive(channel=TRENDYOL, variant_ids=ids(product), archived=True)
    asked = kinds()
    bodies = [(row.message.kind, row.body) for row in ProductWrite.objects.order_by("message__kind", "pk")]
    decide(ProductWrite.State.UNKNOWN)
    ProductWrite.objects.all().update(state="FAILED")

    ask_again(write_ids=failed_ids())

    new = ProductWrite.objects.filter(state="WAITING").order_by("message__kind", "pk")
    assert sorted(kinds()[len(asked) :]) == sorted(asked)
    assert sorted(map(str, bodies)) == sorted(str((row.message.kind, row.body)) for row in new)


def test_of_a_card_only_the_parts_that_were_refused_are_said_again() -> None:
    product = make_model(sizes=("36",))
    listed(product, State.APPROVED)
    update(product, "title", "image_urls")
    decide(ProductWrite.State.FAILED, "Görsel boyutu uygun değil")
    OutboxMessage.objects.update(answer={"refused_fields": {"7005": ["image_urls"]}})

    ask_again(write_ids=failed_ids())

    write = ProductWrite.objects.order_by("pk").last()
    assert write is not None
    assert write.body.keys() == {"contentId", "images"}


def test_what_broke_a_rule_meanwhile_is_told_for_all_of_it() -> None:
    first, second = make_model(code="GL-1"), make_model(code="GL-2")
    for model in (first, second):
        kit.create(model)
    decide(ProductWrite.State.FAILED, "Marka bulunamadı")
    ChannelProduct.objects.update(brand=None)

    with pytest.raises(errors.NotListable) as caught:
        ask_again(write_ids=failed_ids())

    assert [row.field for row in caught.value.violations] == ["brand_id", "brand_id"]
    assert len(kinds()) == 2


# --- standing -----------------------------------------------------------------------------------------------------


def standing(product: Product) -> Any:
    return standing_of(channel=TRENDYOL, product_id=product.pk)


def test_a_model_nobody_listed_stands_nowhere() -> None:
    product = make_model()

    found = standing(product)

    assert (found.state, found.waiting_total) == (Overall.NOT_LISTED, 0)
    assert [(row.barcode, row.colour, row.size, row.state, row.last_write) for row in found.rows] == [
        (barcode(size="36"), "Siyah", "36", None, None),
        (barcode(size="37"), "Siyah", "37", None, None),
    ]


def test_every_barcode_shows_what_became_of_it_last() -> None:
    product = make_model(sizes=("36", "37", "38"))
    kit.create(product)
    decide(ProductWrite.State.SUCCESS)
    ProductWrite.objects.filter(barcode=barcode(size="37")).update(state="FAILED", reasons=["Barkod hatalı"])
    listed(product, State.APPROVED, barcode(size="36"))
    listed(product, State.REJECTED, barcode(size="38"))
    Listing.objects.filter(barcode=barcode(size="38")).update(reject_reason="Görsel: Küçük\nAd: Kısa")
    update(product, "title", variant_ids=ids(product, barcode(size="36")))

    first, second, third = (found := standing(product)).rows

    assert (first.state, first.content_id, first.open) == (State.APPROVED, 7005, True)
    assert (first.last_write.kind, first.last_write.state) == (Kind.PRODUCT_CONTENT, "WAITING")
    assert (second.state, second.open, second.last_write.reasons) == (None, False, ("Barkod hatalı",))
    assert (third.reject_reasons, third.open) == (("Görsel: Küçük", "Ad: Kısa"), False)
    assert (found.state, found.waiting_total) == (Overall.FAILED, 1)
    assert found.failed_write_ids == tuple(failed_ids())


def test_standing_takes_the_same_statements_however_many_barcodes() -> None:
    small, large = make_model(code="GL-1", sizes=("36",)), make_model(code="GL-2", sizes=("36", "37", "38"))
    for model in (small, large):
        kit.create(model)

    with CaptureQueriesContext(connection) as few:
        standing(small)
    with CaptureQueriesContext(connection) as many:
        standing(large)

    assert (len(few), len(many)) == (3, 3)


@pytest.mark.parametrize(
    ("states", "overall"),
    [
        ([State.APPROVED, State.APPROVED], Overall.APPROVED),
        ([State.APPROVED, State.MISSING], Overall.PARTLY),
        ([State.APPROVED, State.PENDING], Overall.PENDING),
        ([State.ARCHIVED, State.ARCHIVED], Overall.ARCHIVED),
        ([State.UNKNOWN, State.MISSING], Overall.NOT_LISTED),
        ([State.REJECTED, State.APPROVED], Overall.FAILED),
    ],
)
def test_a_whole_model_in_one_word(states: list[State], overall: Overall) -> None:
    product = make_model()
    for size, state in zip(("36", "37"), states, strict=True):
        listed(product, state, barcode(size=size))

    assert standing(product).state == overall


def test_what_was_done_after_a_failure_is_no_failure() -> None:
    product = make_model(sizes=("36",))
    kit.create(product)
    decide(ProductWrite.State.FAILED, "Marka bulunamadı")
    ask_again(write_ids=failed_ids())

    (row,) = (found := standing(product)).rows

    assert (found.state, found.failed_write_ids, row.open, found.waiting_total) == (
        Overall.UNDER_WAY,
        (),
        True,
        1,
    )
