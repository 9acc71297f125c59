from django.urls import path

from integrations.product_grid import views

app_name = "product_grid"
urlpatterns = [path("<int:pk>/", views.grid, name="grid")]
