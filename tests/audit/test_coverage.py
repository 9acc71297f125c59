"""Every model has a history, or a written reason for having none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gullu.audit.books import NAMES, PARTS, PERSONAL, books
from gullu.audit.coverage import APPEND_ONLY, NOT_TRACKED
from gullu.models import Activity
from tests.factories import make_order, make_superuser

APPS = ("gullu", "catalog", "inventory", "orders", "integrations", "analytics")


def _models() -> set[str]:
    """Concrete models of ours that are no history themselves, tables between two of them included."""
    return {
        model._meta.label_lower
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if not model._meta.proxy and not hasattr(model, "pgh_tracked_model")
    }


def test_every_model_stands_in_one_class() -> None:
    tracked = {book.tracked._meta.concrete_model._meta.label_lower for book in books().values()}  # type: ignore[union-attr]
    classes: Counter[str] = Counter(tracked)
    for reasons in NOT_TRACKED:
        classes.update(reasons.keys())

    assert _models() - classes.keys() == set(), "decide in gullu/audit/coverage.py, or track it"
    assert {label for label, times in classes.items() if times > 1} == set()
    assert {label for reasons in NOT_TRACKED for label in reasons} - _models() == set()


def test_rights_and_schedules_of_libraries_are_followed() -> None:
    tracked = {book.tracked._meta.concrete_model._meta.label for book in books().values()}  # type: ignore[union-attr]

    assert {
        "auth.Group",
        "auth.Group_permissions",
        "django_q.Schedule",
        "gullu.User",
        "gullu.User_groups",
        "gullu.User_user_permissions",
    } <= tracked


def test_everything_that_is_only_added_to_has_its_trigger() -> None:
    histories = [book.model for book in books().values()]
    logs = [apps.get_model(label) for label in APPEND_ONLY]

    without = [
        model._meta.label
        for model in [*histories, *logs]
        if not any("only" in str(trigger.name) for trigger in getattr(model._meta, "triggers", ()))
    ]
    assert without == []


def test_the_columns_named_here_exist() -> None:
    for label, columns in NAMES.items():
        model: Any = books()[label].model if label in books() else apps.get_model(label)
        assert set(columns) <= {field.column for field in model._meta.concrete_fields}, label
    for whole, parts in PARTS.items():
        apps.get_model(whole)
        for part, column in parts:
            assert column in {field.column for field in books()[part].fields()}, part
    for label, names in PERSONAL.items():
        assert names <= {field.name for field in books()[label].fields()}, label


def test_every_history_names_its_records() -> None:
    assert books().keys() - NAMES.keys() == {"analytics.salecost", "inventory.stockpolicy"}


def test_files_are_noted_behind_everything_that_makes_them() -> None:
    """The one place all answers pass: inside the work they belong to, so that they name it."""
    middleware = settings.MIDDLEWARE

    assert middleware.index("gullu.audit.exports.ExportMiddleware") == (
        middleware.index("gullu.audit.middleware.WorkMiddleware") + 1
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("door", "query"),
    [
        ("sales:excel", {}),
        ("advice:excel", {}),
        ("advice:pdf", {}),
        ("production:list_excel", {}),
        ("profit:excel", {}),
        ("audit:history", {"as": "xlsx"}),
        ("excel:template", {}),
        ("excel:download", {}),
        ("admin:integrations_settlement_reconciliation_export", {}),
        ("admin:orders_order_export", {}),
    ],
)
def test_a_file_is_noted_at_every_door(door: str, query: dict[str, str], client: Client) -> None:
    owner = make_superuser()
    client.force_login(owner)
    make_order()
    arguments = ["products"] if door.startswith("excel:") else []

    response = client.get(reverse(door, args=arguments), query)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]

    assert response.status_code == 200, door
    noted = Activity.objects.get(kind=Activity.Kind.EXPORTED)
    assert (noted.actor, noted.details["what"]) == (owner, door)
