"""Fixtures of the tests that speak HTTP with a pretended Trendyol."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses
from django.conf import settings
from django.utils import translation


@pytest.fixture
def untranslated() -> Iterator[None]:
    """Show sentences as they are written, whatever catalogue the settings bring, and without any settings."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    with translation.override(None):
        yield


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    """Answer HTTP calls from a list; an answer nobody fetched fails the test."""
    with responses.RequestsMock() as mock:
        yield mock
