"""The payload models on the sample payloads and on what Trendyol varies (contract sections 5, 8, 9, 12)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from integrations.trendyol.client import decode_json
from integrations.trendyol.schemas import (
    ApprovedProduct,
    BatchResult,
    ClaimPayload,
    InventoryContent,
    PackageLine,
    PackagePayload,
    Payload,
    ProductBase,
    UnapprovedProduct,
    explain,
    validate_each,
)

PAYLOADS = Path(__file__).parent / "payloads"
REQUIRED = {"shipmentPackageId", "orderNumber", "status", "lastModifiedDate", "lines"}
REQUIRED_IN_LINE = {"lineId", "quantity", "barcode"}


def sample(name: str) -> Any:
    return decode_json((PAYLOADS / f"{name}.json").read_bytes())


def package_by_number(order_number: str, page: str = "orders_page") -> dict[str, Any]:
    return next(raw for raw in sample(page)["content"] if raw["orderNumber"] == order_number)


def minimal(**changes: Any) -> dict[str, Any]:
    line = {"lineId": 5, "quantity": 1, "barcode": "868"}
    package = {
        "shipmentPackageId": 1,
        "orderNumber": "10",
        "status": "Created",
        "lastModifiedDate": 1795162532500,
        "lines": [line],
    }
    return {**package, **changes}


def minimal_line(**changes: Any) -> PackageLine:
    return PackageLine.model_validate({"lineId": 5, "quantity": 2, "barcode": "868", **changes})


def reason(model: type[Payload], raw: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(raw)
    return explain(caught.value)


@pytest.mark.parametrize(
    ("name", "model", "count"),
    [
        ("orders_page", PackagePayload, 14),
        ("orders_stream_page1", PackagePayload, 3),
        ("orders_stream_last", PackagePayload, 2),
        ("orders_delivered_behind_claims", PackagePayload, 5),
        ("webhook_event", PackagePayload, 1),
        ("webhook_event_cancelled", PackagePayload, 1),
        ("claims_page", ClaimPayload, 6),
        ("products_page", ApprovedProduct, 1),
        ("products_inventory_price_page", InventoryContent, 1),
        ("products_unapproved_page", UnapprovedProduct, 2),
    ],
)
def test_every_record_of_a_sample_page_is_read(name: str, model: type[Payload], count: int) -> None:
    good, bad = validate_each(model, sample(name)["content"])

    assert (len(good), bad) == (count, [])


@pytest.mark.parametrize("page", ["orders_page", "orders_stream_page1", "orders_delivered_behind_claims"])
def test_package_total_equals_the_sum_of_its_lines(page: str) -> None:
    packages, _ = validate_each(PackagePayload, sample(page)["content"])

    sums = [sum(line.total or Decimal(0) for line in package.lines) for package in packages]
    assert sums == [package.total for package in packages]


def test_line_total_is_the_sum_of_units_where_the_average_is_a_kurus_off() -> None:
    line = next(
        line
        for package in validate_each(PackagePayload, sample("orders_page")["content"])[0]
        if package.order_number == "11900000102"
        for line in package.lines
        if line.quantity == 2
    )

    assert line.line_unit_price is not None
    assert (line.total, line.quantity * line.line_unit_price) == (Decimal("2429.80"), Decimal("2429.78"))


def test_package_dates_are_true_utc_moments() -> None:
    package = PackagePayload.model_validate(package_by_number("11900000101"))

    assert package.ordered_at == datetime(2026, 11, 20, 8, 15, 30, 400000, tzinfo=UTC)
    assert package.estimated_delivery_start_at == datetime(2026, 11, 23, 8, 15, 30, 400000, tzinfo=UTC)
    assert package.estimated_delivery_end_at == datetime(2026, 11, 25, 8, 15, 30, 400000, tzinfo=UTC)
    assert package.last_modified_at == datetime(2026, 11, 20, 8, 15, 32, 500000, tzinfo=UTC)
    assert package.origin_shipment_at == datetime(2026, 11, 20, 8, 15, 32, 494000, tzinfo=UTC)
    assert package.agreed_delivery_at == datetime(2026, 11, 23, 20, 59, tzinfo=UTC)


def test_package_dates_of_zero_are_absent() -> None:
    zeros = dict.fromkeys(
        ["orderDate", "agreedDeliveryDate", "originShipmentDate", "estimatedDeliveryStartDate", "etgbDate"], 0
    )
    package = PackagePayload.model_validate(minimal(**zeros))

    assert (
        package.ordered_at,
        package.agreed_delivery_at,
        package.origin_shipment_at,
        package.estimated_delivery_start_at,
        package.etgb_date,
    ) == (None, None, None, None, None)


@pytest.mark.parametrize("ms", [1794960000000, 1794949200000])
def test_etgb_date_is_the_day_whether_midnight_is_of_utc_or_istanbul(ms: int) -> None:
    assert PackagePayload.model_validate(minimal(etgbDate=ms)).etgb_date == date(2026, 11, 18)


def test_history_is_sorted_by_time_and_steps_without_time_come_first() -> None:
    steps = [
        {"createdDate": 3000, "status": "Shipped"},
        {"createdDate": 0, "status": "Awaiting"},
        {"createdDate": 1000, "status": "Created"},
    ]
    package = PackagePayload.model_validate(minimal(packageHistories=steps))

    assert [(step.status, step.created_at) for step in package.history] == [
        ("Awaiting", None),
        ("Created", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        ("Shipped", datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ({"discountDetails": [{"lineItemPrice": "12.99"}, {"lineItemPrice": 13}]}, Decimal("25.99")),
        ({"lineUnitPrice": Decimal("12.99")}, Decimal("25.98")),
        ({"lineUnitPrice": 10, "discountDetails": None}, Decimal(20)),
        ({"lineUnitPrice": 10, "discountDetails": [{"lineItemPrice": 9}]}, Decimal(20)),
        ({}, None),
    ],
    ids=["units", "unit price", "null details", "a unit is missing", "no price at all"],
)
def test_line_total(line: dict[str, Any], total: Decimal | None) -> None:
    assert minimal_line(**line).total == total


def test_package_total_without_its_own_price_is_the_sum_of_lines_or_unknown() -> None:
    lines = [{"lineId": 1, "quantity": 2, "barcode": "a", "lineUnitPrice": "1.50"}]
    unknown = [*lines, {"lineId": 2, "quantity": 1, "barcode": "b"}]

    assert PackagePayload.model_validate(minimal(lines=lines)).total == Decimal("3.00")
    assert PackagePayload.model_validate(minimal(lines=unknown)).total is None


def test_seller_discount_is_read_under_its_old_name_beside_the_new_ones() -> None:
    line = minimal_line(discountDetails=[{"lineItemPrice": 5, "lineItemDiscount": "1.25"}])

    assert line.discount_details[0].line_item_seller_discount == Decimal("1.25")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (72602420957047272632, "72602420957047272632"),
        ("72602420957047272632", "72602420957047272632"),
        (Decimal(7330027504110001), "7330027504110001"),
        (0, ""),
        ("0", ""),
        (None, ""),
        ("***", ""),
    ],
)
def test_cargo_tracking_number_is_text_of_any_length(value: object, expected: str) -> None:
    assert PackagePayload.model_validate(minimal(cargoTrackingNumber=value)).cargo_tracking_number == expected


def test_a_cargo_number_that_went_through_a_float_is_refused() -> None:
    raw = json.loads(
        json.dumps(minimal()).replace('"orderNumber"', '"cargoTrackingNumber": 7.26e19, "orderNumber"')
    )

    assert reason(PackagePayload, raw) == "cargoTrackingNumber: not an exact whole number"


def test_numbers_that_arrive_as_text_are_read() -> None:
    raw = minimal(
        shipmentPackageId="3330100001",
        lastModifiedDate="1795162532500",
        orderNumber=11900000101,
        packageTotalPrice="1169.90",
        commercial="true",
        lines=[{"lineId": "7", "quantity": "2", "barcode": 8680000001027}],
    )
    package = PackagePayload.model_validate(raw)

    assert (package.shipment_package_id, package.order_number, package.total, package.commercial) == (
        3330100001,
        "11900000101",
        Decimal("1169.90"),
        True,
    )
    assert [(line.line_id, line.quantity, line.barcode) for line in package.lines] == [
        (7, 2, "8680000001027")
    ]


def test_ids_beyond_64_bits_survive() -> None:
    assert (
        PackagePayload.model_validate(minimal(shipmentPackageId=10**20 + 1)).shipment_package_id == 10**20 + 1
    )


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_package_without_a_required_field_is_refused(name: str) -> None:
    raw = minimal()
    del raw[name]

    assert reason(PackagePayload, raw) == f"{name}: Field required"


@pytest.mark.parametrize("name", sorted(REQUIRED_IN_LINE))
def test_a_line_without_a_required_field_is_refused(name: str) -> None:
    raw = minimal()
    del raw["lines"][0][name]

    assert reason(PackagePayload, raw) == f"lines.0.{name}: Field required"


@pytest.mark.parametrize(
    "changes",
    [
        {"shipmentPackageId": 0},
        {"shipmentPackageId": None},
        {"shipmentPackageId": 1.5},
        {"orderNumber": " "},
        {"status": ""},
        {"lastModifiedDate": 0},
        {"lastModifiedDate": 10**18},
        {"lines": None},
        {"lines": []},
        {"lines": [{"lineId": 1, "quantity": 0, "barcode": "a"}]},
        {"lines": [{"lineId": 1, "quantity": -1, "barcode": "a"}]},
        {"lines": [{"lineId": 1, "quantity": 1.5, "barcode": "a"}]},
        {"lines": [{"lineId": 1, "quantity": 1, "barcode": "  "}]},
        {"lines": [{"lineId": 1, "quantity": 1, "barcode": "a"}] * 2},
        {"packageTotalPrice": "1.299,90 TL"},
        {"packageTotalPrice": "NaN"},
        {"packageTotalPrice": "1E+400000"},
        {"orderDate": "yesterday"},
    ],
    ids=str,
)
def test_a_package_with_a_wrong_value_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PackagePayload.model_validate(minimal(**changes))


@pytest.mark.parametrize("status", ["UnPacked", "Cancelled", "UnSupplied"])
def test_a_dead_package_may_have_lost_its_lines(status: str) -> None:
    assert PackagePayload.model_validate(minimal(status=status, lines=[])).lines == []


def test_removed_field_names_are_refused_by_name() -> None:
    _, bad = validate_each(PackagePayload, sample("legacy/orders_v1_old_names")["content"])

    assert [record.reason for record in bad] == [
        (
            "old field names (id, grossAmount, totalDiscount, totalTyDiscount, totalPrice, lines.id,"
            " lines.merchantSku, lines.merchantId, lines.amount, lines.discount, lines.tyDiscount, lines.price,"
            " lines.productCode, lines.vatBaseAmount) removed on 6 Apr 2026; this is not the v2 order service"
        )
    ]


@pytest.mark.parametrize(("old", "value"), [("price", 10), ("merchantSku", "x"), ("amount", 10)])
def test_one_removed_name_in_a_line_is_enough(old: str, value: object) -> None:
    raw = minimal()
    raw["lines"][0][old] = value

    assert reason(PackagePayload, raw).startswith(f"old field names (lines.{old}) removed on 6 Apr 2026")


def test_an_old_name_beside_its_successor_is_harmless() -> None:
    assert PackagePayload.model_validate(minimal(id=9, totalPrice=1, packageTotalPrice=2)).total == Decimal(2)


def test_an_error_text_shows_no_values() -> None:
    with pytest.raises(ValidationError) as caught:
        PackagePayload.model_validate(minimal(customerId="Ayşe Gizli", identityNumber={"no": "11111111111"}))

    shown = str(caught.value) + explain(caught.value)
    assert [word in shown for word in ("Gizli", "11111111111")] == [False, False]
    assert explain(caught.value) == "customerId: not an exact whole number; identityNumber: not a text"


def test_unknown_fields_and_statuses_are_kept() -> None:
    package = PackagePayload.model_validate(minimal(status="Repack", brandNew={"a": 1}, history=3))

    assert (package.status, package.model_extra) == ("Repack", {"brandNew": {"a": 1}, "history": 3})


def test_hostile_text_stays_text() -> None:
    hostile = "<script>\x00' OR 1=1 -- {{ 7*7 }} \ud800"
    package = PackagePayload.model_validate(minimal(customerFirstName=hostile))

    assert package.customer_first_name == "<script>\x00' OR 1=1 -- {{ 7*7 }} \ufffd"


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_rejected_reason_keys_may_be_empty_in_every_way(value: object) -> None:
    package = PackagePayload.model_validate(minimal(invoiceRejectedReasonKeys=value))

    assert package.invoice_rejected_reason_keys == []


def test_rejected_reason_keys_are_a_list_of_text() -> None:
    keys = ["INVOICE_LINE_MISMATCH", "RECEIPENT_VKN_MISMATCH"]
    read = [
        PackagePayload.model_validate(minimal(invoiceRejectedReasonKeys=value)).invoice_rejected_reason_keys
        for value in (keys, ",".join(keys))
    ]

    assert read == [keys, keys]


@pytest.mark.parametrize("value", [None, "", {}, {"fullAddress": "***", "address1": ""}])
def test_an_empty_address_does_not_cost_the_package(value: object) -> None:
    assert PackagePayload.model_validate(minimal(micro=True, shipmentAddress=value)).shipment_address.is_empty


@pytest.mark.parametrize("spelling", ["eInvoiceAvailable", "isEInvoiceAvailable"])
def test_the_e_invoice_flag_is_read_in_both_spellings(spelling: str) -> None:
    package = PackagePayload.model_validate(minimal(invoiceAddress={spelling: True}))

    assert package.invoice_address.e_invoice_available is True


def _paths_of_optional_fields() -> list[tuple[str, ...]]:
    raw = package_by_number("11900000102")
    package = [(name,) for name in raw if name not in REQUIRED]
    line = [("lines", name) for name in raw["lines"][0] if name not in REQUIRED_IN_LINE]
    address = [("invoiceAddress", name) for name in raw["invoiceAddress"]]
    unit = [("discountDetails", name) for name in raw["lines"][0]["discountDetails"][0]]
    return [*package, *line, *address, *unit]


ABSENT = object()


def _change(raw: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    holders = {
        "lines": raw["lines"],
        "invoiceAddress": [raw.get("invoiceAddress")],
        "discountDetails": [unit for line in raw["lines"] for unit in line.get("discountDetails") or []],
    }
    for holder in [raw] if len(path) == 1 else holders[path[0]]:
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
            if value is not ABSENT:
                holder[path[-1]] = value


@given(
    changes=st.dictionaries(
        st.sampled_from(_paths_of_optional_fields()),
        st.sampled_from([ABSENT, None, "", [], {}, "***"]),
    )
)
def test_optional_fields_absent_null_empty_or_masked_never_cost_the_package(
    changes: dict[tuple[str, ...], object],
) -> None:
    raw = package_by_number("11900000102")
    # Deep paths first, while what holds them is still there.
    for path, value in sorted(changes.items(), key=lambda change: -len(change[0])):
        _change(raw, path, value)

    package = PackagePayload.model_validate(raw)

    assert (package.shipment_package_id, [line.quantity for line in package.lines]) == (3330100002, [2, 1])


def test_claims_read_both_package_infos_in_their_odd_spellings() -> None:
    claims, _ = validate_each(ClaimPayload, sample("claims_page")["content"])

    rejected = [claim.rejected_package for claim in claims if claim.rejected_package]
    replaced = [claim.replacement_package for claim in claims if claim.replacement_package]
    assert [package.package_id is not None for package in rejected + replaced] == [True, True]


@pytest.mark.parametrize("spelling", ["rejectedpackageinfo", "rejectedPackageInfo"])
@pytest.mark.parametrize("inner", ["packageid", "packageId"])
def test_rejected_package_info_is_found_in_any_case(spelling: str, inner: str) -> None:
    raw = {"claimId": "c", "orderNumber": "1", spelling: {inner: 7, "cargoTrackingNumber": 10**19}}
    package = ClaimPayload.model_validate(raw).rejected_package

    assert package is not None
    assert (package.package_id, package.cargo_tracking_number) == (7, "10000000000000000000")


def test_claim_units_carry_their_own_status() -> None:
    claim = ClaimPayload.model_validate(sample("claims_page")["content"][1])
    units = [(unit.status, unit.order_line_item_id) for line in claim.items for unit in line.claim_items]

    assert units == [("Created", "91000517"), ("Cancelled", "91000518")]
    assert (claim.cargo_tracking_number, claim.claimed_at) == (
        "72602420957047272632",
        datetime(2026, 11, 19, 8, 0, tzinfo=UTC),
    )
    assert [(line.order_line.line_id, line.order_line.stock_code) for line in claim.items] == [
        (4765000115, "YB-RUNNER-01-43")
    ]


@pytest.mark.parametrize("ids", [{"claimId": "u"}, {"id": "u"}, {"claimId": None, "id": "u"}])
def test_claim_id_is_read_from_either_name(ids: dict[str, Any]) -> None:
    assert ClaimPayload.model_validate({"orderNumber": "1", "items": None, **ids}).claim_id == "u"


@pytest.mark.parametrize("missing", ["claimId", "orderNumber"])
def test_a_claim_without_identity_is_refused(missing: str) -> None:
    raw = {"claimId": "c", "orderNumber": "1"}
    del raw[missing]

    assert reason(ClaimPayload, raw) == f"{missing}: Field required"


def test_a_missing_stock_quantity_is_unknown_and_zero_is_zero() -> None:
    product = ApprovedProduct.model_validate(sample("products_page")["content"][0])
    quantities = {variant.barcode: variant.quantity for variant in product.variants}

    assert [quantities[code] for code in ("8680000001010", "8680000001027", "8680000001034")] == [12, 0, None]


@pytest.mark.parametrize("stock", [None, {}, {"quantity": None}, {"quantity": ""}])
def test_every_empty_stock_is_unknown(stock: object) -> None:
    raw = {"contentId": 1, "variants": [{"barcode": "a", "stock": stock}]}

    assert InventoryContent.model_validate(raw).variants[0].quantity is None


def test_product_prices_are_decimals() -> None:
    variant = InventoryContent.model_validate(sample("products_inventory_price_page")["content"][0]).variants[
        0
    ]

    assert (variant.sale_price, variant.list_price) == (Decimal("1299.9"), Decimal("1499.9"))


@pytest.mark.parametrize("images", [{"media": [{"url": "u"}]}, {"images": [{"url": "u"}]}, {"images": ["u"]}])
def test_unapproved_images_are_read_in_both_spellings(images: dict[str, Any]) -> None:
    product = UnapprovedProduct.model_validate({"barcode": "a", **images})

    assert [image.url for image in product.images] == ["u"]


@pytest.mark.parametrize("spelling", ["deliveryOption", "deliveryOptions"])
def test_delivery_duration_is_read_in_both_spellings(spelling: str) -> None:
    raw = {"contentId": 1, "variants": [{"barcode": "a", spelling: {"deliveryDuration": 0}}]}

    assert ApprovedProduct.model_validate(raw).variants[0].delivery_option.delivery_duration == 0


def test_product_base_is_read() -> None:
    base = ProductBase.model_validate(sample("product_base"))

    assert (base.barcode, base.approved, base.archived, base.content_id) == (
        "8680000001027",
        True,
        False,
        1239000101,
    )


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("batch_result_*.json")), ids=lambda path: path.stem)
def test_batch_samples_finish_unless_they_are_running(path: Path) -> None:
    result = BatchResult.model_validate(decode_json(path.read_bytes()))

    running = {"batch_result_in_progress", "batch_result_price_inventory_running"}
    assert result.finished is (path.stem not in running)


@pytest.mark.parametrize(
    ("status", "item_count", "items", "finished"),
    [
        (None, 2, ["SUCCESS", "FAILED"], True),
        (None, 2, ["SUCCESS"], False),
        (None, 2, [], False),
        (None, 0, [], False),
        (None, 1, ["IN_PROGRESS"], False),
        ("COMPLETED", 1, ["FAILED"], True),
        ("COMPLETED", 2, ["SUCCESS"], False),
        ("COMPLETED", 1, ["IN_PROGRESS"], False),
        ("COMPLETED", 0, [], True),
        ("IN_PROGRESS", 1, ["SUCCESS"], False),
        ("IN_PROGRESS", 0, [], False),
    ],
)
def test_batch_is_finished_when_every_announced_item_is_decided(
    status: str | None, item_count: int, items: list[str], finished: bool
) -> None:
    raw = {"status": status, "itemCount": item_count, "items": [{"status": item} for item in items]}

    assert BatchResult.model_validate(raw).finished is finished


def test_price_batch_items_tell_barcode_quantity_and_reason() -> None:
    result = BatchResult.model_validate(sample("batch_result_price_inventory"))

    assert [(item.barcode, item.quantity, item.succeeded, item.failure_reasons) for item in result.items] == [
        ("8680000001010", 12, True, []),
        ("8680000001027", 0, True, []),
        ("8680000001034", None, True, []),
        ("8680000001058", 20001, False, ["Stok adedi 20000 değerinden büyük olamaz."]),
        ("8680009999998", 3, False, ["Barkod bulunamadı."]),
    ]
    assert (result.item_count, result.failed_item_count, result.status) == (5, 2, "")
    assert (result.created_at, result.expires_at) == (
        datetime(2026, 11, 21, 6, 6, 40, tzinfo=UTC),
        datetime(2026, 11, 21, 10, 6, 40, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "barcode"),
    [
        ("batch_result_variant_update", "8680000001027"),
        ("batch_result_delivery_update", "8680000001027"),
        ("batch_result_update_unapproved", "8680000001034"),
        ("batch_result_content_update", ""),
    ],
)
def test_batch_barcode_is_found_at_the_depth_of_its_type(name: str, barcode: str) -> None:
    assert BatchResult.model_validate(sample(name)).items[0].barcode == barcode


def test_a_record_that_cannot_be_read_costs_only_itself() -> None:
    good, bad = validate_each(
        PackagePayload, [minimal(), {"status": "Created"}, minimal(shipmentPackageId=2)]
    )

    assert [package.shipment_package_id for package in good] == [1, 2]
    assert [(record.index, record.raw) for record in bad] == [(1, {"status": "Created"})]
