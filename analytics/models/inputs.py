"""What profit is reckoned with: exchange rates, costs of models by parts, tariffs of carriers, the shop's own figures.

Every figure holds from a day on; what held before stays, so that a sale of last year is reckoned with last year's
figures. A figure nobody entered is unknown, never zero.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from analytics.enums import CostKind, RateSource, VatTreatment, WithholdingTreatment
from catalog.models import Currency, Product, Variant
from gullu.audit.tracking import track
from gullu.money import format_money, format_number


def _money(verbose_name: Any, **options: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, **options)


def _percent(verbose_name: Any, **options: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(verbose_name, max_digits=5, decimal_places=2, **options)


def _person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )


@track("ExchangeRateHistory", exclude=["read_at"])
class ExchangeRate(models.Model):
    """TRY for one unit of `currency` on a day. Days without a row have the rate of the last day before them."""

    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.USD)
    day = models.DateField(_("day"))
    rate = models.DecimalField(pgettext_lazy("exchange rate", "rate"), max_digits=12, decimal_places=4)
    source = models.CharField(
        pgettext_lazy("exchange rate", "from"), max_length=10, choices=RateSource, default=RateSource.ENTERED
    )
    read_at = models.DateTimeField(_("read"), auto_now=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        default_permissions = ("add", "change", "view")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["currency", "day"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(condition=~Q(currency=Currency.TRY), name="exchange_rate_foreign"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day:%d.%m.%Y} {format_number(self.rate, places=4)}"


@track("CostSheetHistory", exclude=["created_at"])
class CostSheet(models.Model):
    """What a pair of a model costs from a day on, by parts. It comes before the costs noted at its barcodes."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="cost_sheets", verbose_name=_("model"))
    valid_from = models.DateField(_("valid from"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    created_by = _person()

    class Meta:
        verbose_name = _("cost sheet")
        verbose_name_plural = _("cost sheets")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "valid_from"], name="cost_sheet_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.product.code} {self.valid_from:%d.%m.%Y}"


@track("CostPartHistory")
class CostPart(models.Model):
    """One part of what a pair costs, in lira or dollars."""

    sheet = models.ForeignKey(CostSheet, models.CASCADE, related_name="parts", verbose_name=_("cost sheet"))
    kind = models.CharField(_("part"), max_length=10, choices=CostKind)
    name = models.CharField(_("name"), max_length=60, blank=True)
    amount = models.DecimalField(_("amount per pair"), max_digits=12, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.TRY)

    class Meta:
        verbose_name = _("part of a cost")
        verbose_name_plural = _("parts of a cost")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_part_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {format_money(self.amount, self.currency)}"


class VariantCost(models.Model):
    """The cost noted at a barcode (`Variant.cost`) as it was from a day on; NULL where it was taken away.

    Written by a trigger on the catalogue whenever the cost changes, whoever changes it; the last of a day counts.
    """

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", verbose_name=_("variant"))
    valid_from = models.DateField(_("valid from"))
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)

    class Meta:
        verbose_name = _("cost of a barcode")
        verbose_name_plural = _("costs of barcodes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["variant", "valid_from"], name="variant_cost_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} {self.valid_from:%d.%m.%Y}"


