"""Collecting many, collected under the namespace `scan`."""

from django.urls import path

from orders.scan.batches import BatchesPage, BatchPage, ListAsPdf, ListAsWorkbook

urlpatterns = [
    path("batches/", BatchesPage.as_view(), name="batches"),
    path("batches/<int:pk>/", BatchPage.as_view(), name="batch"),
    path("batches/<int:pk>/list.pdf", ListAsPdf.as_view(), name="batch-pdf"),
    path("batches/<int:pk>/list.xlsx", ListAsWorkbook.as_view(), name="batch-xlsx"),
]
