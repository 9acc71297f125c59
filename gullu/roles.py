"""Who may do what, as data: four roles, each a list of permissions.

`setup_roles` makes the groups exactly as written here; `docs/permissions.md` is made from it. Ledgers, logs and
balances have no permission to add, change or delete at all, so no role can be given one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction

MANAGER: Final = "Yönetici"
OFFICE: Final = "Ofis"
WAREHOUSE: Final = "Depo"
ANALYST: Final = "Analist"

# Rights that belong to no table. They hang on the person (`User.Meta.permissions`), as `gullu.<name>`.
VIEW_MONEY: Final = "gullu.view_money"
PULL_ORDERS: Final = "gullu.pull_orders"
PUSH_STOCK: Final = "gullu.push_stock"
PICK_ORDERS: Final = "gullu.pick_orders"
REPORT_UNSUPPLIED: Final = "gullu.report_unsupplied"
RECEIVE_GOODS: Final = "gullu.receive_goods"
MOVE_GOODS: Final = "gullu.move_goods"
COUNT_GOODS: Final = "gullu.count_goods"
APPROVE_COUNTS: Final = "gullu.approve_counts"
KEEP_SHELVES: Final = "gullu.keep_shelves"
PUT_BACK: Final = "gullu.put_back"
LOOK_UP: Final = "gullu.look_up"
EDIT_ORDERS: Final = "gullu.edit_orders"
CANCEL_ORDERS: Final = "gullu.cancel_orders"
MAKE_ORDERS: Final = "gullu.make_orders"
KEEP_EXCHANGES: Final = "gullu.keep_exchanges"
OVERRIDE_EXCHANGES: Final = "gullu.override_exchanges"
INSPECT_RETURNS: Final = "gullu.inspect_returns"
DECIDE_RETURNS: Final = "gullu.decide_returns"
EXPORT_ORDERS: Final = "gullu.export_orders"
CORRECT_COSTS: Final = "gullu.correct_costs"
VIEW_HISTORY: Final = "gullu.view_history"
UNMASK_CUSTOMERS: Final = "gullu.unmask_customers"
KEEP_PERSONAL_DATA: Final = "gullu.keep_personal_data"
KEEP_BADGES: Final = "gullu.keep_badges"
END_SESSIONS: Final = "gullu.end_sessions"
KEEP_WEBHOOKS: Final = "gullu.keep_webhooks"
KEEP_BACKUPS: Final = "gullu.keep_backups"
VIEW_SYSTEM: Final = "gullu.view_system"

PARK_ORDERS: Final = "orders.change_order"
LIST_PRODUCTS: Final = "integrations.change_channelproduct"
RETRY_MESSAGES: Final = "integrations.change_outboxmessage"
SETTLE_PROBLEMS: Final = "integrations.change_syncproblem"

_SEE_GOODS: Final = (
    "catalog.view_product",
    "catalog.view_productimage",
    "catalog.view_sizechart",
    "catalog.view_sizechartrow",
    "catalog.view_variant",
    "inventory.view_centralstock",
    "inventory.view_rafurun",
    "inventory.view_shelf",
    "inventory.view_stockmovement",
)
_SEE_ORDERS: Final = (
    "orders.view_order",
    "orders.view_orderline",
    "orders.view_orderevent",
    "orders.view_putback",
    "orders.view_returnunit",
    "orders.view_exchange",
)
# Who may start a run may also see how it ended.
_SEE_RUNS: Final = ("gullu.view_jobrun", "inventory.view_stockpushlog")
_SEE_MARKETPLACE: Final = (
    "integrations.view_listing",
    "integrations.view_marketbrand",
    "integrations.view_marketcategory",
    "integrations.view_productwrite",
    "integrations.view_outboxmessage",
    "integrations.view_synccursor",
    "integrations.view_syncproblem",
    "inventory.view_stockpushbatch",
    "inventory.view_stockpushitem",
    *_SEE_RUNS,
)
_KEEP_CATALOGUE: Final = (
    "catalog.add_product",
    "catalog.change_product",
    "catalog.add_productimage",
    "catalog.change_productimage",
    "catalog.delete_productimage",
    "catalog.add_sizechart",
    "catalog.change_sizechart",
    "catalog.add_sizechartrow",
    "catalog.change_sizechartrow",
    "catalog.delete_sizechartrow",
    "catalog.add_variant",
    "catalog.change_variant",
)
_RUN_THE_DAY: Final = (PARK_ORDERS, PULL_ORDERS)
_OFFICE_WORK: Final = (PUSH_STOCK, VIEW_MONEY, RETRY_MESSAGES, SETTLE_PROBLEMS, LIST_PRODUCTS)
_SEE_SALES: Final = ("analytics.view_saleline",)
_SEE_ADVICE: Final = (
    "analytics.view_modelforecast",
    "analytics.view_variantforecast",
    "analytics.view_forecastrun",
    "analytics.view_planningrule",
    "analytics.view_productionplan",
    "analytics.view_campaign",
)
_SEE_PROFIT: Final = (
    "analytics.view_profitline",
    "analytics.view_salecost",
    "analytics.view_costsheet",
    "analytics.view_costpart",
    "analytics.view_variantcost",
    "analytics.view_cargotariff",
    "analytics.view_exchangerate",
    "analytics.view_profitpolicy",
    "analytics.view_insight",
    "analytics.view_insightcall",
)
_PLAN_PRODUCTION: Final = (
    "analytics.add_forecastrun",
    "analytics.add_productionplan",
    "analytics.change_productionplan",
    "analytics.add_planningrule",
    "analytics.change_planningrule",
    "analytics.delete_planningrule",
    "analytics.add_campaign",
    "analytics.change_campaign",
    "analytics.delete_campaign",
)
_KEEP_PROFIT: Final = (
    "analytics.add_costsheet",
    "analytics.change_costsheet",
    "analytics.delete_costsheet",
    "analytics.add_costpart",
    "analytics.change_costpart",
    "analytics.delete_costpart",
    "analytics.add_cargotariff",
    "analytics.change_cargotariff",
    "analytics.delete_cargotariff",
    "analytics.add_exchangerate",
    "analytics.change_exchangerate",
    "analytics.add_profitpolicy",
    "analytics.change_profitpolicy",
    CORRECT_COSTS,
)
_SEE_COMMISSIONS: Final = (
    "analytics.view_commissionimport",
    "analytics.view_commissionrate",
    "analytics.view_ordercommission",
)
_KEEP_THE_DESK: Final = (
    EDIT_ORDERS,
    CANCEL_ORDERS,
    MAKE_ORDERS,
    KEEP_EXCHANGES,
    DECIDE_RETURNS,
    EXPORT_ORDERS,
    UNMASK_CUSTOMERS,
    "orders.view_orderdocument",
    "integrations.view_settlement",
    "integrations.view_claimissuereason",
    "analytics.add_commissionimport",
    *_SEE_COMMISSIONS,
    *_SEE_SALES,
    *_SEE_ADVICE,
    *_PLAN_PRODUCTION,
)
_PRINT: Final = ("gullu.view_labeltemplate",)
_KEEP_PAPERS: Final = (
    "gullu.add_labeltemplate",
    "gullu.change_labeltemplate",
    "gullu.view_labelprinter",
    "gullu.add_labelprinter",
    "gullu.change_labelprinter",
)
_SEE_WAREHOUSE_WORK: Final = (
    "catalog.view_barcodealias",
    "inventory.view_counttask",
    "inventory.view_stockcount",
    "inventory.view_scanlog",
)
_KEEP_ALIASES: Final = (
    "catalog.add_barcodealias",
    "catalog.change_barcodealias",
    "catalog.delete_barcodealias",
)
_KEEP_SHELVES: Final = ("inventory.add_shelf", "inventory.change_shelf", KEEP_SHELVES)
_WORK_IN_THE_WAREHOUSE: Final = (
    PICK_ORDERS,
    RECEIVE_GOODS,
    MOVE_GOODS,
    COUNT_GOODS,
    PUT_BACK,
    LOOK_UP,
    INSPECT_RETURNS,
)
_DECIDE_IN_THE_WAREHOUSE: Final = (APPROVE_COUNTS, REPORT_UNSUPPLIED)
_MANAGE: Final = (
    *_SEE_PROFIT,
    *_KEEP_PROFIT,
    "analytics.add_insight",
    OVERRIDE_EXCHANGES,
    VIEW_HISTORY,
    "gullu.view_activity",
    KEEP_PERSONAL_DATA,
    KEEP_BADGES,
    END_SESSIONS,
    KEEP_WEBHOOKS,
    KEEP_BACKUPS,
    VIEW_SYSTEM,
    "integrations.view_webhookevent",
    "analytics.change_commissionimport",
    "inventory.delete_shelf",
    "gullu.delete_labeltemplate",
    "gullu.view_barcodeseries",
    "gullu.change_barcodeseries",
    "inventory.view_stockpolicy",
    "inventory.change_stockpolicy",
    "gullu.add_user",
    "gullu.change_user",
    "gullu.view_user",
    "auth.view_group",
    "django_q.view_schedule",
    "django_q.change_schedule",
    "django_q.view_success",
    "django_q.view_failure",
    "django_q.view_ormq",
)

ROLES: Final[dict[str, frozenset[str]]] = {
    MANAGER: frozenset(
        {
            *_SEE_GOODS,
            *_SEE_ORDERS,
            *_SEE_MARKETPLACE,
            *_KEEP_CATALOGUE,
            *_RUN_THE_DAY,
            *_OFFICE_WORK,
            *_KEEP_THE_DESK,
            *_KEEP_SHELVES,
            *_WORK_IN_THE_WAREHOUSE,
            *_DECIDE_IN_THE_WAREHOUSE,
            *_PRINT,
            *_KEEP_PAPERS,
            *_SEE_WAREHOUSE_WORK,
            *_KEEP_ALIASES,
            *_MANAGE,
        }
    ),
    OFFICE: frozenset(
        {
            *_SEE_GOODS,
            *_SEE_ORDERS,
            *_SEE_MARKETPLACE,
            *_KEEP_CATALOGUE,
            *_RUN_THE_DAY,
            *_OFFICE_WORK,
            *_KEEP_THE_DESK,
            *_WORK_IN_THE_WAREHOUSE,
            *_DECIDE_IN_THE_WAREHOUSE,
            *_PRINT,
            *_KEEP_PAPERS,
            *_SEE_WAREHOUSE_WORK,
            *_KEEP_ALIASES,
        }
    ),
    WAREHOUSE: frozenset(
        {
            *_SEE_GOODS,
            *_SEE_ORDERS,
            *_SEE_RUNS,
            *_RUN_THE_DAY,
            *_KEEP_SHELVES,
            *_WORK_IN_THE_WAREHOUSE,
            *_PRINT,
        }
    ),
    ANALYST: frozenset(
        {
            *_SEE_GOODS,
            *_SEE_COMMISSIONS,
            *_SEE_SALES,
            *_SEE_ADVICE,
            *_SEE_PROFIT,
            "analytics.add_insight",
            VIEW_MONEY,
            LOOK_UP,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What `setup_roles` did to one group: names of permissions given and taken away."""

    role: str
    created: bool
    given: tuple[str, ...]
    taken: tuple[str, ...]


