from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from gullu.run_now import run_now

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/run/<slug:job>/", admin.site.admin_view(run_now), name="run_now"),
    path("admin/", admin.site.urls),
    path("scan/", include("gullu.scan_urls")),
    path("media/", include("catalog.urls")),
    path("labels/", include("gullu.labels.urls")),
    path("analytics/", include("analytics.urls")),
    path("excel/", include("gullu.excel.urls")),
    path("product_grid/", include("integrations.product_grid.urls")),
    path("product_create/", include("integrations.product_create.urls")),
]
