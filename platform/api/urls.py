"""Addresses of `api`, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from api import views
from api.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", views.docs, name="api_docs"),
    path("", api.urls),
]
