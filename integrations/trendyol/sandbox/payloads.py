"""A package as Trendyol writes it (contract sections 5.3 to 5.5)."""

import json
from decimal import ROUND_HALF_UP, Decimal

from .clock import DAY_MS, ISTANBUL_SHIFT_MS
from .config import SandboxConfig
from .entities import (
    AWAITING,
    DELIVERED,
    INVOICE_ACCEPTED,
    INVOICE_REJECTED,
    PICKING,
    Json,
    Line,
    Package,
    Unit,
    lira,
)

CARRIERS = {
    "TEXMP": ("733", "Trendyol Express Marketplace"),
    "YKMP": ("725", "Yurtiçi Kargo Marketplace"),
    "ARASMP": ("726", "Aras Kargo Marketplace"),
    "SURATMP": ("727", "Sürat Kargo Marketplace"),
    "DHLECOMMP": ("728", "DHL eCommerce Marketplace"),
    "UPSMP": ("729", "UPS Kargo Marketplace"),
    "PTTMP": ("734", "PTT Kargo Marketplace"),
    "HOROZMP": ("884", "Horoz Kargo Marketplace"),
    "CEVAMP": ("884", "CEVA Marketplace"),
    "KOLAYGELSINMP": ("735", "Kolay Gelsin Marketplace"),
    "CEVATEDARIK": ("884", "CEVA Tedarik Marketplace"),
}
WAREHOUSE_ID = 372389
_MASK = "***"


def cargo_number(*, carrier: str, package_id: int, generation: int = 0) -> int:
    """A tracking number of that carrier; every 25th package gets one of 20 digits, beyond 64 bits."""
    width = 17 if package_id % 25 == 0 else 13
    serial = (package_id + generation * 70_000_000_000) % 10**width
    return int(f"{CARRIERS[carrier][0]}{serial:0{width}d}")


def package_fragment(package: Package, config: SandboxConfig) -> str:
    """The package as JSON text; kept until the package changes."""
    return json.dumps(package_payload(package, config), ensure_ascii=False, separators=(",", ":"))


def package_payload(package: Package, config: SandboxConfig) -> Json:
    """The whole package. While Awaiting, everything about the customer and the carrier is masked."""
    masked = package.status == AWAITING
    varied = "varied_payloads" in config.quirks and not masked
    payload = {
        "shipmentAddress": _address(package, invoice=False, masked=masked, varied=varied),
        "orderNumber": package.order_number,
        "paymentMethod": "-" if masked else package.payment_method,
        "orderCountryCode": "TR",
        **_money(package),
        "taxNumber": package.customer["tax_number"] or None,
        "invoiceAddress": _address(package, invoice=True, masked=masked, varied=varied),
        **_customer(package, config.seller_id, masked=masked),
        **_cargo(package, masked=masked),
        "lines": [_line(line, package, config, varied=varied) for line in package.lines],
        "orderDate": package.order_ms + ISTANBUL_SHIFT_MS,
        "identityNumber": _MASK if masked else package.customer["identity_number"],
        "currencyCode": "TRY",
        "packageHistories": _histories(package, varied=varied),
        "shipmentPackageStatus": _internal_status(package, varied=varied),
        "status": package.status,
        **_promises(package),
        **_invoice(package),
        "micro": False,
        "giftBoxRequested": False,
        "3pByTrendyol": False,
        "containsDangerousProduct": False,
        "cargoDeci": 0 if masked else package.cargo_deci,
        "isCod": False,
        "createdBy": "" if masked else package.created_by,
        "originPackageIds": _origins(package, varied=varied),
        "shipmentNumber": package.shipment_number,
        "is4P": False,
    }
    if varied:
        _vary(payload, package)
    payload.update(package.overrides)
    return payload


def _vary(payload: Json, package: Package) -> None:
    """Absent, null and empty where the contract says clients must survive it (section 14)."""
    if package.package_id % 10 == 0:
        payload["deliveryPromiseBadge"] = {"code": "YARIN_KAPINDA", "visible": True}
    if package.package_id % 9 == 5:
        payload["whoPays"] = 1
    if package.package_id % 8 == 5:
        payload["sellerOtpCode"] = ""


