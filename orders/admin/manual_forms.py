"""What the office types to make or change a manual order."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from gullu.forms import TurkishDateField, TurkishDecimalField
from gullu.money import format_number
from orders.enums import OrderSource
from orders.models import Order
from orders.pasted import MOST_TEXT, Pasted, read_articles
from orders.services.manual import HIGHEST_AMOUNT, Recipient, Terms, WantedLine

SOURCES = [(source.value, source.label) for source in OrderSource if source != OrderSource.EXCHANGE]
_PHONE = re.compile(r"\+?[\d ()/-]{7,24}")


def text_field(
    label: Any, *, most: int, required: bool = False, rows: int = 0, **kwargs: Any
) -> forms.CharField:
    """A line of text, or with `rows` a box."""
    widget = UnfoldAdminTextareaWidget({"rows": rows}) if rows else UnfoldAdminTextInputWidget()
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, **kwargs)


class RecipientForm(forms.Form):
    """Who gets it and how it is sent: what manual orders and exchanges have in common.

    `request` is the key of this very form: sending it twice makes one order.
    """

    request = forms.CharField(widget=forms.HiddenInput, max_length=36, initial=uuid.uuid4)
    name = text_field(_("Customer"), most=200, required=True)
    phone = text_field(_("Phone"), most=25)
    city = text_field(_("City"), most=100)
    district = text_field(_("District"), most=100)
    address = text_field(_("Address"), most=400, rows=2)
    carrier = forms.CharField(
        label=_("Carrier"),
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget({"list": "carriers"}),
    )
    cargo_number = text_field(
        _("Cargo number"), most=40, help_text=_("May also be entered when it is handed over.")
    )
    ship_by = TurkishDateField(
        label=_("Ship by"), required=False, widget=UnfoldAdminTextInputWidget({"placeholder": "25.10.2026"})
    )
    collect_amount = TurkishDecimalField(
        label=_("Cash on delivery (₺)"),
        required=False,
        decimal_places=2,
        min_value=0,
        max_value=HIGHEST_AMOUNT,
        widget=UnfoldAdminTextInputWidget({"placeholder": "1.234,50", "inputmode": "decimal"}),
    )
    note = text_field(_("Note"), most=500, rows=2)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not _PHONE.fullmatch(phone):
            raise ValidationError(
                _("“%(phone)s” is no phone number: write digits, like 0532 000 00 00."),
                params={"phone": phone},
            )
        return phone

    def clean_ship_by(self) -> date | None:
        day: date | None = self.cleaned_data["ship_by"]
        if day is not None and day < timezone.localdate() and "ship_by" in self.changed_data:
            raise ValidationError(
                _("%(date)s is over: give today or a later day."), params={"date": f"{day:%d.%m.%Y}"}
            )
        return day

    @property
    def needs_address(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("city", "address") if self.needs_address else ():
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, _("A parcel needs it: fill it in."))
        return cleaned

    def recipient(self) -> Recipient:
        fields = ("name", "phone", "address", "district", "city")
        return Recipient(**{name: self.cleaned_data[name] for name in fields})

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            carrier=data["carrier"],
            cargo_number=data["cargo_number"],
            ship_by_at=end_of(data["ship_by"]),
            collect_amount=data["collect_amount"] or None,
            note=data["note"],
        )

    @staticmethod
    def initial_of(order: Order) -> dict[str, Any]:
        """The fields as an order has them."""
        recipient = Recipient.of(order)
        ship_by = timezone.localdate(order.ship_by_at) if order.ship_by_at else None
        return {
            "name": recipient.name,
            "phone": recipient.phone,
            "address": recipient.address,
            "district": recipient.district,
            "city": recipient.city,
            "carrier": order.cargo_provider,
            "cargo_number": order.cargo_tracking_number,
            "ship_by": ship_by,
            "collect_amount": order.collect_amount,
            "note": order.note,
        }


def end_of(day: date | None) -> datetime | None:
    """The last minute of a day in the shop's time zone."""
    if day is None:
        return None
    return datetime.combine(day, time(23, 59), tzinfo=timezone.get_current_timezone())


class ArticlesForm(RecipientForm):
    """The articles as pasted text. What they mean is in `pasted` once the form was looked at."""

    articles = forms.CharField(
        label=_("Articles"),
        max_length=MOST_TEXT,
        strip=False,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Scan or paste barcodes or stock codes, one per line; quantity and price may follow: "
            "8680000000017 2 1.234,50"
        ),
    )
    reserve_anyway = forms.BooleanField(
        label=_("Reserve anyway: what is missing will be made or bought"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, own: dict[int, int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own or {}

    @property
    def pasted(self) -> Pasted:
        """What the text means at this moment, also while other fields are wrong."""
        if not hasattr(self, "_pasted"):
            text = self["articles"].value() or ""
            self._pasted = read_articles(str(text)[:MOST_TEXT], own=self.own)
        return self._pasted

    def clean_articles(self) -> str:
        text: str = self.cleaned_data["articles"]
        if not self.pasted.rows:
            raise ValidationError(_("Scan or paste at least one barcode."))
        if self.pasted.problems:
            words = ngettext(
                "%(count)s line cannot be taken: mend or delete it.",
                "%(count)s lines cannot be taken: mend or delete them.",
                len(self.pasted.problems),
            )
            raise ValidationError(words, params={"count": len(self.pasted.problems)})
        return text

    def lines(self) -> list[WantedLine]:
        return [
            WantedLine(variant_id=row.variant.pk, quantity=row.quantity, unit_price=row.price)
            for row in self.pasted.good
            if row.variant is not None and row.price is not None
        ]


class ManualOrderForm(ArticlesForm):
    """A new order. Who comes to the shop needs no address."""

    source = forms.ChoiceField(label=_("Came by"), choices=SOURCES, widget=UnfoldAdminSelectWidget)

    @property
    def needs_address(self) -> bool:
        return bool(self.cleaned_data.get("source") != OrderSource.SHOP)


class EditOrderForm(ArticlesForm):
    """A manual order that was not picked yet. The articles of an exchange are not among its fields."""

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        lines = list(order.lines.order_by("line_id"))
        initial = {**self.initial_of(order), "articles": as_text(order)}
        own = {line.variant_id: line.quantity for line in lines if line.variant_id is not None}
        super().__init__(*args, own=own, **{**kwargs, "initial": initial})
        self.order = order
        self.order_lines = lines
        if order.source == OrderSource.EXCHANGE:
            del self.fields["articles"], self.fields["reserve_anyway"]

    @property
    def needs_address(self) -> bool:
        return self.order.source != OrderSource.SHOP

    def lines(self) -> list[WantedLine]:
        if "articles" in self.fields:
            return super().lines()
        return [
            WantedLine(
                variant_id=line.variant_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
                exact_total=line.total,
            )
            for line in self.order_lines
            if line.variant_id is not None
        ]


def as_text(order: Order) -> str:
    """The articles of an order, written as they are pasted."""
    lines = order.lines.order_by("line_id")
    return "\n".join(f"{line.barcode} {line.quantity} {format_number(line.unit_price)}" for line in lines)
