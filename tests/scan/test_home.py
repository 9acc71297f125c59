"""The start page, and what makes the scan pages an app."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.staticfiles import finders
from django.test import Client

from gullu.models import User
from inventory.enums import CountReason
from inventory.models import CountTask
from inventory.scan.home import PAGES, tiles_for
from tests.factories import make_order, make_shelf, make_superuser, make_user, make_variant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_pages")]

# As published in the npm registry.
VENDORED = {
    "static/scan/vendor/zxing-library-0.21.3.min.js": "d7cc8f69dd70bdcf3ac00c9ae572bf2acb9f4132ba379c72df842e4db918652d",
    "tests/scan/vendor/axe-core-4.14.1.min.js": "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
}


def permit(user: User, *names: str) -> User:
    content_type = ContentType.objects.get_for_model(User)
    for name in names:
        permission, _created = Permission.objects.get_or_create(content_type=content_type, codename=name)
        user.user_permissions.add(permission)
    return User.objects.get(pk=user.pk)


def get(client: Client, user: User | None, address: str):
    if user is not None:
        client.force_login(user)
    return client.get(address)


def test_home_shows_only_the_pages_a_person_may_use():
    user = permit(make_user(), "pick_orders", "look_up")

    assert [tile.page for tile in tiles_for(user)] == ["prepare", "fast", "batches", "lookup"]


def test_home_shows_the_owner_every_page():
    assert [tile.page for tile in tiles_for(make_superuser())] == [page.page for page in PAGES]


def test_home_counts_the_work_that_waits():
    variant = make_variant()
    make_order([(variant, 1)])
    make_order([(variant, 1)], parked=True)
    CountTask.objects.create(shelf=make_shelf(), reason=CountReason.EMPTY)

    counts = {tile.page: tile.count for tile in tiles_for(make_superuser())}

    assert counts == {**dict.fromkeys(counts, 0), "prepare": 1, "counts": 1}


def test_home_asks_the_database_only_for_what_it_shows(django_assert_num_queries):
    user = permit(make_user(), "look_up")
    user.get_all_permissions()

    with django_assert_num_queries(0):
        tiles_for(user)


@pytest.mark.parametrize("orders", [1, 3])
def test_home_has_a_constant_number_of_statements(client, django_assert_num_queries, orders):
    for _number in range(orders):
        make_order([(make_variant(), 1)])
    client.force_login(make_superuser())

    # session, person, orders, returns to inspect, put-backs, returns for a shelf, count tasks
    with django_assert_num_queries(7):
        client.get("/scan/")


def test_home_of_somebody_without_rights_says_whom_to_ask(client):
    response = get(client, make_user(), "/scan/")

    assert response.status_code == 200
    assert response.context["tiles"] == []
    assert 'class="empty"' in response.content.decode()


def test_home_sends_strangers_to_the_sign_in(client):
    assert get(client, None, "/scan/").url == "/sign-in/?next=/scan/"


def test_who_names_the_person_and_gives_a_token(client):
    user = make_user()

    answer = get(client, user, "/scan/who/").json()

    assert answer["user"] == user.pk
    assert len(answer["csrf"]) == 64


def test_who_answers_strangers_without_a_redirect(client):
    response = get(client, None, "/scan/who/")

    assert (response.status_code, response.json()) == (401, {"user": None})


def test_manifest_names_the_app_and_icons_that_exist(client):
    response = get(client, None, "/scan/manifest.webmanifest")

    manifest = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["name"], manifest["scope"], manifest["display"]) == (
        "Güllü Depo",
        "/scan/",
        "standalone",
    )
    icons = {icon["src"] for icon in manifest["icons"]}
    assert all(finders.find(src.removeprefix("/static/")) for src in icons)
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


def worker_settings(client: Client) -> dict:
    source = client.get("/scan/sw.js").content.decode()
    return json.loads(re.search(r"const settings = (\{.*\});", source)[1])


def test_service_worker_keeps_only_files_that_exist(client):
    settings = worker_settings(client)

    assert settings["scope"] == "/scan/"
    assert [url for url in settings["files"] if not finders.find(url.removeprefix("/static/"))] == []


def test_service_worker_knows_every_module_of_the_page(client):
    client.force_login(make_superuser())
    page = client.get("/scan/").content.decode()
    used = set(re.findall(r"/static/scan/[\w.-]+\.(?:js|css|svg)", page))

    assert used <= set(worker_settings(client)["files"])


def test_service_worker_has_one_version_for_everybody(client):
    before = worker_settings(client)["version"]
    client.force_login(make_superuser())

    assert worker_settings(client)["version"] == before


def test_offline_page_knows_nobody(client):
    user = make_superuser()
    page = get(client, user, "/scan/offline/").content.decode()

    assert user.get_full_name() not in page
    assert "csrfmiddlewaretoken" not in page
    assert '"user": null' in page


@pytest.mark.parametrize(("name", "digest"), VENDORED.items())
def test_vendored_file_is_the_published_one(settings, name, digest):
    path = Path(settings.BASE_DIR) / name

    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert path.with_name(path.name.replace(".min.js", ".LICENSE")).exists()