def _money(package: Package) -> Json:
    units = [unit for line in package.lines for unit in line.units]
    seller, ty = sum(u.seller_discount for u in units), sum(u.ty_discount for u in units)
    discounts = []
    if seller + ty:
        discounts = [{"displayName": package.discount_name, "discountAmount": lira(seller + ty)}]
    return {
        "packageGrossAmount": lira(sum(u.gross for u in units)),
        "packageSellerDiscount": lira(seller),
        "packageTyDiscount": lira(ty),
        "packageTotalDiscount": lira(seller + ty),
        "discountDisplays": discounts,
        "packageTotalPrice": lira(sum(u.net for u in units)),
    }


def _customer(package: Package, seller_id: int, *, masked: bool) -> Json:
    customer = package.customer
    return {
        "customerFirstName": _MASK if masked else customer["first_name"],
        "customerEmail": _MASK if masked else customer["email"],
        "customerId": customer["customer_id"],
        "supplierId": seller_id,
        "customerLastName": _MASK if masked else customer["last_name"],
        "channelId": package.channel_id,
        "shipmentPackageId": package.package_id,
        "commercial": package.commercial,
    }


def _cargo(package: Package, *, masked: bool) -> Json:
    link = f"https://kargo-takip.example/?id={package.package_id}"
    return {
        "cargoTrackingNumber": 0 if masked else package.cargo_number,
        "cargoTrackingLink": "" if masked else link,
        "cargoSenderNumber": str(210_000_000_000 + package.package_id % 1_000_000_000),
        "sellerDeliveryMethod": None,
        "sellerOtpCode": None,
        "cargoProviderName": _MASK if masked else CARRIERS[package.cargo_provider][1],
    }


def _promises(package: Package) -> Json:
    """Delivery dates and the like. The estimates are shifted by three hours, the others are not."""
    shown = package.order_ms + ISTANBUL_SHIFT_MS
    return {
        "deliveryType": "normal",
        "timeSlotId": 0,
        "estimatedDeliveryStartDate": shown + 3 * DAY_MS,
        "estimatedDeliveryEndDate": shown + 5 * DAY_MS,
        "deliveryAddressType": "Shipment",
        "agreedDeliveryDate": package.agreed_ms,
        "fastDelivery": False,
        "originShipmentDate": package.origin_shipment_ms,
        "lastModifiedDate": package.last_modified_ms,
        "fastDeliveryType": "",
        "deliveredByService": False,
        "warehouseId": None if package.status == AWAITING else WAREHOUSE_ID,
    }


def _invoice(package: Package) -> Json:
    """The link shows only once the invoice is accepted; reasons for a refusal only on is4P (section 5.3)."""
    accepted = package.invoice_status == INVOICE_ACCEPTED
    shown: Json = {
        "invoiceLink": package.invoice_link if accepted else None,
        "invoiceNumber": package.invoice_number,
        "invoiceStatus": package.invoice_status,
    }
    if package.overrides.get("is4P"):
        rejected = package.invoice_status == INVOICE_REJECTED
        shown["invoiceRejectedReasonKeys"] = ["INVOICE_TOTAL_MISMATCH"] if rejected else []
    return shown


def _histories(package: Package, *, varied: bool) -> list[Json]:
    if package.status == AWAITING:
        return [{"createdDate": 0, "status": AWAITING}]
    entries = list(package.histories)
    if varied and len(entries) >= 3 and package.package_id % 3 == 1:
        # The official samples are not in time order either: the newest stands second.
        entries = [entries[0], entries[-1], *entries[1:-1]]
    return [{"createdDate": at_ms, "status": status} for at_ms, status in entries]


def _internal_status(package: Package, *, varied: bool) -> str:
    if package.internal_status:
        return package.internal_status
    if package.status == AWAITING:
        return "Approved"
    if varied and package.status == PICKING and package.package_id % 9 == 4:
        return "ReadyToShip"
    return package.status


def _origins(package: Package, *, varied: bool) -> list[int] | None:
    if package.origin_package_ids:
        return package.origin_package_ids
    return [] if varied and package.package_id % 8 == 3 else None


