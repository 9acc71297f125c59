"""The step "pictures": the page of a model's pictures inside the stepper. What can be done there is the same."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from catalog.admin.pictures import PicturesView
from catalog.models import Product
from integrations.product_create.shell import Step, may_keep_products, step_context, step_url


class StepPicturesView(PicturesView):
    """Each picture is kept when it is sent, so there is nothing left to save."""

    template_name = "product_create/pictures.html"

    def get_context_data(self, **url: Any) -> dict[str, Any]:
        return {**super().get_context_data(**url), **step_context(self.product, Step.PICTURES)}

    def page_address(self) -> str:
        return step_url(self.product, Step.PICTURES)


@require_http_methods(["GET", "POST"])
@may_keep_products
def pictures(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Pictures of every colour: send, put in order, delete."""
    view = StepPicturesView.as_view(model_admin=admin.site.get_model_admin(Product))
    response: HttpResponseBase = view(request, pk=pk)
    return response
