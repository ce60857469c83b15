"""Addresses of `jobs`."""

from django.urls import path

from jobs import views

urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:pk>/events", views.events, name="job_events"),
    path("jobs/<int:pk>/events.json", views.events_json, name="job_events_json"),
    path("jobs/<int:pk>/log.txt", views.log, name="job_log"),
    path("jobs/<int:pk>/cancel/", views.cancel, name="job_cancel"),
    path("jobs/<int:pk>/retry/", views.retry, name="job_retry"),
]
