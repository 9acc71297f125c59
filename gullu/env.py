"""The environment: every setting declared once, read strictly, refused in one sentence.

django-environ reads the `.env` file, lists and database URLs. Everything else is parsed here, because its
casts forgive too much for a shop: `env.bool` reads `ture` as False, `env.float` reads `1a.5` as 1.5, and a
password that begins with `$` is taken for the name of another variable.
"""

from __future__ import annotations

import difflib
import ipaddress
import math
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, cast
from urllib.parse import urlsplit

import environ
from filelock import FileLock

from gullu.env_backup import BackupSettings, backup_settings
from gullu.env_mail import CONSOLE, MailServer, parse_addresses, parse_mail_url
from gullu.env_shop import ShopCard, shop_card
from gullu.env_variables import BY_NAME, ROOT, VARIABLES, Kind, Variable
from gullu.env_webhook import WebhookDoor, webhook_door

SECRET_KEY_MIN_LENGTH: Final = 50  # the length below which `check --deploy` warns (security.W009)

TRUE_WORDS: Final = ("1", "true", "yes", "on")
FALSE_WORDS: Final = ("0", "false", "no", "off")
SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
STRICT_SSL_MODES: Final = ("require", "verify-ca", "verify-full")
AGE_PUBLIC_KEY: Final = re.compile(r"age1[0-9a-z]{58}", re.ASCII)
DOTENV_LINE: Final = re.compile(r"\A(?:export )?([A-Za-z_0-9]+)=(.*)\Z")  # what django-environ accepts


