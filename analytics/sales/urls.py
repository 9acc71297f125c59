from django.urls import path

from analytics.sales import views

app_name = "sales"
urlpatterns = [
    path("", views.start, name="start"),
    path("excel/", views.excel, name="excel"),
    path("pdf/", views.pdf, name="pdf"),
    path("lines/", views.lines, name="lines"),
    path("lines/excel/", views.lines_excel, name="lines_excel"),
    path("lines/pdf/", views.lines_pdf, name="lines_pdf"),
]
