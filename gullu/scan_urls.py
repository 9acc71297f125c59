"""The warehouse pages under /scan/, collected from the apps they are about."""

from django.urls import include, path

app_name = "scan"
urlpatterns = [
    path("", include("inventory.scan.urls_shell")),
    path("", include("inventory.scan.urls")),
    path("", include("orders.scan.urls")),
    path("", include("orders.scan.urls_batches")),
    path("", include("orders.scan.urls_put_backs")),
    path("", include("orders.scan.urls_returns")),
    path("", include("integrations.scan.urls")),
]
