"""What people read about each rule of a new listing: by field of `Sheet` and code, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[Mapping[tuple[str, str], str | Promise]] = {
    ("barcode", "required"): _("A colour and size has no barcode: give it one."),
    ("barcode", "space"): _(
        "Barcode “%(barcode)s” has a space inside, which Trendyol takes out: use one without spaces."
    ),
    ("barcode", "letters"): _(
        "Barcode %(barcode)s has %(wrong)s in it: letters, digits, dot, dash and underscore are allowed."
    ),
    ("barcode", "too_long"): _(
        "Barcode %(barcode)s has %(length)s characters: use one of at most %(most)s characters."
    ),
    ("title", "required"): _("The title is empty: enter the title of the model."),
    ("title", "too_long"): _(
        "Title “%(title)s” has %(length)s characters: shorten the title of the model, or its pattern, to %(most)s."
    ),
    ("product_code", "required"): _("The model code is empty: enter one."),
    ("product_code", "too_long"): _(
        "Model code %(code)s has %(length)s characters: use one of at most %(most)s characters."
    ),
    ("stock_code", "required"): _("Barcode %(barcode)s has no stock code: enter one."),
    ("stock_code", "too_long"): _(
        "Stock code “%(code)s” has %(length)s characters: use one of at most %(most)s characters."
    ),
    ("description", "required"): _("The description is empty: write what customers are to read."),
    ("description", "too_long"): _(
        "The description has %(length)s characters with its HTML: shorten it to %(most)s."
    ),
    ("origin", "unknown"): _(
        "Origin “%(origin)s” is no country that Trendyol knows: use its code of two letters, such as TR."
    ),
    ("brand_id", "required"): _("No brand is chosen: choose one of Trendyol’s brands."),
    ("category_id", "required"): _("No category is chosen: choose one that takes products."),
    ("category_id", "unknown"): _("Category %(number)s is not %(name)s: choose the category again."),
    ("category_id", "not_leaf"): _("Category %(name)s has categories below it: choose one of those."),
    ("quantity", "out_of_range"): _(
        "Barcode %(barcode)s offers %(quantity)s pairs: correct the stock, since from 0 to %(most)s are allowed."
    ),
    ("list_price", "required"): _("Barcode %(barcode)s has no list price: enter one."),
    ("list_price", "out_of_range"): _(
        "List price %(price)s of barcode %(barcode)s cannot be used: enter one from %(least)s to %(most)s."
    ),
    ("list_price", "below_sale_price"): _(
        "List price %(price)s of barcode %(barcode)s is below the sale price %(sale)s: raise it, or lower the other."
    ),
    ("sale_price", "required"): _("Barcode %(barcode)s has no sale price: enter one."),
    ("sale_price", "out_of_range"): _(
        "Sale price %(price)s of barcode %(barcode)s cannot be used: enter one from %(least)s to %(most)s."
    ),
    ("vat_rate", "unknown"): _("VAT rate %(rate)s is none that Trendyol takes: choose one of %(rates)s."),
    ("desi", "required"): _("The desi is empty: enter the volumetric weight of one box."),
    ("desi", "out_of_range"): _("Desi %(desi)s cannot be used: enter more than 0 and at most %(most)s."),
    ("delivery_days", "out_of_range"): _(
        "Nothing ships in %(days)s days: enter 0 for today or a greater number, or leave the field empty."
    ),
    ("image_urls", "required"): _("Colour %(colour)s has no picture: add from 1 to %(most)s."),
    ("image_urls", "too_many"): _(
        "Colour %(colour)s has %(count)s pictures: take some away until there are at most %(most)s."
    ),
    ("image_urls", "not_public"): "%(reason)s",
    ("image_urls", "not_https"): _(
        "Picture %(position)s of colour %(colour)s lies at “%(url)s”, which is no https:// address: upload it here."
    ),
    ("image_urls", "unreachable"): _(
        "Picture %(position)s of colour %(colour)s lies at %(url)s, which others cannot reach: upload it here."
    ),
    ("attributes", "required"): _("%(attribute)s is required in this category: choose a value."),
    ("attributes", "required_of_colour"): _("Colour %(colour)s has no %(attribute)s: enter it."),
    ("attributes", "required_of_size"): _(
        "Size %(size)s has no %(attribute)s: choose the value of that size."
    ),
    ("attributes", "unknown"): _(
        "Attribute %(number)s does not exist in category %(category)s: choose the category again, which takes it out."
    ),
    ("attributes", "custom"): _(
        "%(attribute)s takes no text of your own such as “%(text)s”: choose a value of its list."
    ),
    ("attributes", "too_long"): _(
        "%(attribute)s “%(text)s” has %(length)s characters: shorten it to at most %(most)s."
    ),
    ("attributes", "multiple"): _("%(attribute)s takes one value and has %(count)s: keep one of them."),
    ("attributes", "several_at_first"): _(
        "A new listing carries one value of %(attribute)s, and %(count)s are chosen: keep one, and add the others once "
        "it is approved."
    ),
    ("attributes", "values_unread"): _(
        "The values of %(attribute)s were not read yet: choose the category again to read them."
    ),
    ("attributes", "value_unknown"): _(
        "%(attribute)s has no value %(values)s in this category: choose one of its list."
    ),
}


def sentence(field: str, code: str, words: Mapping[str, Any]) -> str:
    """The sentence in the active language, with its placeholders filled."""
    return str(SENTENCES[field, code]) % words


__all__ = ["SENTENCES", "sentence"]
