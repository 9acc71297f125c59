"""Addresses of the steps about the marketplace, and of what they look up."""

from django.urls import path

from integrations.product_create import (
    views_listing,
    views_lookup,
    views_overview,
    views_review,
    views_standing,
)

listing_urls = [
    path("<int:pk>/listing/", views_listing.listing, name="listing"),
    path("<int:pk>/review/", views_review.review, name="review"),
    path("<int:pk>/standing/", views_standing.standing, name="standing"),
    path("<int:pk>/standing/state/", views_standing.state, name="standing_state"),
    path("overview/", views_overview.overview, name="overview"),
    path("lookup/tree/", views_lookup.tree, name="tree"),
    path("lookup/categories/", views_lookup.categories, name="categories"),
    path("lookup/brands/", views_lookup.brands, name="brands"),
    path("lookup/values/<int:pk>/", views_lookup.values, name="values"),
]
