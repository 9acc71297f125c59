from django.urls import path

from analytics.production import views

app_name = "production"
urlpatterns = [
    path("", views.start, name="start"),
    path("excel/", views.list_excel, name="list_excel"),
    path("pdf/", views.list_pdf, name="list_pdf"),
    path("new/", views.new, name="new"),
    path("new/save/", views.save, name="save"),
    path("<int:pk>/", views.plan, name="plan"),
    path("<int:pk>/numbers/", views.numbers, name="numbers"),
    path("<int:pk>/all-made/", views.all_made, name="all_made"),
    path("<int:pk>/state/", views.state, name="state"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
    path("<int:pk>/excel/", views.excel, name="excel"),
]
