"""The pages for printing: who may open them, and what they give."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from PIL import Image

from gullu.labels.kinds import LabelField, LabelKind
from gullu.labels.records import BarcodeSeries, LabelPrinter, LabelRun, LabelTemplate
from gullu.labels.services import default_template, ensure_default_templates, start_run
from gullu.models import User
from orders.enums import OrderState
from tests.factories import make_order, make_shelf, make_superuser, make_user, make_variant
from tests.labels.reading import decode, draw_pdf, draw_zpl

pytestmark = pytest.mark.django_db


def person(*permissions: str) -> User:
    user = make_user(is_staff=True)
    for name in permissions:
        app, _dot, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def printer_of_products(client: Client) -> User:
    user = person("gullu.view_labeltemplate", "catalog.view_variant")
    client.force_login(user)
    return user


def picture(response) -> Image.Image:
    return Image.open(BytesIO(b"".join(response) if response.streaming else response.content))


def run_of(user: User, count: int = 1, **fields) -> LabelRun:
    items = [(make_variant().pk, 1) for _n in range(count)]
    return start_run(template=default_template(LabelKind.PRODUCT), items=items, user=user, **fields)


def test_choosing_and_printing_products(client: Client) -> None:
    user = printer_of_products(client)
    variant = make_variant("8690000000012")
    sheet = LabelTemplate.objects.get(code="product-a4-3x7") if ensure_default_templates() else None

    page = client.get(reverse("labels:start", args=["product"]), {"codes": variant.barcode})
    started = client.post(
        reverse("labels:start", args=["product"]),
        {"codes": f"{variant.barcode} 3", "copies": 2, "template": sheet.pk, "first": 4},
    )

    run = LabelRun.objects.get()
    assert variant.barcode in page.content.decode()
    assert (started.status_code, started.headers["Location"]) == (302, reverse("labels:run", args=[run.pk]))
    assert (run.items, run.first_cell, run.made_by, run.template) == ([[variant.pk, 6]], 3, user, sheet)
    assert client.get(reverse("labels:run", args=[run.pk])).status_code == 200


def test_unknown_codes_are_all_named_and_nothing_is_kept(client: Client) -> None:
    printer_of_products(client)
    ensure_default_templates()
    template = default_template(LabelKind.PRODUCT)

    page = client.post(
        reverse("labels:start", args=["product"]),
        {"codes": "yok-1\nyok-2", "copies": 1, "template": template.pk, "first": 1},
    )

    assert page.status_code == 422
    assert "yok-1, yok-2" in page.content.decode()
    assert LabelRun.objects.count() == 0


def test_preview_and_file_are_the_same_labels(client: Client) -> None:
    run = run_of(printer_of_products(client), 3)

    preview = picture(client.get(reverse("labels:run_page", args=[run.pk, 1])))
    response = client.get(reverse("labels:run_file", args=[run.pk, "pdf"]))
    data = b"".join(response)

    assert response.headers["X-Label-Pages"] == "2"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert decode(preview) == decode(draw_pdf(data)) != set()


def test_files_of_a_run_are_zpl_and_pictures_too(client: Client) -> None:
    run = run_of(printer_of_products(client))

    zpl = b"".join(client.get(reverse("labels:run_file", args=[run.pk, "zpl"])))
    archive = b"".join(client.get(reverse("labels:run_file", args=[run.pk, "zip"])))

    preview = picture(client.get(reverse("labels:run_page", args=[run.pk, 1])))
    assert decode(draw_zpl(zpl.decode())) == decode(preview)
    assert archive.startswith(b"PK\x03\x04")
    assert client.get(reverse("labels:run_file", args=[run.pk, "exe"])).status_code == 404


def test_check_of_a_run_names_what_is_wrong(client: Client) -> None:
    user = printer_of_products(client)
    ensure_default_templates()
    template = default_template(LabelKind.PRODUCT)
    LabelTemplate.objects.filter(pk=template.pk).update(symbology="EAN13")
    template.refresh_from_db()
    run = start_run(template=template, items=[(make_variant("NOT-AN-EAN").pk, 1)], user=user)

    check = client.get(reverse("labels:run_check", args=[run.pk])).json()
    file = client.get(reverse("labels:run_file", args=[run.pk, "pdf"]))

    assert [entry["label"] for entry in check["refused"]] == ["NOT-AN-EAN"]
    assert (file.status_code, check["refused"][0]["sentence"]) == (409, file.content.decode())


def test_other_paper_makes_another_run_of_the_same_labels(client: Client) -> None:
    run = run_of(printer_of_products(client), 2)
    other = LabelTemplate.objects.get(code="product-60x40")
    printer = LabelPrinter.objects.create(name="Zebra", dpi=300)

    client.post(
        reverse("labels:run", args=[run.pk]), {"template": other.pk, "printer": printer.pk, "first": 1}
    )

    changed = LabelRun.objects.exclude(pk=run.pk).get()
    assert (changed.items, changed.template, changed.printer) == (run.items, other, printer)


@pytest.mark.parametrize(
    ("slug", "output"),
    [("product", "pdf"), ("shelf", "png"), ("shelf-small", "zpl"), ("cargo", "pdf"), ("slip", "pdf")],
)
def test_single_label_comes_at_once(client: Client, slug: str, output: str) -> None:
    client.force_login(make_superuser())
    rows = {
        "product": make_variant,
        "shelf": make_shelf,
        "shelf-small": make_shelf,
        "cargo": lambda: make_order([(make_variant(), 1)]),
        "slip": lambda: make_order([(make_variant(), 1)]),
    }

    response = client.get(reverse("labels:single", args=[slug, rows[slug]().pk, output]))

    assert response.status_code == 200
    data = b"".join(response)
    image = {
        "pdf": draw_pdf,
        "zpl": lambda raw: draw_zpl(raw.decode()),
        "png": lambda raw: Image.open(BytesIO(raw)),
    }
    assert decode(image[output](data)) != set()


def test_single_label_of_a_cancelled_order_is_refused_with_a_sentence(client: Client) -> None:
    client.force_login(make_superuser())
    order = make_order([(make_variant(), 1)], status=OrderState.CANCELLED)

    response = client.get(reverse("labels:single", args=["cargo", order.pk, "pdf"]))

    assert response.status_code == 409
    assert order.order_number in response.content.decode()


def test_single_label_of_nothing_is_refused(client: Client) -> None:
    client.force_login(make_superuser())

    assert client.get(reverse("labels:single", args=["product", 1, "pdf"])).status_code == 409


# --- who may ----------------------------------------------------------------------------------------------------


def addresses(run: LabelRun) -> list[str]:
    template = run.template_id
    return [
        reverse("labels:home"),
        reverse("labels:start", args=["product"]),
        reverse("labels:run", args=[run.pk]),
        reverse("labels:run_check", args=[run.pk]),
        reverse("labels:run_page", args=[run.pk, 1]),
        reverse("labels:run_file", args=[run.pk, "pdf"]),
        reverse("labels:single", args=["product", run.items[0][0], "pdf"]),
        reverse("labels:calibration", args=[template, "pdf"]),
        reverse("labels:template_preview"),
    ]


def test_every_address_is_closed_to_strangers_and_to_staff_without_the_right(client: Client) -> None:
    urls = addresses(run_of(make_user()))
    closed = [client.get(url).status_code for url in urls]
    client.force_login(person("catalog.view_variant", "gullu.change_labeltemplate"))

    assert closed == [302] * len(urls)
    assert [client.get(url).status_code for url in urls] == [403] * len(urls)


def test_label_right_alone_shows_no_customer(client: Client) -> None:
    order = make_order([(make_variant(), 1)])
    run = start_run(template=default_template(LabelKind.CARGO), items=[(order.pk, 1)], user=make_user())
    printer_of_products(client)

    statuses = [
        client.get(reverse("labels:start", args=["cargo"])).status_code,
        client.get(reverse("labels:run", args=[run.pk])).status_code,
        client.get(reverse("labels:run_file", args=[run.pk, "pdf"])).status_code,
        client.get(reverse("labels:single", args=["cargo", order.pk, "pdf"])).status_code,
    ]

    assert statuses == [403] * 4


def test_price_label_needs_the_right_to_see_amounts(client: Client) -> None:
    run = run_of(printer_of_products(client))
    run.template.shown.append(LabelField.PRICE)
    run.template.save()

    assert client.get(reverse("labels:run_page", args=[run.pk, 1])).status_code == 403
    client.force_login(
        person("gullu.view_labeltemplate", "catalog.view_variant", "gullu.change_labeltemplate")
    )
    assert client.get(reverse("labels:run_file", args=[run.pk, "pdf"])).status_code == 403


# --- the back office --------------------------------------------------------------------------------------------


def form_values(template: LabelTemplate, **changes) -> dict:
    names = [
        field.name for field in LabelTemplate._meta.fields if field.name not in {"id", "code", "updated_at"}
    ]
    values = {name: getattr(template, name) for name in names}
    texts = {
        name: str(value).replace(".", ",") for name, value in values.items() if name.endswith(("_mm", "_pt"))
    }
    values |= texts | changes
    return {name: value for name, value in values.items() if value not in (False, None)}


def test_preview_shows_the_form_as_it_stands(client: Client) -> None:
    client.force_login(make_superuser())
    template = default_template(LabelKind.PRODUCT)

    values = form_values(template, page_height_mm="40,5")
    response = client.get(reverse("labels:template_preview"), {**values, "pk": template.pk})

    assert response.status_code == 200
    assert picture(response).size == (799, 324)
    assert ("EAN13", "2900000000018") in decode(picture(response))


def test_preview_says_what_is_wrong_with_the_form(client: Client) -> None:
    client.force_login(make_superuser())
    template = default_template(LabelKind.PRODUCT)

    wrong = client.get(reverse("labels:template_preview"), form_values(template, pk=template.pk, columns=25))
    tight = client.get(
        reverse("labels:template_preview"), form_values(template, pk=template.pk, page_height_mm="14")
    )

    assert (wrong.status_code, tight.status_code) == (422, 409)


def test_template_is_edited_in_the_back_office(client: Client) -> None:
    client.force_login(make_superuser())
    ensure_default_templates()
    other = LabelTemplate.objects.get(code="product-60x40")
    address = reverse("admin:gullu_labeltemplate_change", args=[other.pk])

    page = client.get(address)
    saved = client.post(address, form_values(other, is_default=True, qr_mm="17,5"))

    assert "data-preview" in page.content.decode()
    assert saved.status_code == 302
    other.refresh_from_db()
    assert (other.is_default, float(other.qr_mm)) == (True, 17.5)
    assert LabelTemplate.objects.filter(kind=LabelKind.PRODUCT, is_default=True).count() == 1


def test_built_in_template_cannot_be_deleted(client: Client) -> None:
    client.force_login(make_superuser())
    template = default_template(LabelKind.PRODUCT)

    assert client.post(reverse("admin:gullu_labeltemplate_delete", args=[template.pk])).status_code == 403


def test_prefix_of_new_barcodes_is_set_in_the_back_office(client: Client) -> None:
    client.force_login(make_superuser())

    opened = client.get(reverse("admin:gullu_barcodeseries_changelist"))
    client.post(opened.headers["Location"], {"prefix": "2912"})
    refused = client.post(opened.headers["Location"], {"prefix": "0"})

    assert BarcodeSeries.objects.get().prefix == "2912"
    assert list(refused.context["adminform"].form.errors) == ["prefix"]


def test_printer_page_leads_to_its_calibration_sheets(client: Client) -> None:
    client.force_login(make_superuser())
    template = default_template(LabelKind.CARGO)
    printer = LabelPrinter.objects.create(name="Zebra", shift_right_mm=1)

    page = client.get(reverse("admin:gullu_labelprinter_change", args=[printer.pk]))
    address = reverse("labels:calibration", args=[template.pk, "png"]) + f"?printer={printer.pk}"
    sheet = picture(client.get(address))

    assert reverse("labels:calibration", args=[template.pk, "pdf"]) in page.content.decode()
    assert sheet.convert("L").point(lambda value: 255 - value).getbbox()[0] == 24


def test_every_list_opens(client: Client) -> None:
    client.force_login(make_superuser())

    names = ("labeltemplate", "labelprinter")
    assert [client.get(reverse(f"admin:gullu_{name}_changelist")).status_code for name in names] == [200, 200]
    assert client.get(reverse("labels:home")).status_code == 200
