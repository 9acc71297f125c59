from django.urls import include, path

urlpatterns = [
    path("papers/", include("analytics.papers.urls")),
    path("sales/", include("analytics.sales.urls")),
]
