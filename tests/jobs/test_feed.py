"""Streams of a job's events: what they give, how many there may be, when they end."""

import asyncio
import json

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient
from django.urls import reverse
from django.utils import translation

from accounts.models import Session, User
from jobs import feed, handlers, services
from jobs.models import Job, JobEvent
from tests.factories import make_user
from tests.streams import read_at_once
from training.contract.said import say


def enqueue(user=None):
    return services.enqueue(kind="echo", payload={}, created_by=user)


def add_events(job, count, kind="log"):
    return [
        JobEvent.objects.create(job=job, epoch=0, kind=kind, data={"level": "info", "text": f"{n}"})
        for n in range(count)
    ]


@pytest.fixture
def reader():
    """The thread that reads for streams gives its connection back to the test database."""
    yield
    feed.close()


def read_stream(user, path, **headers):
    """Status and the messages of a stream, as lists of lines."""

    async def read():
        client = AsyncClient()
        await client.aforce_login(user)
        response = await client.get(path, headers=headers)
        if response.status_code != 200:
            return response.status_code, []
        content = b"".join([part async for part in response.streaming_content]).decode()
        return 200, [message.split("\n") for message in content.strip().split("\n\n")]

    return async_to_sync(read)()


@pytest.mark.django_db(transaction=True)
def test_stream_gives_every_event_and_an_end(reader):
    ada = make_user("Ada")
    job = enqueue(ada)
    add_events(job, 2)
    services.request_cancel(job=job, by=ada)

    status, messages = read_stream(ada, reverse("job_events", args=[job.pk]))

    rows = list(job.events.order_by("id"))
    assert status == 200
    assert messages[0] == ["retry: 2000"]
    assert messages[-1] == ["event: end", "data: {}"]
    assert [message[0] for message in messages[1:-1]] == [f"id: {row.pk}" for row in rows]
    assert [message[1] for message in messages[1:-1]] == [
        "event: state",
        "event: log",
        "event: log",
        "event: state",
    ]
    assert json.loads(messages[2][2].removeprefix("data: ")) == {
        "id": rows[1].pk,
        "kind": "log",
        "data": {"level": "info", "text": "0"},
        "seconds": None,
        "created_at": rows[1].created_at.isoformat(),
    }


@pytest.mark.django_db(transaction=True)
def test_stream_goes_on_after_the_last_event_that_was_seen(reader):
    ada = make_user("Ada")
    job = enqueue(ada)
    seen, missed = add_events(job, 2)
    services.request_cancel(job=job, by=ada)
    path = reverse("job_events", args=[job.pk])

    _, messages = read_stream(ada, path, **{"last-event-id": str(seen.pk)})
    _, the_same = read_stream(ada, f"{path}?after={seen.pk}")

    assert messages[1][0] == f"id: {missed.pk}"
    assert messages == the_same


@pytest.mark.django_db(transaction=True)
def test_stream_of_an_ended_job_that_was_seen_whole_tells_the_browser_to_stay_away(reader):
    ada = make_user("Ada")
    job = enqueue(ada)
    services.request_cancel(job=job, by=ada)
    last = job.events.latest("id").pk

    assert read_stream(ada, f"{reverse('job_events', args=[job.pk])}?after={last}") == (204, [])


@pytest.mark.django_db(transaction=True)
def test_stream_waits_for_what_happens_next(reader):
    ada = make_user("Ada")
    job = enqueue(ada)

    async def read():
        client = AsyncClient()
        await client.aforce_login(ada)
        response = await client.get(reverse("job_events", args=[job.pk]))
        parts = aiter(response.streaming_content)
        first = [await anext(parts), await anext(parts)]
        assert feed.streams[ada.pk] == 1
        await sync_to_async(services.request_cancel)(job=job, by=ada)
        return first, [part async for part in parts]

    first, rest = async_to_sync(read)()

    assert first[1].startswith(b"id: ")
    assert b'"state": "cancelled"' in rest[0]
    assert rest[-1] == b"event: end\ndata: {}\n\n"
    assert feed.streams[ada.pk] == 0


