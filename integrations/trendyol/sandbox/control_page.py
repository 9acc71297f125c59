"""The control page: plain HTML from one template, no script."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template

from .clock import ISTANBUL
from .config import QUIRKS, SandboxConfig
from .entities import LEGAL_MOVES, Package
from .faults import FAULT_KINDS, Faults
from .gateway import Gateway
from .shop import Shop
from .shoppers import Shoppers

_TEMPLATE = Template(Path(__file__).with_name("control.html").read_text(encoding="utf-8"))
_COUNT_NAMES = {
    "products": "Ürün (barkod)",
    "for_sale": "Satıştaki barkod",
    "pairs": "Satıştaki çift",
    "packages": "Paket",
    "claims": "İade",
    "open_batches": "Bekleyen toplu işlem",
    "oversold": "Fazla satılan",
}
_STATUS_NAMES = {
    "Awaiting": "Ödeme bekliyor",
    "Verified": "Doğrulandı",
    "Created": "Yeni",
    "Picking": "Hazırlanıyor",
    "Invoiced": "Faturalandı",
    "Shipped": "Kargoda",
    "AtCollectionPoint": "Teslim noktasında",
    "Delivered": "Teslim edildi",
    "UnDelivered": "Teslim edilemedi",
    "Returned": "Geri döndü",
    "Cancelled": "İptal",
    "UnSupplied": "Tedarik edilemedi",
    "UnPacked": "Bölündü",
}
_BUTTONS = {
    "Created": ("pay", "Ödendi"),
    "Shipped": ("ship", "Kargoya ver"),
    "AtCollectionPoint": ("collect", "Teslim noktasına"),
    "Delivered": ("deliver", "Teslim et"),
    "UnDelivered": ("undeliver", "Teslim edilemedi"),
    "Returned": ("return", "Geri döndü"),
    "Cancelled": ("cancel", "İptal et"),
}
_SHOWN = 30


def render_page(
    shop: Shop, gateway: Gateway, faults: Faults, shoppers: Shoppers, query: Mapping[str, Sequence[str]]
) -> str:
    """The whole page as it is now."""
    state = shop.state
    with state.transaction() as now:
        recent = sorted(state.packages.values(), key=lambda p: p.last_modified_ms, reverse=True)[:_SHOWN]
        return _TEMPLATE.substitute(
            now=_moment(now),
            message=_message(query),
            counts=_rows((_count_name(name), count) for name, count in shop.counts().items()),
            barcodes="".join(f'<option value="{escape(x.barcode)}">' for x in shop.catalogue.on_sale()[:200]),
            shoppers=f"{shoppers.per_minute:g}",
            endpoints=_options((name, name) for name in faults.endpoints),
            kinds=_options(FAULT_KINDS.items()),
            faults=_rows(
                (x.endpoint, x.kind, "sürekli" if x.times is None else x.times) for x in faults.active()
            ),
            settings=_settings(state.config),
            packages="".join(_package_row(package) for package in recent),
            warnings=_rows([*sorted(state.warnings.items()), *sorted(state.violations.items())]),
            requests=_rows(
                (_moment(x.at_ms), f"{x.method} {x.path}", x.status or "yok", x.fault)
                for x in list(gateway.requests)[: -_SHOWN - 1 : -1]
            ),
        )


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, ISTANBUL).strftime("%d.%m.%Y %H:%M:%S")


def _message(query: Mapping[str, Sequence[str]]) -> str:
    if "hata" in query:
        return f'<p class="message error" role="alert">{escape(query["hata"][0])}</p>'
    if "sonuc" in query:
        return f'<p class="message" role="status">{escape(query["sonuc"][0])}</p>'
    return ""


def _count_name(name: str) -> str:
    return _COUNT_NAMES.get(name) or _STATUS_NAMES[name.removeprefix("packages_")]


def _rows(rows: Iterable[Sequence[object]]) -> str:
    return "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )


def _options(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in pairs)


def _package_row(package: Package) -> str:
    lines = ", ".join(f"{line.barcode} × {line.quantity}" for line in package.lines)
    cells = (
        package.package_id,
        package.order_number,
        _STATUS_NAMES[package.status],
        lines,
        _moment(package.last_modified_ms),
    )
    cells_html = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
    return f"<tr>{cells_html}<td>{_buttons(package)}</td></tr>"


def _buttons(package: Package) -> str:
    """Only what may happen next."""
    moves = [(_BUTTONS[status]) for status in _BUTTONS if status in LEGAL_MOVES[package.status]]
    if package.status == "Delivered":
        moves.append(("claim", "İade aç"))
    return " ".join(
        f'<form method="post" action="/control/api/packages/{package.package_id}/{action}">'
        f"<button>{escape(text)}</button></form>"
        for action, text in moves
    )


def _settings(config: SandboxConfig) -> str:
    switches = [("strict_limits", "İstek sınırları uygulanır", config.strict_limits)]
    switches += [(name, text, name in config.quirks) for name, text in QUIRKS.items()]
    return "".join(
        f'<form method="post" action="/control/api/settings">'
        f'<input type="hidden" name="{name}" value="{"false" if on else "true"}">'
        f"<button>{'Kapat' if on else 'Aç'}</button> <span>{escape(text)}</span></form>"
        for name, text, on in switches
    )
