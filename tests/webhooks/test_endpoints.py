"""Adding, changing, a new secret, removing: what is kept, what is written down."""

import uuid

import pytest

from accounts.models import AuditEntry
from core.errors import BadInputError, ConflictError
from webhooks import endpoints, secrets
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/in"


def add(project, mona, **fields):
    return endpoints.add(
        project=project, by=mona, **{"url": URL, "events": ["run.ended"], **fields}
    )


def written():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "details", "project"))


def test_a_secret_is_32_bytes_and_nothing_stored_says_it(project, mona):
    made, secret = add(project, mona, url=f" {URL} ", events=["run.ended", "annotation.submitted"])

    row = Endpoint.objects.values().get()
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44
    assert secret == secrets.secret_of(made.seed)
    assert secret not in str(row)
    assert secret.removeprefix("whsec_")[:16] not in str(row)
    assert (row["url"], row["events"]) == (URL, ["annotation.submitted", "run.ended"])
    details = {"url": URL, "events": row["events"]}
    assert written() == [("webhook.added", details, project.pk)]


def test_a_secret_follows_from_the_key_and_the_seed(settings):
    seed, other = uuid.uuid4(), uuid.uuid4()
    first = secrets.secret_of(seed)

    assert first == secrets.secret_of(seed)
    assert first != secrets.secret_of(other)
    settings.SECRET_KEY = "another" * 9
    assert first != secrets.secret_of(seed)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["x"]}, "events"),
    ],
)
def test_what_cannot_be_is_refused_and_stores_nothing(project, mona, fields, field):
    with pytest.raises(BadInputError) as refused:
        add(project, mona, **fields)

    assert set(refused.value.errors) == {field}
    assert not Endpoint.objects.exists()


def test_a_project_has_twenty(project, mona):
    for _ in range(endpoints.MOST):
        add(project, mona)

    with pytest.raises(ConflictError, match="at most 20"):
        add(project, mona)


def test_switched_off_what_waits_has_failed_and_on_again_it_begins_anew(project, mona):
    made, _secret = add(project, mona)
    sent = endpoints.test(endpoint=made)
    same = {"url": URL, "events": ["run.ended"], "by": mona}

    off = endpoints.change(endpoint=made, is_on=False, **same)
    sent.refresh_from_db()
    assert (off.off, sent.state) == (Endpoint.Off.ASKED, "failed")
    for act in (endpoints.test, lambda **it: endpoints.replay(by=mona, **it)):
        with pytest.raises(ConflictError, match="Switch it on first"):
            act(endpoint=off)

    Endpoint.objects.update(off=Endpoint.Off.FAILING, failing_since="2026-01-01T00:00Z")
    on = endpoints.change(endpoint=made, is_on=True, **same)
    assert (on.off, on.failing_since) == ("", None)
    again = endpoints.change(endpoint=made, is_on=True, **same)
    assert again == on
    assert [action for action, _details, _project in written()] == [
        "webhook.added",
        "webhook.changed",
        "webhook.changed",
    ]


def test_a_removed_one_takes_its_log_and_leaves_who_did_it(project, mona):
    made, _secret = add(project, mona)
    endpoints.test(endpoint=made)

    endpoints.remove(endpoint=made, by=mona)

    assert not Endpoint.objects.exists()
    assert written()[-1] == ("webhook.removed", {"url": URL}, project.pk)
