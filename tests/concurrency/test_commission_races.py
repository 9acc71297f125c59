"""Two people with one commission file, or with two files for the same orders."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from io import BytesIO

import pytest

from analytics.commissions.applying import apply_import, drop_import, undo_import
from analytics.commissions.errors import LaterImport, NotApplied, NotWaiting, PreviewOutdated
from analytics.commissions.reading import open_import, read_import
from analytics.models import CommissionImport, OrderCommission
from tests.analytics.commissionkit import DAY, apply, now_charged, read, states, workbook
from tests.concurrency.threads import race

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "10452345678", "10452345679"


def test_one_of_four_people_applies_a_file() -> None:
    file = read(workbook((FIRST, 19, 100, 5, None), (SECOND, 1, 2, 3, None)))

    results = race(*[partial(apply_import, import_id=file.import_id, only_valid=False)] * 4)

    losers = [result for result in results if isinstance(result, NotWaiting)]
    assert (len(losers), OrderCommission.objects.count(), states()) == (3, 2, ["APPLIED"])


def test_one_of_two_files_for_the_same_order_is_applied_and_the_other_is_outdated() -> None:
    files = [read(workbook((FIRST, rate, 100, 5, None))) for rate in (19, 20)]

    results = race(*[partial(apply_import, import_id=file.import_id, only_valid=False) for file in files])

    outdated = [place for place, result in enumerate(results) if isinstance(result, PreviewOutdated)]
    assert len(outdated) == 1
    assert now_charged() == {FIRST: (Decimal(20 if outdated == [0] else 19), Decimal(100), Decimal(5))}


def test_file_is_undone_once() -> None:
    file = apply(workbook((FIRST, 19, 100, 5, None)))

    results = race(*[partial(undo_import, import_id=file.import_id)] * 3)

    assert len([result for result in results if isinstance(result, NotApplied)]) == 2
    assert (now_charged(), states()) == ({}, ["UNDONE"])


def test_undo_beside_a_later_file_leaves_one_truth() -> None:
    first = apply(workbook((FIRST, 19, 100, 5, None)))
    second = read(workbook((FIRST, 20, 100, 5, None)))

    undone, applied = race(
        partial(undo_import, import_id=first.import_id),
        partial(apply_import, import_id=second.import_id, only_valid=False),
    )

    if isinstance(undone, LaterImport):
        assert now_charged() == {FIRST: (Decimal(20), Decimal(100), Decimal(5))}
    else:
        assert isinstance(applied, PreviewOutdated)
        assert now_charged() == {}


def test_apply_beside_drop_is_one_of_both() -> None:
    file = read(workbook((FIRST, 19, 100, 5, None)))

    applied, dropped = race(
        partial(apply_import, import_id=file.import_id, only_valid=False),
        partial(drop_import, import_id=file.import_id),
    )

    assert isinstance(applied, NotWaiting) is dropped
    assert len(now_charged()) == (0 if dropped else 1)


def test_one_file_handed_in_by_three_people_at_once_waits_once() -> None:
    content = workbook((FIRST, 19, 100, 5, None)).getvalue()

    def hand_in() -> object:
        return open_import(content=BytesIO(content), name="hesap.xlsx", valid_from=DAY)

    results = race(*[hand_in] * 3)

    assert (len({result.import_id for result in results}), CommissionImport.objects.count()) == (1, 1)


def test_one_of_two_workers_reads_a_file() -> None:
    content = workbook(*[(10**10 + number, 1, 2, 0, None) for number in range(300)]).getvalue()

    def work(import_id: int) -> object:
        return read_import(import_id=import_id, content=BytesIO(content))

    opened = open_import(content=BytesIO(content), name="hesap.xlsx", valid_from=DAY)
    race(*[partial(work, opened.import_id)] * 2)

    file = CommissionImport.objects.get()
    assert (file.state, file.new_count, file.rows.count()) == ("PREVIEW", 300, 300)
