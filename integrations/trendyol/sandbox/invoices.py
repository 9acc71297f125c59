"""Invoices of packages: handed in, checked a little later, accepted or refused (contract section 7.2)."""

import re
from urllib.parse import urlsplit

from .ageing import Ageing
from .entities import (
    AWAITING,
    CANCELLED,
    INVOICE_ACCEPTED,
    INVOICE_RECEIVED,
    INVOICE_REJECTED,
    NOT_INVOICED,
    UNPACKED,
    UNSUPPLIED,
    VERIFIED,
    Package,
)
from .errors import Refusal, package_not_updatable, product_refused
from .multipart import Upload
from .state import State

MAX_FILE_BYTES = 10 * 1024 * 1024
# 3 letters or digits, the year 2020 to 2099, 9 digits: the stricter of the two published patterns.
_NUMBER = re.compile(r"[A-Za-z0-9]{3}20[2-9]\d{10}")
_FILE_TYPES = {
    "application/pdf": ("pdf", b"%PDF"),
    "image/jpeg": ("jpg", b"\xff\xd8\xff"),
    "image/png": ("png", b"\x89PNG"),
}
_WITHOUT_INVOICE = frozenset({AWAITING, VERIFIED, CANCELLED, UNSUPPLIED, UNPACKED})


class Invoices:
    """Takes links and files; each package has at most one invoice. Refusals are family P."""

    def __init__(self, state: State, ageing: Ageing) -> None:
        self._state = state
        self._ageing = ageing
        state.on_due("invoice", self._due)

    def send_link(self, package_id: int, *, link: str, number: str, date_value: int | None) -> None:
        """`date_value` in seconds or milliseconds. Raises Refusal 400, 403, 404 or 409."""
        if urlsplit(link).scheme not in ("http", "https") or not urlsplit(link).netloc:
            raise product_refused("invoiceLink geçersiz", key="invoice.link.invalid")
        with self._state.transaction():
            package = self._package(package_id)
            self._check_details(package, number=number, date_value=date_value)
            if any(x.invoice_link == link and x is not package for x in self._state.packages.values()):
                raise _already_sent("Bu fatura linki başka bir paket için kullanılmış.")
            self._receive(package, link=link, number=number)

    def send_file(self, package_id: int, *, upload: Upload, number: str, date_value: int | None) -> None:
        """The document itself; a date in the future is refused. Raises Refusal 400, 403, 404 or 409."""
        with self._state.transaction() as now:
            suffix = self._file_suffix(upload)
            package = self._package(package_id)
            self._check_details(package, number=number, date_value=date_value)
            if date_value is not None and _milliseconds(date_value) > now:
                raise product_refused("Fatura tarihi ileri bir tarih olamaz", key="invoice.date.future")
            self._receive(package, link=f"https://fatura.example/{package_id}.{suffix}", number=number)

    def delete(self, package_id: int, *, customer_id: int | None) -> None:
        """Take the invoice back so that another can be sent. Raises Refusal 400, 403 or 404."""
        with self._state.transaction() as now:
            package = self._package(package_id)
            if package.invoice_status == NOT_INVOICED:
                raise product_refused("Silinecek fatura bulunamadı", key="invoice.not.found", status=404)
            if customer_id != package.customer["customer_id"]:
                raise product_refused("customerId pakete ait değil", key="invoice.customer.mismatch")
            if package.invoice_status == INVOICE_REJECTED and _abroad(package):
                self._state.warnings["foreign_invoice_deleted_instead_of_replaced"] += 1
            package.invoice_status, package.invoice_link, package.invoice_due_ms = NOT_INVOICED, "", None
            self._ageing.touch(package, at_ms=now)

    def decide(self, package_id: int, *, accepted: bool) -> Package:
        """End the check of a received invoice now. Raises Refusal when none is being checked."""
        with self._state.transaction() as now:
            package = self._package(package_id)
            if package.invoice_status != INVOICE_RECEIVED:
                raise product_refused("İncelenen fatura yok", key="invoice.not.received")
            self._decide(package, accepted=accepted, at_ms=now)
            return package

    def _package(self, package_id: int) -> Package:
        if package_id in self._state.config.foreign_package_ids:
            raise product_refused("Paket bu satıcıya ait değil", key="invoice.package.foreign", status=403)
        package = self._state.packages.get(package_id)
        if package is None or package.visible_ms > self._state.now():
            raise product_refused("Sipariş paketi bulunamadı", key="invoice.package.not.found", status=404)
        return package

    def _file_suffix(self, upload: Upload) -> str:
        if len(upload.content) > MAX_FILE_BYTES:
            raise product_refused("Dosya en fazla 10 MB olabilir", key="invoice.file.too.large")
        if upload.content_type not in _FILE_TYPES:
            raise product_refused("Dosya pdf, jpeg ya da png olmalıdır", key="invoice.file.type")
        suffix, beginning = _FILE_TYPES[upload.content_type]
        if not upload.content.startswith(beginning):
            self._state.warnings["invoice_file_is_not_what_it_says"] += 1
        return suffix

    def _check_details(self, package: Package, *, number: str, date_value: int | None) -> None:
        if _abroad(package) and (not number or date_value is None):
            raise product_refused(
                "Mikro ihracat için invoiceNumber ve invoiceDateTime zorunludur",
                key="invoice.details.missing",
            )
        if number and not _NUMBER.fullmatch(number):
            raise product_refused("invoiceNumber geçersiz", key="invoice.number.invalid")
        if date_value is not None and (date_value <= 0 or len(str(date_value)) not in (10, 13)):
            raise product_refused("invoiceDateTime geçersiz", key="invoice.date.invalid")

    def _receive(self, package: Package, *, link: str, number: str) -> None:
        if package.status in _WITHOUT_INVOICE:
            raise package_not_updatable()
        replaces = package.invoice_status == INVOICE_REJECTED and _abroad(package)
        if package.invoice_status != NOT_INVOICED and not replaces:
            raise _already_sent("Bu paket için fatura daha önce iletilmiş.")
        now, seconds = self._state.now(), self._state.config.invoice_check_seconds
        package.invoice_status, package.invoice_link = INVOICE_RECEIVED, link
        package.invoice_number = number or package.invoice_number
        package.invoice_due_ms = None if seconds is None else now + round(seconds * 1000)
        self._ageing.touch(package, at_ms=now)

    def _due(self, key: str, due_ms: int) -> None:
        package = self._state.packages.get(int(key))
        if package is not None and package.invoice_due_ms == due_ms:
            accepted = "invoices_rejected" not in self._state.config.quirks
            self._decide(package, accepted=accepted, at_ms=due_ms)

    def _decide(self, package: Package, *, accepted: bool, at_ms: int) -> None:
        package.invoice_status = INVOICE_ACCEPTED if accepted else INVOICE_REJECTED
        package.invoice_due_ms = None
        self._ageing.touch(package, at_ms=at_ms)


def invoice_missing(package: Package) -> bool:
    """Whether an invoice abroad still has to be accepted before a label is given (contract section 7.1)."""
    return _abroad(package) and package.invoice_status != INVOICE_ACCEPTED


def _abroad(package: Package) -> bool:
    return bool(package.overrides.get("micro") or package.overrides.get("is4P"))


def _milliseconds(value: int) -> int:
    return value * 1000 if len(str(value)) == 10 else value


def _already_sent(message: str) -> Refusal:
    return product_refused(message, key="invoice.already.exists", status=409)
