"""From a file to what holds: added up, compared, applied, repeated, undone; rates asked for by day and price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from analytics.commissions.applying import apply_import, drop_import, renew_preview, undo_import
from analytics.commissions.errors import (
    FileGone,
    ImportNotFound,
    LaterImport,
    NoRows,
    NotApplied,
    NothingValid,
    NotWaiting,
    PreviewOutdated,
    RowsWrong,
)
from analytics.commissions.rates import commission_rate
from analytics.commissions.reading import open_import, queue_import, read_import
from analytics.models import CommissionImport, CommissionImportRow, CommissionRate, OrderCommission
from analytics.tasks import read_commissions_job
from gullu.models import JobRun
from orders.models import Order
from tests.analytics.commissionkit import (
    ACCOUNTS,
    DAY,
    TARIFF,
    all_rates,
    apply,
    counts,
    errors_of,
    money,
    now_charged,
    read,
    rows_of,
    states,
    text,
    workbook,
)
from tests.factories import make_order, make_product, make_user, make_variant

pytestmark = pytest.mark.django_db

FIRST, SECOND = "10452345678", "10452345679"


def tariff(*rows: Any, headings: Any = TARIFF) -> BytesIO:
    return workbook(*rows, headings=headings)


def rate_of(price: str, on: date, *, barcode: str = "868", category: str = "") -> Decimal | None:
    return commission_rate(barcode=barcode, category=category, price=Decimal(price), on=on)


# --- accounts -----------------------------------------------------------------------------------------------------


def test_rows_of_one_order_are_added_up_with_their_sign() -> None:
    content = workbook(
        (10452345678.0, 19.005, 100, 5, "25.10.2026"),
        (SECOND, "-3,50", "-50,00", None, None),
        ("10452345678.0", "-4,75", "(25,00)", -1, "24.10.2026"),
        (FIRST, "0,10", "1.000,00", "0", "2026-10-26"),
    )

    result = read(content)

    assert (result.kind, result.rows, counts(result)) == ("ACCOUNTS", 4, (2, 0, 0, 0, 0))
    first, second = rows_of(result)
    # 14.355 is rounded once, after the sum: half up.
    assert (first.row_number, first.new_value, first.new_amount, first.new_discount) == (
        2,
        *money("14.36", "1075", "4"),
    )
    assert (first.order_date, second.order_date) == (date(2026, 10, 24), None)
    assert (second.new_value, second.new_amount, second.new_discount) == money("-3.50", "-50", "0")


def test_preview_writes_nothing_and_applying_writes_what_it_showed() -> None:
    content = workbook((FIRST, 19, 100, 5, "25.10.2026"))

    result = read(content)
    before = now_charged()
    applied = apply_import(import_id=result.import_id, only_valid=False, user=make_user(username="ayse"))

    assert (result.outcome, before) == ("PREVIEW", {})
    assert (applied.state, applied.new, now_charged()) == ("APPLIED", 1, {FIRST: money("19", "100", "5")})
    file = CommissionImport.objects.get()
    assert (file.applied_by.username, file.only_valid, file.sheet) == ("ayse", False, "Hesap")


def test_dates_of_orders_are_never_touched() -> None:
    order = make_order([(make_variant(), 1)], order_number=FIRST)
    before = Order.objects.filter(pk=order.pk).values().get()

    apply(workbook((FIRST, 19, 100, 5, "01.01.2020")))

    assert Order.objects.filter(pk=order.pk).values().get() == before
    assert OrderCommission.objects.get().order_date == date(2020, 1, 1)


def test_preview_shows_old_and_new_of_each_order() -> None:
    apply(workbook((FIRST, 19, 100, 5, None), (SECOND, 1, 2, 3, None)))

    result = read(
        workbook((FIRST, 20, 110, 5, None), (SECOND, 1, 2, 3, None), ("10452345680", 7, 8, 9, None))
    )

    shown = [
        (row.name, row.outcome, row.old_value, row.new_value, row.old_amount, row.new_amount)
        for row in rows_of(result)
    ]
    assert counts(result) == (1, 1, 0, 1, 0)
    assert shown == [
        (FIRST, "CHANGED", *money("19", "20", "100", "110")),
        (SECOND, "SAME", *money("1", "1", "2", "2")),
        ("10452345680", "NEW", None, Decimal(7), None, Decimal(8)),
    ]


def test_same_file_again_changes_nothing() -> None:
    content = workbook((FIRST, 19, 100, 5, "25.10.2026"), (SECOND, 1, 2, 3, None))
    apply(content)
    kept = list(OrderCommission.objects.order_by("pk").values())

    again = apply(content)

    assert (again.state, states()) == ("UNCHANGED", ["APPLIED", "UNCHANGED"])
    assert list(OrderCommission.objects.order_by("pk").values()) == kept


def test_later_file_replaces_what_holds_and_keeps_the_history() -> None:
    first, second = apply(workbook((FIRST, 19, 100, 5, None))), apply(workbook((FIRST, 20, 100, 5, None)))

    assert now_charged() == {FIRST: money("20", "100", "5")}
    history = OrderCommission.objects.order_by("pk").values_list(
        "commission", "commission_import", "replaced_by"
    )
    assert list(history) == [
        (Decimal(19), first.import_id, second.import_id),
        (Decimal(20), second.import_id, None),
    ]


def test_discount_the_file_does_not_have_stays_what_it_was() -> None:
    apply(workbook((FIRST, 19, 100, 5, None)))
    without = ("Sipariş No", "Komisyon", "Sipariş Tutarı")

    same = read(workbook((FIRST, 19, 100), headings=without))
    apply(workbook((FIRST, 21, 100), (SECOND, 1, 2), headings=without))

    assert counts(same) == (0, 0, 0, 1, 0)
    assert now_charged() == {FIRST: money("21", "100", "5"), SECOND: money("1", "2", "0")}


def test_order_with_one_wrong_row_is_wrong_as_a_whole() -> None:
    content = workbook(
        (FIRST, 19, 100, 5, None),
        (SECOND, 1, 2, 3, None),
        (FIRST, "x", 100, 5, None),
        (None, 5, 6, None, None),
        ("1,04E+10", 5, 6, None, None),
        ("10452345680", 5, None, None, None),
        ("10452345681", 5, 6, None, "32.13.2026"),
    )

    result = read(content)

    assert counts(result) == (1, 0, 0, 0, 5)
    assert errors_of(result) == [
        (4, FIRST, "not_an_amount"),
        (5, "", "cell_empty"),
        (6, "1,04E+10", "not_an_order_number"),
        (7, "10452345680", "cell_empty"),
        (8, "10452345681", "not_a_date"),
    ]
    wrong = [row for row in rows_of(result) if row.outcome == "WRONG"]
    assert {(row.new_value, row.new_amount) for row in wrong} == {(None, None)}


def test_all_or_nothing_unless_only_the_valid_rows_are_asked_for() -> None:
    content = workbook((FIRST, 19, 100, 5, None), (SECOND, "x", 2, 3, None))
    result = read(content)

    with pytest.raises(RowsWrong) as caught:
        apply_import(import_id=result.import_id, only_valid=False)
    nothing = now_charged()
    applied = apply_import(import_id=result.import_id, only_valid=True)

    assert (caught.value.data, nothing) == ({"count": 1}, {})
    assert (applied.new, applied.wrong, now_charged()) == (1, 1, {FIRST: money("19", "100", "5")})
    assert CommissionImport.objects.get().only_valid is True


def test_file_with_wrong_rows_alone_cannot_be_applied() -> None:
    result = read(workbook((FIRST, "x", 1, 2, None)))

    with pytest.raises(NothingValid):
        apply_import(import_id=result.import_id, only_valid=True)


@pytest.mark.parametrize(
    "total",
    [("Toplam", 20, 102, 8, None), (None, 20, "TOPLAM", 8, None), ("GENEL TOPLAM:", 20, 102, 8, None)],
)
def test_line_of_totals_below_the_orders_is_no_order(total: Any) -> None:
    result = read(workbook((FIRST, 19, 100, 5, None), total, headings=ACCOUNTS))

    expected = (1, 0, 0, 0, 0) if isinstance(total[0], str) else (1, 0, 0, 0, 1)
    assert counts(result) == expected


def test_line_of_totals_is_seen_by_its_first_cell() -> None:
    headings = ("Dönem", *ACCOUNTS)

    result = read(
        workbook(("Ekim", FIRST, 19, 100, 5, None), ("Toplam", None, 19, 100, 5, None), headings=headings)
    )

    assert counts(result) == (1, 0, 0, 0, 0)


def test_csv_row_with_a_cell_too_many_is_not_read_shifted() -> None:
    content = text("Sipariş No,Komisyon,Sipariş Tutarı", f"{FIRST},19.00,100.00", f"{SECOND},12,50,100")

    result = read(content, name="hesap.csv")

    assert counts(result) == (1, 0, 0, 0, 1)
    assert errors_of(result) == [(3, SECOND, "too_many_cells")]


def test_hints_say_what_is_not_known_here_and_what_turns_negative() -> None:
    make_order([(make_variant(), 1)], order_number=FIRST)

    result = read(
        workbook((FIRST, 19, 100, 5, None), (SECOND, 1, 2, 3, None), ("10452345680", -1, -2, 0, None))
    )

    assert [row.hint for row in rows_of(result)] == ["", "NOT_HERE", "TURNS_NEGATIVE"]
    assert result.unknown_here == 1


def test_sum_that_fits_no_column_is_an_error_of_its_order() -> None:
    result = read(workbook(*[(FIRST, 999_999_999, 1, 0, None)] * 2, (SECOND, 1, 2, 3, None)))

    assert (counts(result), errors_of(result)) == ((1, 0, 0, 0, 1), [(2, FIRST, "not_an_amount")])


def test_file_without_rows_is_refused_and_says_so() -> None:
    content = workbook()

    with pytest.raises(NoRows):
        read(content)

    file = CommissionImport.objects.get()
    assert (file.state, file.error, CommissionImportRow.objects.count()) == (
        "FAILED",
        NoRows(sheet="Hesap").message,
        0,
    )
    run = JobRun.objects.get(name="read_commissions")
    assert (run.state, run.error) == ("FAILED", file.error)


# --- deciding -----------------------------------------------------------------------------------------------------


def test_undo_takes_back_what_a_file_wrote() -> None:
    apply(workbook((FIRST, 19, 100, 5, None)))
    second = apply(workbook((FIRST, 20, 100, 5, None), (SECOND, 1, 2, 3, None)))

    undone = undo_import(import_id=second.import_id, user=make_user(username="ali"))

    assert (undone.state, states()) == ("UNDONE", ["APPLIED", "UNDONE"])
    assert now_charged() == {FIRST: money("19", "100", "5")}
    assert CommissionImport.objects.get(pk=second.import_id).undone_by.username == "ali"
    assert len(CommissionImportRow.objects.filter(commission_import=second.import_id)) == 2


def test_undo_begins_with_the_newest_file_of_its_kind() -> None:
    first = apply(workbook((FIRST, 19, 100, 5, None)), name="ekim.xlsx")
    second = apply(workbook((SECOND, 1, 2, 3, None)), name="kasim.xlsx")
    apply(tariff(("868", "0-500", 19)), name="tarife.xlsx")

    with pytest.raises(LaterImport) as caught:
        undo_import(import_id=first.import_id)
    undo_import(import_id=second.import_id)
    undo_import(import_id=first.import_id)

    assert caught.value.data == {"file": "ekim.xlsx", "later": "kasim.xlsx"}
    assert now_charged() == {}


def test_undone_file_can_be_handed_in_again() -> None:
    content = workbook((FIRST, 19, 100, 5, None))
    undo_import(import_id=apply(content).import_id)

    again = apply(content)

    assert (again.state, now_charged()) == ("APPLIED", {FIRST: money("19", "100", "5")})


def test_file_is_applied_and_undone_only_once() -> None:
    applied = apply(workbook((FIRST, 19, 100, 5, None)))

    with pytest.raises(NotWaiting):
        apply_import(import_id=applied.import_id, only_valid=False)
    undo_import(import_id=applied.import_id)
    with pytest.raises(NotApplied):
        undo_import(import_id=applied.import_id)
    with pytest.raises(ImportNotFound):
        undo_import(import_id=0)


def test_preview_that_others_made_outdated_is_not_applied() -> None:
    waiting = read(workbook((FIRST, 30, 100, 5, None)))
    other = apply(workbook((FIRST, 19, 100, 5, None)))

    with pytest.raises(PreviewOutdated):
        apply_import(import_id=waiting.import_id, only_valid=False)
    renewed = renew_preview(import_id=waiting.import_id)
    apply_import(import_id=waiting.import_id, only_valid=False)

    assert (renewed.new_count, renewed.changed_count) == (0, 1)
    assert now_charged() == {FIRST: money("30", "100", "5")}
    with pytest.raises(LaterImport):
        undo_import(import_id=other.import_id)


def test_preview_is_outdated_by_an_undone_file_too() -> None:
    other = apply(workbook((FIRST, 19, 100, 5, None)))
    waiting = read(workbook((FIRST, 30, 100, 5, None)))
    undo_import(import_id=other.import_id)

    with pytest.raises(PreviewOutdated):
        apply_import(import_id=waiting.import_id, only_valid=False)


def test_file_that_changed_nothing_makes_no_preview_outdated() -> None:
    content = workbook((FIRST, 19, 100, 5, None))
    apply(content)
    waiting = read(workbook((FIRST, 30, 100, 5, None)))
    apply(content)

    assert apply_import(import_id=waiting.import_id, only_valid=False).state == "APPLIED"


def test_drop_forgets_a_file_that_waits_and_no_other() -> None:
    waiting = read(workbook((FIRST, 19, 100, 5, None)))

    dropped = [drop_import(import_id=waiting.import_id), drop_import(import_id=waiting.import_id)]

    assert (dropped, states(), CommissionImportRow.objects.count()) == ([True, False], ["DROPPED"], 0)


# --- handing in ---------------------------------------------------------------------------------------------------


def test_same_content_waits_only_once() -> None:
    content = workbook((FIRST, 19, 100, 5, None))

    opened = [open_import(content=content, name=name, valid_from=DAY) for name in ("a.xlsx", "b.xlsx")]
    other_day = open_import(content=content, name="a.xlsx", valid_from=date(2026, 12, 1))

    assert [one.created for one in (*opened, other_day)] == [True, False, True]
    assert opened[0].import_id == opened[1].import_id != other_day.import_id


def test_worker_reads_a_file_that_was_kept_and_forgets_its_content() -> None:
    content, person = workbook((FIRST, 19, 100, 5, None)), make_user()

    opened = queue_import(content=content, name="hesap.xlsx", valid_from=DAY, user=person)
    queue_import(content=content, name="hesap.xlsx", valid_from=DAY, user=person)
    kept = CommissionImport.objects.get().file.name
    queued = [row.task for row in OrmQ.objects.all()]
    answer = read_commissions_job(**queued[0]["kwargs"])

    assert [(one["func"], one["kwargs"]["import_id"]) for one in queued] == [
        ("analytics.tasks.read_commissions_job", opened.import_id)
    ]
    assert (answer["outcome"], answer["new"]) == ("PREVIEW", 1)
    assert (default_storage.exists(kept), CommissionImport.objects.get().file.name) == (False, "")
    run = JobRun.objects.get()
    assert (run.name, run.trigger, run.actor, run.counts["new"]) == ("read_commissions", "STAFF", person, 1)


def test_worker_reads_a_file_only_once() -> None:
    opened = queue_import(content=workbook((FIRST, 19, 100, 5, None)), name="hesap.xlsx", valid_from=DAY)
    read_commissions_job(import_id=opened.import_id)

    again = read_commissions_job(import_id=opened.import_id)

    assert (again["outcome"], again["code"], states()) == ("REFUSED", "not_waiting", ["PREVIEW"])


def test_worker_answers_for_a_file_that_cannot_be_read() -> None:
    opened = queue_import(content=BytesIO(b"%PDF-1.7"), name="hesap.pdf", valid_from=DAY)

    answer = read_commissions_job(import_id=opened.import_id)

    file = CommissionImport.objects.get()
    assert (answer["outcome"], answer["code"]) == ("REFUSED", "not_a_table")
    assert (file.state, file.error, file.file.name) == ("FAILED", answer["error"], "")


def test_content_that_is_gone_is_said_so() -> None:
    opened = open_import(content=workbook((FIRST, 1, 2, 3, None)), name="hesap.xlsx", valid_from=DAY)

    with pytest.raises(FileGone):
        read_import(import_id=opened.import_id)

    assert states() == ["FAILED"]


def test_dropping_a_file_that_was_not_read_yet_deletes_its_content(
    django_capture_on_commit_callbacks: Any,
) -> None:
    opened = queue_import(content=workbook((FIRST, 1, 2, 3, None)), name="hesap.xlsx", valid_from=DAY)
    kept = CommissionImport.objects.get().file.name

    with django_capture_on_commit_callbacks(execute=True):
        drop_import(import_id=opened.import_id)

    assert (default_storage.exists(kept), states()) == (False, ["DROPPED"])
    assert read_commissions_job(import_id=opened.import_id)["code"] == "not_waiting"


def test_progress_is_told_and_written_down() -> None:
    told: list[tuple[str, int, int | None]] = []
    content = workbook(*[(10**10 + number, 1, 2, 0, None) for number in range(2_500)])
    opened = open_import(content=content, name="hesap.xlsx", valid_from=DAY)

    read_import(import_id=opened.import_id, content=content, progress=lambda *values: told.append(values))

    assert told == [("hesap.xlsx", 1000, 2501), ("hesap.xlsx", 2000, 2501)]
    file = CommissionImport.objects.get()
    assert (file.read_count, file.read_total, file.new_count) == (2500, 2501, 2500)


def test_number_of_statements_does_not_grow_with_the_file() -> None:
    statements = []
    for size in (3, 60):
        content = workbook(*[(10**10 + number, size, 2, 0, None) for number in range(size)])
        with CaptureQueriesContext(connection) as queries:
            apply(content)
        statements.append(len(queries))

    assert statements[0] == statements[1]


# --- tariffs ------------------------------------------------------------------------------------------------------


def test_both_layouts_of_a_tariff_say_the_same() -> None:
    bands = [("0", "374.50", "13.50"), ("374.51", "444.46", "18.40"), ("444.47", None, "23.00")]
    files = [
        tariff(("868", "0-374,50", 13.5), ("868", "374,51-444,46", "18,4"), ("868", "444,47+", "%23")),
        tariff(
            ("868", 13.5, 18.4, 23), headings=("Barkod", "0-374,50", "374,51 - 444,46", "444,47 TL ve üzeri")
        ),
        tariff(
            ("868", None, 374.5, 13.5),
            ("868", 374.51, 444.46, 18.4),
            ("868", 444.47, None, 23),
            headings=("Barkod", "Alt Limit", "Üst Limit", "Komisyon"),
        ),
        tariff(
            ("868", 444.47, 444.46, 374.51, 374.5, 23, 18.4, 13.5, 23),
            headings=(
                "BARKOD",
                "1.Fiyat Alt Limit",
                "2.Fiyat Üst Limiti",
                "2.Fiyat Alt Limit",
                "3.Fiyat Üst Limiti",
                "1.KOMİSYON",
                "2.KOMİSYON",
                "3.KOMİSYON",
                "GÜNCEL KOMİSYON",
            ),
        ),
    ]

    read_bands = [
        sorted(
            (row.price_from, row.price_to, row.new_value)
            for row in rows_of(read(content, valid_from=date(2026, 1, day)))
        )
        for day, content in enumerate(files, start=1)
    ]

    expected = [
        (Decimal(low), None if high is None else Decimal(high), Decimal(rate)) for low, high, rate in bands
    ]
    assert read_bands == [expected] * 4


def test_rate_is_found_by_day_and_price() -> None:
    apply(tariff(("868", "0-500", 13), ("868", "500+", 19)), valid_from=date(2026, 10, 1))
    apply(tariff(("868", "0-500", 14), ("868", "500+", 19)), valid_from=date(2026, 11, 1))

    asked = [
        ("499.99", date(2026, 9, 30)),
        ("499.99", date(2026, 10, 1)),
        ("500", date(2026, 10, 31)),
        ("499.99", date(2026, 10, 31)),
        ("499.99", date(2026, 11, 1)),
        ("10000", date(2030, 1, 1)),
    ]
    rates = [rate_of(price, on) for price, on in asked]

    assert rates == [None, *money("13", "19", "13", "14", "19")]
    # What did not change goes on, with its first day.
    assert all_rates() == [
        ("868", "0", "13.00", date(2026, 10, 1), date(2026, 11, 1)),
        ("868", "500", "19.00", date(2026, 10, 1), None),
        ("868", "0", "14.00", date(2026, 11, 1), None),
    ]


def test_price_between_bands_has_no_rate() -> None:
    apply(tariff(("868", "0-499,99", 13), ("868", "500-600", 19)))

    assert [rate_of(price, DAY) for price in ("499.99", "500", "600", "600.01")] == [
        *money("13", "19", "19"),
        None,
    ]


def test_rate_of_the_barcode_comes_before_that_of_its_category() -> None:
    apply(workbook(("Topuklu Ayakkabı", 21), headings=("Kategori", "Komisyon")), name="k.xlsx")
    apply(workbook(("868", 19), headings=("Barkod", "Komisyon")), name="b.xlsx")

    assert rate_of("100", DAY, category="TOPUKLU AYAKKABI") == Decimal(19)
    assert rate_of("100", DAY, barcode="999", category="TOPUKLU AYAKKABI") == Decimal(21)
    assert rate_of("100", DAY, barcode="999", category="Bot") is None
    assert rate_of("100", DAY, barcode="", category="") is None


def test_rate_is_asked_for_in_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        rate_of("100", DAY, category="Bot")


def test_bands_of_a_barcode_are_replaced_together() -> None:
    apply(tariff(("868", "0-500", 13), ("868", "500+", 19), ("999", "0+", 5)), valid_from=date(2026, 10, 1))

    result = read(tariff(("868", "0-700", 13), ("868", "700+", 20)), valid_from=DAY)
    apply_import(import_id=result.import_id, only_valid=False)

    assert counts(result) == (2, 0, 2, 0, 0)
    assert [(rate_of(price, DAY), rate_of(price, date(2026, 10, 31))) for price in ("600", "900")] == [
        (Decimal(13), Decimal(19)),
        (Decimal(20), Decimal(19)),
    ]
    assert rate_of("1", DAY, barcode="999") == Decimal(5)


def test_same_tariff_again_changes_nothing_also_on_a_later_day() -> None:
    content = tariff(("868", "0-500", 13), ("868", "500+", 19))
    apply(content, valid_from=date(2026, 10, 1))

    again = [apply(content, valid_from=day).state for day in (date(2026, 10, 1), date(2026, 11, 1))]

    assert (again, len(all_rates())) == (["UNCHANGED", "UNCHANGED"], 2)


def test_tariff_corrected_on_its_own_day_replaces_it() -> None:
    apply(tariff(("868", "0+", 13)))
    apply(tariff(("868", "0+", 14)))

    assert rate_of("1", DAY) == Decimal(14)
    assert all_rates() == [("868", "0", "13.00", DAY, DAY), ("868", "0", "14.00", DAY, None)]


def test_tariff_of_an_earlier_day_than_known_rates_is_refused_row_by_row() -> None:
    apply(tariff(("868", "0+", 13)), valid_from=date(2026, 12, 1))

    result = read(tariff(("868", "0-5", 14), ("868", "5+", 15), ("999", "0+", 5)), valid_from=DAY)

    assert counts(result) == (1, 0, 0, 0, 2)
    assert {code for _row, _name, code in errors_of(result)} == {"later_rates"}
    assert "01.12.2026" in rows_of(result)[0].error


def test_undone_tariff_no_longer_stands_in_the_way_of_an_earlier_day() -> None:
    later = apply(tariff(("868", "0+", 13)), valid_from=date(2026, 12, 1))
    waiting = read(tariff(("868", "0+", 14)), valid_from=DAY)
    undo_import(import_id=later.import_id)

    renewed = renew_preview(import_id=waiting.import_id)

    assert (renewed.wrong_count, renewed.new_count) == (0, 1)


def test_undo_of_a_tariff_opens_the_rates_it_ended() -> None:
    apply(tariff(("868", "0-500", 13), ("868", "500+", 19)), valid_from=date(2026, 10, 1))
    before = all_rates()
    second = apply(tariff(("868", "0-500", 14), ("868", "500-600", 1), ("999", "0+", 5)))

    undo_import(import_id=second.import_id)

    assert all_rates() == before


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([("868", "0-500", 13), ("868", "400-600", 14)], [(2, "other_row_wrong"), (3, "bands_overlap")]),
        ([("868", "0-500", 13), ("868", "0-500", 14)], [(2, "other_row_wrong"), (3, "rates_differ")]),
        ([("868", "0-500", 13), ("868", "500+", "x")], [(2, "other_row_wrong"), (3, "not_a_rate")]),
        ([("868", "500-400", 13)], [(2, "band_reversed")]),
        ([("868", "ucuz", 13)], [(2, "not_a_band")]),
        ([("868", "0+", 0.19)], [(2, "rate_unclear")]),
        ([("", "0+", 19)], [(2, "cell_empty")]),
        ([("8,68E+12", "0+", 19)], [(2, "not_a_barcode")]),
        ([("868", "0+", None)], [(2, "cell_empty")]),
    ],
)
def test_wrong_rows_of_a_tariff_say_why(rows: list[Any], wrong: list[Any]) -> None:
    result = read(tariff(*rows, ("999", "0+", 5)))

    assert sorted((number, code) for number, _name, code in errors_of(result)) == wrong
    assert result.new == 1


def test_row_without_any_rate_is_wrong_and_an_empty_band_is_left_out() -> None:
    result = read(tariff(("868", None, None), ("999", 13, None), headings=("Barkod", "0-500", "500+")))

    assert errors_of(result) == [(2, "868", "no_rate")]
    assert [(row.name, row.price_to) for row in rows_of(result) if row.outcome == "NEW"] == [
        ("999", Decimal(500))
    ]


def test_repeated_row_of_a_tariff_counts_once() -> None:
    result = read(tariff(("868", "0+", 13), ("868", "0+", 13)))

    assert counts(result) == (1, 0, 0, 0, 0)


def test_unknown_barcodes_and_categories_are_hinted_at() -> None:
    make_variant("868")
    make_product(category="Topuklu Ayakkabı")

    barcodes = read(tariff(("868", "0+", 13), ("999", "0+", 13)))
    categories = read(workbook(("TOPUKLU AYAKKABI", 21), ("Bot", 20), headings=("Kategori", "Komisyon")))

    assert [row.hint for row in rows_of(barcodes)] == ["", "NOT_HERE"]
    assert [row.hint for row in rows_of(categories)] == ["", "NOT_HERE"]


# --- the database -------------------------------------------------------------------------------------------------


def test_database_holds_one_open_rate_and_one_commission_per_key() -> None:
    apply(tariff(("868", "0+", 13)))
    apply(workbook((FIRST, 19, 100, 5, None)))
    rate, charged = CommissionRate.objects.get(), OrderCommission.objects.get()
    rate.pk = charged.pk = None

    for row in (rate, charged):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.parametrize(
    "values",
    [
        {"rate": 101},
        {"rate": -1},
        {"price_from": -1},
        {"price_to": 0, "price_from": 1},
        {"key": ""},
        {"target": "ORDER"},
        {"valid_to": date(2026, 10, 31)},
        {"valid_to": date(2026, 12, 1)},
    ],
)
def test_database_refuses_rates_that_make_no_sense(values: dict[str, Any]) -> None:
    apply(tariff(("868", "0+", 13)))

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRate.objects.update(**values)


def test_file_of_unknown_kind_cannot_wait_for_a_decision() -> None:
    file = CommissionImport.objects.create(file_name="x", digest="x", valid_from=timezone.localdate())

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionImport.objects.filter(pk=file.pk).update(state="PREVIEW")
