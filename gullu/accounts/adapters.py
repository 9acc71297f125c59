"""What the shop wants otherwise than django-allauth: who may sign in, where to, and what is written down about it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gullu.accounts import encryption
from gullu.accounts.policy import FACTORS, needs_second_factor
from gullu.accounts.services import end_sessions, password_was_changed
from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.models import User
from gullu.origin import client_address

SHOP: Final = "Güllü"
# allauth tells of a change by the name of the mail it would send. We send none; we write it down.
_FACTOR_NEWS: Final = {
    "mfa/email/totp_activated": "APP_ADDED",
    "mfa/email/totp_deactivated": "APP_REMOVED",
    "mfa/email/webauthn_added": "PASSKEY_ADDED",
    "mfa/email/webauthn_removed": "PASSKEY_REMOVED",
    "mfa/email/recovery_codes_generated": "CODES_RENEWED",
}
_CONFIRM_BY: Final = {
    "reauthenticate": _("Confirm by password"),
    "mfa_reauthenticate": _("Confirm by code"),
    "mfa_reauthenticate:webauthn": _("Confirm by passkey"),
}
_ADDED: Final = frozenset({"APP_ADDED", "PASSKEY_ADDED"})


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by user name and password, then the second factor; people are made by the people in charge."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "The user name or the password is not right; capital and small letters count."
        ),
        "incorrect_password": _("This is not your password; capital and small letters count."),
        "enter_current_password": _("This is not your password; capital and small letters count."),
        "incorrect_code": _("This code is not right; wait for the next one and type that."),
        "too_many_login_attempts": _("Too many attempts; wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or ""

    def is_safe_url(self, url: str) -> bool:
        """Only this very site: allauth also goes to every other host in `ALLOWED_HOSTS`."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        return [
            {**one, "description": _CONFIRM_BY[one["id"]]}
            for one in super().get_reauthentication_methods(user)
        ]

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A deactivated person with a passkey: told as little as one with a wrong password."""
        messages.error(request, gettext("You cannot sign in any more; ask an administrator."))
        return HttpResponseRedirect(reverse("account_login"))

    @transaction.atomic
    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        steps = [step.get("type", step["method"]) for step in get_authentication_records(request, user)]
        record(Activity.Kind.SIGNED_IN, actor=user, details={"by": steps})
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    @transaction.atomic
    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            record(Activity.Kind.SIGNED_OUT, actor=request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: Any, password: str) -> None:
        """One's own new password: every other device is signed out."""
        super().set_password(user, password)
        password_was_changed(person=user, actor=user, keep=self.request.session.session_key)

    @transaction.atomic
    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Write down a changed second factor; devices that signed in without a new one are signed out."""
        what = _FACTOR_NEWS.get(template_prefix)
        if what is None:
            return
        record(Activity.Kind.SECOND_FACTOR, actor=user, subject=user, details={"what": what})
        if what in _ADDED:
            end_sessions(person=user, actor=user, keep=self.request.session.session_key)


class MFAAdapter(DefaultMFAAdapter):
    """Names on the person's telephone, encrypted secrets, and no way to be left without a needed factor."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right; wait for the next one and type that."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor: add another one before this one goes."
        ),
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def get_totp_issuer(self) -> str:
        return SHOP

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an element of the page, which a strict policy allows."""
        from qrcode.image.svg import SvgPathImage  # noqa: PLC0415  (needed on one page only)
        from qrcode.main import QRCode  # noqa: PLC0415

        code = QRCode(image_factory=SvgPathImage, border=2)
        code.add_data(url)
        return str(code.make_image().to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever needs a second factor keeps at least one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return not needs_second_factor(authenticator.user) or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002  (allauth's)
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": SHOP}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        names = {"display_name": user.get_full_name() or user.get_username(), "name": user.get_username()}
        return {**super().get_public_key_credential_user_entity(user), **names}
