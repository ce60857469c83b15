"""Sending against a real receiver: signed, tried again, given up, switched off, replayed."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from core.announcing import announce
from notices.models import Notice
from tests.webhooks.receiver import Receiver
from webhooks import endpoints, sending
from webhooks.models import Attempt, Delivery, Endpoint, Event, EventType, Problem

pytestmark = pytest.mark.django_db
PAST = timedelta(minutes=1)


@pytest.fixture
def hook(project, mona, receiver: Receiver):
    """An endpoint at the receiver, and its secret."""
    url = f"http://127.0.0.1:{receiver.port}/in"
    return endpoints.add(project=project, url=url, events=EventType.values, by=mona)


def happen(project, times: int = 1) -> None:
    for number in range(times):
        announce("run.ended", project=project.pk, data={"project": "kitchen", "run": number})


def come_due() -> None:
    Delivery.objects.filter(state="waiting").update(due_at=timezone.now() - PAST)


def test_a_message_is_signed_as_the_library_verifies_it(project, hook, receiver: Receiver):
    _endpoint, secret = hook
    receiver.body = b"ok"
    receiver.status = 200
    happen(project)

    assert sending.send_due() == 1
    assert sending.send_due() == 0

    ((path, headers, body),) = receiver.got
    verified = Webhook(secret).verify(body, headers)
    event = Event.objects.get()
    assert path == "/in"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == f"msg_{event.key.hex}"
    assert (body, verified["type"]) == (event.body, "run.ended")
    assert verified["data"] == {"project": "kitchen", "run": 0}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("0", "1"), headers)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == ("delivered", 1)
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.answer, attempt.problem) == (200, "ok", "")


def test_it_is_tried_eight_times_over_a_day_and_keeps_its_id(project, hook, receiver: Receiver):
    receiver.status = 500
    happen(project)
    waits = []
    for _ in range(9):
        come_due()
        sending.send_due()
        row = Delivery.objects.get()
        if row.state == "waiting":
            waits.append((row.due_at - timezone.now()).total_seconds())

    assert Delivery.objects.get().state == "failed"
    assert len(receiver.got) == Attempt.objects.count() == len(sending.WAITS) + 1 == 8
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == 1
    assert len({body for _path, _headers, body in receiver.got}) == 1
    for waited, wait in zip(waits, sending.WAITS, strict=True):
        assert 0.85 * wait.total_seconds() <= waited <= 1.15 * wait.total_seconds()
    assert timedelta(hours=24) < sum(sending.WAITS, timedelta()) < timedelta(hours=36)


def test_two_secrets_sign_for_a_day_after_a_new_one(project, mona, hook, receiver: Receiver):
    endpoint, old = hook
    new = endpoints.rotate(endpoint=endpoint, by=mona)
    happen(project)
    sending.send_due()
    Endpoint.objects.update(old_until=timezone.now() - PAST)
    happen(project)
    sending.send_due()

    (_path, both, body), (_path, later, after) = receiver.got
    assert old != new
    for secret in (old, new):
        Webhook(secret).verify(body, both)
    Webhook(new).verify(after, later)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(after, later)


def test_with_another_key_of_the_server_nothing_is_signed_wrongly(
    project, hook, receiver: Receiver, settings
):
    settings.SECRET_KEY = "another" * 9
    happen(project)
    sending.send_due()

    assert receiver.got == []
    assert Attempt.objects.get().problem == Problem.KEY_CHANGED


def test_one_that_fails_for_days_is_switched_off_and_managers_are_told(
    project, mona, hook, receiver: Receiver
):
    endpoint, _secret = hook
    receiver.status = 503
    happen(project, 2)
    sending.send_due()
    Endpoint.objects.update(failing_since=timezone.now() - sending.PATIENCE + PAST)
    come_due()
    sending.send_due()
    endpoint.refresh_from_db()
    assert (endpoint.off, Notice.objects.count()) == ("", 0)

    Endpoint.objects.update(failing_since=timezone.now() - sending.PATIENCE)
    come_due()
    sending.send_due()
    endpoint.refresh_from_db()
    happen(project)

    assert endpoint.off == Endpoint.Off.FAILING
    assert [row.state for row in Delivery.objects.all()] == ["failed", "failed"]
    notice = Notice.objects.get()
    assert notice.user == mona
    assert notice.text == (
        "The webhook to 127.0.0.1 in “Kitchen” was switched off: it kept failing."
    )
    assert notice.link == f"/projects/kitchen/webhooks/{endpoint.pk}/"


def test_a_success_ends_the_days_of_failure(project, hook, receiver: Receiver):
    receiver.status = 500
    happen(project)
    sending.send_due()
    assert Endpoint.objects.get().failing_since is not None

    receiver.status = 204
    come_due()
    sending.send_due()

    assert Endpoint.objects.get().failing_since is None
    assert Delivery.objects.get().state == "delivered"


def test_gone_means_gone(project, hook, receiver: Receiver):
    receiver.status = 410
    happen(project)
    sending.send_due()

    assert Endpoint.objects.get().off == Endpoint.Off.GONE
    assert Delivery.objects.get().state == "failed"


def test_what_failed_is_sent_again_from_a_time_on_or_one_by_one(
    project, mona, hook, receiver: Receiver
):
    endpoint, _secret = hook
    happen(project, 3)
    old, failed, good = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk__in=[old.pk, failed.pk]).update(state="failed", tries=8)
    Delivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    Delivery.objects.filter(pk=good.pk).update(state="delivered")
    since = timezone.now() - timedelta(days=1)

    assert endpoints.replay(endpoint=endpoint, by=mona, since=since) == 1
    assert endpoints.replay(endpoint=endpoint, by=mona, delivery=good.pk) == 1
    sending.send_due()

    runs = sorted(json.loads(body)["data"]["run"] for _path, _headers, body in receiver.got)
    assert runs == [1, 2]
    assert list(Delivery.objects.order_by("pk").values_list("state", "tries")) == [
        ("failed", 8),
        ("delivered", 1),
        ("delivered", 1),
    ]


def test_one_endpoint_that_hangs_does_not_keep_the_others(project, mona, hook, receiver: Receiver):
    slow, _secret = hook
    happen(project, 10)
    quick, _secret = endpoints.add(
        project=project, url=f"{slow.url}/quick", events=EventType.values, by=mona
    )
    happen(project, 1)

    batch = sending.claim()

    assert [row.endpoint_id for row in batch].count(slow.pk) == sending.OF_EACH
    assert [row.endpoint_id for row in batch].count(quick.pk) == 1
    assert {row.pk for row in sending.claim()}.isdisjoint(row.pk for row in batch)


def test_who_dies_while_sending_has_it_tried_again(project, hook, receiver: Receiver):
    happen(project)
    assert len(sending.claim()) == 1  # and this process is killed

    assert sending.send_due() == 0
    Delivery.objects.update(due_at=timezone.now() - PAST)

    assert sending.send_due() == 1
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == ("delivered", 2)


@pytest.mark.django_db(transaction=True)
def test_only_one_pass_sends_at_a_time(project, hook, receiver: Receiver):
    happen(project)
    place = connection.get_connection_params()
    other = psycopg.connect(
        **{
            name: place[name]
            for name in ("host", "port", "user", "dbname", "password")
            if name in place
        }
    )
    with other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('webhooks', 0))")
        assert sending.send_due() == 0
        other.execute("SELECT pg_advisory_unlock(hashtextextended('webhooks', 0))")

    assert sending.send_due() == 1


def test_one_removed_meanwhile_is_forgotten(project, mona, hook, receiver: Receiver):
    endpoint, _secret = hook
    happen(project)
    (delivery,) = sending.claim()
    endpoints.remove(endpoint=endpoint, by=mona)

    sending.record(delivery, sending.Answer(status=204, milliseconds=1))

    assert not Attempt.objects.exists()


def test_old_messages_go_and_what_is_told_once_stays(project, hook):
    happen(project, 2)
    long_ago = timezone.now() - endpoints.KEPT - PAST
    first, second = Event.objects.order_by("pk")
    Event.objects.filter(pk__in=[first.pk, second.pk]).update(created_at=long_ago)
    Event.objects.filter(pk=second.pk).update(once="round 1 up to task 1")
    happen(project)

    endpoints.sweep()

    assert Event.objects.count() == 2
    assert not Event.objects.filter(pk=first.pk).exists()
