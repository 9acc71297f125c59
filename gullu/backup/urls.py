from django.urls import path

from gullu.backup import views

app_name = "backups"
urlpatterns = [
    path("", views.start, name="start"),
    path("run/<slug:job>/", views.run, name="run"),
    path("progress/", views.progress, name="progress"),
]
