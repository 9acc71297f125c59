from django.urls import path

from analytics.advice import views

app_name = "advice"
urlpatterns = [
    path("", views.start, name="start"),
    path("excel/", views.excel, name="excel"),
    path("pdf/", views.pdf, name="pdf"),
    path("model/<int:product_id>/", views.model, name="model"),
    path("variant/<int:variant_id>/", views.variant, name="variant"),
    path("variant/<int:variant_id>/excel/", views.variant_excel, name="variant_excel"),
    path("variant/<int:variant_id>/pdf/", views.variant_pdf, name="variant_pdf"),
    path("purchase/", views.purchase, name="purchase"),
    path("purchase/excel/", views.purchase_excel, name="purchase_excel"),
    path("purchase/pdf/", views.purchase_pdf, name="purchase_pdf"),
]
