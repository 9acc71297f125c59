"""getClaims (contract section 9.1): null for nothing, cut silently at 500."""

from .claim_payloads import claim_payload
from .claim_reasons import CLAIM_ISSUE_REASONS
from .claims import CLAIM_MOVES
from .entities import Claim, Json
from .query import Query
from .state import State

_CUT = 500


class ClaimSearch:
    """Reads claims."""

    def __init__(self, state: State) -> None:
        self._state = state

    def page(self, query: Query, *, shifted: int = 0) -> Json:
        """One page, newest claim first unless asked otherwise."""
        page, size = query.page(), query.page_size(default=50, maximum=200)
        direction = query.choice("sortDirection", ("ASC", "DESC"), "DESC")
        query.choice("sortColumn", ("CLAIM_DATE",), "CLAIM_DATE")
        with self._state.transaction():
            found = self._matching(query)
            found.sort(key=lambda claim: (claim.claim_ms, claim.claim_id), reverse=direction == "DESC")
            found = found[shifted:_CUT] if page else found[:_CUT]
            shown = found[page * size : (page + 1) * size]
            return {
                "totalElements": len(found),
                "totalPages": -(-len(found) // size),
                "page": page,
                "size": size,
                "content": [self._payload(claim) for claim in shown] if found else None,
            }

    def issue_reasons(self) -> list[Json]:
        return [{"id": reason_id, "name": name} for reason_id, name in CLAIM_ISSUE_REASONS]

    def _matching(self, query: Query) -> list[Claim]:
        ids = query.texts("claimIds")
        if ids:
            # claimIds overrides every other filter.
            return [self._state.claims[claim_id] for claim_id in ids if claim_id in self._state.claims]
        start_ms, end_ms = query.moment("startDate"), query.moment("endDate")
        statuses = query.choices("claimItemStatus", CLAIM_MOVES)
        number = query.text("orderNumber")
        return [
            claim
            for claim in self._state.claims.values()
            if (start_ms is None or self._moment(claim) >= start_ms)
            and (end_ms is None or self._moment(claim) <= end_ms)
            and (not statuses or any(unit.status in statuses for unit in claim.units))
            and (not number or self._state.packages[claim.package_id].order_number == number)
        ]

    def _moment(self, claim: Claim) -> int:
        by_change = "claims_filter_modified" in self._state.config.quirks
        return claim.last_modified_ms if by_change else claim.claim_ms

    def _payload(self, claim: Claim) -> Json:
        package = self._state.packages[claim.package_id]
        listing = self._state.listings.get(package.lines[0].barcode)
        return claim_payload(claim, package, listing.category if listing else "Casual Ayakkabı")
