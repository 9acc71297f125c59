"""What to make or buy: the rules per model, and saved plans of production."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.enums import PlanState
from catalog.models import Product, Variant
from gullu.audit.tracking import track


def _count(verbose_name: Any, default: int, least: int = 0) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(
        verbose_name, default=default, validators=[MinValueValidator(least)]
    )


@track("PlanningRuleHistory")
class PlanningRule(models.Model):
    """How a model is planned; the row without a model holds for all that have none of their own.

    `lead_days` pass between the decision and the goods on the shelf; `review_days` between two decisions.
    `service_level` is the probability, in percent, that the stock is enough until the next goods come.
    """

    product = models.OneToOneField(
        Product,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="planning_rule",
        verbose_name=_("model"),
        help_text=_("Empty: for every model without a rule of its own."),
    )
    lead_days = _count(_("days until the goods are here"), 14, 1)
    review_days = _count(_("days between two decisions"), 7, 1)
    service_level = models.PositiveSmallIntegerField(
        _("service level, %"), default=90, validators=[MinValueValidator(50), MaxValueValidator(99)]
    )
    minimum_pairs = _count(_("least pairs of a barcode on hand"), 0)
    lot_pairs = _count(_("pairs are made in lots of"), 2, 1)
    overstock_days = _count(_("more than so many days of cover is too much"), 90, 1)
    dead_days = _count(_("without a sale for so many days is dead stock"), 90, 1)

    class Meta:
        verbose_name = _("planning rule")
        verbose_name_plural = _("planning rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product"], name="planning_rule_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(lead_days__gte=1, review_days__gte=1, lot_pairs__gte=1)
                & Q(service_level__range=(50, 99)),
                name="planning_rule_sensible",
            ),
        ]

    def __str__(self) -> str:
        return str(self.product) if self.product else gettext("All models without a rule of their own")


@track("ProductionPlanHistory", exclude=["changed_at"])
class ProductionPlan(models.Model):
    """Pairs to make in `days` working days at `daily_capacity` pairs a day.

    What is still to be made of a WORKING plan counts as coming.
    """

    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    first_day = models.DateField(_("first day"))
    days = models.PositiveSmallIntegerField(
        _("days"), validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    daily_capacity = models.PositiveIntegerField(
        _("pairs per day"), validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    lot_least = _count(_("least pairs of a barcode"), 2, 1)
    lot_most = _count(_("most pairs of a barcode"), 6, 1)
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("production plan")
        verbose_name_plural = _("production plans")
        default_permissions = ("add", "change", "view")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(days__gte=1, daily_capacity__gte=1, lot_least__gte=1)
                & Q(lot_most__gte=F("lot_least")),
                name="production_plan_sensible",
            )
        ]

    def __str__(self) -> str:
        return self.name


@track("ProductionPlanLineHistory")
class ProductionPlanLine(models.Model):
    """Pairs of one barcode in a plan. `suggested` was advised; `made` is finished, never more than planned.

    Only `analytics.production.services` writes here.
    """

    plan = models.ForeignKey(
        ProductionPlan, models.CASCADE, related_name="lines", verbose_name=_("production plan")
    )
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", verbose_name=_("variant"))
    suggested = models.PositiveIntegerField(_("advised pairs"), default=0)
    planned = models.PositiveIntegerField(_("planned pairs"))
    made = models.PositiveIntegerField(_("made pairs"), default=0)

    class Meta:
        verbose_name = _("line of a production plan")
        verbose_name_plural = _("lines of production plans")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "variant"], name="plan_line_once"),
            models.CheckConstraint(condition=Q(made__lte=F("planned")), name="plan_line_made_as_planned"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} × {self.planned}"
