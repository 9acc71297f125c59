"""Badges in the back office, under /admin/badges/."""

from django.urls import path

from gullu.badges import office

app_name = "badges"
urlpatterns = [
    path("", office.people, name="people"),
    path("<int:pk>/", office.one, name="person"),
    path("<int:pk>/revoke/", office.revoke, name="revoke"),
]
