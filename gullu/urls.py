from django.contrib import admin
from django.urls import include, path

from gullu.health.page import system_state
from gullu.health.views import healthz, metrics, readyz
from gullu.landing import home
from gullu.run_now import run_now

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("admin/system/", admin.site.admin_view(system_state), name="system_state"),
    path("admin/run/<slug:job>/", admin.site.admin_view(run_now), name="run_now"),
    path("admin/badges/", include("gullu.badges.urls_office")),
    # Before the back office: its own sign-in is replaced there.
    path("", include("gullu.accounts.urls")),
    path("admin/", admin.site.urls),
    path("badge/", include("gullu.badges.urls")),
    path("scan/", include("gullu.scan_urls")),
    path("media/", include("catalog.urls")),
    path("labels/", include("gullu.labels.urls")),
    path("analytics/", include("analytics.urls")),
    path("excel/", include("gullu.excel.urls")),
    path("history/", include("gullu.audit.urls")),
    path("backups/", include("gullu.backup.urls")),
    path("product_grid/", include("integrations.product_grid.urls")),
    path("privacy/", include("orders.privacy.urls")),
    path("webhooks/", include("integrations.webhooks.urls")),
    path("product_create/", include("integrations.product_create.urls")),
]
