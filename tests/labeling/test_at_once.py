"""The same wish eight times at the same moment: one is granted, the others are told why not."""

import logging
from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from labeling.models import Project
from tests.factories import make_member, make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(user: User, path: str, *forms: dict[str, str]) -> Counter[int]:
    """The statuses of the answers to all the forms, each sent by a thread of its own."""
    barrier, statuses = Barrier(len(forms)), Counter[int]()

    def post(form: dict[str, str]) -> None:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        barrier.wait()
        statuses[client.post(path, form).status_code] += 1
        connection.close()

    threads = [Thread(target=post, args=[form]) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_one_address_is_invited_once(caplog: pytest.LogCaptureFixture) -> None:
    project = make_project("kitchen")
    mona = make_member(project, "Mona", "manager")
    emails = ["vic@corp.example", "VIC@corp.example"] * 4
    forms = [{"email": email, "name": "Vic", "role": "annotator"} for email in emails]

    assert at_once(mona, "/projects/kitchen/members/", *forms) == {200: 1, 409: 7}
    assert User.objects.filter(email__iexact="vic@corp.example").count() == 1
    assert [r.getMessage() for r in caplog.records if r.levelno > logging.WARNING] == []
    assert "corp.example" not in caplog.text


def test_a_short_name_is_taken_once() -> None:
    root = make_user("Root", is_superuser=True)
    forms = [{"name": f"Kitchen {n}", "slug": "kitchen"} for n in range(8)]

    assert at_once(root, "/projects/new/", *forms) == {302: 1, 422: 7}
    assert Project.objects.count() == 1


def test_a_name_is_taken_once() -> None:
    root = make_user("Root", is_superuser=True)
    forms = [{"name": "Kitchen", "slug": f"kitchen-{n}"} for n in range(8)]

    assert at_once(root, "/projects/new/", *forms) == {302: 1, 422: 7}
