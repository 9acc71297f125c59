"""Secrets of second factors are kept encrypted: a stolen copy of the database alone makes no codes.

The key follows from `SECRET_KEY`. Whoever changes that puts the old one into `SECRET_KEY_FALLBACKS`, or lets people
set up their second factor again.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(text: str) -> str:
    """Text that only this shop can read."""
    return _box().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What was given to `encrypt`. Raises `cryptography.fernet.InvalidToken` under another `SECRET_KEY`."""
    return _box().decrypt(text.encode()).decode()


def _box() -> MultiFernet:
    return MultiFernet(
        [Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"gullu.accounts.encryption")
    return base64.urlsafe_b64encode(derived.derive(secret if isinstance(secret, bytes) else secret.encode()))
