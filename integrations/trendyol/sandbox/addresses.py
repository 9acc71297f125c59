"""The seller's addresses (contract section 7.3); products name them by id."""

from typing import Any

from .payloads import WAREHOUSE_ID

SHIPMENT_IDS = (WAREHOUSE_ID, WAREHOUSE_ID + 1)
INVOICE_ID = WAREHOUSE_ID + 2
RETURNING_IDS = (WAREHOUSE_ID + 3,)
_ISTANBUL, _IZMIR = ("İstanbul", 34, "Sarıyer", 54, "34000"), ("İzmir", 35, "Bornova", 412, "35000")


def addresses_payload() -> dict[str, Any]:
    """Note that the default return address is no address but a flag."""
    shipment = _address(SHIPMENT_IDS[0], "Shipment", _ISTANBUL)
    invoice = _address(INVOICE_ID, "Invoice", _ISTANBUL)
    return {
        "supplierAddresses": [
            shipment,
            {**_address(SHIPMENT_IDS[1], "Shipment", _IZMIR), "isDefault": False},
            invoice,
            _address(RETURNING_IDS[0], "Returning", _ISTANBUL),
        ],
        "defaultShipmentAddress": shipment,
        "defaultInvoiceAddress": invoice,
        "defaultReturningAddress": {"present": True},
    }


def _address(address_id: int, kind: str, place: tuple[str, int, str, int, str]) -> dict[str, Any]:
    city, city_code, district, district_id, post_code = place
    street = "Numune Sanayi Sitesi 0. Blok"
    return {
        "id": address_id,
        "addressType": kind,
        "country": "Türkiye",
        "city": city,
        "cityCode": city_code,
        "district": district,
        "districtId": district_id,
        "postCode": post_code,
        "address": street,
        "isReturningAddress": kind == "Returning",
        "fullAddress": f"{street} {district} {city}",
        "isShipmentAddress": kind == "Shipment",
        "isInvoiceAddress": kind == "Invoice",
        "isDefault": True,
        "stateCountyProvince": None,
        "buildingNumber": None,
        "shortAddress": None,
    }
