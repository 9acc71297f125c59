from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GulluConfig(AppConfig):
    name = "gullu"
    verbose_name = _("System")
