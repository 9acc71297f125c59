"""What is asked to open an exchange, and at each of its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from catalog.models import Variant
from catalog.scanning import resolve
from inventory.scanning import find_shelf
from orders.admin.manual_forms import RecipientForm, text_field
from orders.enums import Disposition, ExchangeReason
from orders.exchange_selectors import Exchangeable
from orders.models import Exchange, Order
from orders.services.exchanges import Wish

_SCAN = {"autocomplete": "off", "spellcheck": "false"}


def scan_field(label: Any, *, required: bool = False, focus: bool = False, **kwargs: Any) -> forms.CharField:
    """A box that takes a scan or a typed code."""
    widget = UnfoldAdminTextInputWidget({**_SCAN, **({"autofocus": True} if focus else {})})
    return forms.CharField(label=label, max_length=200, required=required, widget=widget, **kwargs)


class ExchangeForm(RecipientForm):
    """One article for another. With an order, `line` and `offer` are chosen on the page; without, both are scanned."""

    line = forms.IntegerField(required=False)
    offer = forms.IntegerField(required=False)
    old = scan_field(_("Article sent back (barcode)"))
    order_number = text_field(_("First order"), most=40)
    new = scan_field(
        _("New article (barcode)"),
        help_text=_("Scan it, or choose a size above. What is scanned here counts."),
    )
    quantity = forms.IntegerField(
        label=_("Quantity"), min_value=1, max_value=999, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )
    reason = forms.ChoiceField(
        label=_("Reason"), choices=ExchangeReason.choices, widget=UnfoldAdminSelectWidget
    )
    return_tracking_number = text_field(_("Return tracking number"), most=40)
    return_carrier = text_field(_("Return carrier"), most=100)
    reserve_anyway = forms.BooleanField(
        label=_("Reserve anyway: what is missing will be made or bought"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def __init__(
        self,
        *args: Any,
        order: Order | None = None,
        rows: list[Exchangeable] | None = None,
        in_full: bool = True,
        **kwargs: Any,
    ) -> None:
        initial = self.initial_of(order) if order else {}
        for name in () if in_full else ("phone", "address"):
            initial.pop(name, None)
        # Carrier, date and amount belong to the parcel of the first order.
        for name in ("carrier", "cargo_number", "ship_by", "collect_amount", "note"):
            initial.pop(name, None)
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.order, self.rows = order, rows or []
        self.fields["collect_amount"].label = _("Price difference to collect (₺)")
        open_rows = [row for row in self.rows if row.left > 0]
        if len(open_rows) == 1:
            self.fields["line"].initial = open_rows[0].line.pk

    def clean_line(self) -> Exchangeable | None:
        if self.order is None:
            return None
        chosen = next((row for row in self.rows if row.line.pk == self.cleaned_data["line"]), None)
        if chosen is None:
            raise ValidationError(_("Choose the article that is sent back."))
        return chosen

    def clean_old(self) -> Variant | None:
        return None if self.order is not None else _variant(self.cleaned_data["old"])

    def clean_new(self) -> Variant:
        text = self.cleaned_data["new"]
        if text:
            return _variant(text)
        row: Exchangeable | None = self.cleaned_data.get("line")
        offered = {offer.variant_id for offer in row.instead} if row else set()
        chosen = self.cleaned_data.get("offer")
        if chosen not in offered:
            raise ValidationError(_("Choose the size the customer gets, or scan another article."))
        return Variant.objects.get(pk=chosen)

    def wish(self) -> Wish:
        data = self.cleaned_data
        row: Exchangeable | None = data["line"]
        old = data["old"].pk if row is None else row.line.variant_id
        return Wish(
            old_variant_id=old or 0,
            new_variant_id=data["new"].pk,
            reason=data["reason"],
            quantity=data["quantity"],
            line_id=row.line.pk if row else None,
            order_number=data["order_number"],
            note=data["note"],
        )


def _variant(text: str) -> Variant:
    """The article a scan means; raises ValidationError with the way out."""
    found = resolve(text)
    if found.variant is None:
        unknown = gettext("%(code)s is not known: check the scan, or add the product first.")
        raise ValidationError(found.hint or unknown % {"code": text.strip()[:60] or "—"})
    return found.variant


# --- steps ------------------------------------------------------------------------------------------------------


class StepForm(forms.Form):
    """A question about one exchange."""

    def __init__(self, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exchange = exchange


class NumberForm(StepForm):
    number = scan_field(_("Return tracking number"), required=True, focus=True)
    carrier = text_field(_("Return carrier"), most=100)

    def __init__(self, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(*args, exchange=exchange, **kwargs)
        self.fields["number"].initial = exchange.return_tracking_number
        self.fields["carrier"].initial = exchange.return_carrier

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if len(number) > 40:
            raise ValidationError(
                _("%(number)s is too long: 40 characters at most."), params={"number": number[:60]}
            )
        return number


class ReasonForm(StepForm):
    reason = text_field(_("Reason"), most=300, required=True)


class TakeInForm(StepForm):
    """Scan the box, then its shelf; each scan sends the form, so the first one comes back for the second."""

    barcode = scan_field(_("Scan the box that came back"), required=True)
    where = forms.ChoiceField(
        label=_("Old article"), choices=Disposition.choices, widget=UnfoldAdminSelectWidget
    )
    shelf = scan_field(_("Shelf"))
    reason = text_field(_("Why it cannot be sold"), most=200)

    def __init__(self, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(*args, exchange=exchange, **kwargs)
        known = self.data.get("barcode") or self.initial.get("barcode")
        self.fields["shelf" if known else "barcode"].widget.attrs["autofocus"] = True

    @property
    def shelf_code(self) -> str | None:
        restocked = self.cleaned_data["where"] == Disposition.RESTOCKED
        return self.cleaned_data["shelf"] if restocked else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        restocked = cleaned.get("where") == Disposition.RESTOCKED
        if restocked and not cleaned.get("shelf"):
            self.add_error("shelf", _("Scan the shelf the box goes to."))
        elif restocked and find_shelf(cleaned["shelf"]) is None:
            self.add_error(
                "shelf", _("%(shelf)s is no shelf: scan its label.") % {"shelf": cleaned["shelf"][:60]}
            )
        if not restocked and not cleaned.get("reason"):
            self.add_error("reason", _("Say why it cannot be sold."))
        return cleaned
