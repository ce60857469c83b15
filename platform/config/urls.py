"""Every address of Rondo."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("core.urls")),
    path("", include("notices.urls")),
    path("", include("jobs.urls")),
    path("", include("registry.urls")),
    path("", include("labeling.urls")),  # before web: projects/new/ is no project's home
    path("", include("quality.urls")),
    path("", include("web.urls")),
    path("", include("rounds.urls")),
    path("", include("webhooks.urls")),
    path("", include("api.page_urls")),
    path("api/v1/", include("api.urls")),
]

handler400 = "web.faults.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
