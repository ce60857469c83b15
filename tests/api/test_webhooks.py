"""Webhooks, by API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Role
from tests.api.caller import Caller
from tests.factories import make_member, make_project
from tests.webhooks.made import URL, make_webhook
from webhooks import secrets
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona():
    project = make_project("kitchen")
    return Caller(make_member(project, "Mona", Role.MANAGER), project)


def test_one_is_added_read_changed_and_removed(mona):
    mona.headers["Idempotency-Key"] = "one"
    body = {"url": URL, "events": ["run.ended"]}
    made, again = mona("post", "webhooks", body), mona("post", "webhooks", body)
    del mona.headers["Idempotency-Key"]

    row = Endpoint.objects.get()
    assert (made.status_code, again.status_code) == (201, 409)
    found = made.json()
    assert found.pop("secret") == secrets.secret_of(row.seed)
    created = found.pop("created_at")
    assert found == {"id": row.pk, **body, "off": "", "failing_since": None}
    assert mona.get("webhooks") == {"items": [{**found, "created_at": created}], "next": None}

    path = f"webhooks/{row.pk}"
    off = mona("patch", path, {"on": False}).json()
    assert (off["off"], off["url"], off["events"]) == ("asked", URL, ["run.ended"])
    assert mona("post", f"{path}/messages").status_code == 409
    on = mona("patch", path, {"on": True, "events": ["model.promoted"], "url": f"{URL}/2"}).json()
    assert (on["off"], on["url"], on["events"]) == ("", f"{URL}/2", ["model.promoted"])
    assert mona.get(path) == on

    secret = mona("post", f"{path}/secret").json()["secret"]
    row.refresh_from_db()
    assert secret == secrets.secret_of(row.seed)
    assert secret not in str(mona.get(path))
    assert mona("delete", path).status_code == 204
    assert mona("get", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://169.254.169.254/", "events": ["run.ended"]}, "url"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["bread.baked"]}, "events.0"),
        ({"url": URL}, "events"),
    ],
)
def test_what_cannot_be_names_the_field(mona, body, field):
    answer = mona("post", "webhooks", body)

    assert answer.status_code == 422
    assert [each["field"].removeprefix("body.") for each in answer.json()["errors"]] == [field]
    assert not Endpoint.objects.exists()


def test_messages_have_their_tries_and_are_sent_again(mona):
    hook = make_webhook(mona.project, mona.user)
    other = make_webhook(mona.project, mona.user)
    path = f"webhooks/{hook.pk}"
    waiting, failed = mona.get(f"{path}/messages")["items"]

    row = Delivery.objects.get(pk=failed["id"])
    assert failed["webhook_id"] == f"msg_{row.event.key.hex}"
    assert (failed["event"], failed["state"], failed["due_at"]) == ("webhook.test", "failed", None)
    assert (waiting["state"], waiting["due_at"] is None) == ("waiting", False)
    tries = [{**each, "at": None} for each in failed["attempts"]]
    no_answer = {"status": None, "problem": "time_out", "answer": "", "milliseconds": 10_000}
    answer = {"status": 500, "problem": "", "answer": "Oh <b>no</b>", "milliseconds": 31}
    assert tries == [{"at": None, **answer}, {"at": None, **no_answer}]

    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert mona("post", f"{path}/replay", {"failed_since": later}).json() == {"messages": 0}
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    assert mona("post", f"{path}/replay", {"failed_since": since}).json() == {"messages": 1}
    assert mona("post", f"{path}/replay", {"message": waiting["id"]}).json() == {"messages": 1}
    foreign = other.deliveries.latest("pk").pk
    refused = mona("post", f"{path}/replay", {"message": foreign})
    said = f"There is no message {foreign} of this webhook: list all to find yours."
    assert (refused.status_code, refused.json()["detail"]) == (404, said)
    for wrong in ({}, {"message": failed["id"], "failed_since": since}, {"failed_since": "today"}):
        assert mona("post", f"{path}/replay", wrong).status_code == 422

    sent = mona("post", f"{path}/messages")
    assert (sent.status_code, sent.json()["attempts"]) == (201, [])
    assert len(mona.get(f"{path}/messages")["items"]) == 3
