"""Who changed what, when and from where: kept by the database, never changed, found again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pgtrigger
import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from catalog.models import Product, SizeChart, Variant
from gullu.audit.asked import HistoryForm
from gullu.audit.books import books
from gullu.audit.searching import Place, Wanted, find
from gullu.audit.telling import tell
from gullu.audit.work import announced, begin_task, command, end_task, work
from gullu.jobs import record_run
from gullu.models import Activity, JobRun, User
from gullu.origin import Origin, Source, current
from gullu.roles import ANALYST, MANAGER, OFFICE
from orders.models import Order
from tests.factories import make_order, make_product, make_shelf, make_superuser, make_user, make_variant

pytestmark = pytest.mark.django_db


def told(wanted: Wanted, *, money: bool = True) -> list[Any]:
    return tell(find(wanted).rows, money=money)


def of(record: Any) -> Wanted:
    label = record._meta.label_lower
    return Wanted(objects=((label, "pgh_obj_id", (record.pk,)),))


def fields(one: Any) -> dict[str, tuple[str, str]]:
    return {field.label: (field.old, field.new) for field in one.fields}


# --- kept --------------------------------------------------------------------------------------------------------


def test_a_bulk_update_is_kept_with_old_and_new_of_each_record() -> None:
    variants = [make_variant(sale_price=Decimal("500.00")) for _number in range(2)]

    Variant.objects.filter(pk__in=[one.pk for one in variants]).update(sale_price=Decimal("510.5"))

    newest = [told(of(one))[0] for one in variants]
    label = str(Variant._meta.get_field("sale_price").verbose_name)
    assert [fields(one)[label] for one in newest] == [("500,00", "510,50")] * 2


def test_a_record_that_arrives_by_the_thousand_is_kept_as_it_was() -> None:
    """The first change of an order has its old value, although nothing was written when it arrived."""
    order = make_order(box_count=1)
    label = str(Order._meta.get_field("box_count").verbose_name)

    Order.objects.filter(pk=order.pk).update(box_count=2)
    Order.objects.filter(pk=order.pk).update(box_count=3)

    assert [fields(one)[label] for one in told(of(order))] == [("2", "3"), ("1", "2")]


def test_what_was_deleted_says_what_it_was() -> None:
    chart = SizeChart.objects.create(name="Bot", note="Dar")
    key = chart.pk

    chart.delete()

    ended, began = told(Wanted(objects=(("catalog.sizechart", "pgh_obj_id", (key,)),)))
    assert (ended.ended, ended.what, began.began, began.what) == (True, "Bot", True, "Bot")
    assert fields(ended) == {label: (new, "") for label, (_old, new) in fields(began).items()}


def test_no_password_and_no_sign_in_is_kept() -> None:
    kept = {field.name for field in books()["gullu.user"].fields()}

    assert kept & {"password", "last_login"} == set()


# --- who and where -----------------------------------------------------------------------------------------------


def test_a_page_names_person_address_device_and_request(client: Client) -> None:
    owner = make_superuser()
    client.force_login(owner)
    chart = SizeChart.objects.create(name="Bot")
    values = {"name": "Çizme", "note": "", "rows-TOTAL_FORMS": 0, "rows-INITIAL_FORMS": 0}

    response = client.post(
        reverse("admin:catalog_sizechart_change", args=[chart.pk]),
        values,
        headers={"X-Request-ID": "request-0815", "User-Agent": "Zebra TC22"},
        REMOTE_ADDR="192.168.1.20",
    )

    assert response.status_code == 302
    newest = told(of(chart))[0]
    assert (newest.who, newest.address, newest.device, newest.reference) == (
        owner.username,
        "192.168.1.20",
        "Zebra TC22",
        "request-0815",
    )
    assert newest.place == reverse("admin:catalog_sizechart_change", args=[chart.pk])


def test_a_run_is_a_piece_of_work_of_its_own_and_names_its_person() -> None:
    first, second, person = make_shelf(), make_shelf(), make_user(OFFICE)

    for shelf, name in ((first, "sync_orders"), (second, "read_rates")):
        with record_run(name, trigger=JobRun.Trigger.STAFF, actor=person):
            type(shelf).objects.filter(pk=shelf.pk).update(route_order=77)
            origin = current()
            assert origin is not None
            assert (origin.source, origin.name) == (Source.JOB, name)

    found = [find(of(shelf)).rows[0].work for shelf in (first, second)]
    assert [(one["job"], one["user"]) for one in found] == [
        ("sync_orders", person.pk),
        ("read_rates", person.pk),
    ]
    assert found[0]["run"] != found[1]["run"]
    assert current() is None


def test_work_inside_other_work_keeps_its_origin_and_gives_it_back() -> None:
    shelf = make_shelf()
    page = Origin(source=Source.WEB, reference="page-0001", name="/x/", address="10.0.0.1")

    with announced(page, user=5):
        with work(job="inner"):
            type(shelf).objects.filter(pk=shelf.pk).update(route_order=1)
        type(shelf).objects.filter(pk=shelf.pk).update(route_order=2)

    outer, inner = (row.work for row in find(of(shelf)).rows[:2])
    assert (inner["job"], inner["reference"], inner["user"]) == ("inner", "page-0001", 5)
    assert "job" not in outer


def test_a_task_of_the_worker_is_announced() -> None:
    shelf = make_shelf()

    begin_task(task={"id": "abc123", "func": "orders.tasks.sync_orders_job", "kwargs": {"actor_id": 9}})
    type(shelf).objects.filter(pk=shelf.pk).update(route_order=5)
    end_task()

    kept = find(of(shelf)).rows[0].work
    assert kept == {"source": "JOB", "reference": "abc123", "place": "sync_orders_job", "user": 9}
    assert current() is None


def test_a_command_is_announced() -> None:
    shelf = make_shelf()

    with command(["manage.py", "setup_roles"]):
        type(shelf).objects.filter(pk=shelf.pk).update(route_order=5)
    with command(["manage.py", "migrate"]):
        assert current() is None

    kept = find(of(shelf)).rows[0].work
    assert (kept["source"], kept["place"]) == ("COMMAND", "setup_roles")


def test_a_request_that_changes_nothing_costs_no_statement(client: Client) -> None:
    client.force_login(make_superuser())
    works = _count("pghistory_context")
    client.get(reverse("audit:history"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("audit:history"))

    assert [one for one in queries.captured_queries if "set_config" in one["sql"]] == []
    assert _count("pghistory_context") == works


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


# --- only added to -----------------------------------------------------------------------------------------------


def test_no_history_can_be_changed_or_emptied() -> None:
    tables = [*(book.table for book in books().values()), "gullu_activity"]

    for table in tables:
        for statement in (f"UPDATE {table} SET {_column(table)} = NULL", f"DELETE FROM {table}"):
            _refused(statement)
        _refused(f"TRUNCATE {table}")


def _column(table: str) -> str:
    return "name" if table == "gullu_activity" else "pgh_label"


def _refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"only ever added to|Cannot (update|delete|truncate)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_piece_of_work_is_completed_by_its_own_changes_only() -> None:
    shelf = make_shelf()
    with work(user=1):
        type(shelf).objects.filter(pk=shelf.pk).update(route_order=1)

    for statement in (
        "UPDATE pghistory_context SET metadata = '{}'",
        "DELETE FROM pghistory_context",
        "TRUNCATE pghistory_context CASCADE",
    ):
        _refused(statement)
    assert find(of(shelf)).rows[0].work == {"user": 1}


def test_logs_that_are_their_own_history_cannot_be_changed() -> None:
    order = make_order()
    order.events.create(kind="NOTE", source="HERE", at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE is refused for what waits

    for statement in (
        "UPDATE orders_orderevent SET kind = 'NOTE'",
        "DELETE FROM orders_orderevent",
        "TRUNCATE orders_orderevent",
        "TRUNCATE inventory_stockmovement",
        "TRUNCATE inventory_scanlog",
    ):
        _refused(statement)


def test_a_table_is_opened_by_its_name_alone() -> None:
    """The one way for what the law wants erased; everything else stays closed meanwhile."""
    order = make_order(customer_first_name="Ayşe")
    Order.objects.filter(pk=order.pk).update(customer_first_name="")
    history = books()["orders.order"].model

    with pgtrigger.ignore("orders.OrderHistory:append_only"):
        history._default_manager.filter(pgh_obj_id=order.pk).update(customer_first_name="")  # type: ignore[misc]
        _refused("DELETE FROM orders_orderlinehistory")

    assert find(of(order)).rows[0].row["customer_first_name"] == ""


# --- found again -------------------------------------------------------------------------------------------------


def test_changes_are_found_by_record_person_day_address_and_request() -> None:
    mine, yours = make_user(OFFICE), make_user(OFFICE)
    first, second = make_product("K-100"), make_product("K-200")
    with announced(_page("request-1", "10.0.0.1"), user=mine.pk):
        Product.objects.filter(pk=first.pk).update(title="Bot")
    with announced(_page("request-2", "10.0.0.2"), user=yours.pk):
        Product.objects.filter(pk=second.pk).update(title="Çizme")

    def found(**asked: Any) -> list[str]:
        return [one.what for one in told(Wanted(kind="catalog.product", **asked)) if not one.began]

    today = timezone.now()
    assert found(person=mine.pk) == ["K-100"]
    assert found(address="10.0.0.2") == ["K-200"]
    assert found(reference="request-1") == ["K-100"]
    assert set(found(since=today - timedelta(days=1))) == {"K-100", "K-200"}
    assert found(since=today + timedelta(days=1)) == []
    assert found(until=today - timedelta(days=1)) == []
    assert told(of(first))[0].what == "K-100"


def _page(reference: str, address: str) -> Origin:
    return Origin(source=Source.WEB, reference=reference, name="/x/", address=address)


@pytest.mark.parametrize("by_person", [False, True])
def test_pages_follow_each_other_without_a_gap(by_person: bool) -> None:
    shelf, product = make_shelf(), make_product()
    with work(user=3):
        for number in range(4):
            type(shelf).objects.filter(pk=shelf.pk).update(route_order=number + 1)
            Product.objects.filter(pk=product.pk).update(title=f"Bot {number}")
    with work(user=3):
        Product.objects.filter(pk=product.pk).update(title="Çizme")
    wanted = (
        Wanted(person=3)
        if by_person
        else Wanted(
            objects=(
                ("catalog.product", "pgh_obj_id", (product.pk,)),
                ("inventory.shelf", "pgh_obj_id", (shelf.pk,)),
            )
        )
    )
    whole = [(one.book.label, one.key) for one in find(wanted, most=100).rows]

    place: Place | None = None
    paged: list[tuple[str, int]] = []
    for _page_number in range(20):
        page = find(wanted, after=place, most=2)
        paged += [(one.book.label, one.key) for one in page.rows]
        place = page.next
        if place is None:
            break

    assert len(whole) == (9 if by_person else 11)
    assert paged == whole


def test_customers_are_never_told_and_amounts_only_to_who_may_see_them() -> None:
    order = make_order(customer_first_name="Ayşe", total_amount=Decimal("100.00"))
    Order.objects.filter(pk=order.pk).update(customer_first_name="Fatma", total_amount=Decimal("90.00"))
    name, total = (
        str(Order._meta.get_field(column).verbose_name) for column in ("customer_first_name", "total_amount")
    )

    [with_money] = told(of(order))
    [without] = told(of(order), money=False)

    assert fields(with_money) == {name: ("•••", "•••"), total: ("100,00", "90,00")}
    assert fields(without) == {name: ("•••", "•••")}


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_page_finds_by_words_and_takes_the_same_statements_for_more(client: Client) -> None:
    client.force_login(make_superuser())
    product = make_product("K-900")
    variants = [make_variant(product=product, size=str(36 + number)) for number in range(3)]
    address = reverse("audit:history")

    def statements(query: dict[str, Any]) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address, query)
        assert page.status_code == 200
        return len(queries), page.content.decode()

    few, page = statements({"q": "K-900"})
    for one in variants:
        Variant.objects.filter(pk=one.pk).update(safety_buffer=3, stock_code="X")
        make_shelf()
    many, _page = statements({"q": "K-900"})

    assert all(one.barcode in page for one in variants)
    assert few == many
    assert statements({})[0] == many - 1


def test_the_last_day_of_all_is_a_day(client: Client) -> None:
    client.force_login(make_superuser())

    pages = [
        client.get(reverse("audit:history"), {"first": "01.01.0001", "last": "31.12.9999"}),
        client.get(reverse("admin:gullu_activity_changelist"), {"at_from": "", "at_to": "31.12.9999"}),
    ]

    assert [page.status_code for page in pages] == [200, 200]


def test_a_word_is_looked_for_only_where_it_names_a_record() -> None:
    """A barcode names no order line: finding some of a million would be slow, and tell nothing."""
    order = make_order([(make_variant(barcode="B-1"), 1)])
    form = HistoryForm({"q": "B-1"})
    line = HistoryForm({"q": "B-1", "kind": "orders.orderline"})

    assert (form.is_valid(), line.is_valid()) == (True, True)
    assert {book for book, _column, _keys in form.wanted().objects or ()} == {
        "catalog.variant", "catalog.barcodealias", "catalog.bundlepart",
    }  # fmt: skip
    assert line.wanted().objects == (("orders.orderline", "pgh_obj_id", (order.lines.get().pk,)),)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"address": "buradan"}, "buradan"),
        ({"first": "32.13.2026"}, "25.10.2026"),
        ({"after": "gestern|x"}, 'role="alert"'),
        ({"after": "2026-01-01T00:00:00+00:00||catalog.product|x"}, 'role="alert"'),
        ({"kind": "orders.nothing"}, 'role="alert"'),
        ({"key": "x"}, ""),
    ],
)
def test_wrong_input_is_answered_in_words(client: Client, query: dict[str, str], sentence: str) -> None:
    client.force_login(make_superuser())

    page = client.get(reverse("audit:history"), query)

    assert page.status_code == 400
    assert sentence in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [(MANAGER, 200), (OFFICE, 403), (ANALYST, 403)])
def test_only_who_may_see_the_history_opens_it(client: Client, role: str, status: int) -> None:
    client.force_login(make_user(role))

    assert client.get(reverse("audit:history")).status_code == status
    assert client.get(reverse("admin:gullu_activity_changelist")).status_code == status


def test_the_button_of_a_record_shows_its_history_and_that_of_its_parts(client: Client) -> None:
    client.force_login(make_superuser())
    product = make_product()
    variant = make_variant(product=product)
    Variant.objects.filter(pk=variant.pk).update(stock_code="RAF-7")

    page = client.get(reverse("admin:catalog_product_history", args=[product.pk])).content.decode()

    assert variant.barcode in page
    assert "RAF-7" in page

    page = client.get(reverse("admin:orders_order_history", args=[make_order().pk])).content.decode()
    assert _("Nothing has changed here since changes are kept.") in page


def test_the_button_shows_others_only_what_the_pages_noted(client: Client) -> None:
    client.force_login(make_user(OFFICE))
    product = make_product()
    Product.objects.filter(pk=product.pk).update(title="Gizli başlık")

    page = client.get(reverse("admin:catalog_product_history", args=[product.pk]))

    assert page.status_code == 200
    assert "Gizli başlık</strong>" not in page.content.decode()


def test_the_workbook_holds_what_was_found_and_is_written_down(client: Client) -> None:
    owner = make_superuser()
    client.force_login(owner)
    make_product("K-901")

    response = client.get(reverse("audit:history"), {"q": "K-901", "as": "xlsx"})

    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[0]  # type: ignore[attr-defined]
    assert [row[6] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["K-901"]
    noted = Activity.objects.get(kind=Activity.Kind.EXPORTED)
    assert noted.actor == owner
    assert noted.details == {
        "file": noted.details["file"],
        "what": "audit:history",
        "rows": 1,
        "filters": {"q": "…"},
    }


# --- rights ------------------------------------------------------------------------------------------------------


def test_a_changed_role_is_an_activity_and_in_the_history(client: Client) -> None:
    owner, person = make_superuser(), make_user(OFFICE, username="ayse")
    client.force_login(owner)
    values = {
        "username": "ayse",
        "is_active": "on",
        "is_staff": "on",
        "groups": [Group.objects.get(name=MANAGER).pk],
    }

    response = client.post(reverse("admin:gullu_user_change", args=[person.pk]), values)

    assert response.status_code == 302
    noted = Activity.objects.get(kind=Activity.Kind.RIGHTS_CHANGED)
    assert (noted.actor, noted.subject) == (owner, "ayse")
    assert (noted.details["given"], noted.details["taken"]) == ([MANAGER], [OFFICE])
    found = find(Wanted(objects=(("gullu.membership", "user_id", (person.pk,)),))).rows
    assert [(one.label, one.work.get("user")) for one in found][:2] in (
        [("insert", owner.pk), ("delete", owner.pk)],
        [("delete", owner.pk), ("insert", owner.pk)],
    )


def test_rights_given_past_the_pages_are_in_the_history() -> None:
    person = make_user()

    person.groups.add(Group.objects.get(name=OFFICE))

    [row] = told(Wanted(objects=(("gullu.membership", "user_id", (person.pk,)),)))
    assert (row.began, row.what) == (True, f"{person.username} · {OFFICE}")
    # The table between two others: its sides are called what they are elsewhere.
    names = (str(model._meta.verbose_name) for model in (User, Group))
    assert list(fields(row)) == list(names)


def test_setting_the_roles_up_writes_down_what_it_changed() -> None:
    Group.objects.get(name=OFFICE).permissions.remove(
        *Group.objects.get(name=OFFICE).permissions.filter(codename="view_money")
    )

    call_command("setup_roles")
    call_command("setup_roles")

    noted = Activity.objects.get(kind=Activity.Kind.RIGHTS_CHANGED)
    assert (noted.subject, noted.details) == (OFFICE, {"given": ["gullu.view_money"], "taken": []})


def test_activities_are_listed_by_person_kind_day_and_text(client: Client) -> None:
    owner = make_superuser()
    client.force_login(owner)
    for number in range(3):
        Activity.objects.create(
            at=timezone.now(), kind="EXPORTED", actor=owner, details={"what": f"tablo{number}", "rows": 2}
        )
    address = reverse("admin:gullu_activity_changelist")

    def page(**query: Any) -> str:
        return client.get(address, query).content.decode()

    assert page(q=owner.username).count("tablo") == 3
    assert page(q="nobody").count("tablo") == 0
    assert page(kind__exact="UNMASKED").count("tablo") == 0
    assert page(actor__id__exact=owner.pk).count("tablo") == 3
    day, later = timezone.localdate(), timezone.localdate() + timedelta(days=2)
    assert page(at_from=f"{day:%d.%m.%Y}").count("tablo") == 3
    assert page(at_from=f"{later:%d.%m.%Y}").count("tablo") == 0