class ConfigError(Exception):
    """A setting that cannot be used; `str()` is one sentence that says which, and what is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """All settings, typed. Secrets are left out of `repr()`, so a printed or logged Environment is harmless.

    `database` is a Django DATABASES entry, or None for the embedded server. `production` means: an own
    database server and DEBUG off.
    """

    secret_key: str = field(repr=False)
    debug: bool
    production: bool
    allowed_hosts: tuple[str, ...]
    database: dict[str, Any] | None = field(repr=False)
    data_dir: Path
    backup: BackupSettings
    redis_url: str | None = field(repr=False)
    enable_jobs: bool
    https_only: bool
    trusted_proxy_count: int
    require_second_factor: bool
    public_base_url: str | None
    trendyol_seller_id: str
    trendyol_api_key: str = field(repr=False)
    trendyol_api_secret: str = field(repr=False)
    trendyol_integrator: str
    trendyol_base_url: str
    trendyol_storefront: str
    trendyol_tier: str
    trendyol_attribute_shape: str
    trendyol_webhook: WebhookDoor = field(repr=False)
    archive_after_days: int
    retention_customer_days: int
    retention_message_days: int
    retention_document_days: int
    retention_staff_days: int
    exchange_rate_url: str
    cache_seconds_sales: int
    cache_seconds_profit: int
    cache_seconds_stock: int
    cache_seconds_forecast: int
    mail: MailServer
    mail_from: str
    digest_recipients: tuple[str, ...]
    alarm_recipients: tuple[str, ...]
    shop: ShopCard
    log_level: str
    log_json: bool
    db_pool_size: int
    metrics_token: str = field(repr=False)
    sentry_dsn: str | None = field(repr=False)
    openai_api_key: str = field(repr=False)
    openai_base_url: str
    openai_model: str
    openai_monthly_budget_usd: float
    openai_price_in: float | None
    openai_price_out: float | None


def load(
    environ_values: Mapping[str, str] | None = None, dotenv_path: Path | None = ROOT / ".env"
) -> Environment:
    """Read everything from the given environment (default: the process's) and the `.env` file if it exists.

    The real environment wins over `.env`. An empty value counts as unset. Raises ConfigError.
    """
    real = os.environ if environ_values is None else environ_values
    raw = {**read_dotenv(dotenv_path), **{name: real[name] for name in BY_NAME if name in real}}
    values = {variable.name: read(variable, raw.get(variable.name, "")) for variable in VARIABLES}
    return _environment(values)


def _environment(values: dict[str, Any]) -> Environment:
    url = values["DATABASE_URL"]
    production = url is not None and not values["DEBUG"]
    _check_trendyol(values)
    _check_backup(values)
    _check_https(values, "OPENAI_BASE_URL", secret="key")  # noqa: S106  (what it is called, not what it is)
    _check_public_address(values["PUBLIC_BASE_URL"])
    return Environment(
        database=None if url is None else parse_database_url(url, require_tls=not values["DEBUG"]),
        secret_key=_secret_key(values["SECRET_KEY"], data_dir=values["DATA_DIR"], embedded=url is None),
        debug=values["DEBUG"],
        production=production,
        allowed_hosts=values["ALLOWED_HOSTS"],
        data_dir=values["DATA_DIR"],
        backup=backup_settings(values),
        redis_url=values["REDIS_URL"],
        enable_jobs=values["ENABLE_JOBS"],
        https_only=_either(values["HTTPS_ONLY"], otherwise=production),
        trusted_proxy_count=values["TRUSTED_PROXY_COUNT"],
        require_second_factor=_either(values["REQUIRE_SECOND_FACTOR"], otherwise=production),
        public_base_url=values["PUBLIC_BASE_URL"],
        trendyol_seller_id=values["TRENDYOL_SELLER_ID"],
        trendyol_api_key=values["TRENDYOL_API_KEY"],
        trendyol_api_secret=values["TRENDYOL_API_SECRET"],
        trendyol_integrator=values["TRENDYOL_INTEGRATOR"],
        trendyol_base_url=values["TRENDYOL_BASE_URL"],
        trendyol_storefront=values["TRENDYOL_STOREFRONT"],
        trendyol_tier=values["TRENDYOL_TIER"],
        trendyol_attribute_shape=values["TRENDYOL_ATTRIBUTE_SHAPE"],
        trendyol_webhook=_webhook_door(values),
        archive_after_days=values["ARCHIVE_AFTER_DAYS"],
        retention_customer_days=values["RETENTION_CUSTOMER_DAYS"],
        retention_message_days=values["RETENTION_MESSAGE_DAYS"],
        retention_document_days=values["RETENTION_DOCUMENT_DAYS"],
        retention_staff_days=values["RETENTION_STAFF_DAYS"],
        exchange_rate_url=_address_or_off(values["EXCHANGE_RATE_URL"]),
        cache_seconds_sales=values["CACHE_SECONDS_SALES"],
        cache_seconds_profit=values["CACHE_SECONDS_PROFIT"],
        cache_seconds_stock=values["CACHE_SECONDS_STOCK"],
        cache_seconds_forecast=values["CACHE_SECONDS_FORECAST"],
        mail=values["EMAIL_URL"] or CONSOLE,
        mail_from=values["DEFAULT_FROM_EMAIL"],
        digest_recipients=values["DIGEST_RECIPIENTS"],
        alarm_recipients=values["ALARM_RECIPIENTS"] or values["DIGEST_RECIPIENTS"],
        shop=shop_card(values),
        log_level=values["LOG_LEVEL"],
        log_json=_either(values["LOG_JSON"], otherwise=production),
        db_pool_size=values["DB_POOL_SIZE"],
        metrics_token=values["METRICS_TOKEN"],
        sentry_dsn=values["SENTRY_DSN"],
        openai_api_key=values["OPENAI_API_KEY"],
        openai_base_url=values["OPENAI_BASE_URL"],
        openai_model=values["OPENAI_MODEL"],
        openai_monthly_budget_usd=values["OPENAI_MONTHLY_BUDGET_USD"],
        openai_price_in=values["OPENAI_PRICE_IN"],
        openai_price_out=values["OPENAI_PRICE_OUT"],
    )


def _address_or_off(text: str) -> str:
    """Empty where it is switched off: an empty variable would mean the default."""
    return "" if text == "off" else text.rstrip("/")


def _either(value: bool | None, *, otherwise: bool) -> bool:
    return otherwise if value is None else value


# --- one value ------------------------------------------------------------------------------------------------


def read(variable: Variable, text: str) -> Any:
    """Turn the text of one variable into its type; empty text gives the default. Raises ConfigError."""
    text = text.strip()
    if not text:
        return variable.default
    try:
        return _PARSERS[variable.kind](variable, text)
    except ValueError as error:
        # `from None`: the original exception repeats the text, which may be a secret.
        shown = "has a value that cannot be used" if variable.secret else f"is {text!r}"
        message = f"{variable.name} {shown}; accepted is {error}."
        raise ConfigError(message) from None


def _parse_bool(_variable: Variable, text: str) -> bool:
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError("1/0, true/false, yes/no or on/off")


def _parse_int(variable: Variable, text: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise ValueError(_range_text(variable, "a whole number"))
    number = int(text)
    _check_range(variable, number, "a whole number")
    return number


def _parse_float(variable: Variable, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(_range_text(variable, "a number such as 1.5"))
    _check_range(variable, number, "a number")
    return number


def _check_range(variable: Variable, number: float, noun: str) -> None:
    too_small = variable.minimum is not None and number < variable.minimum
    too_big = variable.maximum is not None and number > variable.maximum
    if too_small or too_big:
        raise ValueError(_range_text(variable, noun))


def _range_text(variable: Variable, noun: str) -> str:
    match variable.minimum, variable.maximum:
        case None, None:
            return noun
        case low, None:
            return f"{noun} of at least {low}"
        case None, high:
            return f"{noun} of at most {high}"
        case low, high:
            return f"{noun} from {low} to {high}"


def _parse_str(variable: Variable, text: str) -> str:
    if variable.pattern and not re.fullmatch(variable.pattern, text, re.ASCII):
        raise ValueError(variable.accepted)
    return text


def _parse_list(_variable: Variable, text: str) -> tuple[str, ...]:
    items = cast("list[str]", environ.Env.parse_value(text, list))
    found = tuple(item.strip() for item in items if item.strip())
    if not found:
        raise ValueError("one or more values separated by commas")
    return found


def _parse_choice(variable: Variable, text: str) -> str:
    for choice in variable.choices:
        if choice.lower() == text.lower():
            return choice
    raise ValueError("one of " + ", ".join(variable.choices))


def _parse_url(variable: Variable, text: str) -> str:
    accepted = "an address that begins with " + " or ".join(f"{scheme}://" for scheme in variable.schemes)
    try:
        parts = urlsplit(text)
        place = bool(parts.path if parts.scheme == "unix" else parts.hostname)
        usable = parts.scheme in variable.schemes and place and parts.port != 0 and not re.search(r"\s", text)
    except ValueError:  # a port above 65535, a half IPv6 address
        usable = False
    if not usable:
        raise ValueError(accepted)
    return text.rstrip("/")


def _parse_path(_variable: Variable, text: str) -> Path:
    return (ROOT / Path(text).expanduser()).resolve()


def _parse_mail(_variable: Variable, text: str) -> MailServer:
    return parse_mail_url(text)


def _parse_addresses(variable: Variable, text: str) -> tuple[str, ...]:
    return parse_addresses(_parse_list(variable, text))


def _parse_secret(variable: Variable, text: str) -> str:
    if variable.pattern and not re.fullmatch(variable.pattern, text):
        raise ValueError(variable.accepted)
    return text


_PARSERS: Final[dict[Kind, Callable[[Variable, str], Any]]] = {
    Kind.BOOL: _parse_bool,
    Kind.INT: _parse_int,
    Kind.FLOAT: _parse_float,
    Kind.STR: _parse_str,
    Kind.LIST: _parse_list,
    Kind.CHOICE: _parse_choice,
    Kind.URL: _parse_url,
    Kind.PATH: _parse_path,
    Kind.MAIL: _parse_mail,
    Kind.ADDRESSES: _parse_addresses,
    Kind.SECRET: _parse_secret,
}


# --- the .env file --------------------------------------------------------------------------------------------


def read_dotenv(path: Path | None) -> dict[str, str]:
    """The `.env` file's variables; {} when there is no file. Raises ConfigError for an unknown line or name."""
    if path is None or not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # Windows editors like to write a BOM
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}."
        raise ConfigError(message) from error
    for number, line in enumerate(lines, start=1):
        _check_dotenv_line(line, place=f"{path.name} line {number}")

    class Reader(environ.Env):
        ENVIRON: ClassVar[dict[str, str]] = {}  # so that the file is not copied into os.environ

    Reader.read_env(path, encoding="utf-8-sig")
    return Reader.ENVIRON


