"""Quality control of content updates (contract section 8.12): each part is decided on its own, a day later."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from .clock import iso_utc
from .entities import Json, Listing
from .errors import product_refused
from .product_entities import AUDIT_FAIL, AUDIT_SUCCESS, RUNNING, Audit, AuditUpdate, ListedAttribute
from .product_payloads import sheet_of
from .query import Query
from .state import State

TITLE, DESCRIPTION, MEDIA, ATTRIBUTE = "TITLE", "DESCRIPTION", "MEDIA", "ATTRIBUTE"
_REASONS = {
    TITLE: ("Ürün adı uygun değil", "Ürün adında marka ve ürün tipi bulunmalıdır."),
    DESCRIPTION: ("Açıklama uygun değil", "Açıklamada iletişim bilgisi ya da bağlantı bulunamaz."),
    MEDIA: ("Görsel boyutu uygun değil", "En az 1200x1800 piksel"),
    ATTRIBUTE: ("Özellik değeri uygun değil", "Özellik değeri ürün görseliyle uyuşmuyor."),
}
_SHOWN = {TITLE: "Title", DESCRIPTION: "Description", MEDIA: "Media", ATTRIBUTE: "Attribute"}


class Audits:
    """Holds back what a content update changes until it is decided."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.on_due("audit", self._due)

    def open(
        self, first: Listing, *, batch_id: str, changes: Mapping[str, tuple[Any, Any]], at_ms: int
    ) -> Audit:
        """`changes` are kind -> (changed, existing) of the content that `first` belongs to."""
        seconds = self._state.config.audit_delay_seconds
        audit = Audit(
            audit_id=self._state.next_id("audit"),
            content_id=first.content_id,
            barcode=first.barcode,
            batch_id=batch_id,
            requested_ms=at_ms,
            updates=[AuditUpdate(kind, changed, existing) for kind, (changed, existing) in changes.items()],
            due_ms=None if seconds is None else at_ms + round(seconds * 1000),
        )
        self._state.mark_audit(audit)
        return audit

    def decide(self, audit_id: int, *, accepted: bool, kind: str = "") -> Audit:
        """Decide every running part now, or only `kind`. Raises Refusal when nothing is running."""
        with self._state.transaction() as now:
            audit = self._state.audits.get(audit_id)
            parts = [part for part in audit.updates if _is_open(part, kind)] if audit is not None else []
            if audit is None or not parts:
                raise product_refused(
                    "İncelenen içerik güncellemesi yok", key="audit.not.running", status=404
                )
            for part in parts:
                self._decide(audit, part, accepted=accepted, at_ms=now)
            self._close(audit)
            return audit

    def page(self, content_id: str, query: Query) -> Json:
        """Newest first. Note `totalPage`."""
        page, size = query.page(), query.page_size(default=20, maximum=1000)
        with self._state.transaction():
            found = [x for x in self._state.audits.values() if str(x.content_id) == content_id]
            found.sort(key=lambda x: x.audit_id, reverse=True)
            return {
                "page": page,
                "size": size,
                "totalPage": -(-len(found) // size),
                "content": [_payload(audit) for audit in found[page * size : (page + 1) * size]],
            }

    def _due(self, key: str, due_ms: int) -> None:
        audit = self._state.audits.get(int(key))
        if audit is None or audit.due_ms != due_ms:
            return
        config = self._state.config
        for part in audit.updates:
            if _is_open(part, ""):
                lot = random.Random(f"{config.random_seed}-audit-{audit.audit_id}-{part.kind}").random()
                self._decide(audit, part, accepted=lot >= config.audit_fail_share, at_ms=due_ms)
        self._close(audit)

    def _close(self, audit: Audit) -> None:
        if not audit.running:
            audit.due_ms = None
        self._state.mark_audit(audit)

    def _decide(self, audit: Audit, part: AuditUpdate, *, accepted: bool, at_ms: int) -> None:
        part.completed_ms = at_ms
        part.status = AUDIT_SUCCESS if accepted else AUDIT_FAIL
        if not accepted:
            part.reason, part.detail = _REASONS[part.kind]
            return
        for listing in self._variants(audit.content_id):
            _apply(listing, part)
            listing.modified_ms = at_ms
            self._state.mark_listing(listing)

    def _variants(self, content_id: int) -> Iterator[Listing]:
        return (x for x in list(self._state.listings.values()) if x.approved and x.content_id == content_id)


def _is_open(part: AuditUpdate, kind: str) -> bool:
    return part.status == RUNNING and kind in ("", part.kind)


def _apply(listing: Listing, part: AuditUpdate) -> None:
    sheet = listing.sheet = sheet_of(listing)
    if part.kind == TITLE:
        listing.title = part.changed
    elif part.kind == DESCRIPTION:
        sheet.description = part.changed
    elif part.kind == MEDIA:
        sheet.images = list(part.changed)
        listing.image_url = sheet.images[0]
    else:
        own = [attribute for attribute in sheet.attributes if attribute.varianter]
        sheet.attributes = [*(ListedAttribute(**attribute) for attribute in part.changed), *own]


def _payload(audit: Audit) -> Json:
    return {
        "barcode": audit.barcode,
        "contentId": audit.content_id,
        "batchRequestId": audit.batch_id,
        "requestDate": iso_utc(audit.requested_ms),
        "updates": [_part_payload(part) for part in audit.updates],
    }


def _part_payload(part: AuditUpdate) -> Json:
    reason = {"type": part.kind, "reason": part.reason, "detail": part.detail, "parameters": {}}
    shown: Json = {
        "type": part.kind,
        "status": part.status,
        "completedDate": None if part.completed_ms is None else iso_utc(part.completed_ms),
        "rejectReasons": [reason] if part.status == AUDIT_FAIL else [],
    }
    if part.status == AUDIT_SUCCESS:
        # Told only of what was accepted, as in the one sample there is.
        shown[f"changed{_SHOWN[part.kind]}"] = part.changed
        shown[f"existing{_SHOWN[part.kind]}"] = part.existing
    return shown
