"""What stands in the addresses: rows that are there, so that whoever is let in finds something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core import signing
from django.urls import URLPattern, reverse
from django.utils import timezone

from analytics.models import CommissionImport, Insight, ProductionPlan
from catalog.models import Product, Variant
from gullu.badges.records import Badge
from gullu.badges.services import issue_badge
from gullu.excel.views import token_of
from gullu.labels.records import LabelRun, LabelTemplate
from gullu.labels.services import start_run
from gullu.models import User
from gullu.roles import WAREHOUSE
from inventory.models import StockCount
from orders.models import Exchange, Order, OrderDocument, PickBatch, ReturnPhoto, ReturnUnit
from tests.factories import make_order, make_superuser, make_user, make_variant
from tests.gullu.test_admin_pages import make_rows

# Addresses that answer 404 to everybody who may use them: what they show is a file, or the work of a job, which no
# test needs here. Their right is asked for before the row is looked for, as the refusals of the others show.
NOTHING_THERE: Final = frozenset(
    {
        "admin:orders_order_document",
        "admin:orders_returnunit_retry",
        "admin:view_on_site",
        "admin:integrations_listing_importing_progress",
        "catalog:picture_file",
        "scan:return-photo",
        # The metrics and the webhook are closed until they have been set up.
        "metrics",
        "webhooks:orders",
        "webhooks:trendyol",
        # A second factor of one's own, which nobody here has.
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        # Nothing was forecast or simulated, and nothing is said about what to do.
        "profit:simulator_excel",
        "profit:simulator_pdf",
        "forecasts:excel",
        "forecasts:pdf",
        "forecasts:model_excel",
        "forecasts:model_pdf",
        "production:all_made",
        "production:state",
        "privacy:export",
        "privacy:erase",
        "excel:left_out",
        # Without any list of its own an app has no page.
        "admin:app_list",
        "profit:line",
        "profit:line_excel",
        "profit:line_pdf",
        "papers:progress",
        "papers:file",
        "papers:waiting",
        "product_create:standing_state",
        "product_create:values",
    }
)


# What is sent where an empty form says nothing: the button that needs the most.
SENT: Final[dict[str, dict[str, str]]] = {
    "admin:analytics_commissionimport_decide": {"step": "apply"},
    "admin:catalog_product_pictures": {"action": "order", "colour": "Siyah"},
    "admin:inventory_bundle": {"action": "pack"},
}
# What is asked for where an address alone means nothing.
ASKED: Final[dict[str, str]] = {
    "admin:autocomplete": "?app_label=catalog&model_name=barcodealias&field_name=variant",
}


def make_places() -> None:
    """One row for everything that has an address, on top of what the pages of the back office need."""
    make_rows()
    owner = make_superuser(username="sahip")
    variant = Variant.objects.order_by("pk").first()
    assert variant is not None
    order = make_order([(make_variant(), 1)], channel="MANUAL", package_id=None, source="PHONE")
    template = LabelTemplate.objects.filter(kind="PRODUCT").order_by("pk")[0]
    start_run(template=template, items=[(variant.pk, 1)], user=owner)
    PickBatch.objects.create(created_by=owner, user=owner)
    OrderDocument.objects.create(order=order, issued_at=timezone.now(), number="1")
    ReturnPhoto.objects.create(unit=ReturnUnit.objects.get(), image="returns/none.jpg")
    ProductionPlan.objects.create(
        name="Plan", first_day=timezone.localdate(), days=5, daily_capacity=10, created_by=owner
    )
    EmailAddress.objects.create(user=owner, email="sahip@ornek.com")
    Authenticator.objects.create(user=owner, type="totp", data={})
    holder = make_user(WAREHOUSE)
    issue_badge(person_id=holder.pk, pin="4716", actor=owner)
    Insight.objects.create(kind="QUESTION", question="?", asked_at=timezone.now(), asked_by=owner)


_BY_NAME: Final[dict[str, Callable[[User], list[Any]]]] = {
    "badges:person": lambda _user: [_holder()],
    "badges:revoke": lambda _user: [_holder()],
    "backups:run": lambda _user: ["backup"],
    "mfa_edit_webauthn": lambda _user: [1],
    "mfa_remove_webauthn": lambda _user: [1],
    "run_now": lambda _user: ["pull-orders"],
    "admin:app_list": lambda _user: ["orders"],
    "admin:view_on_site": lambda _user: [1, 1],
    "admin:auth_user_password_change": lambda _user: [make_user().pk],
    "admin:catalog_product_pictures": lambda _user: [_first(Product)],
    "admin:inventory_bundle": lambda _user: [_first(Variant)],
    "admin:orders_order_missed_one": lambda _user: [_first(Order)],
    "admin:orders_manual_edit": lambda _user: [
        Order.objects.filter(channel="MANUAL", source="PHONE").get().pk
    ],
    "admin:orders_returnunit_retry": lambda _user: [_first(ReturnUnit), 1],
    "admin:integrations_listing_importing_progress": lambda _user: ["0" * 32],
    "admin:analytics_commissionimport_decide": lambda _user: [_first(CommissionImport)],
    "scan:count": lambda _user: [_first(StockCount)],
    "scan:return-photo": lambda _user: [_first(ReturnPhoto)],
    "catalog:picture_file": lambda _user: [f"products/00/{'0' * 64}.jpg"],
    "labels:calibration": lambda _user: [_first(LabelTemplate), "pdf"],
    "labels:start": lambda _user: ["product"],
    "labels:run_page": lambda _user: [_first(LabelRun), 1],
    "labels:run_file": lambda _user: [_first(LabelRun), "pdf"],
    "labels:single": lambda _user: ["product", _first(Variant), "pdf"],
    "excel:download": lambda _user: ["products"],
    "excel:template": lambda _user: ["products"],
    "excel:hand_in": lambda _user: ["products"],
    "product_create:values": lambda _user: [1],
}
# By the space, or the beginning of the name, where all addresses are about rows of one table.
_BY_START: Final[dict[str, type[Any]]] = {
    "admin:orders_exchange_": Exchange,
    "admin:orders_order_": Order,
    "admin:analytics_costsheet_": apps.get_model("analytics", "CostSheet"),
    "scan:batch": PickBatch,
    "labels:run": LabelRun,
    "profit:": Order,
    "forecasts:": Product,
    "advice:model": Product,
    "advice:variant": Variant,
    "production:": ProductionPlan,
    "insights:": Insight,
    "product_grid:": Product,
    "product_create:": Product,
}


def _first(model: type[Any]) -> Any:
    key = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    if key is None:
        raise LookupError(f"make a row of {model.__name__} in tests/rights/places.py")
    return key


def _holder() -> int:
    return Badge.objects.get().person_id


def address_of(name: str, pattern: URLPattern, user: User) -> str:
    """The address with rows that are there; `user` is who will use it: some papers are one person's own."""
    names = list(pattern.pattern.converters)
    if not names and name not in _BY_NAME:
        return reverse(name) + ASKED.get(name, "")
    return reverse(name, args=_arguments(name, user))


def _arguments(name: str, user: User) -> list[Any]:
    if name in _BY_NAME:
        return _BY_NAME[name](user)
    if name.startswith("excel:"):
        return [token_of("none", user)]
    if name.startswith("papers:"):
        return [signing.dumps(["0" * 32, user.pk], salt="analytics.papers")]
    for start, model in _BY_START.items():
        if name.startswith(start):
            return [_first(model)]
    return [_of_admin(name)]


def _of_admin(name: str) -> Any:
    """`admin:app_model_page` → a row of that model."""
    label = name.removeprefix("admin:").rpartition("_")[0]
    for model in apps.get_models():
        if f"{model._meta.app_label}_{model._meta.model_name}" == label:
            return _first(model)
    raise LookupError(f"say in tests/rights/places.py which row {name} is about")
