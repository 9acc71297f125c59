"""Settings of the test run: a database server of its own without fsync, a fast hasher, no outside address."""

from __future__ import annotations

import os

# Tests never read the developer's .env and never talk to a real marketplace.
os.environ.setdefault("SECRET_KEY", "only-for-the-test-run-" + "x" * 40)

from gullu.settings import *  # noqa: F403
from gullu.settings import DATA_DIR, DATABASES, LOGGING, MIDDLEWARE

if DATABASES["default"]["ENGINE"] == "gullu.postgresql":
    DATABASES["default"]["EMBEDDED"] = {"DATA_DIR": DATA_DIR / "test", "DURABILITY": "off"}

# pytest keeps what is logged and shows it where a test fails; a second copy on stderr would only be carried around.
LOGGING["root"]["handlers"] = []

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
SECURE_SSL_REDIRECT = False
ENABLE_JOBS = False
REQUIRE_SECOND_FACTOR = False
# Two statements at each of thousands of sign-ins; the tests of the lock-out switch it on.
AXES_ENABLED = False
PUBLIC_BASE_URL = None
EXCHANGE_RATE_URL = ""
MENU_COUNT_SECONDS = 0
TRENDYOL = {
    "SELLER_ID": "987654",
    "API_KEY": "sandbox-key",
    "API_SECRET": "sandbox-secret",
    "INTEGRATOR": "SelfIntegration",
    "BASE_URL": "http://127.0.0.1:9",
    "STOREFRONT": "TR",
    "TIER": "50k",
    "ATTRIBUTE_SHAPE": "auto",
}
TRENDYOL_WEBHOOK = {"ENABLED": False, "API_KEY": "", "USERNAME": "", "PASSWORD": "", "URL": None}
OPENAI = {
    "API_KEY": "",
    "BASE_URL": "http://127.0.0.1:9/v1",
    "MODEL": "",
    "MONTHLY_BUDGET_USD": 10.0,
    "PRICE_IN": None,
    "PRICE_OUT": None,
}
