from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog.labels import product_labels, variants_named
from catalog.new_barcodes import prefix_clashes, set_prefix, take_barcodes
from gullu.labels.defaults import DEFAULTS
from gullu.labels.errors import (
    InvalidPrefix,
    LabelRefused,
    NothingToPrint,
    NotZpl,
    SeriesExhausted,
    TooManyLabels,
)
from gullu.labels.forms import parse_lines
from gullu.labels.kinds import LabelField, LabelKind
from gullu.labels.printing import (
    Job,
    check_job,
    labels_of,
    page_of,
    pages_of,
    render_one,
    require_printable,
    stream,
)
from gullu.labels.records import BarcodeSeries, CarrierLabel, LabelRun, LabelTemplate
from gullu.labels.services import (
    default_template,
    ensure_default_templates,
    keep_carrier_label,
    last_choice,
    prune_label_runs,
    save_template,
    start_run,
    template_of,
)
from gullu.labels.symbols import is_ean13
from inventory.labels import shelves_named
from orders.enums import Channel, OrderState
from orders.labels import (
    LabelOfArrivedOrder,
    LabelOfCancelledOrder,
    cargo_labels,
    carrier_zpl,
    order_id_of_slip,
    order_slips,
    orders_named,
    slip_code,
)
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant
from tests.labels.reading import decode, draw_pdf, pdf_sizes_mm

pytestmark = pytest.mark.django_db


# --- templates --------------------------------------------------------------------------------------------------


def test_default_templates_are_made_once() -> None:
    assert ensure_default_templates() == len(DEFAULTS)
    assert ensure_default_templates() == 0
    assert LabelTemplate.objects.filter(is_default=True).count() == len(LabelKind)


def test_default_templates_keep_what_the_office_changed() -> None:
    ensure_default_templates()
    LabelTemplate.objects.filter(code="product-60x40").update(name="Kutu", qr_mm=15)

    ensure_default_templates()

    row = LabelTemplate.objects.get(code="product-60x40")
    assert (row.name, row.qr_mm) == ("Kutu", 15)


@pytest.mark.parametrize("row", DEFAULTS, ids=lambda row: row.code)
def test_default_template_passes_its_own_form(row) -> None:
    template_of(row).full_clean()


def test_template_that_becomes_the_default_takes_the_mark_over() -> None:
    ensure_default_templates()
    other = LabelTemplate.objects.get(code="product-60x40")
    other.is_default = True

    save_template(other)

    assert default_template(LabelKind.PRODUCT) == other
    assert LabelTemplate.objects.filter(kind=LabelKind.PRODUCT, is_default=True).count() == 1


def test_template_without_room_for_labels_is_refused() -> None:
    row = template_of(DEFAULTS[0])
    row.columns = 12

    with pytest.raises(ValidationError):
        row.full_clean()


def test_template_showing_what_its_kind_has_not_is_refused() -> None:
    row = template_of(DEFAULTS[0])
    row.shown = [LabelField.QR, LabelField.ADDRESS]

    with pytest.raises(ValidationError) as refused:
        row.full_clean()

    assert list(refused.value.message_dict) == ["shown"]


# --- prints -----------------------------------------------------------------------------------------------------


def test_last_choice_is_the_paper_this_person_used_last() -> None:
    ensure_default_templates()
    user, colleague = make_user(), make_user()
    sheet = LabelTemplate.objects.get(code="product-a4-3x7")
    start_run(template=sheet, items=[(1, 1)], user=user, first_cell=3)

    assert last_choice(user=user, kind=LabelKind.PRODUCT).template == sheet
    assert last_choice(user=colleague, kind=LabelKind.PRODUCT).template.code == "product-twin-roll"


def test_run_of_nothing_or_of_too_much_is_refused() -> None:
    template = default_template(LabelKind.PRODUCT)

    with pytest.raises(NothingToPrint):
        start_run(template=template, items=[], user=make_user())
    with pytest.raises(TooManyLabels):
        start_run(template=template, items=[(1, 20_001)], user=make_user())


def test_old_runs_and_carriers_labels_are_pruned() -> None:
    start_run(template=default_template(LabelKind.CARGO), items=[(1, 1)], user=make_user())
    keep_carrier_label(cargo_number="1", zpl="^XA^XZ")

    assert prune_label_runs(now=timezone.now() + timedelta(days=29)) == 0
    assert prune_label_runs(now=timezone.now() + timedelta(days=31)) == 2
    assert (LabelRun.objects.count(), CarrierLabel.objects.count()) == (0, 0)


def product_job(*variants, copies: int = 1, code: str = "product-twin-roll", **changes) -> Job:
    design = template_of(next(row for row in DEFAULTS if row.code == code)).design()
    return Job(design, tuple((variant.pk, copies) for variant in variants), product_labels, **changes)


def test_labels_come_in_the_order_asked_for_with_their_copies() -> None:
    first, second = make_variant(), make_variant()

    names = [label.name for label in labels_of(product_job(second, first, copies=2))]

    assert names == [second.barcode, second.barcode, first.barcode, first.barcode]


