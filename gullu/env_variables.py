"""The settings read from the environment: one declaration each. `.env.example` is tested against this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent


class Kind(Enum):
    """How a variable's text is read."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    LIST = "list"
    CHOICE = "choice"
    URL = "url"
    PATH = "path"
    MAIL = "mail"
    ADDRESSES = "addresses"
    SECRET = "secret"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One declared variable. `default` is already typed; None means "unset" is a meaning of its own."""

    name: str
    kind: Kind
    help: str
    default: Any = None
    secret: bool = False
    choices: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ("http", "https")
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    accepted: str = ""


VARIABLES: Final[tuple[Variable, ...]] = (
    Variable(
        name="SECRET_KEY",
        kind=Kind.SECRET,
        secret=True,
        help="Signs sessions and links. Needed with DATABASE_URL; without it one is made in DATA_DIR/secret_key.",
    ),
    Variable(
        name="DEBUG",
        kind=Kind.BOOL,
        default=False,
        help="1 shows error pages with source code. Only on a developer's machine.",
    ),
    Variable(
        name="ALLOWED_HOSTS",
        kind=Kind.LIST,
        default=("localhost", "127.0.0.1", "[::1]"),
        help="Host names this site answers to, separated by commas.",
    ),
    Variable(
        name="DATABASE_URL",
        kind=Kind.SECRET,
        secret=True,
        help="postgresql://user:password@host:5432/name?sslmode=require. Unset: the embedded PostgreSQL.",
    ),
    Variable(
        name="DATA_DIR",
        kind=Kind.PATH,
        default=ROOT / "var",
        help="Folder of the embedded database, uploads, backups and logs; relative to the project folder.",
    ),
    Variable(
        name="BACKUP_DIR",
        kind=Kind.PATH,
        help="Folder of the backups; best on another machine's disk, mounted here. Unset: backups in DATA_DIR.",
    ),
    Variable(
        name="BACKUP_KEEP_DAILY",
        kind=Kind.INT,
        default=7,
        minimum=1,
        maximum=366,
        help="Of how many days the last backup is kept.",
    ),
    Variable(
        name="BACKUP_KEEP_WEEKLY",
        kind=Kind.INT,
        default=5,
        minimum=0,
        maximum=520,
        help="Of how many weeks.",
    ),
    Variable(
        name="BACKUP_KEEP_MONTHLY",
        kind=Kind.INT,
        default=12,
        minimum=0,
        maximum=120,
        help="Of how many months.",
    ),
    Variable(
        name="BACKUP_RECIPIENT",
        kind=Kind.LIST,
        default=(),
        help="age public keys (age1…), separated by commas: backups are encrypted to them.",
    ),
    Variable(
        name="BACKUP_PASSPHRASE",
        kind=Kind.SECRET,
        default="",
        secret=True,
        pattern=r".{16,}",
        accepted="at least 16 characters",
        help="Encrypts backups with a passphrase instead, and opens them.",
    ),
    Variable(
        name="BACKUP_IDENTITY_FILE",
        kind=Kind.PATH,
        help="File with the secret half of BACKUP_RECIPIENT: opens backups for restore and drill.",
    ),
    Variable(
        name="REDIS_URL",
        kind=Kind.URL,
        secret=True,
        schemes=("redis", "rediss", "unix"),
        help="redis://host:6379/0. Unset: the cache lives inside each process.",
    ),
    Variable(
        name="ENABLE_JOBS",
        kind=Kind.BOOL,
        default=False,
        help="1 lets the worker run the schedules (orders in, stock out, nightly work).",
    ),
    Variable(
        name="HTTPS_ONLY",
        kind=Kind.BOOL,
        help="1 redirects to HTTPS and marks cookies secure. Unset: on when DATABASE_URL is set and DEBUG is off.",
    ),
    Variable(
        name="TRUSTED_PROXY_COUNT",
        kind=Kind.INT,
        default=0,
        minimum=0,
        maximum=5,
        help="How many proxies of yours stand in front and add to X-Forwarded-For; 0 when browsers reach us directly.",
    ),
    Variable(
        name="REQUIRE_SECOND_FACTOR",
        kind=Kind.BOOL,
        help="1 lets managers do nothing without a second factor. Unset: on when DATABASE_URL is set and DEBUG is off.",
    ),
    Variable(
        name="PUBLIC_BASE_URL",
        kind=Kind.URL,
        help="Address of this site as Trendyol reaches it, with https://: it fetches product pictures from there.",
    ),
    Variable(
        name="TRENDYOL_SELLER_ID",
        kind=Kind.STR,
        default="",
        pattern=r"\d+",
        accepted="the digits of the seller number",
        help="Seller number (Satıcı ID) of the Trendyol account.",
    ),
    Variable(
        name="TRENDYOL_API_KEY",
        kind=Kind.SECRET,
        default="",
        secret=True,
        help="API key from the seller panel, page Entegrasyon Bilgileri.",
    ),
    Variable(
        name="TRENDYOL_API_SECRET",
        kind=Kind.SECRET,
        default="",
        secret=True,
        help="API secret from the same page.",
    ),
    Variable(
        name="TRENDYOL_INTEGRATOR",
        kind=Kind.STR,
        default="SelfIntegration",
        pattern=r"[A-Za-z0-9]{1,30}",
        accepted="1 to 30 letters and digits",
        help="Name sent in the User-Agent header; a seller's own software says SelfIntegration.",
    ),
    Variable(
        name="TRENDYOL_BASE_URL",
        kind=Kind.URL,
        default="https://apigw.trendyol.com",
        help="Address of the Trendyol gateway; the demo sets it to its own sandbox.",
    ),
    Variable(
        name="TRENDYOL_STOREFRONT",
        kind=Kind.STR,
        default="TR",
        pattern=r"[A-Z]{2}",
        accepted="two capital letters",
        help="Storefront code sent with the calls that ask for one.",
    ),
    Variable(
        name="TRENDYOL_TIER",
        kind=Kind.CHOICE,
        default="50k",
        choices=("50k", "75k", "150k", "500k", "unlimited"),
        help="Product-listing allowance of the account; it decides the call limits. The lowest is always safe.",
    ),
    Variable(
        name="TRENDYOL_ATTRIBUTE_SHAPE",
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto", "singular", "plural"),
        help="How product attributes are written. auto: one value each in new listings, lists of values in changes.",
    ),
    Variable(
        name="TRENDYOL_WEBHOOK_ENABLED",
        kind=Kind.BOOL,
        default=False,
        help="1 takes events Trendyol sends to /webhooks/orders/. Orders are read every four minutes besides.",
    ),
    Variable(
        name="TRENDYOL_WEBHOOK_API_KEY",
        kind=Kind.SECRET,
        default="",
        secret=True,
        help="Key that Trendyol shows with each event: at least 16 letters, digits and signs, of your own making.",
    ),
    Variable(
        name="TRENDYOL_WEBHOOK_USERNAME",
        kind=Kind.STR,
        default="",
        pattern=r"[!-9;-~]{1,100}",
        accepted="letters, digits and signs without spaces and colons",
        help="Instead of the key: user name and password of HTTP Basic.",
    ),
    Variable(
        name="TRENDYOL_WEBHOOK_PASSWORD",
        kind=Kind.SECRET,
        default="",
        secret=True,
        help="The password that belongs to it: at least 16 letters, digits and signs.",
    ),
    Variable(
        name="TRENDYOL_WEBHOOK_URL",
        kind=Kind.URL,
        help="Address told to Trendyol. Unset: PUBLIC_BASE_URL with /webhooks/orders/ behind it.",
    ),
    Variable(
        name="ARCHIVE_AFTER_DAYS",
        kind=Kind.INT,
        default=180,
        minimum=1,
        maximum=3650,
        help="Closed orders older than this leave the lists of orders; search and a filter still reach them.",
    ),
    Variable(
        name="RETENTION_CUSTOMER_DAYS",
        kind=Kind.INT,
        default=730,
        minimum=30,
        maximum=3650,
        help="How long names, addresses and notes of finished orders and pictures of returns are kept.",
    ),
    Variable(
        name="RETENTION_MESSAGE_DAYS",
        kind=Kind.INT,
        default=90,
        minimum=7,
        maximum=3650,
        help="How long messages of the marketplace and carriers' labels are kept as they came.",
    ),
    Variable(
        name="RETENTION_DOCUMENT_DAYS",
        kind=Kind.INT,
        default=3650,
        minimum=1825,
        maximum=7300,
        help="How long invoices are kept; Turkish law asks for 5 (tax) and 10 years (commerce).",
    ),
    Variable(
        name="RETENTION_STAFF_DAYS",
        kind=Kind.INT,
        default=730,
        minimum=90,
        maximum=3650,
        help="How long the list of activities and the histories say from which address and device.",
    ),
    Variable(
        name="CACHE_SECONDS_SALES",
        kind=Kind.INT,
        default=3600,
        minimum=0,
        maximum=604_800,
        help="How long figures of sales are kept ready; new data drops them at once. 0: never kept.",
    ),
    Variable(
        name="CACHE_SECONDS_PROFIT",
        kind=Kind.INT,
        default=3600,
        minimum=0,
        maximum=604_800,
        help="The same for figures of profit.",
    ),
    Variable(
        name="CACHE_SECONDS_STOCK",
        kind=Kind.INT,
        default=600,
        minimum=0,
        maximum=604_800,
        help="The same for figures that depend on stock.",
    ),
    Variable(
        name="CACHE_SECONDS_FORECAST",
        kind=Kind.INT,
        default=21_600,
        minimum=0,
        maximum=604_800,
        help="The same for figures of forecasts.",
    ),
    Variable(
        name="EXCHANGE_RATE_URL",
        kind=Kind.STR,
        default="https://www.tcmb.gov.tr/kurlar",
        pattern=r"off|https?://[^\s/][^\s]*",
        accepted="an address that begins with http:// or https://, or off",
        help="Where the central bank's daily rates are read. off: nothing is read, rates are entered by hand.",
    ),
    Variable(
        name="EMAIL_URL",
        kind=Kind.MAIL,
        secret=True,
        help="smtp+tls://user:password@host:587, smtp+ssl://…:465 or smtp://host:25. Unset: mails go to the console.",
    ),
    Variable(
        name="DEFAULT_FROM_EMAIL",
        kind=Kind.STR,
        default="gullu@localhost",
        pattern=r"[^@\s]+@[^@\s]+",
        accepted="one e-mail address",
        help="Sender of our mails; most mail servers want an address of their own.",
    ),
    Variable(
        name="DIGEST_RECIPIENTS",
        kind=Kind.ADDRESSES,
        default=(),
        help="Who gets the daily summary at 08:00: addresses separated by commas. Unset: nobody.",
    ),
    Variable(
        name="ALARM_RECIPIENTS",
        kind=Kind.ADDRESSES,
        default=(),
        help="Who gets a mail when an alarm begins, goes on or ends. Unset: who gets the daily summary.",
    ),
    Variable(
        name="SHOP_NAME",
        kind=Kind.STR,
        default="Güllü",
        help="The shop's name on catalogues and price lists.",
    ),
    Variable(
        name="SHOP_SLOGAN",
        kind=Kind.STR,
        default="",
        help="A sentence below the name on their cover.",
    ),
    Variable(
        name="SHOP_CONTACT",
        kind=Kind.LIST,
        default=(),
        help="Telephone, address of the website and the like, separated by commas: one line each.",
    ),
    Variable(
        name="SHOP_COLOUR",
        kind=Kind.STR,
        default="#b0134a",
        pattern=r"#[0-9A-Fa-f]{6}",
        accepted="a colour such as #b0134a",
        help="Ground of the cover, headings and prices.",
    ),
    Variable(
        name="SHOP_LOGO",
        kind=Kind.PATH,
        help="The logo as a JPEG, PNG or WebP file; relative to the project folder. Unset: none.",
    ),
    Variable(
        name="LOG_LEVEL",
        kind=Kind.CHOICE,
        default="INFO",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        help="Least important log line that is written.",
    ),
    Variable(
        name="LOG_JSON",
        kind=Kind.BOOL,
        help="1 writes one JSON object per log line. Unset: on when DATABASE_URL is set and DEBUG is off.",
    ),
    Variable(
        name="DB_POOL_SIZE",
        kind=Kind.INT,
        default=8,
        minimum=1,
        maximum=100,
        help="Most database connections one process keeps open.",
    ),
    Variable(
        name="METRICS_TOKEN",
        kind=Kind.SECRET,
        default="",
        secret=True,
        pattern=r"[!-~]{20,}",
        accepted="at least 20 letters, digits and signs without spaces",
        help="Opens /metrics and the details of /readyz to a monitor (Bearer). Unset: /metrics does not exist.",
    ),
    Variable(
        name="SENTRY_DSN",
        kind=Kind.URL,
        secret=True,
        help="Where unexpected errors are reported. Unset: only the log.",
    ),
    Variable(
        name="OPENAI_API_KEY",
        kind=Kind.SECRET,
        secret=True,
        default="",
        pattern=r"[!-~]+",
        accepted="letters, digits and signs without spaces",
        help="Key of the service that writes insights. A service without keys takes any word. Unset: none are written.",
    ),
    Variable(
        name="OPENAI_BASE_URL",
        kind=Kind.URL,
        default="https://api.openai.com/v1",
        help="Address of the service: any that is compatible with OpenAI's chat completions and their tools.",
    ),
    Variable(
        name="OPENAI_MODEL",
        kind=Kind.STR,
        default="",
        help="Name of the language model, as the service calls it; one that can call tools.",
    ),
    Variable(
        name="OPENAI_MONTHLY_BUDGET_USD",
        kind=Kind.FLOAT,
        default=10.0,
        minimum=0,
        maximum=100_000,
        help="Most US dollars the insights may cost in a month. No call is made that could cost more than is left.",
    ),
    Variable(
        name="OPENAI_PRICE_IN",
        kind=Kind.FLOAT,
        minimum=0,
        maximum=10_000,
        help="US dollars for a million tokens the model reads, from the service's price list; 0 where it is free.",
    ),
    Variable(
        name="OPENAI_PRICE_OUT",
        kind=Kind.FLOAT,
        minimum=0,
        maximum=10_000,
        help="US dollars for a million tokens the model writes. Without both prices nothing is asked.",
    ),
)
BY_NAME: Final[dict[str, Variable]] = {variable.name: variable for variable in VARIABLES}
