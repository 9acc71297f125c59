"""Why something cannot be chosen for a model on a marketplace."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class BrandNotFound(DomainError):
    """Data: brand (our number of it)."""

    code = "market_brand_not_found"
    template = _("Brand number %(brand)s is not known here: search for the brand and choose it again.")


class CategoryNotFound(DomainError):
    """Data: category (our number of it, or its name)."""

    code = "market_category_not_found"
    template = _("Category %(category)s is not offered any more: choose another one.")


class CategoryNotLeaf(DomainError):
    """Data: category."""

    code = "market_category_not_leaf"
    template = _("Category %(category)s takes no products: choose one of the categories below it.")


class WrongTitlePattern(DomainError):
    """Data: pattern, wrong (what in it is not known)."""

    code = "title_pattern_wrong"
    template = _(
        "Pattern “%(pattern)s” has %(wrong)s in it: only {title}, {colour} and {size} are filled in, "
        "and every brace belongs to one of them."
    )


class TitlePatternWithoutTitle(DomainError):
    """Data: pattern."""

    code = "title_pattern_without_title"
    template = _("Pattern “%(pattern)s” lacks {title}: put {title} where the title of the model belongs.")


class TitlePatternTooLong(DomainError):
    """Data: pattern, length, most."""

    code = "title_pattern_too_long"
    template = _(
        "Pattern “%(pattern)s” has %(length)s characters: shorten it to at most %(most)s characters."
    )


class WrongDeliveryDays(DomainError):
    """Data: days, most."""

    code = "delivery_days_wrong"
    template = _(
        "It cannot ship in %(days)s days: enter a number from 0 to %(most)s, or leave the field empty."
    )
