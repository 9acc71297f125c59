"""What was earned on each sold line. Written by `analytics.profit` alone; docs/profit.md has the formula."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.enums import CommissionBasis, CostBasis
from analytics.models.facts import SaleLine


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


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), model_name="SaleCostHistory")
class SaleCost(models.Model):
    """What a pair of this line cost on the day of its sale: written once, kept for ever, not made again by a rebuild.

    `unit_cost` = `try_part` + `usd_part` × `usd_rate`, in TRY per pair.
    """

    line = _line("kept_cost")
    unit_cost = models.DecimalField(_("cost per pair"), max_digits=14, decimal_places=4)
    try_part = models.DecimalField(_("part in lira"), max_digits=14, decimal_places=4)
    usd_part = models.DecimalField(_("part in dollars"), max_digits=14, decimal_places=4)
    usd_rate = models.DecimalField(_("dollar rate"), max_digits=12, decimal_places=4, null=True)
    basis = models.CharField(_("from"), max_length=10, choices=CostBasis)
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
    withheld = _money(_("withheld tax"))
    withholding_cost = _money(_("withholding as a cost"))
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
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["line"], condition=~Q(missing=[]), name="profit_incomplete")
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.profit}"
