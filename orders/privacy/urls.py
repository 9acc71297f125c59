from django.urls import path

from orders.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.start, name="start"),
    path("export/", views.export, name="export"),
    path("erase/", views.erase, name="erase"),
]
