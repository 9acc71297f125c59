from django.urls import path

from analytics.profit import views

app_name = "profit"
urlpatterns = [
    path("", views.start, name="start"),
    path("excel/", views.excel, name="excel"),
    path("pdf/", views.pdf, name="pdf"),
    path("lines/", views.lines, name="lines"),
    path("lines/excel/", views.lines_excel, name="lines_excel"),
    path("lines/pdf/", views.lines_pdf, name="lines_pdf"),
    path("lines/<int:pk>/", views.line, name="line"),
    path("lines/<int:pk>/excel/", views.line_excel, name="line_excel"),
    path("lines/<int:pk>/pdf/", views.line_pdf, name="line_pdf"),
    path("missing/", views.missing, name="missing"),
    path("missing/excel/", views.missing_excel, name="missing_excel"),
    path("missing/pdf/", views.missing_pdf, name="missing_pdf"),
    path("simulator/", views.simulator, name="simulator"),
    path("simulator/excel/", views.simulator_excel, name="simulator_excel"),
    path("simulator/pdf/", views.simulator_pdf, name="simulator_pdf"),
]