@pytest.mark.parametrize("first_cell", [0, 5, 20])
def test_single_page_is_the_page_of_the_whole_file(first_cell: int) -> None:
    job = product_job(
        *[make_variant() for _n in range(5)], copies=9, code="product-a4-3x7", first_cell=first_cell
    )

    pages = list(pages_of(job))

    assert [page_of(job, number) for number in range(1, len(pages) + 1)] == pages
    assert page_of(job, len(pages) + 1) is None


def test_check_names_every_label_that_cannot_be_printed() -> None:
    good = make_variant()
    bad = [make_variant("X" * 40), make_variant("Y" * 39)]
    job = product_job(good, *bad)
    design = template_of(DEFAULTS[0])
    design.symbology = "CODE128"
    strict = Job(design.design(), job.items, product_labels)

    check = check_job(strict)

    assert [name for name, _sentence in check.refused] == [variant.barcode for variant in bad]
    with pytest.raises(LabelRefused, match="X" * 40):
        require_printable(strict)


def test_building_labels_takes_one_statement_per_batch(django_assert_num_queries) -> None:
    job = product_job(*[make_variant() for _n in range(8)])

    with django_assert_num_queries(1):
        list(labels_of(job))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("868001\n868002 3\n\n A-B-03 x2 ", [("868001", 1), ("868002", 3), ("A-B-03", 2)]),
        ("A-01-01 … A-05-03", [("A-01-01 … A-05-03", 1)]),
        ("868001 × 12", [("868001", 12)]),
    ],
)
def test_lines_are_codes_with_copies(text: str, lines: list) -> None:
    assert parse_lines(text) == lines


# --- finding what was typed -------------------------------------------------------------------------------------


def test_model_code_means_all_its_active_barcodes() -> None:
    product = make_product("0172")
    wanted = [make_variant(product=product, size=size).pk for size in ("36", "37")]
    make_variant(product=product, size="38", active=False)

    assert variants_named("0172") == wanted
    assert variants_named("0173") == []


def test_barcode_is_matched_exactly() -> None:
    short, long = make_variant("869000"), make_variant("8690001")

    assert (variants_named("869000\t"), variants_named("8690001")) == ([short.pk], [long.pk])


def test_shelf_range_follows_the_walk() -> None:
    rows = [
        make_shelf(code, route_order=number)
        for number, code in enumerate(["A-1-1", "B-1-1", "A-1-2", "C-1-1"])
    ]

    assert shelves_named("a-1-1 … a=1=2") == [row.pk for row in rows[:3]]
    assert shelves_named("A-1-2..B-1-1") == [rows[1].pk, rows[2].pk]
    assert shelves_named("A*1*1") == [rows[0].pk]
    assert shelves_named("A-1-1…Z-9-9") == []


def test_order_is_found_by_each_of_its_numbers() -> None:
    order = make_order(
        [(make_variant(), 1)], order_number="10452345678", cargo_tracking_number="7280000000012"
    )

    found = [
        orders_named(code)
        for code in ("10452345678", "7280000000012", str(order.package_id), slip_code(order.pk).lower())
    ]

    assert found == [[order.pk]] * 4


def test_slip_code_with_a_typing_error_is_no_slip_code() -> None:
    code = slip_code(123)

    assert order_id_of_slip(code) == 123
    assert [
        order_id_of_slip(text) for text in ("SF000001240", code[:-1] + "x", "8690000000012", "", "SF")
    ] == [None] * 5


# --- orders -----------------------------------------------------------------------------------------------------


def test_cargo_label_of_an_order_reads_back_at_its_size() -> None:
    order = make_order([(make_variant(), 2)], cargo_tracking_number="7280000000012")

    data = render_one(LabelKind.CARGO, order.pk, output="pdf", build=cargo_labels)

    assert pdf_sizes_mm(data) == [(100.0, 100.0)]
    assert decode(draw_pdf(data)) == {("Code128", "7280000000012"), ("QRCode", "7280000000012")}


def test_cargo_label_of_a_manual_order_is_longer_and_names_what_to_collect() -> None:
    order = make_order(
        [(make_variant(), 1)],
        channel=Channel.MANUAL,
        package_id=None,
        cargo_tracking_number="",
        collect_amount=Decimal("1234.50"),
    )

    data = render_one(LabelKind.CARGO_MANUAL, order.pk, output="pdf", build=cargo_labels)
    design = default_template(LabelKind.CARGO_MANUAL).design()
    lines = [line.text for line in cargo_labels([order.pk], design)[order.pk][0].texts]

    assert pdf_sizes_mm(data) == [(100.0, 150.0)]
    assert decode(draw_pdf(data)) == {("Code128", slip_code(order.pk)), ("QRCode", slip_code(order.pk))}
    assert [line for line in lines if line.endswith("1.234,50 ₺")] != []