@pytest.mark.django_db(transaction=True)
def test_the_seventh_stream_of_a_user_is_refused(reader, monkeypatch):
    ada = make_user("Ada")
    job = enqueue(ada)
    monkeypatch.setitem(feed.streams, ada.pk, 6)

    assert read_stream(ada, reverse("job_events", args=[job.pk])) == (429, [])


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_streams_opens_as_many_as_one_may_have_and_closing_frees_them(reader):
    ada = make_user("Ada")
    path = reverse("job_events", args=[enqueue(ada).pk])

    async def burst():
        client = AsyncClient()
        await client.aforce_login(ada)
        return await asyncio.gather(*(client.get(path) for _ in range(20)))

    found = async_to_sync(burst)()

    statuses = sorted(answer.status_code for answer in found)
    assert statuses == [200] * 6 + [429] * 14
    for answer in found:
        answer.close()
        answer.close()  # counts once
    assert feed.streams[ada.pk] == 0


def end_session(ada, session):
    Session.objects.filter(pk=session).delete()


def end_account(ada, session):
    User.objects.filter(pk=ada.pk).update(is_active=False)


def end_right(ada, session):
    Job.objects.update(created_by=None)


def end_password(ada, session):
    ada.set_password("another")
    ada.save()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leave", [end_session, end_account, end_right, end_password])
def test_a_stream_ends_with_the_right_to_read_it(reader, monkeypatch, leave):
    monkeypatch.setattr(feed, "RECHECK_SECONDS", 0.0)
    ada = make_user("Ada")
    job = enqueue(ada)

    async def read():
        client = AsyncClient()
        await client.aforce_login(ada)
        session = (await client.asession()).session_key
        response = await client.get(reverse("job_events", args=[job.pk]))
        parts = aiter(response.streaming_content)
        first = [await anext(parts), await anext(parts)]
        await sync_to_async(leave)(ada, session)
        await sync_to_async(add_events)(job, 1)
        async with asyncio.timeout(20):
            return first, [part async for part in parts]

    first, rest = async_to_sync(read)()

    assert (len(first), rest) == (2, [])
    assert feed.streams[ada.pk] == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_not_there_is_told_as_a_gap(reader):
    ada = make_user("Ada")
    job = enqueue(ada)
    services.request_cancel(job=job, by=ada)
    newest = job.events.latest("id").pk

    _, messages = read_stream(
        ada, reverse("job_events", args=[job.pk]), **{"last-event-id": str(newest + 1)}
    )

    assert messages == [
        ["retry: 2000"],
        [f"id: {newest}", "event: gap", "data: {}"],
        ["event: end", "data: {}"],
    ]


@pytest.mark.django_db(transaction=True)
def test_open_streams_keep_no_thread(client):
    ada = make_user("Ada")
    job = enqueue(ada)
    services.request_cancel(job=job, by=ada)
    client.force_login(ada)
    cookie = f"sessionid={client.session.session_key}"

    path = reverse("job_events", args=[job.pk])
    found = read_at_once(4, path, {"Host": "testserver", "Cookie": cookie})
    feed.close()

    assert [status for status, _ in found] == [200] * 4
    assert all(content.endswith(b"event: end\ndata: {}\n\n") for _, content in found)


@pytest.mark.django_db
def test_what_workers_and_trainers_say_is_in_the_readers_language():
    job = services.claim(job_id=enqueue().pk, worker="w")
    services.log(job=job, text=say("going on after step {step}", step=7))
    services.log(job=job, text="what a library said")
    inner = say("a batch of {size} is odd", size=3)  # of a stage that is not ours
    services.fail(job=job, code="new", message=say("no space left: {error}", error=inner))
    job.refresh_from_db()

    with translation.override("zh-hans"):
        logs = [feed.shown(event)["text"] for event in job.events.filter(kind="log")]
        reason = feed.shown(job.events.latest("id"))["reason"]
        assert logs == ["在第 7 步之后继续", "what a library said"]
        assert (job.details, reason) == ("没有剩余空间：a batch of 3 is odd",) * 2
    assert (job.error, job.details) == ("no space left: a batch of 3 is odd",) * 2


@pytest.mark.django_db
def test_samples_say_which_prompts_people_are_warned_of(monkeypatch):
    monkeypatch.setattr(handlers, "_warners", [lambda asked: asked & {2, 5}])
    samples = [{"prompt_id": pk, "prompt": "?", "text": "!", "reward": None} for pk in (1, 2, 2, 3)]
    job = enqueue()
    event = JobEvent.objects.create(
        job=job, epoch=0, kind="sample", data={"step": 1, "samples": samples}
    )
    assert feed.shown(event) == {"step": 1, "samples": samples, "warned": [2]}
