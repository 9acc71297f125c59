"""Quality control of new products: some time after they came they are approved or rejected (contract section 8)."""

import random

from .catalogue import content_for
from .entities import Listing
from .errors import Refusal, product_refused
from .state import State

REJECT_REASONS = (
    (
        "Zorunlu Ürün Özellik Değeri Eksik/Yanlış",
        "Zorunlu özellik eksik ya da hatalı; düzeltip yeniden gönderin.",
    ),
    ("Ürün Görseli Uygun Değil", "Görsel en az 1200x1800 piksel, beyaz fonlu ve yazısız olmalıdır."),
    ("Ürün Adı Hatalı", "Ürün adı marka, ürün tipi ve ayırt edici özelliği içermelidir."),
    ("Kategori Hatalı", "Ürün yanlış kategoride; doğru alt kategoriyi seçip yeniden gönderin."),
    ("Marka Kullanım Yetkisi Eksik", "Marka için yetki belgesi ya da fatura yüklenmelidir."),
)


class QualityControl:
    """The only one who approves or rejects products."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.on_due("review", self._due)

    def start(self, listing: Listing, *, at_ms: int) -> None:
        """A new or corrected product waits for its verdict."""
        seconds = self._state.config.approval_delay_seconds
        listing.reject_reason = listing.reject_detail = ""
        listing.reviews += 1
        listing.review_ms = None if seconds is None else at_ms + round(seconds * 1000)
        self._state.mark_listing(listing)

    def approve(self, barcode: str) -> Listing:
        """Approve an unapproved product now. Raises Refusal when there is none."""
        with self._state.transaction() as now:
            listing = self._waiting(barcode)
            self._approve(listing, at_ms=now)
            return listing

    def reject(self, barcode: str, *, reason: str = "", detail: str = "") -> Listing:
        """Reject an unapproved product now. Raises Refusal when there is none."""
        with self._state.transaction() as now:
            listing = self._waiting(barcode)
            usual_reason, usual_detail = REJECT_REASONS[0]
            self._reject(listing, reason=reason or usual_reason, detail=detail or usual_detail, at_ms=now)
            return listing

    def _waiting(self, barcode: str) -> Listing:
        listing = self._state.listings.get(barcode)
        if listing is None:
            raise product_refused("Ürün bulunamadı", key="product.not.found", status=404)
        if listing.approved:
            raise _already_approved()
        return listing

    def _due(self, key: str, due_ms: int) -> None:
        listing = self._state.listings.get(key)
        if listing is None or listing.approved or listing.review_ms != due_ms:
            return
        rng = self._lot(listing)
        if rng.random() < self._state.config.approve_share:
            self._approve(listing, at_ms=due_ms)
            return
        reason, detail = rng.choice(REJECT_REASONS)
        self._reject(listing, reason=reason, detail=detail, at_ms=due_ms)

    def _lot(self, listing: Listing) -> random.Random:
        """All sizes of one card share their fate; a corrected product draws anew."""
        card = f"{listing.product_main_id}-{listing.colour}"
        return random.Random(f"{self._state.config.random_seed}-quality-{card}-{listing.reviews}")

    def _approve(self, listing: Listing, *, at_ms: int) -> None:
        listing.content_id = listing.content_id or content_for(listing, self._state)
        listing.approved, listing.approved_ms = True, at_ms
        listing.reject_reason = listing.reject_detail = ""
        self._decided(listing, at_ms)

    def _reject(self, listing: Listing, *, reason: str, detail: str, at_ms: int) -> None:
        listing.reject_reason, listing.reject_detail = reason, detail
        self._decided(listing, at_ms)

    def _decided(self, listing: Listing, at_ms: int) -> None:
        listing.review_ms = None
        listing.modified_ms = at_ms
        self._state.mark_listing(listing)


def _already_approved() -> Refusal:
    return product_refused("Ürün zaten onaylı", key="product.already.approved")