@track("CargoTariffHistory")
class CargoTariff(models.Model):
    """What a carrier charges for a parcel, in TRY with VAT: the row with the least `desi_to` that fits.

    `order_below`: holds only for orders under this amount (the marketplace supports cheap orders); NULL for all. Of
    rows that fit, the one with the lowest `order_below` counts. `return_price` is for the way back. An empty `carrier`
    stands for every carrier without rows of its own.
    """

    carrier = models.CharField(_("carrier"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    desi_to = models.DecimalField(_("up to desi"), max_digits=8, decimal_places=2)
    order_below = _money(_("orders below"), null=True, blank=True)
    price = _money(_("price"))
    return_price = _money(_("price of a return"), null=True, blank=True)

    class Meta:
        verbose_name = _("cargo tariff")
        verbose_name_plural = _("cargo tariffs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(price__gte=0, desi_to__gt=0)
                & (Q(return_price__isnull=True) | Q(return_price__gte=0)),
                name="cargo_tariff_positive",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="cargo_tariff_days_ordered",
            ),
            models.UniqueConstraint(
                fields=["carrier", "valid_from", "desi_to", "order_below"],
                name="cargo_tariff_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        carrier = self.carrier or gettext("every other carrier")
        return f"{carrier} ≤ {format_number(self.desi_to)} desi"


@track("ProfitPolicyHistory")
class ProfitPolicy(models.Model):
    """The shop's own figures from a day on; docs/profit.md says how each enters the profit. NULL is not known.

    `packaging` is per pair, `staff` per month for everybody, `service_fee` per order of the marketplace. Amounts are
    TRY; those with VAT say so. `cost_vat_rate` is the VAT contained in product costs (0: they are noted without it).
    """

    valid_from = models.DateField(_("valid from"), unique=True)
    packaging = _money(_("packaging per pair, with VAT"), null=True, blank=True)
    staff = _money(_("staff per month"), null=True, blank=True)
    service_fee = _money(_("service fee per order, with VAT"), null=True, blank=True)
    vat_treatment = models.CharField(
        _("VAT"), max_length=10, choices=VatTreatment, default=VatTreatment.DEDUCTED
    )
    service_vat_rate = _percent(_("VAT in commission, cargo, packaging and fees, %"), default=20)
    cost_vat_rate = _percent(_("VAT in product costs, %"), default=0)
    withholding_rate = _percent(_("withholding (stopaj), %"), default=1)
    withholding_treatment = models.CharField(
        _("withholding"),
        max_length=10,
        choices=WithholdingTreatment,
        default=WithholdingTreatment.PREPAID,
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("figures of the shop")
        verbose_name_plural = _("figures of the shop")
        default_permissions = ("add", "change", "view")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(Q(packaging__isnull=True) | Q(packaging__gte=0))
                & (Q(staff__isnull=True) | Q(staff__gte=0))
                & (Q(service_fee__isnull=True) | Q(service_fee__gte=0)),
                name="profit_policy_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(service_vat_rate__range=(0, 100))
                & Q(cost_vat_rate__range=(0, 100))
                & Q(withholding_rate__range=(0, 100)),
                name="profit_policy_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%d.%m.%Y}"


@track("CampaignHistory")
class Campaign(models.Model):
    """Days on which the shop or the marketplace sold cheaper; of all models, or of those in `products`.

    Campaigns of one name share their effect in the forecasts. `discount` is what we pay of the price, in percent;
    `commission_rate` the commission promised for these days, where it differs.
    """

    name = models.CharField(pgettext_lazy("campaign", "name"), max_length=60)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    products = models.ManyToManyField(
        Product,
        related_name="campaigns",
        blank=True,
        verbose_name=_("models"),
        help_text=_("None chosen: all models."),
    )
    discount = _percent(_("our discount, %"), null=True, blank=True)
    commission_rate = _percent(_("commission rate, %"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="campaign_days_ordered"),
            models.CheckConstraint(
                condition=(Q(discount__isnull=True) | Q(discount__range=(0, 100)))
                & (Q(commission_rate__isnull=True) | Q(commission_rate__range=(0, 100))),
                name="campaign_percent",
            ),
            models.UniqueConstraint(fields=["name", "first_day"], name="campaign_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.first_day:%d.%m.%Y}"


_CampaignModel: Any = Campaign.products.through


@track("CampaignModelHistory", app_label="analytics")
class CampaignModel(_CampaignModel):
    """A model a campaign is for; followed, so that taking a model out of a campaign is kept, too."""

    class Meta:
        proxy = True
        verbose_name = _("model of a campaign")
        verbose_name_plural = _("models of campaigns")
        default_permissions = ()
