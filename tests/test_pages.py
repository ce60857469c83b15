"""Each page that people open is there, with something of everything on it."""

import pytest
from django.test import Client

from tests import pages
from tests.access.scene import make_scene

pytestmark = pytest.mark.django_db


def test_every_page_is_there(artifact_folders: None) -> None:
    scene = make_scene()
    found = {}
    for person, addresses in pages.addresses(scene).items():
        client, user = Client(), scene.people[person]
        if user is not None:
            client.force_login(user)
        for address in addresses:
            response = client.get(address, follow=True)
            kind = response.headers["Content-Type"].partition(";")[0]
            if (response.status_code, kind) != (200, "text/html"):
                found[f"{person} {address}"] = response.status_code, kind

    assert found == {"anonymous /nowhere/": (404, "text/html")}
