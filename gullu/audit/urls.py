from django.urls import path

from gullu.audit.pages import history

app_name = "audit"
urlpatterns = [path("", history, name="history")]
