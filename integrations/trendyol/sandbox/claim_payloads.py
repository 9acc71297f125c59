"""A claim as Trendyol writes it (contract section 9.1). The old names of a line survive here."""

from itertools import groupby

from .claim_reasons import CUSTOMER_REASONS, REJECTED_REASON
from .clock import ISTANBUL_SHIFT_MS
from .entities import Claim, ClaimParcel, ClaimUnit, Json, Package, lira

_CARRIER = "Aras Kargo Marketplace"


def claim_payload(claim: Claim, package: Package, category: str) -> Json:
    """One claim; `package` is the one that was sent. The parcels to the customer are absent, not null."""
    payload: Json = {
        "id": claim.claim_id,
        "claimId": claim.claim_id,
        "orderNumber": package.order_number,
        "orderDate": package.order_ms + ISTANBUL_SHIFT_MS,
        "customerFirstName": package.customer["first_name"],
        "customerLastName": package.customer["last_name"],
        "claimDate": claim.claim_ms,
        "cargoTrackingNumber": claim.cargo_number,
        "cargoTrackingLink": f"https://kargo-takip.example/?code={claim.cargo_number}",
        "cargoSenderNumber": str(8_106_000_000_000 + claim.return_package_id % 1_000_000),
        "cargoProviderName": _CARRIER,
        "orderShipmentPackageId": claim.return_package_id,
        "orderOutboundPackageId": claim.package_id,
        "items": _items(claim, package, category),
        "lastModifiedDate": claim.last_modified_ms,
        "channelId": package.channel_id,
        "sellerOtp": None,
        "sellerDeliveryMethod": None,
        "sellerCollectionPointDetails": {"collectionPointId": None},
    }
    if claim.rejected is not None:
        payload["rejectedPackageInfo"] = {
            **_parcel(claim.rejected, id_name="packageId"),
            "dontShipBack": False,
            "sellerOtp": None,
            "sellerDeliveryMethod": None,
        }
    if claim.replacement is not None:
        payload["replacementOutboundpackageinfo"] = _parcel(claim.replacement, id_name="packageid")
    return payload


def _parcel(parcel: ClaimParcel, *, id_name: str) -> Json:
    return {
        "cargoTrackingNumber": parcel.cargo_number,
        "cargoSenderNumber": parcel.sender_number,
        "cargoProviderName": _CARRIER,
        "cargoTrackingLink": f"https://kargo-takip.example/?code={parcel.cargo_number}",
        id_name: parcel.package_id,
        "items": list(parcel.item_ids),
    }


def created_payload(claim: Claim) -> Json:
    """The answer to a claim the seller opened."""
    return {
        "claimId": claim.claim_id,
        "cargoTrackingNumber": claim.cargo_number,
        "claimItemIds": [unit.claim_item_id for unit in claim.units],
    }


def _items(claim: Claim, package: Package, category: str) -> list[Json]:
    lines = {line.line_id: line for line in package.lines}
    items = []
    for line_id, units in groupby(claim.units, key=lambda unit: unit.line_id):
        line = lines[line_id]
        order_line = {
            "id": line.line_id,
            "productName": line.name,
            "barcode": line.barcode,
            "merchantSku": line.stock_code,
            "productColor": line.colour,
            "productSize": f" {line.size}",
            "price": lira(line.units[0].net),
            "vatBaseAmount": float(line.vat_rate),
            "vatRate": float(line.vat_rate),
            "salesCampaignId": 11,
            "productCategory": category,
            "lineItems": None,
        }
        items.append({"orderLine": order_line, "claimItems": [_unit(unit) for unit in units]})
    return items


def _unit(unit: ClaimUnit) -> Json:
    reason = _reason(unit.reason_id, *CUSTOMER_REASONS[unit.reason_id])
    return {
        "id": unit.claim_item_id,
        "orderLineItemId": unit.item_id,
        "customerClaimItemReason": reason,
        "trendyolClaimItemReason": _reason(*REJECTED_REASON) if unit.status == "Rejected" else reason,
        "claimItemStatus": {"name": unit.status},
        "note": unit.note,
        "customerNote": unit.customer_note,
        "resolved": unit.status in ("Accepted", "Rejected"),
        "autoAccepted": unit.auto_accepted,
        "acceptedBySeller": unit.accepted_by_seller,
        "acceptDetail": unit.accept_detail,
        "autoApproveDate": unit.auto_approve_ms,
    }


def _reason(reason_id: int, name: str, code: str) -> Json:
    return {"id": reason_id, "name": name, "externalReasonId": 23, "code": code}
