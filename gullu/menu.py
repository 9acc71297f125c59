"""The menu of the back office: who sees what in it, which page lights which entry, and the numbers beside entries.

It is on every page, and therefore drawn with little work: links are worked out once per process, entries a person may
not open are not handed to the template at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from gullu import menu_badges


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: the page `view`, for those who have all `permissions`.

    It lights up on its own page and on the pages named `below`. `badge` names a function of `gullu.menu_badges`.
    """

    title: Any
    icon: str
    view: str
    permissions: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    badge: str = ""
    tone: str = "warning"


@dataclass(frozen=True, slots=True)
class Group:
    """Entries below one heading; the first has none."""

    title: Any
    entries: tuple[Entry, ...]


def _page(
    title: Any,
    icon: str,
    view: str,
    *permissions: str,
    below: tuple[str, ...] = (),
    badge: str = "",
    tone: str = "warning",
) -> Entry:
    return Entry(title, icon, view, permissions, below, badge, tone)


def _entry(
    title: Any, icon: str, model: str, *permissions: str, badge: str = "", tone: str = "warning"
) -> Entry:
    """The list of a model ("app_model"). By address, all orders and every page below them would light up together."""
    below = (f"admin:{model}_change", f"admin:{model}_add")
    return Entry(title, icon, f"admin:{model}_changelist", permissions, below, badge, tone)


def _group(title: Any, *entries: Entry) -> Group:
    return Group(title, entries)


