"""Picking pages of the warehouse, collected under the namespace `scan`."""

from django.urls import path

from orders.scan.fast import FastPage
from orders.scan.prepare import PreparePage

urlpatterns = [
    path("prepare/", PreparePage.as_view(), name="prepare"),
    path("fast/", FastPage.as_view(), name="fast"),
]
