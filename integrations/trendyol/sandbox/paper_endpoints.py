"""The paths of labels and invoices (contract sections 7.1 and 7.2)."""

import math
from typing import Any

from .entities import Json
from .errors import Family, label_refused, product_refused
from .messages import Reply, json_reply
from .multipart import Form, read_form
from .routing import FORM_BODY, Call, Endpoint, Routes, is_integer
from .shop import Shop

_SELLER = "/integration/sellers/{seller}"
_LABEL = _SELLER + "/common-label/{number}"


class PaperEndpoints:
    """Labels answer in family L, invoices in family P."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def table(self) -> list[Endpoint]:
        post, upload = Routes("POST"), Routes("POST", media_type=FORM_BODY)
        post_label, get_label = Routes("POST", Family.LABEL), Routes("GET", Family.LABEL)
        links = _SELLER + "/seller-invoice-links"
        return [
            post_label("common-label-create", _LABEL, "common-label-create", 100, self._create_label),
            get_label("common-label-read", _LABEL, "common-label-read", 100, self._read_label),
            post("invoice-links", links, "invoice-links", None, self._send_link),
            post("invoice-links-delete", links + "/delete", "invoice-links-delete", None, self._delete),
            upload("invoice-file", _SELLER + "/seller-invoice-file", "invoice-file", None, self._send_file),
        ]

    def _create_label(self, call: Call) -> Reply:
        body = call.body()
        boxes, height = body.get("boxQuantity", 1), body.get("volumetricHeight")
        if not is_integer(boxes) or not (height is None or _is_number(height)):
            raise label_refused("Invalid box quantity", key="label.boxes.invalid")
        self._shop.labels.create(
            call.arguments["number"], format_name=body.get("format"), boxes=boxes, height=height
        )
        return Reply(status=200)

    def _read_label(self, call: Call) -> Reply:
        return json_reply(self._shop.labels.read(call.arguments["number"]))

    def _send_link(self, call: Call) -> Reply:
        body = call.body()
        date_value = body.get("invoiceDateTime")
        if date_value is not None and not is_integer(date_value):
            raise product_refused("invoiceDateTime geçersiz", key="invoice.date.invalid")
        self._shop.invoices.send_link(
            _package_id(body, "shipmentPackageId"),
            link=str(body.get("invoiceLink") or ""),
            number=str(body.get("invoiceNumber") or ""),
            date_value=date_value,
        )
        return Reply(status=201)

    def _delete(self, call: Call) -> Reply:
        body = call.body()
        customer_id = body.get("customerId")
        if body.get("channelId") != 1:
            raise product_refused("channelId geçersiz", key="invoice.channel.invalid")
        self._shop.invoices.delete(
            _package_id(body, "serviceSourceId"), customer_id=customer_id if is_integer(customer_id) else None
        )
        return Reply(status=202)

    def _send_file(self, call: Call) -> Reply:
        form = read_form(call.request)
        upload = next((part for part in form.files if part.name == "file"), None)
        if upload is None:
            raise product_refused("file alanı zorunludur", key="invoice.file.missing")
        self._shop.invoices.send_file(
            _form_number(form, "shipmentPackageId") or 0,
            upload=upload,
            number=form.text("invoiceNumber"),
            date_value=_form_number(form, "invoiceDateTime"),
        )
        return Reply(status=201)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _package_id(body: Json, name: str) -> int:
    value = body.get(name)
    if not is_integer(value):
        raise product_refused(f"{name} geçersiz", key="invoice.package.invalid")
    return int(value)  # type: ignore[arg-type]


def _form_number(form: Form, name: str) -> int | None:
    """Raises Refusal 400 for a text that is no number."""
    text = form.text(name)
    if not text:
        return None
    if not text.isdecimal():
        raise product_refused(f"{name} geçersiz", key="invoice.form.invalid")
    return int(text)
