"""settlements, otherfinancials and cargo invoice items (contract section 10)."""

from collections.abc import Sequence
from datetime import date, datetime

from .books import SETTLED, Booking, Books, Deduction, payment_order_id, week_number
from .clock import DAY_MS, ISTANBUL, ISTANBUL_SHIFT_MS, MINUTE_MS
from .config import SandboxConfig
from .entities import Json, lira
from .errors import order_refused, system_error
from .query import Query
from .state import State

_DAYS = 15
_CANCELLABLE = (
    "ManualRefund",
    "TYDiscount",
    "TYCoupon",
    "SellerRevenuePositive",
    "SellerRevenueNegative",
    "CommissionPositive",
    "CommissionNegative",
    "DeliveryFee",
)
SETTLEMENT_TYPES = (
    frozenset(SETTLED)
    | {"Coupon", "CouponCancel", "ProvisionPositive", "ProvisionNegative", "PayByLink", "ManuelRefund"}
    | {f"{name}{ending}" for name in _CANCELLABLE for ending in ("", "Cancel")}
)
OTHER_TYPES = frozenset(
    {
        "Stoppage",
        "CashAdvance",
        "WireTransfer",
        "IncomingTransfer",
        "ReturnInvoice",
        "CommissionAgreementInvoice",
        "PaymentOrder",
        "DeductionInvoices",
        "FinancialItem",
    }
)


