"""Notices by mail: grouped, in the person's language, never twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now

from accounts.models import User
from labeling import reviewing
from labeling.models import Annotation, Project, Role
from notices import mailing, services
from notices.models import Notice
from tests.factories import make_annotation, make_member, make_project, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("kitchen")


@pytest.fixture
def ada(project: Project) -> User:
    return make_member(project, "Ada")


@pytest.fixture
def rita(project: Project) -> User:
    return make_member(project, "Rita", Role.REVIEWER)


def answer(project: Project, ada: User) -> Annotation:
    return make_annotation(make_task(project), annotator=ada, body={"text": "<b>Secret</b>"})


def send_back(project: Project, ada: User, rita: User, count: int = 1) -> None:
    for _ in range(count):
        found = answer(project, ada)
        reviewing.send_back(annotation=found, by=rita, text="http://example.net/look")


def a_while_later(**time: float) -> None:
    waiting = Notice.objects.filter(mail_due__isnull=False)
    for notice in waiting:
        due = notice.mail_due - timedelta(**time)
        Notice.objects.filter(pk=notice.pk).update(mail_due=due)


def test_ten_answers_that_come_back_in_a_minute_are_one_mail(settings, project, ada, rita):
    settings.SITE_URL = "https://rondo.example.org"
    send_back(project, ada, rita, 9)
    a_while_later(seconds=61)
    send_back(project, ada, rita)  # not due by itself: it goes with the others
    assert mailing.send_due() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ada@example.org"], "Rondo: 10 notices for you")
    sentence = "Rita sent an answer of yours back to you (Demonstration, “Kitchen”)."
    assert sent.body.count(sentence) == 10
    pages = {
        f"https://rondo.example.org/projects/kitchen/history/{a.pk}/" for a in ada.annotations.all()
    }
    assert pages <= set(sent.body.splitlines())
    assert "Secret" not in sent.body
    assert "example.net" not in sent.body
    assert (mailing.send_due(), len(mail.outbox)) == (0, 1)


def test_a_mail_is_in_the_persons_language(project, ada, rita):
    User.objects.filter(pk=ada.pk).update(language="zh-hans")
    send_back(project, ada, rita)
    a_while_later(seconds=61)
    mailing.send_due()
    assert mail.outbox[0].subject == "Rondo: Rita 把你的一个回答退回给你（示范，“Kitchen”）。"


def test_what_was_seen_on_the_page_is_not_mailed(project, ada, rita):
    send_back(project, ada, rita)
    a_while_later(seconds=61)
    services.see(user=ada, link=Notice.objects.get(event="came_back").link)
    assert (mailing.send_due(), mail.outbox) == (0, [])


def test_a_digest_waits_for_a_day(project, ada, rita):
    services.choose(user=ada, how={"came_back": "daily"})
    send_back(project, ada, rita, 2)
    a_while_later(hours=23)
    assert mailing.send_due() == 0
    a_while_later(hours=1, minutes=1)
    assert mailing.send_due() == 1
    assert mail.outbox[0].subject == "Rondo: 2 notices for you"


def test_by_default_only_what_comes_back_is_mailed(project, ada, rita):
    found = answer(project, ada)
    reviewing.comment(annotation=found, by=rita, text="Nice.")
    reviewing.comment(annotation=found, by=ada, text="Thanks.")
    a_while_later(days=2)
    assert mailing.send_due() == 0
    assert set(Notice.objects.values_list("event", flat=True)) >= {"reviewed", "replied"}


def test_a_mail_server_that_is_away_is_tried_again(monkeypatch, caplog, project, ada, rita):
    def refuse(*_: object) -> int:
        raise TimeoutError("ada@example.org")

    send_back(project, ada, rita)
    a_while_later(seconds=61)
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert mailing.send_due() == 0
    assert "ada@example.org" not in caplog.text
    assert mailing.send_due() == 0  # not at once
    a_while_later(minutes=11)
    assert mailing.send_due() == 1


def test_a_mail_server_that_stays_away_is_given_up(project, ada, rita):
    send_back(project, ada, rita)
    Notice.objects.filter(event="came_back").update(mail_due=Now() - timedelta(days=3))
    assert (mailing.send_due(), mail.outbox) == (0, [])


def test_a_line_ends_the_mails_without_signing_in(client, project, ada, rita):
    send_back(project, ada, rita)
    a_while_later(seconds=61)
    mailing.send_due()
    (sent,) = mail.outbox
    header = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert header in sent.body.splitlines()
    path = header[header.index("/notices/") :]
    assert client.get(path).status_code == 200
    assert services.choices_of(ada)["came_back"] == "soon"  # a scanner of mails changes nothing
    assert client.post(path).status_code == 200
    assert set(services.choices_of(ada).values()) == {"page"}
    assert client.get(path[:-3] + "/").status_code == 404
