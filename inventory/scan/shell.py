"""What the scripts of the scan pages are told: person, addresses, texts. Nothing here is secret."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.shortcuts import resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Loaded by address, because the names of collected files carry a hash and scripts cannot guess it.
MODULES: Final = ("queue", "work", "lists", "input", "feedback", "actions", "camera", "zoom")
FALLBACK_READER: Final = "scan/vendor/zxing-library-0.21.3.min.js"

TEXTS: Final[dict[str, Promise]] = {
    "online": _("Connected"),
    "offline": _("No connection"),
    "waiting": _("Waiting for the connection"),
    "queued": _("Kept on this device, %(count)s waiting"),
    "queueEmpty": _("Nothing waits. Everything was sent."),
    "queueWaits": _("%(count)s scans waiting"),
    "remove": _("Remove"),
    "removeSure": _(
        "Remove this scan without sending it? If an answer was lost it may have been booked already."
    ),
    "tries": _("tried %(count)s times"),
    "signedOut": _(
        "You are signed out. %(count)s scans are kept on this device and will be sent after you sign in."
    ),
    "otherPerson": _(
        "Somebody else is signed in now. %(count)s scans of %(person)s are kept until they sign in again."
    ),
    "denied": _("You are not allowed to do this. %(count)s scans are kept on this device."),
    "othersWait": _("%(count)s scans of %(person)s wait on this device until they sign in."),
    "gone": _("The server does not know this page any more. The scan was not booked."),
    "late": _("scanned at %(time)s"),
    "seen": _("Seen"),
    "actionOffline": _("No connection: not done. Try again when it is back."),
    "actionUnsure": _("No answer came. Look below whether it was done before you press again."),
    "actionBusy": _("Wait for the answer first."),
    "answerFirst": _("Answer the question first. The scan was not taken."),
    "fillIn": _("Fill in what is missing first."),
    "noStorage": _("This device cannot keep scans. Do not close this page while scans wait."),
    "printFailed": _("The label could not be loaded. Press print again."),
    "pressSpace": _("Press the space bar for this button; Enter belongs to the scanner."),
    "soundOn": _("Sound is on"),
    "soundOff": _("Sound is off"),
    "cameraAim": _("Hold the barcode on the line."),
    "cameraLoading": _("The camera is starting…"),
    "cameraDenied": _("The camera may not be used. Allow it in the browser's settings."),
    "cameraMissing": _("This device has no camera that can be used."),
    "cameraInsecure": _("The camera works only over a secure (https) address."),
    "cameraRead": _("Read: %(text)s"),
    "picture": _("Picture"),
    "enlarge": _("Enlarge the picture"),
}


def shell_config(user: AbstractUser | AnonymousUser | None, *, page: str = "") -> dict[str, Any]:
    """Everything `scan.js` needs, ready for `json_script`. Without a person for the page shown offline."""
    signed_in = user is not None and user.is_authenticated
    return {
        "user": user.pk if user is not None and signed_in else None,
        "person": _name(user) if signed_in else "",
        "page": page,
        "urls": {
            "who": reverse("scan:who"),
            "home": reverse("scan:home"),
            "worker": reverse("scan:sw"),
            "login": resolve_url(settings.LOGIN_URL),
        },
        "modules": {name: static(f"scan/{name}.js") for name in MODULES},
        "icons": static("scan/icons.svg"),
        "reader": static(FALLBACK_READER),
        "texts": TEXTS,
    }


def _name(user: AbstractUser | AnonymousUser | None) -> str:
    if not isinstance(user, AbstractUser):
        return ""
    return user.get_full_name() or user.get_username()
