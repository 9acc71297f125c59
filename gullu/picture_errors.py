"""Why a picture somebody sent is not taken. Each sentence names the file and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class PictureRefused(DomainError):
    """Data: name (of the file, as it was sent)."""


class PictureMissing(PictureRefused):
    """Data: name."""

    code = "picture_missing"
    template = _("%(name)s is empty: choose the picture again.")


class PictureTooLarge(PictureRefused):
    """Data: name, size and most (megabytes)."""

    code = "picture_too_large"
    template = _("%(name)s has %(size)s MB: send a picture of at most %(most)s MB.")


class PictureTooManyPixels(PictureRefused):
    """Data: name, width, height, most (million points)."""

    code = "picture_too_many_pixels"
    template = _(
        "%(name)s has %(width)s × %(height)s points: send it smaller, %(most)s million points are the most."
    )


class PictureBomb(PictureRefused):
    """Data: name."""

    code = "picture_bomb"
    template = _("%(name)s would unpack to a giant picture, so it was not opened: save it smaller.")


class PictureTooSmall(PictureRefused):
    """Data: name, width, height, least."""

    code = "picture_too_small"
    template = _(
        "%(name)s has only %(width)s × %(height)s points: send a picture of at least %(least)s points a side."
    )


class PictureHeic(PictureRefused):
    """Data: name."""

    code = "picture_heic"
    template = _(
        "%(name)s is in the HEIC format of iPhones: set Camera > Formats to “Most Compatible”, or save it as JPEG."
    )


class PictureWrongKind(PictureRefused):
    """Data: name, kind (what it is: SVG, PDF …)."""

    code = "picture_wrong_kind"
    template = _("%(name)s is of the kind %(kind)s, whatever its name says: save it as JPEG, PNG or WebP.")


class PictureMoves(PictureRefused):
    """Data: name."""

    code = "picture_moves"
    template = _("%(name)s is a moving picture: send a still one.")


class PictureHidesFile(PictureRefused):
    """Data: name, kind (of what is hidden in it)."""

    code = "picture_hides_file"
    template = _("%(name)s carries a hidden %(kind)s file: open it in a picture editor and save it anew.")


class PictureUnreadable(PictureRefused):
    """Data: name."""

    code = "picture_unreadable"
    template = _("%(name)s is no whole JPEG, PNG or WebP picture: save it anew and send it again.")
