"""Addresses of `web`."""

from django.urls import URLPattern, URLResolver, path

from web import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("projects/<slug:slug>/", views.project, name="project"),
]
