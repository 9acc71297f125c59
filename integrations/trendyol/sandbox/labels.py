"""The common label: asked for, then read as ZPL, one per box (contract section 7.1)."""

from .entities import INVOICED, PICKING, SHIPPED, Json, Package
from .errors import Refusal, label_refused
from .invoices import invoice_missing
from .payloads import CARRIERS
from .state import State

LABEL_CARRIERS = frozenset({"TEXMP", "ARASMP"})
_READY_STATUSES = frozenset({PICKING, INVOICED, SHIPPED})
_SENDER = "TRENDYOL DENEME MAĞAZASI"
_MAX_BOXES = 99


class Labels:
    """Makes and gives labels. Refusals are family L."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, cargo_number: str, *, format_name: object, boxes: int, height: float | None) -> None:
        """Ask for the label of a parcel. Raises Refusal 400 or 404."""
        if format_name != "ZPL":
            raise label_refused("Invalid format", key="label.format.invalid")
        if not 1 <= boxes <= _MAX_BOXES or (height is not None and height < 0):
            raise label_refused("Invalid box quantity", key="label.boxes.invalid")
        with self._state.transaction() as now:
            package = self._package(cargo_number)
            if package.cargo_provider not in LABEL_CARRIERS:
                raise label_refused("Invalid cargo tracking number", key="label.carrier.unsupported")
            if package.status not in _READY_STATUSES or invoice_missing(package):
                raise label_refused("Shipment package is not ready", key="label.not.ready")
            package.label_number, package.label_boxes = package.cargo_number, boxes
            package.label_due_ms = now + round(self._state.config.label_delay_seconds * 1000)
            self._state.mark_package(package)

    def read(self, cargo_number: str) -> Json:
        """One entry per box. Raises Refusal 404 until it was asked for and made."""
        with self._state.transaction() as now:
            package = self._package(cargo_number)
            if package.label_number != package.cargo_number or package.label_due_ms > now:
                raise _not_found()
            numbers = range(1, package.label_boxes + 1)
            return {"data": [{"label": _zpl(package, box), "format": "ZPL"} for box in numbers]}

    def _package(self, cargo_number: str) -> Package:
        now = self._state.now()
        for package in self._state.packages.values():
            if str(package.cargo_number) == cargo_number and package.visible_ms <= now:
                return package
        raise _not_found()


def _not_found() -> Refusal:
    return label_refused("Label not found", key="label.not.found", status=404)


def _zpl(package: Package, box: int) -> str:
    """100 x 150 mm at 203 dpi: carrier, Code 128 of the cargo number, recipient, sender, order, box."""
    customer = package.customer
    name = f"{customer['first_name']} {customer['last_name']}"
    place = f"{customer['neighborhood']} {customer['district']} / {customer['city']}"
    boxes = f"KOLI {box}/{package.label_boxes}"
    return "".join(
        [
            "^XA^CI28^PW812^LL1218^LH0,0",
            _text(40, 40, 40, CARRIERS[package.cargo_provider][1]),
            "^FO40,100^GB732,3,3^FS",
            f"^FO60,130^BY3,3,180^BCN,180,Y,N,N^FD{package.cargo_number}^FS",
            "^FO40,380^GB732,3,3^FS",
            _text(40, 400, 28, "ALICI"),
            _text(40, 440, 44, name),
            _block(40, 500, 30, f"{customer['address']} {place}"),
            "^FO40,640^GB732,3,3^FS",
            _text(40, 660, 28, "GÖNDERİCİ"),
            _text(40, 700, 32, _SENDER),
            "^FO40,760^GB732,3,3^FS",
            _text(40, 780, 34, f"SIPARIS NO: {package.order_number}"),
            _text(40, 830, 34, f"PAKET NO: {package.package_id}"),
            _text(40, 880, 34, f"DESI: {package.cargo_deci:g}"),
            _text(560, 880, 44, boxes),
            f"^FO560,960^BQN,2,6^FDQA,{package.cargo_number}^FS",
            "^XZ",
        ]
    )


def _text(x: int, y: int, size: int, text: str) -> str:
    return f"^FO{x},{y}^A0N,{size},{size}^FD{_plain(text)}^FS"


def _block(x: int, y: int, size: int, text: str) -> str:
    """Text broken into at most four lines."""
    return f"^FO{x},{y}^A0N,{size},{size}^FB732,4,4,L^FD{_plain(text)}^FS"


def _plain(text: str) -> str:
    """Without the characters that begin a ZPL command."""
    return text.translate({ord("^"): " ", ord("~"): " "})
