"""Addresses of the export page and of the snapshots, beside the other pages of a project."""

from django.urls import URLPattern, URLResolver, path

from api import frozen_pages, pages, snapshot_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<slug:slug>/export/", pages.export_page, name="export"),
    path("projects/<slug:slug>/export/freeze/", frozen_pages.export_freeze, name="export_freeze"),
    path("projects/<slug:slug>/export/people/", frozen_pages.export_people, name="export_people"),
    path(
        "projects/<slug:slug>/export/<int:pk>/file",
        frozen_pages.export_frozen,
        name="export_frozen",
    ),
    path(
        "projects/<slug:slug>/export/<int:pk>/remove/",
        frozen_pages.export_remove,
        name="export_remove",
    ),
    path(
        "projects/<slug:slug>/export/<slug:dataset>.<slug:encoding>",
        pages.export_download,
        name="export_download",
    ),
    path("projects/<slug:slug>/snapshots/", snapshot_pages.snapshot_list, name="snapshots"),
    path(
        "projects/<slug:slug>/snapshots/freeze/",
        snapshot_pages.snapshot_freeze,
        name="snapshot_freeze",
    ),
]
