from django.urls import URLPattern

app_name = "profit"
urlpatterns: list[URLPattern] = []