class FinanceSearch:
    """Reads the books. Types nothing is booked under answer with an empty page."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._kept: tuple[tuple[int, int], Books] | None = None

    def _books(self, now: int) -> Books:
        """The books as they are; kept for the rest of the minute unless a package or claim changes."""
        key = (self._state.changes, now // MINUTE_MS)
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, Books(self._state))
        return self._kept[1]

    def settlements(self, query: Query) -> Json:
        """Rows of sales and returns, oldest first. Raises Refusal."""
        types = _types(query, SETTLEMENT_TYPES)
        with self._state.transaction() as now:
            books, config = self._books(now), self._state.config
            rows = [
                _settlement(booking, books, config) for booking in books.bookings if booking.kind in types
            ]
        return _page(query, rows)

    def others(self, query: Query) -> Json:
        """Rows of payment orders and deduction invoices, oldest first. Raises Refusal."""
        types = _types(query, OTHER_TYPES)
        only_platform = query.choice("transactionSubType", ("", "PlatformServiceFee"), "") != ""
        with self._state.transaction() as now:
            books, config = self._books(now), self._state.config
            rows = []
            if "PaymentOrder" in types:
                rows += [_payment(paid_ms, amount, config) for paid_ms, amount in books.payments.items()]
            if "DeductionInvoices" in types:
                rows += [
                    _deduction(deduction, books, config)
                    for deduction in books.deductions
                    if deduction.platform_fee or not only_platform
                ]
        rows.sort(key=lambda row: (row["transactionDate"], row["id"]))
        return _page(query, rows)

    def cargo_items(self, serial: str, query: Query) -> Json:
        """The parcels of one cargo invoice. Raises Refusal 404 for a number that is none."""
        page, size = query.page(), _size(query)
        with self._state.transaction() as now:
            found = next((x for x in self._books(now).deductions if x.serial == serial and x.items), None)
        if found is None:
            raise order_refused("Kargo faturası bulunamadı", key="finance.invoice.not.found", status=404)
        rows: list[Json] = [
            {
                "shipmentPackageType": item.kind,
                "parcelUniqueId": item.cargo_number,
                "orderNumber": item.order_number,
                "amount": lira(item.amount),
                "desi": item.desi,
            }
            for item in found.items
        ]
        return _envelope(rows, page=page, size=size)


# -- the query ------------------------------------------------------------------------------------------


def _types(query: Query, known: frozenset[str]) -> set[str]:
    """transactionTypes wins; a request with neither is a 500 on production (contract section 10)."""
    wanted = query.choices("transactionTypes", known) or query.choices("transactionType", known)
    if not wanted:
        raise system_error()
    return wanted


def _size(query: Query) -> int:
    size = query.integer("size", 500)
    if size not in (500, 1000):
        raise order_refused("size 500 ya da 1000 olmalıdır", key="query.size.invalid")
    return size


def _page(query: Query, rows: Sequence[Json]) -> Json:
    """The rows the query asks for: a window of at most 15 days, a payment day, or a payment order."""
    page, size = query.page(), _size(query)
    day, order_id = _payment_day(query), query.integer("paymentOrderId", 0)
    start_ms, end_ms = query.moment("startDate"), query.moment("endDate")
    if start_ms is not None and end_ms is not None:
        if end_ms < start_ms:
            raise order_refused("endDate, startDate değerinden küçük olamaz", key="query.window.reversed")
        if end_ms - start_ms > _DAYS * DAY_MS:
            raise order_refused(
                f"startDate ile endDate arasındaki fark {_DAYS} günden fazla olamaz",
                key="query.window.too.wide",
            )
    elif day is None and not order_id:
        raise order_refused("startDate ve endDate zorunludur", key="query.window.missing")
    found = [
        row
        for row in rows
        if (start_ms is None or row["transactionDate"] >= start_ms)
        and (end_ms is None or row["transactionDate"] <= end_ms)
        and (day is None or _is_paid_on(row, day))
        and (not order_id or row["paymentOrderId"] == order_id)
    ]
    return _envelope(found, page=page, size=size)


def _payment_day(query: Query) -> date | None:
    text = query.text("paymentDate")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError as error:
        raise order_refused("paymentDate yyyy-AA-gg biçiminde olmalıdır", key="query.date.invalid") from error


def _is_paid_on(row: Json, day: date) -> bool:
    """A payment order carries its day in transactionDate."""
    at_ms = row["paymentDate"] or (row["transactionDate"] if row["paymentOrderId"] else None)
    return at_ms is not None and datetime.fromtimestamp(at_ms / 1000, ISTANBUL).date() == day


def _envelope(rows: Sequence[Json], *, page: int, size: int) -> Json:
    return {
        "page": page,
        "size": size,
        "totalPages": -(-len(rows) // size),
        "totalElements": len(rows),
        "content": list(rows[page * size : (page + 1) * size]),
    }


# -- the rows -------------------------------------------------------------------------------------------


def _row(config: SandboxConfig, **fields: object) -> Json:
    """Every key of a row; what does not apply is null (samples/otherfinancials_*.json)."""
    empty = dict.fromkeys(
        (
            "id",
            "transactionDate",
            "barcode",
            "transactionType",
            "receiptId",
            "description",
            "debt",
            "credit",
            "paymentPeriod",
            "commissionRate",
            "commissionAmount",
            "commissionInvoiceSerialNumber",
            "sellerRevenue",
            "orderNumber",
            "paymentOrderId",
            "paymentDate",
        )
    )
    fixed = {
        "sellerId": config.seller_id,
        "storeId": None,
        "storeName": None,
        "storeAddress": None,
        "country": "Türkiye",
        "currency": "TRY",
        "orderDate": None,
        "affiliate": "TRENDYOLTR",
        "shipmentPackageId": None,
    }
    return {**empty, "debt": 0.0, "credit": 0.0, **fixed, **fields}


def _settlement(booking: Booking, books: Books, config: SandboxConfig) -> Json:
    """Amounts are unsigned; debt or credit tells the direction."""
    label, sign = SETTLED[booking.kind]
    package, amount, commission = booking.package, booking.amount, booking.commission
    return _row(
        config,
        id=f"{booking.unit.item_id}{list(SETTLED).index(booking.kind)}",
        transactionDate=booking.at_ms,
        barcode=booking.line.barcode,
        transactionType=label,
        receiptId=48_000_000 + package.shipment_number % 1_000_000,
        description=label,
        debt=lira(amount) if sign < 0 else 0.0,
        credit=lira(amount) if sign > 0 else 0.0,
        paymentPeriod=config.payment_period_days,
        commissionRate=booking.rate,
        commissionAmount=lira(commission),
        sellerRevenue=lira(amount - commission),
        orderNumber=package.order_number,
        paymentOrderId=books.order_id(booking.due_ms),
        paymentDate=books.payment_ms(booking.due_ms),
        orderDate=package.order_ms + ISTANBUL_SHIFT_MS,
        shipmentPackageId=package.package_id,
    )


def _payment(paid_ms: int, amount: int, config: SandboxConfig) -> Json:
    return _row(
        config,
        id=str(1_639_000 + week_number(paid_ms)),
        transactionDate=paid_ms,
        transactionType="Ödeme",
        debt=lira(amount),
        paymentOrderId=payment_order_id(paid_ms),
    )


def _deduction(deduction: Deduction, books: Books, config: SandboxConfig) -> Json:
    return _row(
        config,
        id=deduction.serial,
        transactionDate=deduction.at_ms,
        transactionType=deduction.label,
        description=deduction.label,
        debt=lira(deduction.amount),
        paymentOrderId=books.order_id(deduction.due_ms),
    )
