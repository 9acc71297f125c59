"""Questions put to the language model, what it asked our figures, what it said, and what each call of it cost.

Kept by `analytics.insights`.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Insight(models.Model):
    """A question and its answer. `cost` is USD; tokens are those the service charged for.

    `unproved` are numbers of the answer that stand in none of the figures it was given: `[start, end]` in the answer.
    `week` is the Monday of the week in which a weekly summary was written. `tokens_*` and `cost` add up
    those of its rounds.
    """

    class Kind(models.TextChoices):
        WEEKLY = "WEEKLY", _("Weekly summary")
        QUESTION = "QUESTION", pgettext_lazy("insight", "Question")

    class State(models.TextChoices):
        WAITING = "WAITING", pgettext_lazy("insight", "Waiting")
        RUNNING = "RUNNING", pgettext_lazy("insight", "Being answered")
        DONE = "DONE", pgettext_lazy("insight", "Answered")
        FAILED = "FAILED", pgettext_lazy("insight", "Not answered")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    week = models.DateField(_("week"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, default="tr")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    question = models.TextField(pgettext_lazy("insight", "question"))
    answer = models.TextField(_("answer"), blank=True)
    unproved = models.JSONField(_("numbers without proof"), default=list, blank=True)
    error = models.TextField(_("reason"), blank=True)
    model = models.CharField(_("language model"), max_length=100, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens read"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens written"), default=0)
    cost = models.DecimalField(_("cost, USD"), max_digits=12, decimal_places=6, null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    started_at = models.DateTimeField(pgettext_lazy("insight", "begun"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("insight")
        verbose_name_plural = _("insights")
        default_permissions = ("add", "view")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-asked_at"], name="insight_newest")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A summary that could not be written may be tried again; one that is there or on its way is not.
            models.UniqueConstraint(
                fields=["week"], condition=~models.Q(state="FAILED"), name="insight_once_a_week"
            )
        ]

    def __str__(self) -> str:
        return self.question[:60]


class InsightCall(models.Model):
    """One of our query functions that the language model called, with exactly what it was answered.

    `address` is the page that shows these figures, `compared_address` the one of the earlier days beside them.
    """

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="calls", verbose_name=_("insight"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("function"), max_length=60)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    address = models.CharField(_("page with these figures"), max_length=1000, blank=True)
    compared_address = models.CharField(_("page with the earlier figures"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("query of an insight")
        verbose_name_plural = _("queries of insights")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["insight", "number"], name="insight_call_once")
        ]

    def __str__(self) -> str:
        return self.name


class InsightRound(models.Model):
    """One call of the language model, and what it cost in USD.

    `reserved` is the most it can cost, set aside before it is made. `cost` is NULL while it runs, and stays so when
    nobody knows what became of it: then the reserved amount counts as spent.
    """

    insight = models.ForeignKey(Insight, models.CASCADE, related_name="rounds", verbose_name=_("insight"))
    number = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    reserved = models.DecimalField(_("set aside, USD"), max_digits=12, decimal_places=6)
    cost = models.DecimalField(_("cost, USD"), max_digits=12, decimal_places=6, null=True)
    tokens_in = models.PositiveIntegerField(_("tokens read"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens written"), default=0)

    class Meta:
        verbose_name = _("call of the language model")
        verbose_name_plural = _("calls of the language model")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["insight", "number"], name="insight_round_once"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0) & (models.Q(cost__isnull=True) | models.Q(cost__gte=0)),
                name="insight_round_not_negative",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["started_at"], name="insight_round_month")
        ]

    def __str__(self) -> str:
        return f"{self.insight_id} {self.number}"
