"""What can be set about a sandbox."""

from dataclasses import dataclass, field

DEFAULT_SELLER_ID = 987654
DEFAULT_API_KEY = "sandbox-key"
DEFAULT_API_SECRET = "sandbox-secret"  # noqa: S105 - no secret: a constant of a local stand-in

QUIRKS = {
    "varied_payloads": "İsteğe bağlı alanlar bazen yok, boş ya da null; sırasız geçmiş; 20 haneli kargo no",
    "missing_quantity": "Ürün listesinde stock.quantity bazen yok",
    "shifted_filters": "Tarih süzgeçleri üç saat ileri yazılmış değerlerle karşılaştırılır",
    "v2_filters_order_date": "v2/orders tarih süzgeci sipariş tarihine bakar",
    "ids_obey_window": "shipmentPackageIds sorgusu tarih penceresine uyar",
    "staggered_batches": "Toplu işlemin ilk yarısı erken sonuçlanır",
    "claims_filter_modified": "claims tarih süzgeci son değişikliğe bakar",
    "invoices_rejected": "İncelenen faturalar reddedilir",
    "brands_from_one": "Marka listesinin ilk sayfası 1 numaradır",
    "bare_category_tree": "Kategori ağacı nesne değil, çıplak dizi olarak gelir",
    "attribute_value_names": "Özellik değerinin metni attributeValueName adıyla gelir",
    "unapproved_images": "Onaysız ürün listesinde media yerine images gelir",
    "attributes_any_shape": "Özelliklerin tekil ve çoğul yazımı her serviste kabul edilir",
    "attributes_swapped": "Ürün eklerken çoğul, içerik güncellerken tekil özellik yazımı istenir",
    "stock_code_required": "Ürün eklerken stockCode ve dimensionalWeight zorunludur",
    "partial_variant_update": "Onaylı varyant güncellemesi eksik alan kabul eder",
    "webhooks_local": "Webhook bu makineye de tanımlanabilir (gerçek Trendyol Localhost kabul etmez)",
    "webhook_duplicates": "Her webhook olayı iki kez gönderilir",
    "webhook_reordered": "Webhook olayları bir saniye bekler ve ters sırayla gönderilir",
    "expired_batch_empty": "Süresi geçen toplu işlem 404 yerine boş sonuç verir",
}
DEFAULT_QUIRKS = frozenset({"varied_payloads"})


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds after which a package or claim moves on by itself; None means only on request.

    The shares decide which way it goes: per package for a shipped one, per claim for a return. An approved
    return goes through the fraud check by `fraud_check_share`; `dispute_won_share` of the seller's disputes
    end Rejected. Only the 48 hours of WaitingInAction cannot be set (contract section 9.1).
    """

    ship_after: float | None = 6 * 3600.0
    deliver_after: float | None = 2 * 86400.0
    collect_after: float | None = 86400.0
    return_after: float | None = 4 * 86400.0
    claim_arrives_after: float | None = 3 * 86400.0
    fraud_check_after: float | None = 6 * 3600.0
    dispute_after: float | None = 3 * 86400.0
    collection_share: float = 0.06
    undelivered_share: float = 0.02
    fraud_check_share: float = 0.5
    fraud_rejected_share: float = 0.0
    dispute_won_share: float = 0.6


REAL_AGES = Ages()
FAST_AGES = Ages(
    ship_after=180.0,
    deliver_after=300.0,
    collect_after=180.0,
    return_after=300.0,
    claim_arrives_after=180.0,
    fraud_check_after=120.0,
    dispute_after=300.0,
)
NO_AGES = Ages(
    ship_after=None,
    deliver_after=None,
    collect_after=None,
    return_after=None,
    claim_arrives_after=None,
    fraud_check_after=None,
    dispute_after=None,
)
AGES = {"real": REAL_AGES, "fast": FAST_AGES, "off": NO_AGES}


@dataclass(slots=True)
class SandboxConfig:
    """Settings of one sandbox; `quirks` and `strict_limits` may be switched while it runs.

    `invoice_check_seconds` None leaves an uploaded invoice in Received until somebody decides. The error shares
    say how many settlement and cargo rows charge more than was agreed; 0 makes the books correct.
    Quality control decides about a new product after `approval_delay_seconds`, about a content update after
    `audit_delay_seconds`; None waits for somebody. `attribute_values_size` is the page that clips long lists.
    """

    host: str = "127.0.0.1"
    seller_id: int = DEFAULT_SELLER_ID
    api_key: str = DEFAULT_API_KEY
    api_secret: str = DEFAULT_API_SECRET
    batch_delay_seconds: float = 0.2
    split_delay_seconds: float = 0.3
    hang_seconds: float = 0.3
    invoice_check_seconds: float | None = 60.0
    label_delay_seconds: float = 0.0
    approval_delay_seconds: float | None = 60.0
    approve_share: float = 0.9
    audit_delay_seconds: float | None = 86400.0
    audit_fail_share: float = 0.1
    attribute_values_size: int = 50
    payment_period_days: int = 28
    commission_error_share: float = 0.02
    desi_error_share: float = 0.02
    foreign_package_ids: frozenset[int] = frozenset()
    strict_limits: bool = True
    shoppers_per_minute: float = 0.0
    ages: Ages = REAL_AGES
    quirks: set[str] = field(default_factory=lambda: set(DEFAULT_QUIRKS))
    random_seed: int = 1

    def __post_init__(self) -> None:
        self.quirks = set(self.quirks)
        unknown = self.quirks - QUIRKS.keys()
        if unknown:
            raise ValueError(f"Unknown sandbox quirks: {', '.join(sorted(unknown))}")
