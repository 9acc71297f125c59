from django.urls import path

from analytics.papers import views

app_name = "papers"
urlpatterns = [
    path("", views.start, name="start"),
    path("preview/", views.preview, name="preview"),
    path("<str:token>/", views.waiting, name="waiting"),
    path("<str:token>/progress/", views.progress, name="progress"),
    path("<str:token>/file/", views.file, name="file"),
]
