"""Django settings: assignments only. What comes from outside is read and checked in `gullu.env`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pghistory
import sentry_sdk
from django.db import models
from django.utils.translation import gettext_lazy as _

from gullu import env as environment
from gullu.logs import logging_config
from gullu.unfold import UNFOLD  # noqa: F401  (read by django-unfold)

BASE_DIR = Path(__file__).resolve().parent.parent
# The test run must not depend on what a developer wrote into .env.
TESTING = os.environ.get("DJANGO_SETTINGS_MODULE") == "gullu.settings_test"
env = environment.load(dotenv_path=None if TESTING else BASE_DIR / ".env")

SECRET_KEY = env.secret_key
DEBUG = env.debug
PRODUCTION = env.production
ALLOWED_HOSTS = list(env.allowed_hosts)
DATA_DIR = env.data_dir

INSTALLED_APPS = [
    "gullu",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "django_q",
    "catalog",
    "inventory",
    "orders",
    "integrations",
    "analytics",
]

MIDDLEWARE = [
    "gullu.origin.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "gullu.urls"
WSGI_APPLICATION = "gullu.wsgi.application"
AUTH_USER_MODEL = "gullu.User"
AUTHENTICATION_BACKENDS = ["gullu.people.Backend"]
SESSION_ENGINE = "gullu.sessions"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["gullu.templatetags.shop"],
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------

# Forked workers must not inherit a pool whose threads stay behind in the parent.
FORKS = "qcluster" in sys.argv
# Prepared statements (`gullu.prepared`) keep their plan instead of weighing a new one at every execution.
PLANS = {"options": "-c plan_cache_mode=force_generic_plan"}
POOL: dict[str, Any] = {} if FORKS else {"pool": {"min_size": 1, "max_size": env.db_pool_size, "timeout": 10}}


def _database() -> dict[str, Any]:
    if env.database is not None:
        given = dict(env.database)
        given["OPTIONS"] = {**PLANS, **given["OPTIONS"], **POOL}
        return given
    return {
        "ENGINE": "gullu.postgresql",
        "NAME": "gullu",
        "EMBEDDED": {"DATA_DIR": DATA_DIR, "DURABILITY": "on"},
        "OPTIONS": {**PLANS, **POOL},
    }


DATABASES = {"default": {**_database(), "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": FORKS}}

CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if env.redis_url is None
    else {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": env.redis_url,
        # The cache only makes things faster: a Redis that is down must slow the shop, not stop it.
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 2},
        "KEY_PREFIX": "gullu",
    }
}

# --- language -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "tr"
LANGUAGES = [("tr", _("Turkish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_vendor"]
TIME_ZONE = "Europe/Istanbul"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["gullu.formats"]

# --- files ----------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "analytics.sales.plotly_files.PlotlyFinder",
]
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
# Where Trendyol fetches product pictures; see gullu/public_address.py.
PUBLIC_BASE_URL = env.public_base_url
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "gullu.storage.WholeFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- security -------------------------------------------------------------------------------------------------

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = env.https_only
CSRF_COOKIE_SECURE = env.https_only
SECURE_SSL_REDIRECT = env.https_only
SECURE_HSTS_SECONDS = 31_536_000 if env.https_only else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.https_only
SECURE_HSTS_PRELOAD = env.https_only
# The proxy in front sets this header itself and drops what clients send; see docs/operations.md.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.https_only else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# How many proxies of ours stand in front, each adding one entry to X-Forwarded-For.
TRUSTED_PROXY_COUNT = env.trusted_proxy_count

# --- alarms ---------------------------------------------------------------------------------------------------

# Functions that say which alarms hold (`gullu.alarms.definition.AlarmCheck`), named here because the apps are above.
ALARMS: list[str] = []

# --- audit ----------------------------------------------------------------------------------------------------

# Every change of a business record is kept by database triggers, so bulk updates are covered too.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(
    related_name="history", db_constraint=False, on_delete=models.DO_NOTHING
)

# --- jobs -----------------------------------------------------------------------------------------------------

ENABLE_JOBS = env.enable_jobs
# `retry` counts from the moment a worker process fetches a task, also while the task still waits in its local
# queue: hence retry ≥ 4 × timeout, a local queue no longer than the workers, and one task per fetch.
JOB_TIMEOUT_SECONDS = 900
Q_CLUSTER: dict[str, Any] = {
    "name": "gullu",
    "orm": "default",
    "workers": 2,
    "queue_limit": 2,
    "bulk": 1,
    "poll": 1,
    "timeout": JOB_TIMEOUT_SECONDS,
    "retry": 4 * JOB_TIMEOUT_SECONDS,
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "recycle": 200,
    "save_limit": 2000,
    "label": "Kuyruk",
    "scheduler": ENABLE_JOBS,
}

# --- marketplace ----------------------------------------------------------------------------------------------

TRENDYOL: dict[str, Any] = {
    "SELLER_ID": env.trendyol_seller_id,
    "API_KEY": env.trendyol_api_key,
    "API_SECRET": env.trendyol_api_secret,
    "INTEGRATOR": env.trendyol_integrator,
    "BASE_URL": env.trendyol_base_url,
    "STOREFRONT": env.trendyol_storefront,
    "TIER": env.trendyol_tier,
    "ATTRIBUTE_SHAPE": env.trendyol_attribute_shape,
}
# Called by name, so that `orders` need not import the layer above it.
OUTBOX_WRITER = "integrations.outbox.write"
OUTBOX_RETRY = "integrations.outbox.retry"
COURIERS = {"TRENDYOL": "integrations.trendyol.courier.TrendyolCourier"}
MARKETPLACES = {"TRENDYOL": "integrations.trendyol.listing.marketplace.TrendyolMarketplace"}

# --- written insights -----------------------------------------------------------------------------------------

OPENAI: dict[str, Any] = {
    "API_KEY": env.openai_api_key,
    "BASE_URL": env.openai_base_url,
    "MODEL": env.openai_model,
    "MONTHLY_BUDGET_USD": env.openai_monthly_budget_usd,
    "PRICE_IN": env.openai_price_in,
    "PRICE_OUT": env.openai_price_out,
}

# --- sheets of Excel ------------------------------------------------------------------------------------------

# Kinds of sheets, in the order of the page: named here, so that `gullu.excel` need not import the apps.
EXCEL_KINDS = [
    "catalog.excel_products.Products",
    "catalog.excel.Prices",
    "catalog.excel.Costs",
    "inventory.excel.Counts",
    "inventory.excel.Placements",
    "analytics.inputs.excel.CargoTariffs",
]

# --- profit ---------------------------------------------------------------------------------------------------

# Empty: no rates are read.
EXCHANGE_RATE_URL = env.exchange_rate_url

# --- mail -----------------------------------------------------------------------------------------------------

EMAIL_BACKEND = env.mail.backend
EMAIL_HOST = env.mail.host
EMAIL_PORT = env.mail.port
EMAIL_HOST_USER = env.mail.user
EMAIL_HOST_PASSWORD = env.mail.password
EMAIL_USE_TLS = env.mail.use_tls
EMAIL_USE_SSL = env.mail.use_ssl
EMAIL_FILE_PATH = env.mail.folder
# A mail server that does not answer must not hold up the worker.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_from
DIGEST_RECIPIENTS = list(env.digest_recipients)

# --- papers for customers -------------------------------------------------------------------------------------

SHOP = env.shop

# --- lists ----------------------------------------------------------------------------------------------------

ARCHIVE_AFTER_DAYS = env.archive_after_days
# How long the numbers beside menu entries are kept: they are on every page.
MENU_COUNT_SECONDS = 15

# --- figures kept ready (analytics/caching.py) ------------------------------------------------------------------

CACHE_SECONDS_SALES = env.cache_seconds_sales
CACHE_SECONDS_PROFIT = env.cache_seconds_profit
CACHE_SECONDS_STOCK = env.cache_seconds_stock
CACHE_SECONDS_FORECAST = env.cache_seconds_forecast

# --- logs -----------------------------------------------------------------------------------------------------

LOGGING = logging_config(level=env.log_level, as_json=env.log_json)

if env.sentry_dsn:
    # No names, addresses or message bodies leave this machine: only where and why something broke.
    sentry_sdk.init(
        dsn=env.sentry_dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )
