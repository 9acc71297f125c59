"""Returned units in the back office: list, clock, filters, search, page, writing off, statistics."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from inventory.models import StockMovement
from orders.enums import Disposition, GoodsCondition, OrderState
from orders.models import ReturnPhoto, ReturnUnit
from orders.return_statistics import Span, percent, return_statistics
from orders.return_words import time_words
from orders.services.returns import restock_return
from tests.factories import make_order, make_product, make_shelf, make_superuser, make_user, make_variant
from tests.inventory.scan_kit import allow
from tests.orders.returning import Status, make_accepted, make_unit

pytestmark = pytest.mark.django_db

LIST = "admin:orders_returnunit_changelist"
STATISTICS = "admin:orders_returnunit_statistics"
WRITE_OFF = "admin:orders_returnunit_write_off"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def units(client: Client, **query: str) -> list[ReturnUnit]:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def page_of(unit: ReturnUnit) -> str:
    return reverse("admin:orders_returnunit_change", args=[unit.pk])


def texts(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- the list -------------------------------------------------------------------------------------------------


def test_clock_counts_hours_beyond_a_day_and_says_when_it_is_over() -> None:
    now = timezone.now()

    left = time_words(now + timedelta(hours=31, minutes=20, seconds=5), now)
    over = time_words(now - timedelta(hours=2, minutes=5), now)

    assert ("31" in left, "20" in left, "2" in over, left == over) == (True, True, True, False)


def test_list_shows_the_clock_coloured_and_begins_with_the_most_urgent(office: Client) -> None:
    now = timezone.now()
    accepted = make_accepted()
    calm = make_unit(act_by_at=now + timedelta(hours=31, minutes=20, seconds=30))
    late = make_unit(act_by_at=now - timedelta(minutes=1))
    urgent = make_unit(act_by_at=now + timedelta(hours=5))

    response = office.get(reverse(LIST))

    assert list(response.context["cl"].result_list) == [late, urgent, calm, accepted]
    html = response.content.decode()
    assert [f"g-label-{tone}" in html for tone in ("late", "urgent", "calm")] == [True, True, True]


def test_every_question_shows_its_units(office: Client) -> None:
    decide = make_unit()
    shelve = make_accepted()
    disputed = make_unit(status=Status.UNRESOLVED, condition=GoodsCondition.WORN)
    auto = make_accepted(condition="", auto_accepted=True)
    cancelled = make_unit(status=Status.CANCELLED)

    found = {
        name: set(units(office, waiting=name)) for name in ("decide", "inspect", "shelve", "disputed", "auto")
    }

    assert found == {
        "decide": {decide},
        "inspect": {decide, auto},
        "shelve": {shelve},
        "disputed": {disputed},
        "auto": {auto},
    }
    assert set(units(office, waiting="counted")) == {decide, shelve, disputed, auto}
    assert units(office, status="Cancelled") == [cancelled]


def test_list_narrows_by_reason_condition_model_and_day(office: Client) -> None:
    product = make_product("0172")
    small = make_unit(make_variant(product=product, size="38"), reason_id=501)
    large = make_unit(reason_id=551, reason="Bedeni büyük geldi", condition=GoodsCondition.WORN)
    old = make_unit(claimed_at=timezone.now() - timedelta(days=90))

    assert units(office, reason="551") == [large]
    assert units(office, condition="WORN") == [large]
    assert units(office, variant__product__id__exact=str(product.pk), variant__size="38") == [small]
    recent = (timezone.now() - timedelta(days=7)).isoformat()
    assert set(units(office, claimed_at__gte=recent)) == {small, large}
    assert set(units(office, reason="x", status="", waiting="strange")) == {small, large, old}


@pytest.mark.parametrize(
    "text", ["no-42", "claim-77", "7300001", "86810", "0172", "şükrü", "SUKRU IŞIK", "  isik  "]
)
def test_search_finds_by_number_barcode_model_and_customer(office: Client, text: str) -> None:
    variant = make_variant("86810", product=make_product("0172"))
    order = make_order(
        [(variant, 1)],
        status=OrderState.DELIVERED,
        order_number="no-42",
        customer_first_name="Şükrü",
        customer_last_name="Işık",
    )
    wanted = make_unit(variant, order=order, claim_id="claim-77", cargo_tracking_number="7300001")
    make_unit(make_variant("990"), claim_id="other", cargo_tracking_number="555")

    assert units(office, q=text) == [wanted]


def test_list_takes_as_many_queries_for_three_units_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    make_unit()
    office.get(reverse(LIST))
    with CaptureQueriesContext(connection) as one:
        office.get(reverse(LIST))
    make_accepted(variant=None)
    make_accepted(shelf=make_shelf(), disposition=Disposition.RESTOCKED)

    with django_assert_num_queries(len(one)):
        office.get(reverse(LIST))


def test_empty_list_and_strange_filters_open(office: Client) -> None:
    assert units(office) == []
    assert units(office, waiting="decide", q="İĞÜ%_'") == []


def test_prices_and_customers_are_shown_only_to_those_who_may_see_them() -> None:
    unit = make_unit(price="1234.50")
    seen: dict[str, tuple[bool, bool]] = {}
    for name, rights in (("office", None), ("plain", ["view_returnunit"])):
        user = make_user(OFFICE) if rights is None else _staff_with(*rights)
        client = Client()
        client.force_login(user)
        html = client.get(reverse(LIST)).content.decode() + client.get(page_of(unit)).content.decode()
        seen[name] = ("1.234,50" in html, "Ayşe" in html)

    assert seen == {"office": (True, True), "plain": (False, False)}


def _staff_with(*codenames: str) -> Any:
    from django.contrib.auth.models import Permission

    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def test_pages_are_closed_to_those_without_the_right() -> None:
    unit = make_unit()
    stranger = Client()
    stranger.force_login(_staff_with("view_product"))
    worker = Client()
    worker.force_login(make_user(WAREHOUSE))
    addresses = [reverse(LIST), page_of(unit), reverse(STATISTICS)]

    assert [stranger.get(address).status_code for address in addresses] == [403, 403, 403]
    assert [worker.get(address).status_code for address in addresses] == [200, 200, 200]
    assert [Client().get(address).status_code for address in addresses] == [302, 302, 302]
    assert worker.get(f"{reverse(WRITE_OFF)}?ids={unit.pk}").status_code == 403
    assert worker.post(f"{reverse(WRITE_OFF)}?ids={unit.pk}", {"reason": "x"}).status_code == 403


def test_nobody_edits_a_unit_by_hand() -> None:
    client, unit = Client(), make_unit()
    client.force_login(make_superuser())

    assert client.post(page_of(unit), {"status": "Accepted"}).status_code == 403
    assert client.get(reverse("admin:orders_returnunit_add")).status_code == 403
    assert client.get(reverse("admin:orders_returnunit_delete", args=[unit.pk])).status_code == 403


# --- the page of a return -------------------------------------------------------------------------------------


def test_page_shows_all_units_of_the_claim_with_what_became_of_them(office: Client) -> None:
    make_shelf("A-B-03")
    shelved = make_accepted(customer_note="<b>topuk</b> kırık")
    other = make_unit(
        order=shelved.order, claim_id=shelved.claim_id, inspection_note="leke var", condition="WORN"
    )
    make_unit()
    photo = ReturnPhoto.objects.create(unit=other, image="returns/1.jpg")
    restock_return(unit_id=shelved.pk, shelf_code="A-B-03")

    response = office.get(page_of(shelved))

    rows = response.context["page"].rows
    assert [row.unit for row in rows] == [shelved, other]
    assert [[movement.delta for movement in row.movements] for row in rows] == [[1], []]
    html = response.content.decode()
    assert "&lt;b&gt;topuk&lt;/b&gt;" in html
    assert reverse("scan:return-photo", args=[photo.pk]) in html
    assert (response.context["page"].decidable, response.context["page"].writable_off) == ((other.pk,), ())


def test_page_links_the_replacement_and_the_package_going_back(office: Client) -> None:
    replacement = make_order([(make_variant(), 1)], package_id=4711)
    unit = make_unit(replacement_package_id=4711, rejected_package_id=4712)

    page = office.get(page_of(unit))

    assert (page.context["page"].replacement, page.context["page"].rejected) == (replacement, None)
    html = page.content.decode()
    assert (reverse("admin:orders_order_change", args=[replacement.pk]) in html, "4712" in html) == (
        True,
        True,
    )


def test_page_of_a_unit_without_order_or_article_opens(office: Client) -> None:
    unit = make_unit(act_by_at=None, status="SomethingNew")
    ReturnUnit.objects.filter(pk=unit.pk).update(order=None, line=None, variant=None)

    response = office.get(page_of(unit))

    assert (response.status_code, "SomethingNew" in response.content.decode()) == (200, True)


def test_page_takes_as_many_queries_for_three_units_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    unit = make_unit()
    ReturnPhoto.objects.create(unit=unit, image="returns/1.jpg")
    office.get(page_of(unit))
    with CaptureQueriesContext(connection) as one:
        office.get(page_of(unit))
    for _number in range(2):
        other = make_unit(order=unit.order, claim_id=unit.claim_id)
        ReturnPhoto.objects.create(unit=other, image="returns/1.jpg")

    with django_assert_num_queries(len(one)):
        office.get(page_of(unit))


# --- writing off ----------------------------------------------------------------------------------------------


def test_write_off_asks_first_and_names_what_it_could_not_do(office: Client) -> None:
    worn, waiting = make_accepted(condition=GoodsCondition.WORN), make_unit(condition="WORN")
    address = f"{reverse(WRITE_OFF)}?ids={worn.pk},{waiting.pk},x"

    asked = office.get(address)
    empty = office.post(address, {"reason": " "})
    done = office.post(address, {"reason": "giyilmiş"})

    assert (asked.status_code, empty.status_code, done.status_code) == (200, 200, 302)
    assert list(StockMovement.objects.order_by("pk").values_list("kind", "reason")) == [
        ("RETURN", "giyilmiş"),
        ("WRITE_OFF", "giyilmiş"),
    ]
    assert [waiting.barcode in text for text in texts(done)] == [False, True]


def test_pages_that_ask_say_so_when_nothing_was_chosen(office: Client) -> None:
    for ids in ("", "0", "abc", "9" * 40):
        response = office.get(f"{reverse(WRITE_OFF)}?ids={ids}")
        assert (response.status_code, response.context["rows"]) == (200, [])


def test_ticked_rows_lead_to_the_page_that_asks(office: Client) -> None:
    unit = make_accepted(condition="WORN")

    response = office.post(reverse(LIST), {"action": "write_off", "_selected_action": [unit.pk]})

    assert response["Location"] == f"{reverse(WRITE_OFF)}?ids={unit.pk}"


# --- statistics -----------------------------------------------------------------------------------------------


@pytest.fixture
def season() -> Span:
    """Of model 0172: 10 pairs sold in 37, 4 in 38, 3 returned; of 0200: 5 sold, 1 returned; in the last 30 days."""
    today = timezone.localdate()
    span = Span(today - timedelta(days=29), today)
    at = timezone.now() - timedelta(days=5)
    product, other = make_product("0172"), make_product("0200")
    in_37 = make_variant(product=product, size="37")
    in_38 = make_variant(product=product, size="38")
    second = make_variant(product=other, size="37")
    for variant, pairs in ((in_37, 10), (in_38, 4), (second, 5)):
        make_order([(variant, pairs)], status=OrderState.DELIVERED, ordered_at=at)
    make_order([(in_37, 7)], status=OrderState.CANCELLED, ordered_at=at)
    make_order([(in_37, 7)], status=OrderState.DELIVERED, ordered_at=at - timedelta(days=60))
    old = {"order": make_order([], status=OrderState.DELIVERED, ordered_at=at - timedelta(days=60))}
    make_unit(in_37, claimed_at=at, **old)
    make_unit(in_37, claimed_at=at, reason_id=551, reason="Bedeni büyük geldi", **old)
    make_accepted(in_38, claimed_at=at, **old)
    make_unit(second, claimed_at=at, reason_id=401, reason="Vazgeçtim", **old)
    make_unit(in_37, claimed_at=at, status=Status.CANCELLED, **old)
    make_unit(in_37, claimed_at=at, status=Status.REJECTED, **old)
    make_unit(in_37, claimed_at=at - timedelta(days=60), **old)
    return span


def test_statistics_count_pairs_by_model_size_and_reason(
    season: Span, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        found = return_statistics(span=season)

    assert (found.total.sold, found.total.returned, found.total.rate) == (19, 4, Decimal("21.1"))
    assert [(row.name, row.sold, row.returned, row.too_small, row.too_large) for row in found.models] == [
        ("0172", 14, 3, 2, 1),
        ("0200", 5, 1, 0, 0),
    ]
    assert [(row.name, row.sold, row.returned) for row in found.sizes] == [("37", 15, 3), ("38", 4, 1)]
    assert [(row.reason_id, row.count, row.share) for row in found.reasons] == [
        (501, 2, Decimal("50.0")),
        (551, 1, Decimal("25.0")),
        (401, 1, Decimal("25.0")),
    ] or [row.reason_id for row in found.reasons] == [501, 401, 551]


def test_statistics_of_one_model_leave_the_others_out(season: Span) -> None:
    product_id = make_unit_product("0172")

    found = return_statistics(span=season, product_id=product_id)

    assert [row.name for row in found.models] == ["0172"]
    assert (found.total.sold, found.total.returned) == (14, 3)


def make_unit_product(code: str) -> int:
    unit = ReturnUnit.objects.filter(variant__product__code=code).first()
    assert unit is not None
    assert unit.variant is not None
    return unit.variant.product_id


def test_last_day_of_a_span_counts_and_the_next_does_not() -> None:
    span = Span(date(2026, 11, 1), date(2026, 11, 30))
    make_unit(claimed_at=span.end - timedelta(seconds=1))
    make_unit(claimed_at=span.end)

    assert return_statistics(span=span).total.returned == 1


def test_nothing_sold_has_no_rate() -> None:
    assert (percent(0, 0), percent(1, 3)) == (None, Decimal("33.3"))
    assert return_statistics(span=Span(date(2026, 1, 1), date(2026, 1, 2))).models == ()


def test_statistics_page_leads_to_exactly_the_units_it_counted(office: Client, season: Span) -> None:
    response = office.get(reverse(STATISTICS), {"days": "30"})

    model = response.context["models"][0]
    size = response.context["sizes"][0]
    reason = next(bar for bar in response.context["reasons"] if bar.figure.reason_id == 551)
    found = [len(office.get(bar.units).context["cl"].result_list) for bar in (model, size, reason)]
    assert found == [3, 3, 1]
    assert len(office.get(response.context["units"]).context["cl"].result_list) == 4
    inside = office.get(reverse(STATISTICS) + model.inside)
    assert (inside.context["product"].code, inside.context["figures"].total.returned) == ("0172", 3)


def test_statistics_page_takes_a_constant_number_of_queries(
    office: Client, season: Span, django_assert_num_queries: Any
) -> None:
    office.get(reverse(STATISTICS), {"days": "7"})
    with CaptureQueriesContext(connection) as few:
        office.get(reverse(STATISTICS), {"days": "7"})
    for _number in range(3):
        make_unit()

    with django_assert_num_queries(len(few)):
        office.get(reverse(STATISTICS), {"days": "365"})


@pytest.mark.parametrize(
    "query",
    [
        {"from": "x", "to": "2026-11-01"},
        {"from": "32.13.2026", "to": "01.11.2026"},
        {"days": "-5"},
        {"model": "x"},
        {"model": "999999"},
        {"from": "30.11.2026", "to": "01.11.2026"},
    ],
)
def test_statistics_page_answers_wrong_input_in_words(office: Client, query: dict[str, str]) -> None:
    response = office.get(reverse(STATISTICS), query)

    assert response.status_code == 200
    assert len(texts(response)) == (0 if query == {"days": "-5"} else 1)


def test_analyst_with_the_right_reads_the_statistics(season: Span) -> None:
    client = Client()
    user = make_user(ANALYST)
    user.user_permissions.set(_staff_with("view_returnunit").user_permissions.all())
    client.force_login(allow(user))

    assert client.get(reverse(STATISTICS)).status_code == 200
