"""The look-up page, collected under the namespace `scan`."""

from django.urls import path

from integrations.scan.lookup import LookupPage

urlpatterns = [path("lookup/", LookupPage.as_view(), name="lookup")]
