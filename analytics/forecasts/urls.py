from django.urls import path

from analytics.forecasts import views

app_name = "forecasts"
urlpatterns = [
    path("", views.start, name="start"),
    path("excel/", views.excel, name="excel"),
    path("pdf/", views.pdf, name="pdf"),
    path("begin/", views.begin, name="begin"),
    path("progress/", views.progress, name="progress"),
    path("<int:product_id>/", views.model, name="model"),
    path("<int:product_id>/excel/", views.model_excel, name="model_excel"),
    path("<int:product_id>/pdf/", views.model_pdf, name="model_pdf"),
]
