"""A browser's own description in words people know."""

from __future__ import annotations

from typing import Final

# The first word found wins: nearly every browser also names the ones it wants to be taken for.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("YaBrowser", "Yandex"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_words(description: str) -> str:
    """`Chrome · Android` for a User-Agent header; its beginning where nothing in it is known, empty for none."""
    found = [_first(description, _BROWSERS), _first(description, _SYSTEMS)]
    return " · ".join(name for name in found if name) or description[:40]


def _first(description: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in description), "")
