import multiprocessing

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class GulluConfig(AppConfig):
    name = "gullu"
    verbose_name = _("System")

    def ready(self) -> None:
        """A process of the worker that was spawned (Windows) knows nothing of what the main process prepared."""
        if settings.FORKS and multiprocessing.parent_process() is not None:
            from gullu import queue  # noqa: PLC0415  (models need ready apps)

            queue.prepare()
