"""The details of an activity in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

_WORDS: Final[Mapping[str, Promise]] = {
    "what": gettext_lazy("what"),
    "rows": gettext_lazy("rows"),
    "filters": gettext_lazy("chosen by"),
    "given": gettext_lazy("given"),
    "taken": gettext_lazy("taken away"),
    "roles": gettext_lazy("roles"),
    "whole": gettext_lazy("complete"),
    "file": gettext_lazy("file"),
    "reason": gettext_lazy("reason"),
    "format": gettext_lazy("format"),
    "old": gettext_lazy("before"),
    "new": gettext_lazy("after"),
    "by": gettext_lazy("by way of"),
    "why": gettext_lazy("reason"),
    "until": gettext_lazy("until"),
    "minutes": gettext_lazy("minutes"),
    "count": pgettext_lazy("activity", "count"),
    "badge": gettext_lazy("badge"),
    "fields": pgettext_lazy("activity", "shown"),
    "deed": gettext_lazy("what"),
    "orders": gettext_lazy("orders"),
    "still_open": gettext_lazy("open orders that were kept"),
    "archive": gettext_lazy("file"),
    "action": gettext_lazy("what"),
    "outcome": gettext_lazy("outcome"),
    "address": gettext_lazy("address"),
    "webhook": gettext_lazy("number"),
    "code": gettext_lazy("reason"),
}
# What the parts of the program call things, for people.
_CODES: Final[Mapping[str, Promise]] = {
    "password": pgettext_lazy("activity", "password"),
    "badge": pgettext_lazy("activity", "badge"),
    "totp": pgettext_lazy("activity", "code of the app"),
    "webauthn": pgettext_lazy("activity", "passkey"),
    "recovery_codes": pgettext_lazy("activity", "recovery code"),
    "ISSUED": pgettext_lazy("activity", "given out"),
    "REVOKED": pgettext_lazy("activity", "revoked"),
    "BADGE": pgettext_lazy("activity", "badge"),
    "ADDRESS": pgettext_lazy("activity", "this address"),
    "UNKNOWN": pgettext_lazy("activity", "unknown badge"),
    "LOCKED": pgettext_lazy("activity", "locked badge"),
    "PIN": pgettext_lazy("activity", "wrong PIN"),
    "NOT_ALLOWED": pgettext_lazy("activity", "may have no badge"),
    "RESET": pgettext_lazy("activity", "taken away"),
    "UNLOCKED": pgettext_lazy("activity", "unlocked"),
    "APP_ADDED": pgettext_lazy("activity", "app set up"),
    "APP_REMOVED": pgettext_lazy("activity", "app removed"),
    "PASSKEY_ADDED": pgettext_lazy("activity", "passkey added"),
    "PASSKEY_REMOVED": pgettext_lazy("activity", "passkey removed"),
    "CODES_RENEWED": pgettext_lazy("activity", "new recovery codes"),
    "name": pgettext_lazy("activity", "name"),
    "phone": pgettext_lazy("activity", "phone"),
    "delivery address": pgettext_lazy("activity", "delivery address"),
    "invoice address": pgettext_lazy("activity", "invoice address"),
    "orders_order_unmask": pgettext_lazy("activity", "order page"),
    "orders_manual_edit": pgettext_lazy("activity", "edit page"),
    "orders_exchange_add": pgettext_lazy("activity", "exchange page"),
    "EXPORTED": pgettext_lazy("activity", "handed out"),
    "ERASED": pgettext_lazy("activity", "erased"),
    "BACKUP": pgettext_lazy("activity", "backup"),
    "RESTORE": pgettext_lazy("activity", "restore"),
    "DRILL": pgettext_lazy("activity", "restore drill"),
    "REGISTER": pgettext_lazy("activity", "registered"),
    "ACTIVATE": pgettext_lazy("activity", "switched on"),
    "DEACTIVATE": pgettext_lazy("activity", "switched off"),
    "REMOVE": pgettext_lazy("activity", "removed"),
    "ASKED": pgettext_lazy("activity", "asked for"),
    "DONE": pgettext_lazy("activity", "done"),
    "FAILED": pgettext_lazy("activity", "failed"),
}
# These hold names people gave: a person called "name" is no field.
_NAMES: Final = frozenset({"given", "taken", "old", "new", "roles", "file", "filters", "archive"})


def details_in_words(details: Mapping[str, Any]) -> str:
    """`{"what": "history", "rows": 3}` → `what: history; rows: 3`; what nobody translated is shown as it is."""
    return "; ".join(f"{_WORDS.get(name, name)}: {_told(name, value)}" for name, value in details.items())


def _told(name: str, value: Any) -> str:
    if name == "until" and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "d.m.Y H:i")
    if name in _NAMES:
        return _value(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(_told(name, one) for one in value) or "—"
    return str(_CODES[value]) if isinstance(value, str) and value in _CODES else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_value(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_value, value)) or "—"
    return "—" if value in (None, "") else str(value)
