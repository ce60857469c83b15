"""Addresses of `quality`."""

from django.urls import URLPattern, URLResolver, path

from quality.views import agreement, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<slug:slug>/agreement/", agreement.agreement, name="agreement"),
    path("projects/<slug:slug>/agreement/bound/", agreement.bound, name="agreement_bound"),
    path("projects/<slug:slug>/people/<int:pk>/", people.person, name="person"),
    path("projects/<slug:slug>/figures/", people.own_figures, name="own_figures"),
]
