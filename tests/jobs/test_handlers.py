"""Jobs outlive the code that worked on them."""

import pytest
from django.urls import reverse

from jobs import handlers, services
from tests.factories import make_user


@pytest.mark.django_db
def test_a_job_whose_kind_is_gone_is_still_shown(client, monkeypatch):
    ada = make_user("Ada")
    job = services.enqueue(kind="echo", payload={}, created_by=ada)
    monkeypatch.delitem(handlers._handlers, "echo")

    for name in ("job_events", "job_events_json", "job_log"):
        path = reverse(name, args=[job.pk])
        client.force_login(ada)
        assert client.get(path).status_code == 200, name
        client.force_login(make_user())
        assert client.get(path).status_code == 404, name
