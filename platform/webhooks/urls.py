"""Addresses of `webhooks`."""

from django.urls import URLPattern, URLResolver, path

from webhooks import views

HOOKS = "projects/<slug:slug>/webhooks/"
HOOK = f"{HOOKS}<int:pk>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(HOOKS, views.webhooks, name="webhooks"),
    path(HOOK, views.webhook, name="webhook"),
    path(f"{HOOK}rotate/", views.webhook_rotate, name="webhook_rotate"),
    path(f"{HOOK}test/", views.webhook_test, name="webhook_test"),
    path(f"{HOOK}replay/", views.webhook_replay, name="webhook_replay"),
    path(f"{HOOK}remove/", views.webhook_remove, name="webhook_remove"),
]
