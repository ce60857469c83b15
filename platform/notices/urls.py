"""Addresses of `notices`."""

from django.urls import URLPattern, URLResolver, path

from notices import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", views.notices, name="notices"),
    path("notices/settings/", views.notices_settings, name="notices_settings"),
    path("notices/stop/<str:token>/", views.notices_stop, name="notices_stop"),
]