_HOME = _group(None, _page(_("Today"), "home", "admin:index"))
_WAREHOUSE = _group(
    _("Warehouse"),
    _page(_("Scan pages"), "qr_code_scanner", "scan:home", "gullu.look_up"),
    _page(_("Print labels"), "print", "labels:home", "gullu.view_labeltemplate"),
    _entry(_("Count tasks"), "checklist", "inventory_counttask", "inventory.view_counttask"),
    _entry(_("Counts"), "fact_check", "inventory_stockcount", "inventory.view_stockcount"),
    _entry(_("Scans"), "barcode_reader", "inventory_scanlog", "inventory.view_scanlog"),
    _entry(_("Barcode aliases"), "alt_route", "catalog_barcodealias", "catalog.view_barcodealias"),
    _entry(_("Label templates"), "label", "gullu_labeltemplate", "gullu.change_labeltemplate"),
    _entry(_("Label printers"), "adf_scanner", "gullu_labelprinter", "gullu.view_labelprinter"),
    _entry(_("Barcode series"), "123", "gullu_barcodeseries", "gullu.view_barcodeseries"),
)
_ORDERS = _group(
    _("Orders"),
    _page(
        _("Deadline radar"),
        "timer",
        "admin:orders_order_radar",
        "orders.view_order",
        badge="pressing_orders",
        tone="danger",
    ),
    _page(_("New order"), "add_shopping_cart", "admin:orders_manual_add", "gullu.make_orders"),
    _entry(_("New"), "inbox", "orders_ordercreated", "orders.view_order", badge="new_orders", tone="info"),
    _entry(
        _("Being prepared"),
        "package_2",
        "orders_orderpicking",
        "orders.view_order",
        badge="picking_orders",
        tone="info",
    ),
    _entry(_("Shipped"), "local_shipping", "orders_ordershipped", "orders.view_order"),
    _entry(_("Delivered"), "task_alt", "orders_orderdelivered", "orders.view_order"),
    _entry(_("Cancelled"), "cancel", "orders_ordercancelled", "orders.view_order"),
    _entry(_("Came back"), "undo", "orders_orderreturned", "orders.view_order"),
    _entry(_("All"), "list_alt", "orders_order", "orders.view_order"),
    _page(
        _("Parked"),
        "inventory",
        "admin:orders_order_parked",
        "orders.view_order",
        badge="parked_reminders",
    ),
    _page(
        _("Missed picks"), "report", "admin:orders_order_missed", "orders.view_order", badge="missed_picks"
    ),
    _entry(_("Put-backs"), "move_to_inbox", "orders_putback", "orders.view_putback", badge="put_backs"),
)
_RETURNS = _group(
    _("Returns and exchanges"),
    _entry(
        _("Returned units"),
        "assignment_return",
        "orders_returnunit",
        "orders.view_returnunit",
        badge="returns_to_decide",
        tone="danger",
    ),
    _page(
        _("Return statistics"),
        "bar_chart",
        "admin:orders_returnunit_statistics",
        "orders.view_returnunit",
    ),
    _entry(_("Exchanges"), "swap_horiz", "orders_exchange", "orders.view_exchange"),
    _page(
        _("Exchange parcels that come back"),
        "assignment_returned",
        "admin:orders_exchange_came_back",
        "gullu.inspect_returns",
        "orders.view_exchange",
    ),
)
_STOCK = _group(
    _("Stock"),
    _entry(_("Central stock"), "inventory_2", "inventory_centralstock", "inventory.view_centralstock"),
    _entry(_("On the shelves"), "shelves", "inventory_rafurun", "inventory.view_rafurun"),
    _entry(_("Shelves"), "warehouse", "inventory_shelf", "inventory.view_shelf"),
    _page(
        _("Bundles"),
        "package_2",
        "admin:inventory_bundles",
        "catalog.view_variant",
        "inventory.view_centralstock",
        below=("admin:inventory_bundle",),
    ),
    _entry(_("Movements"), "swap_vert", "inventory_stockmovement", "inventory.view_stockmovement"),
    _entry(_("Stock policy"), "shield", "inventory_stockpolicy", "inventory.view_stockpolicy"),
)
_CATALOGUE = _group(
    _("Catalogue"),
    _entry(_("Models"), "category", "catalog_product", "catalog.view_product"),
    _entry(_("Variants"), "barcode", "catalog_variant", "catalog.view_variant"),
    _entry(_("Size charts"), "straighten", "catalog_sizechart", "catalog.view_sizechart"),
    _page(_("Catalogue and lists"), "menu_book", "papers:start", "catalog.view_product"),
)
_PRODUCTS = _group(
    _("Product work"),
    _page(
        _("Add a new product"),
        "add_box",
        "product_create:start",
        "catalog.add_product",
        "catalog.change_product",
        below=tuple(
            f"product_create:{step}"
            for step in ("model", "variants", "pictures", "listing", "prices", "review")
        ),
    ),
    _page(
        _("Products on the marketplace"),
        "store",
        "product_create:overview",
        "catalog.add_product",
        "catalog.change_product",
        below=("product_create:standing",),
    ),
    _page(
        _("Excel in and out"),
        "table_view",
        "excel:start",
        "catalog.view_product",
        below=("excel:file", "excel:hand_in"),
    ),
)
_ANALYTICS = _group(
    _("Analytics"),
    _page(
        _("Sales analysis"), "monitoring", "sales:start", "analytics.view_saleline", below=("sales:lines",)
    ),
    _page(
        _("Profit analysis"),
        "savings",
        "profit:start",
        "analytics.view_profitline",
        "gullu.view_money",
        below=("profit:lines", "profit:line", "profit:missing"),
    ),
    _page(
        _("Price simulator"),
        "calculate",
        "profit:simulator",
        "analytics.view_profitline",
        "gullu.view_money",
    ),
    _page(
        _("Stock intelligence"),
        "psychology",
        "advice:start",
        "analytics.view_variantforecast",
        below=("advice:model", "advice:variant", "advice:purchase"),
    ),
    _page(
        _("Production advice"),
        "precision_manufacturing",
        "production:start",
        "analytics.view_productionplan",
        below=(
            "production:new",
            "production:save",
            "production:plan",
            "production:numbers",
            "production:all_made",
        ),
    ),
    _page(
        _("Forecasts"),
        "trending_up",
        "forecasts:start",
        "analytics.view_modelforecast",
        below=("forecasts:model",),
    ),
    _page(
        _("Written insights"),
        "forum",
        "insights:start",
        "analytics.view_insight",
        "gullu.view_money",
        below=("insights:answer",),
    ),
)
_INPUTS = _group(
    _("Costs and commissions"),
    _entry(
        _("Cost sheets"), "receipt", "analytics_costsheet", "analytics.view_costsheet", "gullu.view_money"
    ),
    _entry(
        _("Cargo tariffs"),
        "local_shipping",
        "analytics_cargotariff",
        "analytics.view_cargotariff",
        "gullu.view_money",
    ),
    _entry(
        _("Figures of the shop"),
        "tune",
        "analytics_profitpolicy",
        "analytics.view_profitpolicy",
        "gullu.view_money",
    ),
    _entry(_("Exchange rates"), "currency_exchange", "analytics_exchangerate", "analytics.view_exchangerate"),
    _entry(_("Campaigns"), "campaign", "analytics_campaign", "analytics.view_campaign"),
    _entry(_("Planning rules"), "rule", "analytics_planningrule", "analytics.view_planningrule"),
    _entry(_("Commission files"), "percent", "analytics_commissionimport", "analytics.view_commissionimport"),
    _entry(
        _("Commission rates"), "price_change", "analytics_commissionrate", "analytics.view_commissionrate"
    ),
    _entry(
        _("Commissions of orders"),
        "receipt_long",
        "analytics_ordercommission",
        "analytics.view_ordercommission",
    ),
)
_MARKETPLACE = _group(
    _("Marketplace"),
    _entry(_("Listings"), "storefront", "integrations_listing", "integrations.view_listing"),
    _page(
        _("Take products from the marketplace"),
        "move_to_inbox",
        "admin:integrations_listing_importing",
        "integrations.view_listing",
    ),
    _page(
        _("Differences to the marketplace"),
        "difference",
        "admin:integrations_listing_differences",
        "integrations.view_listing",
    ),
    _entry(
        _("Changes of listings"), "edit_note", "integrations_productwrite", "integrations.view_productwrite"
    ),
    _entry(
        _("Categories there"),
        "account_tree",
        "integrations_marketcategory",
        "integrations.view_marketcategory",
    ),
    _entry(_("Brands there"), "sell", "integrations_marketbrand", "integrations.view_marketbrand"),
    _entry(_("Stock pushes"), "upload", "inventory_stockpushlog", "inventory.view_stockpushlog"),
    _entry(
        _("Pushed barcodes"), "barcode_scanner", "inventory_stockpushitem", "inventory.view_stockpushitem"
    ),
    _entry(
        _("Messages"),
        "outbox",
        "integrations_outboxmessage",
        "integrations.view_outboxmessage",
        badge="refused_messages",
        tone="danger",
    ),
    _entry(
        _("Sync problems"),
        "sync_problem",
        "integrations_syncproblem",
        "integrations.view_syncproblem",
        badge="sync_problems",
    ),
    _entry(_("Accounts"), "receipt_long", "integrations_settlement", "integrations.view_settlement"),
    _page(
        _("Reconciliation"),
        "balance",
        "admin:integrations_settlement_reconciliation",
        "integrations.view_settlement",
        "gullu.view_money",
    ),
    _entry(_("Sync positions"), "bookmark", "integrations_synccursor", "integrations.view_synccursor"),
)
_MANAGEMENT = _group(
    _("Management"),
    _page(_("State of the system"), "monitor_heart", "system_state", "gullu.view_system"),
    _entry(_("Alarms"), "notifications_active", "gullu_alarmstate", "gullu.view_system"),
    _entry(_("User activities"), "person_search", "gullu_activity", "gullu.view_activity"),
    _page(_("Change history"), "manage_search", "audit:history", "gullu.view_history"),
    _entry(_("Job runs"), "history", "gullu_jobrun", "gullu.view_jobrun"),
    _entry(_("Schedules"), "schedule", "django_q_schedule", "django_q.view_schedule"),
    _entry(_("Failed tasks"), "error", "django_q_failure", "django_q.view_failure"),
    _entry(_("Succeeded tasks"), "done_all", "django_q_success", "django_q.view_success"),
    _entry(_("Queue"), "hourglass_empty", "django_q_ormq", "django_q.view_ormq"),
    _page(
        _("Personal data"), "policy", "privacy:start", "gullu.keep_personal_data", below=("privacy:erase",)
    ),
    _page(_("Webhooks"), "webhook", "admin:integrations_webhookevent_hooks", "gullu.keep_webhooks"),
    _entry(_("Webhook events"), "inbox", "integrations_webhookevent", "integrations.view_webhookevent"),
    _page(_("Backups"), "backup", "backups:start", "gullu.keep_backups"),
    _entry(_("People"), "group", "gullu_user", "gullu.view_user"),
    _entry(_("Roles"), "badge", "auth_group", "auth.view_group"),
    _page(_("Badges"), "id_card", "badges:people", "gullu.keep_badges", below=("badges:person",)),
)
MENU: tuple[Group, ...] = (
    _HOME,
    _ORDERS,
    _RETURNS,
    _WAREHOUSE,
    _STOCK,
    _CATALOGUE,
    _PRODUCTS,
    _ANALYTICS,
    _INPUTS,
    _MARKETPLACE,
    _MANAGEMENT,
)


# --- for one page ------------------------------------------------------------------------------------------------


def menu_for(request: HttpRequest) -> list[dict[str, Any]]:
    """What the person of `request` sees: groups as {"title", "items"}, items as {"title", "icon", "link", …}.

    An item's "badge" is empty when there is nothing to show.
    """
    match = request.resolver_match
    here = match.view_name if match else ""
    allowed = [
        (group.title, [entry for entry in group.entries if request.user.has_perms(entry.permissions)])
        for group in MENU
    ]
    numbers = menu_badges.texts(
        [entry.badge for _title, entries in allowed for entry in entries if entry.badge]
    )
    return [
        {"title": title, "items": [_item(entry, here, numbers.get(entry.badge, "")) for entry in entries]}
        for title, entries in allowed
        if entries
    ]


def _item(entry: Entry, here: str, badge: str) -> dict[str, Any]:
    return {
        "title": entry.title,
        "icon": entry.icon,
        "link": _address(entry.view, get_script_prefix()),
        "active": here == entry.view or here in entry.below,
        "badge": badge,
        "tone": entry.tone,
    }


@cache
def _address(view: str, _prefix: str) -> str:
    """Addresses begin with the prefix the server was given; they never change otherwise."""
    return reverse(view)
