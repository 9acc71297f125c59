from django.urls import path

from gullu.excel import views

app_name = "excel"
urlpatterns = [
    path("", views.start, name="start"),
    path("download/<slug:slug>/", views.download, name="download"),
    path("template/<slug:slug>/", views.template, name="template"),
    path("hand-in/<slug:slug>/", views.hand_in_file, name="hand_in"),
    path("file/<str:token>/", views.file, name="file"),
    path("file/<str:token>/progress/", views.progress, name="progress"),
    path("file/<str:token>/decide/", views.decide_file, name="decide"),
    path("file/<str:token>/left-out/", views.left_out, name="left_out"),
]
