"""What the site admin sees of the workers."""

import pytest
from django.urls import reverse

from core.release import own_release
from jobs import services
from jobs.models import Release, Worker
from tests.factories import make_user


@pytest.mark.django_db
def test_the_list_shows_the_workers_and_which_of_them_are_of_another_version(client):
    client.force_login(make_user("Root", is_superuser=True))
    page = client.get(reverse("jobs")).content.decode()
    assert "No worker has reported in the last minutes" in page
    assert "is prepared for Rondo" not in page

    services.report(name="gpu@a:1", queues=["gpu"])
    Worker.objects.create(name="gpu@b:1", queues=["gpu"], release="9.9 (other)")
    page = client.get(reverse("jobs")).content.decode()

    assert f"The database is prepared for Rondo {own_release()}, and not all" in page
    assert "The worker gpu@b:1 is 9.9 (other) and takes no jobs." in page
    assert "The worker gpu@a:1 is" not in page
    assert "This web server is" not in page

    Release.objects.create(name="9.9 (other)")
    page = client.get(reverse("jobs")).content.decode()
    assert f"This web server is {own_release()}." in page
    assert f"The worker gpu@a:1 is {own_release()} and takes no jobs." in page
