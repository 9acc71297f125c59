"""Django's admin with our site; apart from `gullu.apps`, where Django looks for the one configuration of an app."""

from __future__ import annotations

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    default_site = "gullu.admin_site.Site"