def test_cargo_label_shows_recipient_address_and_articles() -> None:
    variant = make_variant(product=make_product("0172"), colour="Ekru", size="37")
    address = {"name": "Şule Işık", "full_address": "Gül Sk. 5", "phone": "0532 000 00 00"}
    order = make_order([(variant, 2), ("no-such", 1)], shipment_address=address)

    design = default_template(LabelKind.CARGO).design()
    lines = [line.text for line in cargo_labels([order.pk], design)[order.pk][0].texts]

    wanted = ["Şule Işık", "Gül Sk. 5, Bornova / İzmir", "0532 000 00 00", "2 × 0172 Ekru 37", "1 × no-such"]
    assert [line for line in wanted if line not in lines] == []


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (OrderState.CANCELLED, LabelOfCancelledOrder),
        (OrderState.DELIVERED, LabelOfArrivedOrder),
        (OrderState.RETURNED, LabelOfArrivedOrder),
    ],
)
@pytest.mark.parametrize("output", ["pdf", "zpl"])
def test_order_that_needs_no_cargo_label_gets_none(
    status: str, refusal: type[Exception], output: str
) -> None:
    order = make_order([(make_variant(), 1)], status=status, cargo_tracking_number="728009")
    keep_carrier_label(cargo_number="728009", zpl="^XA^FDcarrier^FS^XZ")

    with pytest.raises(refusal):
        render_one(LabelKind.CARGO, order.pk, output=output, build=cargo_labels, ready_zpl=carrier_zpl)


def test_packing_slip_carries_the_slip_code() -> None:
    order = make_order([(make_variant(), 1)])

    data = render_one(LabelKind.SLIP, order.pk, output="pdf", build=order_slips)

    assert ("QRCode", slip_code(order.pk)) in decode(draw_pdf(data))


def test_carriers_own_label_is_printed_as_it_is() -> None:
    order = make_order([(make_variant(), 1)], cargo_tracking_number="728001")
    other = make_order([(make_variant(), 1)], cargo_tracking_number="728002")
    keep_carrier_label(cargo_number="728001", zpl=" ^XA^FDcarrier^FS^XZ\n")

    own, drawn = (
        render_one(LabelKind.CARGO, pk, output="zpl", build=cargo_labels, ready_zpl=carrier_zpl)
        for pk in (order.pk, other.pk)
    )
    assert own == b"^XA^FDcarrier^FS^XZ\n"
    assert drawn.startswith(b"^XA^PW")
    design = default_template(LabelKind.CARGO).design()
    job = Job(design, ((other.pk, 1), (order.pk, 2)), cargo_labels, ready_zpl=carrier_zpl)
    assert b"".join(stream(job, "zpl", title="x")).count(b"carrier") == 2


def test_label_that_is_not_zpl_is_not_kept() -> None:
    with pytest.raises(NotZpl):
        keep_carrier_label(cargo_number="1", zpl="<html>")


# --- new barcodes -----------------------------------------------------------------------------------------------


def test_new_barcodes_are_valid_and_follow_each_other() -> None:
    set_prefix("2912")

    codes = take_barcodes(3)

    assert [code[:-1] for code in codes] == ["291200000001", "291200000002", "291200000003"]
    assert all(is_ean13(code) for code in codes)


def test_new_barcode_jumps_over_those_in_the_catalogue() -> None:
    first, second = take_barcodes(2)
    BarcodeSeries.objects.update(last_number=0)
    make_variant(first)

    assert take_barcodes() == [second]


@pytest.mark.parametrize("prefix", ["", "0123", "12a", "1234567890", "٢٩"])
def test_prefix_that_cannot_begin_an_ean13_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidPrefix):
        set_prefix(prefix)


def test_series_that_is_used_up_says_so() -> None:
    set_prefix("299999999")
    BarcodeSeries.objects.update(last_number=999)

    with pytest.raises(SeriesExhausted) as refused:
        take_barcodes()

    assert refused.value.data == {"prefix": "299999999"}


def test_narrower_prefix_starts_above_what_is_in_use() -> None:
    BarcodeSeries.objects.update_or_create(pk=1, defaults={"prefix": "29", "last_number": 5_000_000})
    make_variant("2888888880417")

    set_prefix("288888888")

    assert take_barcodes()[0][:-1] == "288888888042"


def test_prefix_of_zero_is_refused_by_the_database_too() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BarcodeSeries.objects.create(pk=1, prefix="0")


def test_barcodes_that_begin_alike_are_named() -> None:
    for barcode in ("8690", "86901", "869012", "9"):
        make_variant(barcode)

    assert prefix_clashes("86901") == ["8690", "869012"]
    assert prefix_clashes("9") == []


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_never_get_the_same_barcode() -> None:
    barrier, results = Barrier(4), []

    def take() -> None:
        barrier.wait()
        try:
            results.extend(code for _n in range(10) for code in take_barcodes(2))
        finally:
            connection.close()

    threads = [Thread(target=take) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(results), len(set(results))) == (80, 80)
