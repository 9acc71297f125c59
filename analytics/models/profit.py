"""What was earned on each sold line. Written by `analytics.profit` alone; docs/profit.md has the formula."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.enums import CommissionBasis, CostBasis
from analytics.models.facts import SaleLine
from gullu.audit.tracking import track


def _money(verbose_name: Any, **options: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, **options)


def _line(related_name: str) -> Any:
    """The fact of the same line. No rule in the database: facts are thrown away and made again."""
    return models.OneToOneField(
        SaleLine,
        models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name=related_name,
        verbose_name=_("sold line"),
    )


# The row as it was: what a correction replaced is not to be had from anywhere else.
@track("SaleCostHistory", trackers=(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()))
class SaleCost(models.Model):
    """What a pair of this line cost on the day of its sale: written once, kept for ever, not made again by a rebuild.

    `unit_cost` = `try_part` + `usd_part` × `usd_rate`, in TRY per pair.
    """

    line = _line("kept_cost")
    unit_cost = models.DecimalField(_("cost per pair"), max_digits=14, decimal_places=4)
    try_part = models.DecimalField(_("part in lira"), max_digits=14, decimal_places=4)
    usd_part = models.DecimalField(_("part in dollars"), max_digits=14, decimal_places=4)
    usd_rate = models.DecimalField(_("dollar rate"), max_digits=12, decimal_places=4, null=True)
    basis = models.CharField(pgettext_lazy("cost of a sale", "from"), max_length=10, choices=CostBasis)
    kept_at = models.DateTimeField(_("kept"))

    class Meta:
        verbose_name = _("cost of a sale")
        verbose_name_plural = _("costs of sales")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(unit_cost__gte=0), name="sale_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(usd_part=0) | Q(usd_rate__isnull=False), name="sale_cost_knows_its_rate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.unit_cost}"


class ProfitLine(models.Model):
    """The profit of one sold line, all amounts TRY of the whole line. A part that is not known is NULL.

    `sale` is with VAT, after discounts and without what came back. `vat` is what is owed of it after the VAT contained
    in the costs. `withheld` is the tax the marketplace keeps; it is part of the profit only where the shop counts it as
    a cost (`withholding_cost`). `profit` is NULL while anything is `missing` (codes of `analytics.enums.Missing`).
    """

    line = _line("profit")
    sale = _money(_("net sale"))
    commission = _money(_("commission"), null=True)
    commission_basis = models.CharField(_("commission from"), max_length=10, choices=CommissionBasis)
    product_cost = _money(_("product cost"), null=True)
    staff = _money(_("staff share"), null=True)
    cargo = _money(_("cargo"), null=True)
    service_fee = _money(_("service fee"), null=True)
    packaging = _money(_("packaging"), null=True)
    return_cost = _money(_("return costs"), null=True)
    vat = _money(_("VAT"), null=True)
    withheld = _money(_("withheld tax"), null=True)
    withholding_cost = _money(_("withholding as a cost"), null=True)
    missing = ArrayField(models.CharField(max_length=12), verbose_name=_("missing"), default=list)

    profit = models.GeneratedField(
        expression=F("sale")
        - F("commission")
        - F("product_cost")
        - F("staff")
        - F("cargo")
        - F("service_fee")
        - F("packaging")
        - F("return_cost")
        - F("vat")
        - F("withholding_cost"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("profit"),
    )

    class Meta:
        verbose_name = _("profit of a line")
        verbose_name_plural = _("profits of lines")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # What is not known says so, and is never reckoned as nothing.
            models.CheckConstraint(
                condition=Q(missing=[], profit__isnull=False) | (~Q(missing=[]) & Q(profit__isnull=True)),
                name="profit_known_or_missing",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["line"], condition=~Q(missing=[]), name="profit_incomplete"),
            models.Index(
                fields=["line"],
                condition=Q(commission_basis__in=[CommissionBasis.TARIFF, CommissionBasis.UNKNOWN]),
                name="profit_by_tariff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.profit}"


class ProfitMonth(models.Model):
    """Over how many pairs the staff of a month is spread: those sold on its days up to `through` (docs/profit.md)."""

    month = models.DateField(_("month"), primary_key=True)
    through = models.DateField(_("last day that counts"))
    pairs = models.PositiveIntegerField(_("pairs sold"))

    class Meta:
        verbose_name = _("pairs of a month")
        verbose_name_plural = _("pairs of months")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}: {self.pairs}"


class ProfitChange(models.Model):
    """Whose profit is out of date. Written by triggers, in the transaction that changed what it follows from.

    A row becomes visible with the change it tells of, as with `FactChange`. `number` is the id of the order, the model
    or the line that is gone; `text` an order number; `day` the first day of everything that is to be reckoned again.
    """

    class What(models.TextChoices):
        ORDER = "ORDER", _("Order")
        NUMBER = "NUMBER", _("Order number")
        MODEL = "MODEL", _("Model")
        GONE = "GONE", _("Line that is gone")
        DAYS = "DAYS", _("Everything from a day on")
        RATES = "RATES", _("Commission rates")
        COSTS = "COSTS", _("Product costs")

    what = models.CharField(_("what changed"), max_length=10, choices=What)
    number = models.BigIntegerField(_("number"), null=True)
    text = models.CharField(_("order number"), max_length=40, blank=True)
    day = models.DateField(_("from"), null=True)

    class Meta:
        verbose_name = _("changed profit")
        verbose_name_plural = _("changed profits")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.what} {self.number or self.text or self.day or ''}".strip()


class ProfitState(models.Model):
    """How fresh the profits are: one row, written with them. Without it they were never reckoned."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    built_at = models.DateTimeField(_("built"))
    refreshed_at = models.DateTimeField(_("refreshed"))

    class Meta:
        verbose_name = _("state of the profits")
        verbose_name_plural = _("state of the profits")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="profit_state_once")
        ]

    def __str__(self) -> str:
        return str(self.refreshed_at)
