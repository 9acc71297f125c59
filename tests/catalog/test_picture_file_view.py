"""Pictures over the web: the folder of products is open to everybody, and nothing else of the storage is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from catalog.models import ProductImage
from catalog.pictures.services import add_picture
from tests.catalog.drawing import opened, sent
from tests.factories import make_product, make_user, make_variant

NAME = "products/ab/" + "ab" * 32 + ".jpg"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    (tmp_path / "secret_key").write_text("secret")
    return tmp_path / "media"


@pytest.mark.django_db
def test_added_picture_is_served_at_its_address(client: Client) -> None:
    product, user = make_product(), make_user()
    make_variant(product=product, colour="Siyah")
    add_picture(product_id=product.pk, colour="Siyah", upload=sent(), user=user)
    row = ProductImage.objects.get()

    response = client.get(row.url)
    thumb = client.get(row.thumb_address)

    assert [opened(b"".join(one)).size for one in (response, thumb)] == [(1200, 1800), (300, 450)]


def test_picture_is_kept_by_browsers_for_ever_and_run_by_none(
    client: Client, django_assert_num_queries: Any, db: None
) -> None:
    default_storage.save(NAME, ContentFile(b"jpeg"))

    with django_assert_num_queries(0):
        response = client.get(f"/media/{NAME}")

    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (dict(response.cookies), b"".join(response)) == ({}, b"jpeg")


def test_picture_known_already_is_not_sent_again(client: Client, db: None) -> None:
    default_storage.save(NAME, ContentFile(b"jpeg"))
    first = client.get(f"/media/{NAME}")
    assert b"".join(first) == b"jpeg"

    again = client.get(f"/media/{NAME}", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_picture_cannot_be_changed_over_the_web(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)(f"/media/{NAME}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "returns/2026/11/1.jpg",
        "documents/2026/11/fatura.pdf",
        "products/ab/fatura.pdf",
        "products/",
        "products/ab/",
        "",
        f"{NAME}/",
        f"{NAME}%0A",
        f"{NAME}%00",
        NAME.upper(),
        "products/../returns/2026/11/1.jpg",
        "products/ab/../../../secret_key",
        "products/%2e%2e/%2e%2e/secret_key",
        "products/..%2f..%2fsecret_key",
        "products/ab/..\\..\\..\\secret_key",
        "/etc/passwd",
        "../secret_key",
    ],
)
def test_nothing_else_of_the_storage_is_reachable(client: Client, db: None, path: str) -> None:
    for name in ("returns/2026/11/1.jpg", "documents/2026/11/fatura.pdf", "products/ab/fatura.pdf"):
        default_storage.save(name, ContentFile(b"private"))

    assert client.get(f"/media/{path}").status_code == 404


def test_picture_that_is_gone_is_not_found(client: Client, db: None) -> None:
    assert client.get(f"/media/{NAME}").status_code == 404
