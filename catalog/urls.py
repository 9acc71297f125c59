"""What the catalogue shows to people who are not signed in: pictures of products, by their exact name."""

from django.urls import re_path

from catalog.pictures.files import NAME_PATTERN
from catalog.views import picture_file

app_name = "catalog"
urlpatterns = [re_path(rf"^(?P<name>{NAME_PATTERN})\Z", picture_file, name="picture_file")]
