"""The WSGI entry point for granian or any other server."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from gullu.health.shared_counts import share

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gullu.settings")
# Before anything of Django's apps is loaded: what each web process counts is added up for /metrics.
share(settings.DATA_DIR)
application = get_wsgi_application()
# Load the pages now instead of during somebody's first scan. What is loaded stays for good, so the collector need not
# look through it: that would stop every request of this process for a tenth of a second.
get_resolver().url_patterns  # noqa: B018  (reading it loads them)
gc.collect()
gc.freeze()
