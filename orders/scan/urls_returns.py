"""The returns page, collected under the namespace `scan`."""

from django.urls import path

from orders.scan.returns import ReturnPhotoView, ReturnsPage

urlpatterns = [
    path("returns/", ReturnsPage.as_view(), name="returns"),
    path("returns/photos/<int:pk>/", ReturnPhotoView.as_view(), name="return-photo"),
]
