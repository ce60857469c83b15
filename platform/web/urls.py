"""Addresses of `web`."""

from django.urls import URLPattern, URLResolver, path

from web import views
from web.auditing import views as audit

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("audit/", audit.audit, name="audit"),
    path("projects/<slug:slug>/audit/", audit.project_audit, name="project_audit"),
    path("projects/<slug:slug>/", views.project, name="project"),
]
