# What the first event needs is loaded with the pages, not while Trendyol waits for an answer.
from django.urls import path

import integrations.tasks  # noqa: F401
from integrations.webhooks.views import receive

app_name = "webhooks"
urlpatterns = [
    # Trendyol takes no address with its own name in it, so this is the one that is registered.
    path("orders/", receive, name="orders"),
    path("trendyol/", receive, name="trendyol"),
]
