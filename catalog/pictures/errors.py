"""Why a picture of a model is not kept, moved or removed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class UnknownColour(DomainError):
    """Data: product (model code), colour."""

    code = "picture_unknown_colour"
    template = _("Model %(product)s has no colour “%(colour)s”: open the page of pictures again.")


class TooManyPictures(DomainError):
    """Data: colour, most."""

    code = "too_many_pictures"
    template = _(
        "Colour %(colour)s already has %(most)s pictures, the most Trendyol takes: delete one first."
    )


class PictureTwice(DomainError):
    """Data: name, colour, position."""

    code = "picture_twice"
    template = _("%(name)s is already picture %(position)s of colour %(colour)s: it was not added again.")


class PictureGone(DomainError):
    """Data: colour."""

    code = "picture_gone"
    template = _("The picture of colour %(colour)s is no longer there: open the page of pictures again.")


class PicturesChanged(DomainError):
    """Data: colour."""

    code = "pictures_changed"
    template = _(
        "The pictures of colour %(colour)s were changed meanwhile: nothing was moved. Look at them and move again."
    )


class PictureNotWritten(DomainError):
    """Data: name, reason (of the operating system)."""

    code = "picture_not_written"
    template = _(
        "%(name)s could not be written to the disk (%(reason)s) and was not kept: make room, then send it again."
    )


class NoPictureAddress(DomainError):
    """Data: address."""

    code = "picture_no_address"
    template = _("“%(address)s” is no address of a picture: write one that begins with https://.")
