"""The page of shared devices, under /badge/."""

from django.urls import path

from gullu.badges import views

app_name = "badge"
urlpatterns = [
    path("", views.enter_page, name="enter"),
    path("switch/", views.switch, name="switch"),
]
