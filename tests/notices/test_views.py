"""The pages of notices."""

import pytest

from accounts.models import User
from labeling import reviewing
from labeling.models import Role
from notices.models import Notice
from tests.factories import make_annotation, make_member, make_project, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client) -> User:
    """An annotator who is signed in, and one of whose answers came back."""
    project = make_project("kitchen")
    ada = make_member(project, "Ada")
    rita = make_member(project, "Rita", Role.REVIEWER)
    found = make_annotation(make_task(project), annotator=ada)
    Notice.objects.all().delete()  # that the task came
    reviewing.send_back(annotation=found, by=rita, text="Look again.")
    client.force_login(ada)
    return ada


def test_the_bell_counts_until_the_list_is_opened(client, ada: User) -> None:
    assert '<span class="count">1<' in client.get("/profile/").content.decode()
    page = client.get("/notices/").content.decode()
    assert "Rita sent an answer of yours back to you" in page
    assert f"/projects/kitchen/history/{ada.annotations.get().pk}/" in page
    assert '<span class="count">' not in client.get("/profile/").content.decode()


def test_the_answer_itself_is_another_way_to_see_it(client, ada: User) -> None:
    client.get(f"/projects/kitchen/history/{ada.annotations.get().pk}/")
    assert '<span class="count">' not in client.get("/profile/").content.decode()


def test_choices_are_stored(client, ada: User) -> None:
    page = client.get("/notices/settings/").content.decode()
    assert page.count("<select") == page.count('<option value="daily"') > 3
    client.post("/notices/settings/", {"came_back": "daily", "unknown": "soon"})
    page = client.get("/notices/settings/").content.decode()
    assert page.count('<option value="daily" selected>') == 1


def test_without_a_mail_server_choices_cannot_be_made_and_the_page_says_why(
    client, settings, ada: User
) -> None:
    settings.SENDS_MAIL = False
    page = client.get("/notices/settings/").content.decode()
    assert "This site has no mail server" in page
    assert page.count("<select") == page.count(" disabled>")
