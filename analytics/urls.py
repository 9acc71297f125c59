from django.urls import include, path

urlpatterns = [
    path("papers/", include("analytics.papers.urls")),
    path("sales/", include("analytics.sales.urls")),
    path("profit/", include("analytics.profit.urls")),
    path("forecasts/", include("analytics.forecasts.urls")),
    path("advice/", include("analytics.advice.urls")),
    path("production/", include("analytics.production.urls")),
    path("insights/", include("analytics.insights.urls")),
]
