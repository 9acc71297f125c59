"""The back office with the label pages, as the product mounts them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

import gullu.labels.admin  # noqa: F401  (registers the admins)

urlpatterns = [
    path("labels/", include("gullu.labels.urls")),
    path("admin/", admin.site.urls),
]
