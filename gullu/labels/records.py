"""Records of label printing: templates the office edits, printers, what was printed, and new barcodes' numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gullu.audit.tracking import track
from gullu.labels.designs.spec import Design
from gullu.labels.geometry import DEFAULT_DPI
from gullu.labels.kinds import ALLOWED_FIELDS, LabelField, LabelKind, Symbology
from gullu.labels.paper import Paper, Shift

LARGEST_MM = Decimal(500)
SMALLEST_LABEL_MM = 10


def _mm(verbose_name: Any, default: str = "0", least: str = "0", **kwargs: Any) -> models.DecimalField:  # type: ignore[type-arg]
    validators = [MinValueValidator(Decimal(least)), MaxValueValidator(LARGEST_MM)]
    return models.DecimalField(
        verbose_name,
        max_digits=6,
        decimal_places=2,
        default=Decimal(default),
        validators=validators,
        **kwargs,
    )


def _pt(verbose_name: Any, default: str) -> models.DecimalField:  # type: ignore[type-arg]
    validators = [MinValueValidator(Decimal(5)), MaxValueValidator(Decimal(96))]
    return models.DecimalField(
        verbose_name, max_digits=4, decimal_places=1, default=Decimal(default), validators=validators
    )


def _count(verbose_name: Any) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(
        verbose_name, default=1, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )


@track("LabelTemplateHistory")
class LabelTemplate(models.Model):
    """How one kind of label looks and on which paper. `code` marks the templates that come with the product."""

    kind = models.CharField(_("kind"), max_length=12, choices=LabelKind)
    name = models.CharField(_("name"), max_length=80)
    code = models.SlugField(
        _("built in as"), max_length=40, null=True, blank=True, unique=True, editable=False
    )
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)

    page_width_mm = _mm(_("page width"), "100", "10")
    page_height_mm = _mm(_("page height"), "100", "10")
    margin_left_mm = _mm(_("left margin"))
    margin_right_mm = _mm(_("right margin"))
    margin_top_mm = _mm(_("top margin"))
    margin_bottom_mm = _mm(_("bottom margin"))
    column_gap_mm = _mm(_("gap between columns"))
    row_gap_mm = _mm(_("gap between rows"))
    columns = _count(_("columns"))
    rows = _count(_("rows"))
    padding_mm = _mm(_("free edge of a label"), "1.5")

    shown = ArrayField(
        models.CharField(max_length=20, choices=LabelField), verbose_name=_("shown"), default=list
    )
    symbology = models.CharField(
        _("kind of barcode"), max_length=8, choices=Symbology, default=Symbology.AUTO
    )
    small_pt = _pt(_("small print (pt)"), "10")
    title_pt = _pt(_("headings (pt)"), "14")
    large_pt = _pt(_("large print (pt)"), "18")
    qr_mm = _mm(_("QR, at most"), "17", "5")
    code_width_mm = _mm(_("barcode width, at most"), "80", "10")
    code_height_mm = _mm(_("barcode height"), "8", "5")
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("label template")
        verbose_name_plural = _("label templates")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "name"], name="label_template_name_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_default=True), name="label_template_one_default"
            ),
            models.CheckConstraint(condition=Q(kind__in=LabelKind.values), name="label_template_kind_known"),
            models.CheckConstraint(
                condition=Q(page_width_mm__gt=0, page_height_mm__gt=0, columns__gt=0, rows__gt=0),
                name="label_template_paper_exists",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def paper(self) -> Paper:
        return Paper(
            width=float(self.page_width_mm),
            height=float(self.page_height_mm),
            left=float(self.margin_left_mm),
            right=float(self.margin_right_mm),
            top=float(self.margin_top_mm),
            bottom=float(self.margin_bottom_mm),
            column_gap=float(self.column_gap_mm),
            row_gap=float(self.row_gap_mm),
            columns=self.columns,
            rows=self.rows,
        )

    def design(self, *, dpi: int = DEFAULT_DPI) -> Design:
        """The template in plain values, for a printer of `dpi`."""
        return Design(
            kind=self.kind,
            paper=self.paper,
            fields=frozenset(self.shown),
            symbology=self.symbology,
            small_pt=float(self.small_pt),
            title_pt=float(self.title_pt),
            large_pt=float(self.large_pt),
            qr_mm=float(self.qr_mm),
            code_width_mm=float(self.code_width_mm),
            code_height_mm=float(self.code_height_mm),
            padding_mm=float(self.padding_mm),
            dpi=dpi,
        )

    def clean(self) -> None:
        self._require_allowed_fields()
        values = (self.page_width_mm, self.page_height_mm, self.columns, self.rows)
        if any(value is None for value in values):
            return
        paper = self.paper
        if min(paper.label_width, paper.label_height) < SMALLEST_LABEL_MM:
            raise ValidationError(
                gettext("Margins and gaps leave labels of %(width).1f × %(height).1f mm: too small to print.")
                % {"width": paper.label_width, "height": paper.label_height}
            )

    def _require_allowed_fields(self) -> None:
        if not self.shown:
            raise ValidationError({"shown": gettext("Choose at least one.")})
        strange = set(self.shown) - set(ALLOWED_FIELDS.get(self.kind, ()))
        if strange:
            names = ", ".join(sorted(str(LabelField(name).label) for name in strange))
            raise ValidationError(
                {"shown": gettext("This kind of label cannot show: %(names)s.") % {"names": names}}
            )


@track("LabelPrinterHistory")
class LabelPrinter(models.Model):
    """A printer and what its calibration sheet showed."""

    class Resolution(models.IntegerChoices):
        DPI_203 = 203, "203 dpi"
        DPI_300 = 300, "300 dpi"
        DPI_600 = 600, "600 dpi"

    name = models.CharField(_("name"), max_length=60, unique=True)
    dpi = models.PositiveSmallIntegerField(_("resolution"), choices=Resolution, default=Resolution.DPI_203)
    shift_right_mm = models.DecimalField(
        _("move to the right (mm)"), max_digits=4, decimal_places=2, default=Decimal(0)
    )
    shift_down_mm = models.DecimalField(
        _("move down (mm)"), max_digits=4, decimal_places=2, default=Decimal(0)
    )

    class Meta:
        verbose_name = _("label printer")
        verbose_name_plural = _("label printers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    shift_right_mm__gte=-10,
                    shift_right_mm__lte=10,
                    shift_down_mm__gte=-10,
                    shift_down_mm__lte=10,
                ),
                name="label_printer_small_shift",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shift(self) -> Shift:
        return Shift(right=float(self.shift_right_mm), down=float(self.shift_down_mm))


class LabelRun(models.Model):
    """One print: which labels, on which paper. Preview and print are both made from it.

    `items` are [primary key, copies]; `first_cell` is the number of labels already used on the first sheet.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=LabelKind)
    template = models.ForeignKey(
        LabelTemplate, models.CASCADE, related_name="runs", verbose_name=_("template")
    )
    printer = models.ForeignKey(
        LabelPrinter, models.SET_NULL, null=True, blank=True, related_name="runs", verbose_name=_("printer")
    )
    items = models.JSONField(_("labels"), default=list)
    first_cell = models.PositiveSmallIntegerField(_("labels used on the first sheet"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    made_at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("label print")
        verbose_name_plural = _("label prints")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["made_by", "kind", "-id"], name="label_run_last_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def count(self) -> int:
        return sum(copies for _pk, copies in self.items)


class BarcodeSeries(models.Model):
    """The one row that numbers new barcodes: an EAN-13 is prefix, running number and check digit."""

    SINGLETON_ID = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=SINGLETON_ID, editable=False)
    prefix = models.CharField(
        _("new barcodes begin with"),
        max_length=9,
        default="29",
        validators=[
            RegexValidator(r"^[1-9][0-9]{0,8}$", _("Write one to nine digits, the first of them not 0."))
        ],
        help_text=_("One to nine digits, not beginning with 0. 20 to 29 are free for use inside a shop."),
    )
    last_number = models.BigIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("barcode series")
        verbose_name_plural = _("barcode series")
        default_permissions = ("view", "change")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="barcode_series_single_row"),
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^[1-9][0-9]{0,8}$"), name="barcode_series_prefix"
            ),
            models.CheckConstraint(condition=Q(last_number__gte=0), name="barcode_series_number"),
        ]

    def __str__(self) -> str:
        return self.prefix


class CarrierLabel(models.Model):
    """A label in ZPL that the marketplace or carrier gave for a cargo number: printed as it is."""

    cargo_number = models.CharField(_("cargo number"), max_length=40, unique=True)
    zpl = models.TextField("ZPL")
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("carrier's label")
        verbose_name_plural = _("carrier's labels")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.cargo_number
