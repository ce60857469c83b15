"""Telling people: whom, once, how, and until they have seen it."""

import pytest
from django.db import connection
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import BadInputError
from notices import events, services
from notices.events import Event, How
from notices.models import Choice, Notice
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _say(data, who):
    return f"{who} baked {data['what']}."


@pytest.fixture
def baked(monkeypatch) -> Event:
    """An event of this test's own; the usual way is a mail at once."""
    monkeypatch.setattr(events, "_known", {})
    return events.register(
        Event(name="baked", label=gettext_lazy("Saved."), say=_say, usual=How.SOON)
    )


@pytest.fixture
def ada() -> User:
    return make_user("Ada")


def tell(event: Event, *people: User, **fields) -> None:
    services.notify(event, to=people, link="/bread/", **{"what": "bread", **fields})


def test_each_is_told_once_and_not_who_did_it(baked: Event, ada: User) -> None:
    bob = make_user("Bob")
    tell(baked, ada, ada, bob, actor=bob)
    rows = [(n.user, n.link, n.text, n.how, n.seen_at) for n in Notice.objects.all()]
    assert rows == [(ada, "/bread/", "Bob baked bread.", "soon", None)]


def test_nobody_tells_simulated_or_inactive_people(baked: Event) -> None:
    tell(baked, make_user(is_simulated=True), make_user(is_active=False))
    assert Notice.objects.count() == 0


def test_a_choice_wins_over_the_usual_way(baked: Event, ada: User) -> None:
    services.choose(user=ada, how={"baked": "daily"})
    tell(baked, ada)
    assert Notice.objects.get().how == "daily"
    assert services.choices_of(ada) == {"baked": How.DAILY}
    assert services.choices_of(make_user()) == {"baked": How.SOON}


@pytest.mark.parametrize("how", [{"baked": "loudly"}, {"fried": "soon"}])
def test_what_is_no_choice_is_refused(baked: Event, ada: User, how: dict[str, str]) -> None:
    with pytest.raises(BadInputError):
        services.choose(user=ada, how=how)
    assert Choice.objects.count() == 0


def test_choosing_the_page_stops_what_waits(baked: Event, ada: User) -> None:
    tell(baked, ada)
    assert Notice.objects.get().mail_due is not None
    services.stop(user=ada)
    tell(baked, ada)
    assert [(n.mail_due, n.seen_at) for n in Notice.objects.all()] == [(None, None)] * 2


@pytest.mark.parametrize("backend", ["dummy", "console"])
def test_without_a_mail_server_nothing_waits(settings, baked: Event, ada: User, backend) -> None:
    settings.SENDS_MAIL = backend == "console"
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    tell(baked, ada)
    assert Notice.objects.get().mail_due is None


def test_what_is_seen_is_not_mailed_and_others_stay_unseen(baked: Event, ada: User) -> None:
    bob = make_user("Bob")
    tell(baked, ada, bob)
    tell(baked, ada)
    mine = Notice.objects.filter(user=ada)
    services.see(user=ada, ids=[mine.earliest("pk").pk])
    states = [(n.user, n.seen_at is None, n.mail_due is None) for n in Notice.objects.all()]
    assert sorted(states, key=str) == sorted(
        [(ada, False, True), (bob, True, False), (ada, True, False)], key=str
    )
    services.see(user=ada, link="/bread/")
    assert Notice.objects.count_unseen(ada) == 0
    assert Notice.objects.count_unseen(bob) == 1


def test_an_event_that_no_app_knows_any_more_still_has_words(baked: Event, ada: User) -> None:
    tell(baked, ada)
    events._known.clear()
    assert Notice.objects.get().text == "Something happened here."


def test_the_bell_reads_one_index(baked: Event, ada: User) -> None:
    others = [make_user() for _ in range(20)]
    for _ in range(30):
        tell(baked, *others)
    Notice.objects.filter(user__in=others).update(seen_at="2020-01-01T00:00Z")
    tell(baked, ada)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice")
        sql, parameters = Notice.objects.unseen_by(ada).query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notices_unseen" in plan


def test_what_was_seen_long_ago_goes(baked: Event, ada: User) -> None:
    tell(baked, ada)
    tell(baked, ada)
    oldest = Notice.objects.earliest("pk")
    Notice.objects.filter(pk=oldest.pk).update(seen_at="2020-01-01T00:00Z")
    assert services.sweep() == 1
    assert Notice.objects.count() == 1
