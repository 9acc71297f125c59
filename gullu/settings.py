"""Django settings: assignments only. What comes from outside is read and checked in `gullu.env`."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pghistory
import sentry_sdk
from django.db import models
from django.utils.translation import gettext_lazy as _

from gullu import env as environment
from gullu import scrubbing
from gullu.error_reports import sentry_options
from gullu.logs import logging_config
from gullu.unfold import UNFOLD  # noqa: F401  (read by django-unfold)
from gullu.web import policy

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
    # Before ours, which takes their pages out of the back office.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "gullu",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "gullu.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "axes",
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
    "gullu.health.views.ProbeMiddleware",
    "gullu.origin.OriginMiddleware",
    "gullu.access.AccessMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "integrations.webhooks.middleware.WebhookMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gullu.web.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gullu.web.guard.GuardMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gullu.accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gullu.audit.middleware.WorkMiddleware",
    "gullu.audit.exports.ExportMiddleware",
    # Last: it puts the page of the locked out in place of whatever was answered.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gullu.urls"
WSGI_APPLICATION = "gullu.wsgi.application"
AUTH_USER_MODEL = "gullu.User"
# The first lets nobody in: it stops those who are locked out.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "gullu.people.Backend"]
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
# Prepared statements (`gullu.prepared`) keep their plan instead of weighing a new one at every execution. The server
# asks silent clients whether they live: a machine without power would else keep its locks for two hours.
PLANS = {
    "options": "-c plan_cache_mode=force_generic_plan -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10"
}
# The same from our side, for a server that is gone.
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
POOL: dict[str, Any] = {} if FORKS else {"pool": {"min_size": 1, "max_size": env.db_pool_size, "timeout": 10}}


def _database() -> dict[str, Any]:
    if env.database is not None:
        given = dict(env.database)
        given["OPTIONS"] = {**PLANS, **PATIENCE, **given["OPTIONS"], **POOL}
        return given
    return {
        "ENGINE": "gullu.postgresql",
        "NAME": "gullu",
        "EMBEDDED": {"DATA_DIR": DATA_DIR, "DURABILITY": "on"},
        "OPTIONS": {**PLANS, **POOL},
    }


# A worker looks for work every second: without an age it would connect anew each time.
CONNECTIONS: dict[str, Any] = {"CONN_HEALTH_CHECKS": FORKS, "CONN_MAX_AGE": 600 if FORKS else 0}
DATABASES = {"default": {**_database(), "ATOMIC_REQUESTS": False, **CONNECTIONS}}

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

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "gullu.accounts.passwords.NotTheSame"},
    {"NAME": "gullu.accounts.passwords.NoNames"},
]
# What log lines, reasons of failures and error pages are searched for (gullu/scrubbing.py).
SECRETS = scrubbing.secrets_of(env)
DEFAULT_EXCEPTION_REPORTER = "gullu.scrubbing.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "gullu.scrubbing.ReporterFilter"
# No script of ours reads a cookie. The prefix makes browsers refuse a cookie of this name that another site of the same
# domain, or a connection without TLS, tries to set.
COOKIE_PREFIX = "__Host-" if env.https_only else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = env.https_only
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = env.https_only
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.https_only
SECURE_HSTS_SECONDS = 31_536_000 if env.https_only else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.https_only
SECURE_HSTS_PRELOAD = env.https_only
# The proxy in front sets this header itself and drops what clients send; see docs/operations.md.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.https_only else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Which answer has which exception is in gullu/web/policy.py.
CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy.PAGE}
# A form without its files. Files stream to disk; each upload has a limit of its own where it is taken in.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
# Other sites have no business with our files; pages say so themselves.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# How many proxies of ours stand in front, each adding one entry to X-Forwarded-For.
TRUSTED_PROXY_COUNT = env.trusted_proxy_count

# --- sign-in (docs/sign-in.md) --------------------------------------------------------------------------------

# Managers and owners can do nothing before they have a second factor.
REQUIRE_SECOND_FACTOR = env.require_second_factor
# The cookie lives as long as the longest session of any role (gullu/accounts/policy.py); the server ends the others.
SESSION_COOKIE_AGE = 12 * 60 * 60

ACCOUNT_ADAPTER = "gullu.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "login": "gullu.accounts.forms.LoginForm",
    "reauthenticate": "gullu.accounts.forms.PasswordForm",
    "change_password": "gullu.accounts.forms.ChangePasswordForm",
}
# Against floods, in the cache; who guesses is locked out by axes, in the database. A whole shop may be one address.
# No limit per name here: it would also count tries while axes has locked somebody out, and so let a single stranger
# keep the owner out for ever.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "60/m/ip",
    "reauthenticate": "20/m/user",
    "change_password": "20/m/user",
}
MFA_ADAPTER = "gullu.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody has a mail address at allauth.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Passkeys on http://localhost, to try them out.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.https_only
# Half a minute before and after: telephones' clocks.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "gullu.accounts.forms.AuthenticateForm",
    "reauthenticate": "gullu.accounts.forms.CodeForm",
    "activate_totp": "gullu.accounts.forms.ActivateAppForm",
    "add_webauthn": "gullu.accounts.forms.AddPasskeyForm",
}

AXES_HANDLER = "gullu.accounts.lockout.Handler"
# In the order of the limits in gullu/accounts/lockout.py.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["ip_address"], ["username"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Whoever goes on trying while locked out does not make it longer for the person whose name it is.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "gullu.accounts.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "gullu.accounts.lockout.locked_page"
AXES_SENSITIVE_PARAMETERS = [
    "login",
    "username",
    "ip_address",
    "code",
    "credential",
    "oldpassword",
    "password1",
    "password2",
    "pin",
    "csrfmiddlewaretoken",
]
# Sign-ins are kept in the list of activities, people are unlocked on the list of people.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- alarms ---------------------------------------------------------------------------------------------------

# Functions that say which alarms hold (`gullu.alarms.definition.AlarmCheck`), named here because the apps are above.
ALARMS: list[str] = [
    "gullu.alarms.system.check",
    "gullu.backup.alarms.check",
    "inventory.alarms.check",
    "orders.alarms.check",
    "integrations.alarms.check",
    "integrations.webhooks.alarms.check",
]
ALARM_RECIPIENTS = list(env.alarm_recipients)

# --- health ---------------------------------------------------------------------------------------------------

# Parts of /readyz an app knows about (`gullu.health.definition.FreshnessOf`), and figures of /metrics (`Collect`).
READINESS = {"pull": "integrations.freshness.last_pull", "push": "integrations.freshness.last_push"}
METRICS = [
    "gullu.health.figures.collect",
    "inventory.metrics.collect",
    "orders.metrics.collect",
    "integrations.metrics.collect",
]
METRICS_TOKEN = env.metrics_token

# --- audit ----------------------------------------------------------------------------------------------------

# Every change of a business record is kept by database triggers, so bulk updates are covered too.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(
    related_name="history", db_constraint=False, on_delete=models.DO_NOTHING
)

# --- backups --------------------------------------------------------------------------------------------------

BACKUP: dict[str, Any] = {
    "DIR": env.backup.folder,
    "KEEP_DAILY": env.backup.keep_daily,
    "KEEP_WEEKLY": env.backup.keep_weekly,
    "KEEP_MONTHLY": env.backup.keep_monthly,
    "RECIPIENTS": env.backup.recipients,
    "PASSPHRASE": env.backup.passphrase,
    "IDENTITY_FILE": env.backup.identity_file,
}

# --- jobs -----------------------------------------------------------------------------------------------------

ENABLE_JOBS = env.enable_jobs
# `retry` counts from the moment a worker process fetches a task, also while the task still waits in its local
# queue: hence retry ≥ 4 × timeout, a local queue no longer than the workers, and one task per fetch.
JOB_TIMEOUT_SECONDS = 900
Q_CLUSTER: dict[str, Any] = {
    "name": "gullu",
    "orm": "default",
    # Made for many machines: whose a task is, and on whose clock: gullu/queue.py; which worker lives: gullu/health.
    "broker_class": "gullu.health.broker.BeatingBroker",
    "look_seconds": 10,
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
# Events Trendyol sends; see docs/webhooks.md.
TRENDYOL_WEBHOOK: dict[str, Any] = {
    "ENABLED": env.trendyol_webhook.enabled,
    "API_KEY": env.trendyol_webhook.api_key,
    "USERNAME": env.trendyol_webhook.username,
    "PASSWORD": env.trendyol_webhook.password,
    "URL": env.trendyol_webhook.url,
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

# --- personal data --------------------------------------------------------------------------------------------

# Kinds of personal data with their time (`gullu.privacy.definition.Retention`), in the order of the page.
RETENTIONS = [
    "orders.privacy.retentions.RETENTIONS",
    "integrations.privacy.RETENTIONS",
    "analytics.privacy.RETENTIONS",
    "gullu.privacy.staff.RETENTIONS",
]
# Called with the package numbers of a customer who is erased: what the layers above `orders` hold of them.
FORGET_PACKAGES = [
    "integrations.webhooks.keeping.forget_packages",
    "integrations.privacy.forget_packages",
]
RETENTION_CUSTOMER_DAYS = env.retention_customer_days
RETENTION_MESSAGE_DAYS = env.retention_message_days
RETENTION_DOCUMENT_DAYS = env.retention_document_days
RETENTION_STAFF_DAYS = env.retention_staff_days

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
    sentry_sdk.init(**sentry_options(dsn=env.sentry_dsn, production=env.production))
