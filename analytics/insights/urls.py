from django.urls import path

from analytics.insights import views

app_name = "insights"
urlpatterns = [
    path("", views.start, name="start"),
    path("<int:pk>/", views.answer, name="answer"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/excel/", views.excel, name="excel"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
]
