"""Addresses of the scan pages' frame; `gullu.scan_urls` collects them under /scan/ in the namespace "scan"."""

from django.urls import path

from inventory.scan.home import HomeView, manifest, offline, service_worker, who

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("who/", who, name="who"),
    path("offline/", offline, name="offline"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", service_worker, name="sw"),
]
