"""Old against new: what applying a file would do to each of its rows. A constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from analytics.commissions.errors import LaterRates
from analytics.enums import ImportKind, ImportState, RowHint, RowOutcome, RowTarget
from analytics.locks import lock_commissions, lock_import
from analytics.models import CommissionImport, CommissionImportRow
from catalog.models import BarcodeAlias, Product, Variant
from gullu.text import fold
from orders.models import Order

# A discount the file does not name stays what it was.
_COMPARE_ORDERS: Final = """
UPDATE analytics_commissionimportrow AS r
SET old_value = c.commission, old_amount = c.order_amount, old_discount = c.discount,
    outcome = CASE
        WHEN c.id IS NULL THEN 'NEW'
        WHEN c.commission = r.new_value AND c.order_amount = r.new_amount
            AND c.discount = COALESCE(r.new_discount, c.discount) THEN 'SAME'
        ELSE 'CHANGED' END,
    hint = CASE WHEN r.new_amount < 0 THEN 'TURNS_NEGATIVE' ELSE '' END
FROM analytics_commissionimportrow AS x
LEFT JOIN analytics_ordercommission AS c ON c.order_number = x.key AND c.replaced_by_id IS NULL
WHERE x.id = r.id AND x.commission_import_id = %(id)s AND x.error_code = ''
"""

# Rates of a later day are known already: this file would rewrite the days before it and leave those after it.
_REFUSE_LATER: Final = """
UPDATE analytics_commissionimportrow AS r
SET outcome = 'WRONG', error_code = %(code)s, error = replace(%(sentence)s, '{day}', to_char(c.day, 'DD.MM.YYYY'))
FROM (
    SELECT target, key, min(valid_from) AS day FROM analytics_commissionrate
    WHERE valid_from > %(valid_from)s GROUP BY target, key
) AS c
WHERE r.commission_import_id = %(id)s AND r.error_code = '' AND c.target = r.target AND c.key = r.key
"""

_COMPARE_RATES: Final = """
UPDATE analytics_commissionimportrow AS r
SET old_value = c.rate, hint = '',
    outcome = CASE WHEN c.id IS NULL THEN 'NEW' WHEN c.rate = r.new_value THEN 'SAME' ELSE 'CHANGED' END
FROM analytics_commissionimportrow AS x
LEFT JOIN analytics_commissionrate AS c
    ON c.target = x.target AND c.key = x.key AND c.price_from = x.price_from
    AND c.price_to IS NOT DISTINCT FROM x.price_to AND c.valid_to IS NULL
WHERE x.id = r.id AND x.commission_import_id = %(id)s AND x.error_code = ''
"""

# A barcode's bands are replaced together: those the file no longer has end.
_ADD_ENDED: Final = """
INSERT INTO analytics_commissionimportrow
    (commission_import_id, outcome, target, key, name, price_from, price_to, old_value, hint, error_code, error)
SELECT %(id)s, 'ENDED', c.target, c.key, c.name, c.price_from, c.price_to, c.rate, '', '', ''
FROM analytics_commissionrate AS c
WHERE c.valid_to IS NULL
    AND EXISTS (
        SELECT FROM analytics_commissionimportrow AS r
        WHERE r.commission_import_id = %(id)s AND r.target = c.target AND r.key = c.key AND r.error_code = '')
    AND NOT EXISTS (
        SELECT FROM analytics_commissionimportrow AS r
        WHERE r.commission_import_id = %(id)s AND r.target = c.target AND r.key = c.key AND r.error_code = ''
            AND r.price_from = c.price_from AND r.price_to IS NOT DISTINCT FROM c.price_to)
"""


@transaction.atomic
def compare_import(*, import_id: int) -> CommissionImport:
    """Compare the rows of a file with what holds now, and let it wait for a decision. Safe to repeat.

    Does nothing to a file that no longer waits. Raises `ImportNotFound`.
    """
    found = CommissionImport.objects.filter(pk=import_id).values_list("kind", flat=True).first()
    compared_at = lock_commissions(found or "")
    row = lock_import(import_id)
    if row.state not in {ImportState.READING, ImportState.PREVIEW}:
        return row
    _compare(row)
    _mark_unknown(row.rows.filter(error_code=""))
    row.state, row.compared_at = ImportState.PREVIEW, compared_at
    for name, count in _counts(row).items():
        setattr(row, name, count)
    row.save(update_fields=["state", "compared_at", *_COUNT_FIELDS.values()])
    return row


def _compare(row: CommissionImport) -> None:
    values: dict[str, Any] = {"id": row.pk}
    if row.kind == ImportKind.ACCOUNTS:
        _execute(_COMPARE_ORDERS, values)
        return
    row.rows.filter(outcome=RowOutcome.ENDED).delete()
    row.rows.filter(error_code=LaterRates.code).update(error_code="", error="", outcome=RowOutcome.NEW)
    values |= {
        "valid_from": row.valid_from,
        "code": LaterRates.code,
        "sentence": LaterRates(day="{day}").message,
    }
    for statement in (_REFUSE_LATER, _COMPARE_RATES, _ADD_ENDED):
        _execute(statement, values)


def _execute(statement: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _mark_unknown(rows: QuerySet[CommissionImportRow]) -> None:
    """Say which orders, barcodes and categories are not known here: right all the same, but worth a look."""
    key = OuterRef("key")
    orders = rows.filter(target=RowTarget.ORDER, hint="")
    orders.exclude(Exists(Order.objects.filter(order_number=key))).update(hint=RowHint.NOT_HERE)
    barcodes = rows.filter(target=RowTarget.BARCODE)
    barcodes.exclude(Exists(Variant.objects.filter(barcode=key))).exclude(
        Exists(BarcodeAlias.objects.filter(code=key))
    ).update(hint=RowHint.NOT_HERE)
    categories = {fold(name) for name in Product.objects.values_list("category", flat=True).distinct()}
    rows.filter(target=RowTarget.CATEGORY).exclude(key__in=categories).update(hint=RowHint.NOT_HERE)


_COUNT_FIELDS: Final[Mapping[RowOutcome, str]] = {
    RowOutcome.NEW: "new_count",
    RowOutcome.CHANGED: "changed_count",
    RowOutcome.ENDED: "ended_count",
    RowOutcome.SAME: "same_count",
    RowOutcome.WRONG: "wrong_count",
}


def _counts(row: CommissionImport) -> dict[str, int]:
    found: dict[str, int] = dict(
        row.rows.values_list("outcome").annotate(number=Count("pk")).order_by("outcome")
    )
    return {field: found.get(outcome, 0) for outcome, field in _COUNT_FIELDS.items()}
