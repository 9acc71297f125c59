"""The control page: plain HTML from one template, no script."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from .claim_reasons import CUSTOMER_REASONS
from .claims import CLAIM_MOVES
from .clock import ISTANBUL
from .config import QUIRKS, SandboxConfig
from .control_products import running_audits, waiting_products
from .control_webhooks import hook_rows
from .entities import INVOICE_RECEIVED, LEGAL_MOVES, Claim, Listing, Package
from .faults import FAULT_KINDS, Faults
from .gateway import Gateway
from .product_entities import RUNNING, Audit
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
_CLAIM_NAMES = {
    "Created": "Yolda",
    "WaitingInAction": "Satıcıyı bekliyor",
    "WaitingFraudCheck": "Kontrol ediliyor",
    "Unresolved": "İtiraz edildi",
    "InAnalysis": "Analizde",
    "Accepted": "Kabul edildi",
    "Rejected": "Reddedildi",
    "Cancelled": "Vazgeçildi",
}
_CLAIM_BUTTONS = {
    "WaitingInAction": "Paket ulaştı",
    "Accepted": "Kabul et",
    "Rejected": "Reddet",
    "Cancelled": "Vazgeç",
}
_AUDIT_NAMES = {
    "TITLE": "Ürün adı",
    "DESCRIPTION": "Açıklama",
    "MEDIA": "Görsel",
    "ATTRIBUTE": "Özellik",
}
_SHOWN = 30


def render_page(
    shop: Shop, gateway: Gateway, faults: Faults, shoppers: Shoppers, query: Mapping[str, Sequence[str]]
) -> str:
    """The whole page as it is now."""
    state = shop.state
    with state.transaction() as now:
        listed = [package for package in state.packages.values() if not package.archived]
        recent = sorted(listed, key=lambda p: p.last_modified_ms, reverse=True)[:_SHOWN]
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
            claims="".join(
                _claim_row(claim, state.packages[claim.package_id]) for claim in _open_claims(shop)
            ),
            reviews="".join(_review_row(x) for x in waiting_products(shop)[:_SHOWN]),
            audits="".join(_audit_row(x) for x in running_audits(shop)[:_SHOWN]),
            webhooks=hook_rows(shop),
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
    return _table_row(cells, _buttons(package))


def _buttons(package: Package) -> str:
    """Only what may happen next."""
    moves = [(_BUTTONS[status]) for status in _BUTTONS if status in LEGAL_MOVES[package.status]]
    if package.status == "Delivered":
        moves.append(("claim", "İade aç"))
    path = f"/control/api/packages/{package.package_id}"
    buttons = [_button(f"{path}/{action}", text) for action, text in moves]
    if package.invoice_status == INVOICE_RECEIVED:
        buttons.append(_button(f"{path}/invoice", "Faturayı onayla", accepted="true"))
        buttons.append(_button(f"{path}/invoice", "Faturayı reddet", accepted="false"))
    return " ".join(buttons)


def _button(action: str, text: str, **values: str) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items()
    )
    return f'<form method="post" action="{escape(action)}">{hidden}<button>{escape(text)}</button></form>'


def _open_claims(shop: Shop) -> list[Claim]:
    """Returns in which something can still happen, the latest change first."""
    going = [x for x in shop.claims.values() if any(CLAIM_MOVES[unit.status] for unit in x.units)]
    return sorted(going, key=lambda claim: claim.last_modified_ms, reverse=True)[:_SHOWN]


def _claim_row(claim: Claim, package: Package) -> str:
    statuses = dict.fromkeys(unit.status for unit in claim.units)
    deadlines = [unit.auto_approve_ms for unit in claim.units if unit.auto_approve_ms is not None]
    cells = (
        package.order_number,
        ", ".join(_CLAIM_NAMES[status] for status in statuses),
        len(claim.units),
        "Değişim" if claim.replacement else CUSTOMER_REASONS[claim.units[0].reason_id][0],
        _moment(min(deadlines)) if deadlines else "",
    )
    path = f"/control/api/claims/{claim.claim_id}/status"
    allowed = {move for status in statuses for move in CLAIM_MOVES[status]}
    buttons = " ".join(
        _button(path, text, status=status) for status, text in _CLAIM_BUTTONS.items() if status in allowed
    )
    return _table_row(cells, buttons)


def _review_row(listing: Listing) -> str:
    """With a reason to fill in; left empty, the usual one is given."""
    due = "" if listing.review_ms is None else _moment(listing.review_ms)
    cells = (
        listing.barcode,
        f"{listing.title} {listing.colour} {listing.size}",
        listing.reject_reason or "Onay bekliyor",
        due,
    )
    path = f"/control/api/products/{quote(listing.barcode, safe='')}"
    reject = (
        f'<form method="post" action="{escape(path)}/reject"><input name="reason" placeholder="Neden" '
        f'aria-label="{escape(listing.barcode)} ret nedeni"><button>Reddet</button></form>'
    )
    return _table_row(cells, f"{_button(f'{path}/approve', 'Onayla')} {reject}")


def _audit_row(audit: Audit) -> str:
    parts = [_AUDIT_NAMES[part.kind] for part in audit.updates if part.status == RUNNING]
    due = "" if audit.due_ms is None else _moment(audit.due_ms)
    path = f"/control/api/audits/{audit.audit_id}"
    buttons = f"{_button(path, 'Onayla', accepted='true')} {_button(path, 'Reddet', accepted='false')}"
    return _table_row((audit.content_id, audit.barcode, ", ".join(parts), due), buttons)


def _table_row(cells: Iterable[object], buttons: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + f"<td>{buttons}</td></tr>"


def _settings(config: SandboxConfig) -> str:
    switches = [("strict_limits", "İstek sınırları uygulanır", config.strict_limits)]
    switches += [(name, text, name in config.quirks) for name, text in QUIRKS.items()]
    return "".join(
        f'<form class="switch" method="post" action="/control/api/settings">'
        f'<input type="hidden" name="{name}" value="{"false" if on else "true"}">'
        f"<button>{'Kapat' if on else 'Aç'}</button> <span>{escape(text)}</span></form>"
        for name, text, on in switches
    )
