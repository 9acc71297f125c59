"""Stock pages of the warehouse, collected under the namespace `scan`."""

from django.urls import path

from inventory.scan.count import CountPage, CountsPage
from inventory.scan.goods_in import GoodsInPage
from inventory.scan.move import MovePage, MoveShelfPage
from inventory.scan.shelves import ShelvesPage

urlpatterns = [
    path("goods-in/", GoodsInPage.as_view(), name="goods-in"),
    path("move/", MovePage.as_view(), name="move"),
    path("move-shelf/", MoveShelfPage.as_view(), name="move-shelf"),
    path("counts/", CountsPage.as_view(), name="counts"),
    path("counts/<int:pk>/", CountPage.as_view(), name="count"),
    path("shelves/", ShelvesPage.as_view(), name="shelves"),
]
