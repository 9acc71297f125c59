from django.urls import path

from integrations.product_create import views_basics, views_pictures
from integrations.product_create.urls_listing import listing_urls

app_name = "product_create"
urlpatterns = [
    path("", views_basics.start, name="start"),
    path("<int:pk>/model/", views_basics.model, name="model"),
    path("<int:pk>/variants/", views_basics.variants, name="variants"),
    path("<int:pk>/pictures/", views_pictures.pictures, name="pictures"),
    path("<int:pk>/prices/", views_basics.prices_step, name="prices"),
    path("<int:pk>/discard/", views_basics.discard, name="discard"),
    *listing_urls,
]
