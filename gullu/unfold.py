"""The admin's skin, as data; its menu is `gullu.menu`. Read while settings load: nothing here may need ready apps."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

# Rose (güllü: with roses); contrast of 600 on white is 4.7 : 1.
_ROSE = {
    "50": "#fff1f4",
    "100": "#ffe4ea",
    "200": "#fecdd9",
    "300": "#fda4ba",
    "400": "#fb7194",
    "500": "#ec4274",
    "600": "#d11f5b",
    "700": "#b0134a",
    "800": "#941342",
    "900": "#7e143d",
    "950": "#47061e",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Güllü",
    "SITE_HEADER": "Güllü",
    "SITE_SUBHEADER": _("Back office"),
    "SITE_SYMBOL": "local_florist",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "gullu.dashboard.dashboard_callback",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("images/gullu.svg")}
    ],
    "GLOBAL_CALLBACK": "gullu.web.policy.in_the_frame",
    "STYLES": [lambda _request: static("css/frame.css"), lambda _request: static("css/admin.css")],
    "SCRIPTS": [lambda _request: static("js/frame.js")],
    "COLORS": {"primary": _ROSE},
    "BORDER_RADIUS": "6px",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Password"), "link": reverse_lazy("account_change_password")},
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("My devices"), "link": reverse_lazy("account_sessions")},
        ]
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
    },
    "COMMAND": {
        "search_models": False,
        "show_history": False,
        "search_callback": "gullu.command_search.find",
    },
}
