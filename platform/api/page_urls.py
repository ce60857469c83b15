"""Addresses of the export page, beside the other pages of a project."""

from django.urls import URLPattern, URLResolver, path

from api import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<slug:slug>/export/", pages.export_page, name="export"),
    path(
        "projects/<slug:slug>/export/<slug:dataset>.<slug:encoding>",
        pages.export_download,
        name="export_download",
    ),
]
