from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any

import pghistory
import pytest
from axes.models import AccessAttempt
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from analytics.models import Insight
from gullu.audit.foreign import Work
from gullu.audit.services import record
from gullu.locks import advisory_lock
from gullu.models import Activity, CarrierLabel, JobRun
from gullu.origin import Origin, Source, coming_from
from gullu.privacy import services
from gullu.privacy.append_only import append_only_lifted
from gullu.privacy.definition import retentions
from gullu.privacy.services import LOCK, anonymize_customers
from gullu.roles import MANAGER
from orders.enums import EventKind, OrderState
from orders.models import Order, OrderDocument, OrderEvent, ReturnPhoto, ReturnUnit
from orders.services import timeline
from tests.factories import make_order, make_product, make_user
from tests.faults.dying import run_and_die
from tests.orders.incoming import apply, line, package
from tests.privacy.planted import DISTRICT, MARKS, NAME, NOTE, PHONE, STREET, places_of, plant

pytestmark = pytest.mark.django_db


def run() -> dict[str, Any]:
    return anonymize_customers(trigger=JobRun.Trigger.COMMAND).as_dict()


def old(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def test_after_its_time_nothing_of_a_customer_is_left_in_any_table() -> None:
    order = plant(ordered_at=old(800))
    assert {mark for _table, mark in places_of(*MARKS)} == set(MARKS)

    run()

    assert places_of(*MARKS) == set()
    order.refresh_from_db()
    assert order.anonymized_at is not None
    assert ReturnUnit.objects.filter(order_number=order.order_number).count() == 2


def test_statistics_stay_as_they_were() -> None:
    order = plant(ordered_at=old(800))
    columns = ("order_number", "city", "status", "total_amount", "ordered_at", "cargo_provider")
    before = Order.objects.values(*columns, "lines__barcode", "lines__quantity", "lines__total").get(
        pk=order.pk
    )

    run()

    after = Order.objects.values(*columns, "lines__barcode", "lines__quantity", "lines__total").get(
        pk=order.pk
    )
    assert (after, order.total_amount > Decimal(0)) == (before, True)


def test_what_is_younger_or_still_open_is_left_alone() -> None:
    young = plant(ordered_at=old(700))
    still_open = plant(ordered_at=old(800), status=OrderState.CREATED)

    figures = run()

    names = Order.objects.filter(pk__in=[young.pk, still_open.pk]).values_list(
        "customer_first_name", flat=True
    )
    assert (figures["cleaned"]["personal_orders"], list(names)) == (0, [NAME, NAME])


def test_messages_and_labels_go_earlier_than_names() -> None:
    order = plant(ordered_at=old(100))

    run()

    order.refresh_from_db()
    assert (order.payload, order.customer_first_name) == ({}, NAME)
    assert not CarrierLabel.objects.filter(cargo_number=order.cargo_tracking_number).exists()


def test_pictures_and_invoices_go_with_their_files() -> None:
    order = plant(ordered_at=old(4000))
    ReturnPhoto.objects.update(created_at=old(800))
    link = "https://fatura.example/perihan"
    OrderDocument.objects.update(created_at=old(4000), link=link)
    timeline.note(order.pk, EventKind.INVOICED, user=None, data={"number": "GIB1", "link": link})
    files = [ReturnPhoto.objects.get().image.name, OrderDocument.objects.get().file.name]
    assert all(map(default_storage.exists, files))

    run()

    assert not any(map(default_storage.exists, files))
    assert not ReturnPhoto.objects.filter(unit__order=order).exists()
    assert not OrderDocument.objects.filter(order=order).exists()
    assert places_of(link, str(files[1])) == set()


def test_what_is_noted_of_a_return_after_its_order_was_emptied_goes_as_well() -> None:
    order = plant(ordered_at=old(900))
    run()
    ReturnUnit.objects.update(inspection_note=NOTE, claimed_at=old(800))

    run()

    assert (places_of(NOTE), ReturnUnit.objects.filter(order=order).count()) == (set(), 1)


def test_the_marketplace_cannot_bring_it_back() -> None:
    apply(package(77, line("X1"), state=OrderState.DELIVERED))
    order = Order.objects.get(package_id=77)
    Order.objects.filter(pk=order.pk).update(ordered_at=old(800))
    run()

    details = {"customer_first_name": NAME, "shipment_address": {"phone": PHONE}, "city": "Bursa"}
    apply(
        package(77, line("X1"), state=OrderState.RETURNED, minute=5, details=details, payload={"a": STREET})
    )

    order.refresh_from_db()
    assert order.status == OrderState.RETURNED
    assert (order.city, places_of(NAME, PHONE, STREET)) == ("Bursa", set())


def test_many_rows_are_done_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    for _number in range(5):
        make_order(status=OrderState.DELIVERED, ordered_at=old(800))

    figures = run()

    assert (figures["cleaned"]["personal_orders"], Order.objects.filter(anonymized_at=None).count()) == (5, 0)


def test_a_step_costs_the_same_for_one_order_and_for_many(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    kind = next(kind for kind in retentions() if kind.code == "ORDERS")
    plant(ordered_at=old(800))
    with django_assert_max_num_queries(40) as one:
        kind.clean(kind.before(timezone.now()), 100)
    for _number in range(6):
        plant(ordered_at=old(800))

    with django_assert_num_queries(len(one)):
        kind.clean(kind.before(timezone.now()), 100)


def test_a_kind_that_fails_is_said_and_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(ordered_at=old(800))
    ReturnPhoto.objects.update(created_at=old(800))
    monkeypatch.setattr(default_storage, "delete", _disk_is_gone)

    figures = run()

    assert (figures["outcome"], places_of(DISTRICT)) == ("FAILED", set())
    assert JobRun.objects.get(name="anonymize_customers").state == JobRun.State.FAILED
    assert "Input/output error" in figures["failed"]
    assert ReturnPhoto.objects.count() == 1


def _disk_is_gone(_name: str) -> None:
    raise OSError(5, "Input/output error")


@pytest.mark.django_db(transaction=True)
def test_a_second_run_at_the_same_time_does_nothing() -> None:
    with advisory_lock(LOCK):
        assert run()["outcome"] == "ALREADY_RUNNING"


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("step", [6, 12, 18])
def test_a_run_that_is_killed_is_finished_by_the_next(step: int) -> None:
    plant(ordered_at=old(800))

    assert run_and_die(run, die_at=step)
    run()

    assert places_of(*MARKS) == set()


def test_the_command_says_how_much_it_did() -> None:
    plant(ordered_at=old(800))
    out = StringIO()

    call_command("anonymize_customers", stdout=out)

    # The order and that of its exchange, a refusal, and a return nobody knows the order of.
    assert out.getvalue().split()[0] == "4"
    assert places_of(NAME) == set()


def test_a_history_can_be_changed_in_this_way_only() -> None:
    order = plant()
    change = partial(OrderEvent.objects.filter(order=order).update, data={})

    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    with transaction.atomic(), append_only_lifted(OrderEvent):
        assert change() > 0
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_where_staff_worked_from_is_forgotten_in_time() -> None:
    person = make_user(MANAGER)
    where = Origin(
        source=Source.WEB, reference="r" * 12, name="/x", address="203.0.113.77", device="Kahverengi"
    )
    with coming_from(where), pghistory.context(address="203.0.113.77", device="Kahverengi", user=person.pk):
        record(Activity.Kind.EXPORTED, actor=person)
        make_product(code="K1")
    with transaction.atomic(), append_only_lifted(Activity, Work), connection.cursor() as cursor:
        cursor.execute("UPDATE gullu_activity SET at = at - interval '800 days'")
        cursor.execute("UPDATE pghistory_context SET created_at = created_at - interval '800 days'")
    AccessAttempt.objects.create(username="x", ip_address="203.0.113.77", failures_since_start=1)
    AccessAttempt.objects.update(attempt_time=old(800))
    assert len({table for table, _mark in places_of("203.0.113.77")}) == 3

    run()

    assert places_of("203.0.113.77", "Kahverengi") == set()
    assert [row.actor_id for row in Activity.objects.all()] == [person.pk]


def test_insights_are_not_kept_for_ever() -> None:
    person = make_user(MANAGER)
    for days in (1, 800):
        Insight.objects.create(
            kind=Insight.Kind.QUESTION, question="?", asked_at=old(days), asked_by=person, answer=str(days)
        )

    run()

    assert list(Insight.objects.values_list("answer", flat=True)) == ["1"]
