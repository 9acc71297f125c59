from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class NothingChosen(DomainError):
    code = "nothing_chosen"
    template = _("No model is chosen: tick at least one, or search for something else.")


class TooManyEntries(DomainError):
    """Data: count, most."""

    code = "too_many_entries"
    template = _(
        "%(count)s models and colours are more than one file takes (%(most)s): "
        "choose a brand or a category, and make several files."
    )


class LogoUnreadable(DomainError):
    """Data: path."""

    code = "logo_unreadable"
    template = _("The logo %(path)s cannot be read: upload another one, or correct SHOP_LOGO.")
