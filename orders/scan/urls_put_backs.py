"""The put-back page, collected under the namespace `scan`."""

from django.urls import path

from orders.scan.put_backs import PutBacksPage

urlpatterns = [path("put-backs/", PutBacksPage.as_view(), name="put-backs")]
