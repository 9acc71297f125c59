"""Forecasts that were made: the run, its tasks, and what it says. Written by `analytics.forecasts` alone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Product, Variant


class ForecastRun(models.Model):
    """One forecast of the whole catalogue from what was known at the end of `last_day`.

    The one that counts is the newest that is DONE. Its studies are shared by tasks that any worker takes.
    """

    class State(models.TextChoices):
        RUNNING = "RUNNING", pgettext_lazy("forecast", "Running")
        DONE = "DONE", pgettext_lazy("forecast", "Done")
        FAILED = "FAILED", pgettext_lazy("forecast", "Failed")
        DROPPED = "DROPPED", pgettext_lazy("forecast", "Given up")

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    last_day = models.DateField(_("last day known"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    error = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )

    class Meta:
        verbose_name = _("forecast run")
        verbose_name_plural = _("forecast runs")
        default_permissions = ("add", "view")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RUNNING"), name="forecast_run_one_at_a_time"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-ended_at"], condition=Q(state="DONE"), name="forecast_run_newest")
        ]

    def __str__(self) -> str:
        return f"{self.last_day:%d.%m.%Y}"


class ForecastTask(models.Model):
    """The study of one group of a run. A worker claims it for a while; one that dies loses its claim.

    `given` and `result` are bytes only `analytics.forecasts` writes and reads; both are dropped when the run ends.
    """

    run = models.ForeignKey(ForecastRun, models.CASCADE, related_name="tasks", verbose_name=_("forecast run"))
    group = models.CharField(_("group"), max_length=120, blank=True)
    given = models.BinaryField(_("given"), null=True)
    result = models.BinaryField(_("result"), null=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done"), null=True)
    error = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("task of a forecast")
        verbose_name_plural = _("tasks of forecasts")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "group"], name="forecast_task_once")
        ]

    def __str__(self) -> str:
        return self.group


class ModelForecast(models.Model):
    """What a run says of one model (the sum of its barcodes) over `horizon` days, and how far to trust it.

    Scores are parts, not percent, and NULL where nothing could be tried: `wape` is the error, `bias` is negative where
    too little was expected, `coverage` the part of totals within the 90 % quantile, `units` what they were measured on;
    `average_*` are the same of the plain moving average. `path` are the expected pairs of each day, `band` what is
    enough on nine of ten such days.
    """

    run = models.ForeignKey(
        ForecastRun, models.CASCADE, related_name="models", verbose_name=_("forecast run")
    )
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("model"))
    horizon = models.PositiveSmallIntegerField(_("days"))
    group = models.CharField(_("signal of"), max_length=120, blank=True)
    method = models.CharField(_("method"), max_length=20)
    expected = models.FloatField(_("expected pairs"))
    q90 = models.FloatField(_("90 % quantile"))
    path = ArrayField(models.FloatField(), verbose_name=_("expected per day"), default=list)
    band = ArrayField(models.FloatField(), verbose_name=_("90 % quantile per day"), default=list)
    wape = models.FloatField(_("error"), null=True)
    bias = models.FloatField(_("bias"), null=True)
    coverage = models.FloatField(_("coverage"), null=True)
    units = models.FloatField(_("measured on"), null=True)
    average_wape = models.FloatField(_("error of the average"), null=True)
    average_bias = models.FloatField(_("bias of the average"), null=True)
    average_coverage = models.FloatField(_("coverage of the average"), null=True)

    class Meta:
        verbose_name = _("forecast of a model")
        verbose_name_plural = _("forecasts of models")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "product", "horizon"], name="model_forecast_once")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.horizon}: {self.expected:.1f}"


class VariantForecast(models.Model):
    """What a run says of one barcode over `horizon` days, in pairs.

    `q90` is enough nine times out of ten. `dispersion` is the spread of the negative binomial it was drawn from
    (variance = mean + dispersion · mean²), for other levels and spans.
    """

    run = models.ForeignKey(
        ForecastRun, models.CASCADE, related_name="variants", verbose_name=_("forecast run")
    )
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", verbose_name=_("variant"))
    horizon = models.PositiveSmallIntegerField(_("days"))
    method = models.CharField(_("method"), max_length=20)
    group = models.CharField(_("signal of"), max_length=120, blank=True)
    expected = models.FloatField(_("expected pairs"))
    q90 = models.FloatField(_("90 % quantile"))
    dispersion = models.FloatField(_("dispersion"))

    class Meta:
        verbose_name = _("forecast of a barcode")
        verbose_name_plural = _("forecasts of barcodes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "variant", "horizon"], name="variant_forecast_once")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} {self.horizon}: {self.expected:.1f}"