@transaction.atomic
def setup_roles() -> list[RoleChange]:
    """Make the groups of `ROLES` exactly as written; other groups stay as they are. Safe to repeat.

    Raises `LookupError` when a permission named here does not exist: the list is wrong, or `migrate` did not run.
    """
    known = _known_permissions()
    return [_setup_role(role, wanted, known) for role, wanted in ROLES.items()]


def _known_permissions() -> dict[str, Permission]:
    rows = Permission.objects.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}": row for row in rows}


def _setup_role(role: str, wanted: Iterable[str], known: dict[str, Permission]) -> RoleChange:
    missing = sorted(set(wanted) - known.keys())
    if missing:
        raise LookupError(f"role {role} names permissions that do not exist: {', '.join(missing)}")
    group, created = Group.objects.get_or_create(name=role)
    had = {
        f"{row.content_type.app_label}.{row.codename}"
        for row in group.permissions.select_related("content_type")
    }
    given, taken = sorted(set(wanted) - had), sorted(had - set(wanted))
    group.permissions.add(*[known[name] for name in given])
    group.permissions.remove(*[known[name] for name in taken])
    return RoleChange(role=role, created=created, given=tuple(given), taken=tuple(taken))


def permissions_table() -> str:
    """The roles as a Markdown table, one row per permission: what `docs/permissions.md` shows."""
    names = sorted(set().union(*ROLES.values()))
    lines = [f"| Permission | {' | '.join(ROLES)} |", f"|---|{'---|' * len(ROLES)}"]
    for name in names:
        marks = " | ".join("✓" if name in ROLES[role] else "" for role in ROLES)
        lines.append(f"| `{name}` | {marks} |")
    return "\n".join(lines) + "\n"
