"""The paths of returns (contract section 9)."""

from .claim_payloads import created_payload
from .errors import order_refused
from .messages import Reply, json_reply
from .multipart import read_form
from .query import Query
from .routing import FORM_BODY, Call, Endpoint, Routes, integer, is_integer, objects, texts
from .seller_claims import CreatedUnit
from .shop import Shop

_ORDER = "/integration/order/sellers/{seller}"
_CLAIM = _ORDER + "/claims/{claim}"


class ClaimEndpoints:
    """Reading and acting on returns; approving and disputing are five calls a minute each."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def table(self) -> list[Endpoint]:
        get, put, post = Routes("GET"), Routes("PUT"), Routes("POST")
        upload = Routes("POST", media_type=FORM_BODY)
        reasons, audit = "/integration/order/claim-issue-reasons", _ORDER + "/claims/items/{item}/audit"
        return [
            get("claims", _ORDER + "/claims", "claims", 1000, self._claims),
            get("claim-issue-reasons", reasons, "reasons", None, self._reasons),
            get("claim-audit", audit, "claim-audit", 1000, self._audit),
            put("claim-approve", _CLAIM + "/items/approve", "claim-approve", 5, self._approve),
            upload("claim-issue", _CLAIM + "/issue", "claim-issue", 5, self._issue),
            post("claim-create", _ORDER + "/claims/create", "claim-create", None, self._create),
        ]

    def _claims(self, call: Call) -> Reply:
        return json_reply(self._shop.claim_search.page(Query(call.request.query), shifted=call.shifted))

    def _reasons(self, _call: Call) -> Reply:
        return json_reply(self._shop.claim_search.issue_reasons())

    def _audit(self, call: Call) -> Reply:
        return json_reply(self._shop.seller_claims.audit(call.arguments["item"]))

    def _approve(self, call: Call) -> Reply:
        item_ids = texts(call.body(), "claimLineItemIdList")
        self._shop.seller_claims.approve(call.arguments["claim"], item_ids)
        return Reply(status=200)

    def _issue(self, call: Call) -> Reply:
        """The values come in the query (guide) or in the form (OpenAPI); the query wins."""
        query, form = Query(call.request.query), read_form(call.request)
        reason = query.text("claimIssueReasonId") or form.text("claimIssueReasonId")
        if not reason.isdecimal():
            raise order_refused("claimIssueReasonId geçersiz", key="claim.issue.reason.unknown")
        self._shop.seller_claims.issue(
            call.arguments["claim"],
            reason_id=int(reason),
            item_ids=query.texts("claimItemIdList") or form.texts("claimItemIdList"),
            description=query.text("description") or form.text("description"),
            files=sum(1 for upload in form.files if upload.content),
        )
        return Reply(status=200)

    def _create(self, call: Call) -> Reply:
        body = call.body()
        customer_id = body.get("customerId")
        units = [
            CreatedUnit(
                barcode=str(part.get("barcode", "")),
                quantity=integer(part, "quantity"),
                reason_id=integer(part, "reasonId"),
                note=str(part.get("customerNote") or ""),
            )
            for part in objects(body, "claimItems")
        ]
        claim = self._shop.seller_claims.create(
            order_number=str(body.get("orderNumber") or ""),
            customer_id=customer_id if is_integer(customer_id) else None,
            units=units,
        )
        return json_reply(created_payload(claim))
