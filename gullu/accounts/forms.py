"""allauth's forms with the shop's own counting of wrong codes and passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from gullu.accounts.lockout import count_wrong_code, is_locked_out


class _Plain:
    """Labels stand above our fields; allauth repeats them inside."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_Plain, AllauthLoginForm):
    """User name and password."""


class PasswordForm(_Plain, AllauthPasswordForm):
    """The password before something delicate."""


class ActivateAppForm(_Plain, ActivateTOTPForm):
    """The first code of an app."""


class _Counted:
    """A code of an authenticator app has six digits: only counting keeps it from being guessed."""

    user: Any

    def clean_code(self) -> str:
        request = context.request
        if is_locked_out(request, self.user):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            count_wrong_code(request, self.user)
            raise
        return code


class AuthenticateForm(_Plain, _Counted, AllauthAuthenticateForm):
    """The code after the password."""


class CodeForm(_Plain, _Counted, AllauthReauthenticateForm):
    """The code before something delicate."""


class AddPasskeyForm(AllauthAddWebAuthnForm):
    """A passkey that also replaces the password is what most people want."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class ChangePasswordForm(_Plain, AllauthChangePasswordForm):
    """The present password is guessed no more often here than at the sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = gettext(
            "At least 12 characters; a few words that have nothing to do with each other are good and easy to keep."
        )

    def clean(self) -> dict[str, Any]:
        """In place of allauth's own check, in our words."""
        data: dict[str, Any] = self.cleaned_data
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", gettext("The two new passwords differ; type the same one twice."))
        return data

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password