def _average(amounts: list[int]) -> int:
    exact = Decimal(sum(amounts)) / len(amounts)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _line(line: Line, package: Package, config: SandboxConfig, *, varied: bool) -> Json:
    """Unit averages are rounded, so quantity x lineUnitPrice may miss the total by a kuruş (section 5.4)."""
    gross = _average([unit.gross for unit in line.units])
    seller = _average([unit.seller_discount for unit in line.units])
    ty = _average([unit.ty_discount for unit in line.units])
    size = f" {line.size}" if varied and line.line_id % 4 == 1 else line.size
    awaiting = package.status == AWAITING
    status = line.status or ("Approved" if awaiting else package.status)
    return {
        "quantity": line.quantity,
        "salesCampaignId": 11,
        "productSize": size,
        "stockCode": line.stock_code,
        "productName": line.name,
        "contentId": line.content_id,
        "productOrigin": "TR",
        "sellerId": config.seller_id,
        "lineGrossAmount": lira(gross),
        "lineTotalDiscount": lira(seller + ty),
        "lineSellerDiscount": lira(seller),
        "lineTyDiscount": lira(ty),
        "discountDetails": [_unit(unit, old_name=varied and line.line_id % 7 == 2) for unit in line.units],
        "currencyCode": "TRY",
        "productColor": line.colour,
        "lineId": line.line_id,
        "vatRate": float(line.vat_rate),
        "barcode": line.barcode,
        "orderLineItemStatusName": status,
        "lineUnitPrice": lira(gross - seller - ty),
        "fastDeliveryOptions": [],
        "productCategoryId": 411,
        "commission": int(line.commission) if line.commission == int(line.commission) else line.commission,
        "businessUnit": "Sports Shoes",
        "cancelledBy": line.cancelled_by,
        "cancelReason": line.cancel_reason,
        "cancelReasonCode": line.cancel_code,
        "defectiveClaimListingInsight": "Numara küçük geliyor bildirimi"
        if package.status == DELIVERED
        else "",
        "laborCost": 0.0,
    }


def _unit(unit: Unit, *, old_name: bool) -> Json:
    detail: Json = {
        "lineItemId": str(unit.item_id),
        "lineItemPrice": lira(unit.net),
        "lineItemSellerDiscount": lira(unit.seller_discount),
        "lineItemTyDiscount": lira(unit.ty_discount),
    }
    if old_name:
        # Still seen beside the new names on production (contract section 5.4).
        detail["lineItemDiscount"] = lira(unit.seller_discount)
    return detail


def _address(package: Package, *, invoice: bool, masked: bool, varied: bool) -> Json:
    customer = package.customer
    text = (lambda _: _MASK) if masked else (lambda key: customer[key])
    number = (lambda _: 0) if masked else (lambda key: customer[key])
    parts = [text(key) for key in ("address", "neighborhood", "district", "city")]
    address: Json = {
        "id": 51_000_000 + package.customer["customer_id"] % 10_000_000 * 2 + int(invoice),
        "firstName": text("first_name"),
        "lastName": text("last_name"),
        "company": "" if masked else customer["company"],
        "address1": text("address"),
        "address2": "",
        "city": text("city"),
        "cityCode": number("city_code"),
        "district": text("district"),
        "districtId": number("district_id"),
        "countyId": 0,
        "countyName": "",
        "shortAddress": "",
        "stateName": "",
        "addressLines": {"addressLine1": text("address"), "addressLine2": ""},
        "postalCode": text("postal_code"),
        "countryCode": "TR",
        "neighborhoodId": number("neighborhood_id"),
        "neighborhood": text("neighborhood"),
        "phone": text("phone"),
        "latitude": _MASK if masked else "41.000000",
        "longitude": _MASK if masked else "29.000000",
        "fullAddress": " ".join(parts),
        "fullName": f"{text('first_name')} {text('last_name')}",
    }
    if invoice:
        address.update(_invoice_extras(package))
    if varied:
        _vary_address(address, package.package_id)
    return address


def _invoice_extras(package: Package) -> Json:
    """Tax fields exist only on corporate orders; the e-invoice flag has two spellings (section 5.5)."""
    if not package.commercial:
        return {"sector": ""}
    flag = "eInvoiceAvailable" if package.package_id % 2 else "isEInvoiceAvailable"
    customer = package.customer
    return {
        "sector": "Özel",
        "taxOffice": customer["tax_office"],
        "taxNumber": customer["tax_number"],
        flag: True,
    }


def _vary_address(address: Json, package_id: int) -> None:
    if package_id % 6 == 5:
        for key in ("shortAddress", "stateName", "countyName"):
            del address[key]
    if package_id % 7 == 3:
        address.update({"address2": None, "latitude": None, "longitude": None})
    if package_id % 5 == 3 and not address["company"]:
        address["company"] = None