def _check_dotenv_line(line: str, *, place: str) -> None:
    if not line.strip() or line.startswith("#"):
        return
    match = DOTENV_LINE.match(line)
    if match is None:
        # The line itself is not shown: it may hold a secret.
        message = f"{place} is not understood; write NAME=value, without spaces around the equals sign."
        raise ConfigError(message)
    name = match[1]
    if name not in BY_NAME:
        raise ConfigError(f"{place} sets {name}, which is not a setting; {_suggestion(name)}.")


def _suggestion(name: str) -> str:
    nearest = difflib.get_close_matches(name.upper(), BY_NAME, n=1, cutoff=0.6)
    return f"the nearest name is {nearest[0]}" if nearest else "all settings are in .env.example"


# --- rules about several values -------------------------------------------------------------------------------


def parse_database_url(url: str, *, require_tls: bool) -> dict[str, Any]:
    """A Django DATABASES entry from a PostgreSQL URL.

    With `require_tls` (DEBUG off) a server on another machine must be asked for TLS. Raises ConfigError, which
    never shows the URL: it holds a password.
    """
    if not url.startswith(("postgres://", "postgresql://")):
        raise ConfigError(
            "DATABASE_URL must begin with postgresql:// because PostgreSQL is the only database used."
        )
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError:
        message = "DATABASE_URL is not a valid address; write postgresql://user:password@host:5432/name."
        raise ConfigError(message) from None
    if not config["NAME"]:
        raise ConfigError("DATABASE_URL names no database; write postgresql://user:password@host:5432/name.")
    config["ENGINE"] = "django.db.backends.postgresql"
    config.setdefault("OPTIONS", {})
    _check_tls(config, require_tls=require_tls)
    return config


def _check_tls(config: dict[str, Any], *, require_tls: bool) -> None:
    options = config["OPTIONS"]
    mode = options.get("sslmode")
    if mode is not None and mode not in SSL_MODES:
        raise ConfigError(f"DATABASE_URL has sslmode={mode}; accepted is one of {', '.join(SSL_MODES)}.")
    hosts = [host for host in _hosts(config) if not is_local_host(host)]
    if require_tls and hosts and mode not in STRICT_SSL_MODES:
        raise ConfigError(
            f"DATABASE_URL connects to {hosts[0]} without TLS; add ?sslmode=require "
            "(or verify-ca, verify-full), or set DEBUG=1 on a developer's machine."
        )


def _hosts(config: dict[str, Any]) -> list[str]:
    options = config["OPTIONS"]
    named = (config["HOST"], options.get("host", ""), options.get("hostaddr", ""))
    return [host for part in named for host in str(part).split(",")]


def is_local_host(host: str) -> bool:
    """True for this machine: an empty host, a socket folder, localhost, or a loopback address."""
    if not host or host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_trendyol(values: Mapping[str, Any]) -> None:
    names = ("TRENDYOL_SELLER_ID", "TRENDYOL_API_KEY", "TRENDYOL_API_SECRET")
    missing = [name for name in names if not values[name]]
    if missing and len(missing) < len(names):
        raise ConfigError(f"{' and '.join(missing)} must be set too: {', '.join(names)} belong together.")
    _check_https(values, "TRENDYOL_BASE_URL", secret="API secret")  # noqa: S106  (what it is called)


def _webhook_door(values: Mapping[str, Any]) -> WebhookDoor:
    try:
        return webhook_door(values)
    except ValueError as error:
        message = str(error)
        raise ConfigError(message) from None


def _check_backup(values: Mapping[str, Any]) -> None:
    for recipient in values["BACKUP_RECIPIENT"]:
        if not AGE_PUBLIC_KEY.fullmatch(recipient):
            raise ConfigError(
                f"BACKUP_RECIPIENT holds {recipient[:4]!r}…, which is no age public key; write age1…, "
                "as manage.py backup --new-key FILE prints it."
            )
    if values["BACKUP_RECIPIENT"] and values["BACKUP_PASSPHRASE"]:
        raise ConfigError(
            "BACKUP_RECIPIENT and BACKUP_PASSPHRASE are both set; backups are locked with one of them."
        )


def _check_https(values: Mapping[str, Any], name: str, *, secret: str) -> None:
    parts = urlsplit(values[name])
    if parts.scheme == "http" and not is_local_host(parts.hostname or ""):
        raise ConfigError(
            f"{name} is {values[name]!r}; another machine must be called with https://, "
            f"because the {secret} travels with each call."
        )


def _check_public_address(address: str | None) -> None:
    """Paths are put behind it, and others read it: nothing may follow it, and nothing secret may stand in it."""
    parts = urlsplit(address or "")
    if parts.query or parts.fragment or parts.username or parts.password or "?" in (address or ""):
        raise ConfigError(
            "PUBLIC_BASE_URL holds more than an address; write https://shop.example.com, "
            "without a password and without a question mark."
        )


def _secret_key(given: str | None, *, data_dir: Path, embedded: bool) -> str:
    if given is None and embedded:
        return _kept_secret_key(data_dir)
    if given is None:
        raise ConfigError(
            "SECRET_KEY is not set, and it must be when DATABASE_URL is; "
            'make one with: python -c "import secrets; print(secrets.token_urlsafe(50))".'
        )
    if len(given) < SECRET_KEY_MIN_LENGTH:
        raise ConfigError(
            f"SECRET_KEY has {len(given)} characters; at least {SECRET_KEY_MIN_LENGTH} are needed."
        )
    return given


def _kept_secret_key(data_dir: Path) -> str:
    """The key in DATA_DIR/secret_key, made on first use; the lock makes two first starts agree on one key."""
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(data_dir / "secret_key.lock"):
            if not path.exists() or not path.read_text(encoding="ascii").strip():
                _write_private(path, secrets.token_urlsafe(50))
            return path.read_text(encoding="ascii").strip()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"DATA_DIR is {str(data_dir)!r}, where {path.name} cannot be kept: {reason}."
        ) from error


def _write_private(path: Path, text: str) -> None:
    # Written aside and renamed, so that a crash leaves no half key behind.
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(text + "\n")
    fresh.replace(path)
