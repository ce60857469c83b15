"""Who may follow a job, and what a live page gets."""

import pytest
from django.urls import reverse

from jobs import feed, services
from jobs.models import Job, JobEvent
from tests.factories import make_user


def enqueue(user=None):
    return services.enqueue(kind="echo", payload={}, created_by=user)


def add_events(job, count, kind="log"):
    return [
        JobEvent.objects.create(job=job, epoch=0, kind=kind, data={"level": "info", "text": f"{n}"})
        for n in range(count)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["job_events", "job_events_json", "job_log"])
def test_what_is_not_ones_own_answers_404_like_what_is_not_there(client, name):
    job = enqueue(make_user("Ada"))
    client.force_login(make_user("Eve"))

    assert client.get(reverse(name, args=[job.pk])).status_code == 404
    assert client.get(reverse(name, args=[job.pk + 1])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["-1", "x", "9" * 20, "９", "1" * 5000])
def test_a_bad_event_number_is_refused(client, number):
    ada = make_user("Ada")
    job = enqueue(ada)
    client.force_login(ada)

    path = reverse("job_events_json", args=[job.pk])
    assert client.get(path, {"after": number}).status_code == 422


@pytest.mark.django_db
def test_events_json_pages_by_id_and_filters_by_kind(client):
    ada = make_user("Ada")
    job = enqueue(ada)
    logs = add_events(job, 3)
    client.force_login(ada)
    path = reverse("job_events_json", args=[job.pk])

    first = client.get(path, {"kind": "log", "limit": 2}).json()
    second = client.get(path, {"kind": "log", "limit": 2, "after": first["next"]}).json()

    assert [event["id"] for event in first["events"]] == [logs[0].pk, logs[1].pk]
    assert ([event["id"] for event in second["events"]], second["next"]) == ([logs[2].pk], None)
    assert first["job"] == feed.job_as_dict(Job.objects.get(pk=job.pk))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["\0", "log,\0", "logs", "log,", ","])
def test_events_of_no_known_kind_are_refused(client, kind):
    ada = make_user("Ada")
    path = reverse("job_events_json", args=[enqueue(ada).pk])
    client.force_login(ada)

    assert client.get(path, {"kind": kind}).status_code == 422
    assert client.get(path, {"kind": "log,state"}).status_code == 200


@pytest.mark.django_db
def test_log_is_a_text_file(client):
    ada = make_user("Ada")
    job = enqueue(ada)
    add_events(job, 1)
    client.force_login(ada)

    response = client.get(reverse("job_log", args=[job.pk]))

    assert response["Content-Disposition"] == f'attachment; filename="job-{job.pk}.log"'
    lines = response.content.decode().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["-- queued", "info: 0"]


@pytest.mark.django_db
def test_the_list_is_the_site_admins(client):
    enqueue()
    client.force_login(make_user("Eve"))
    assert client.get(reverse("jobs")).status_code == 404

    client.force_login(make_user("Root", is_superuser=True))
    response = client.get(reverse("jobs"))

    assert response.status_code == 200
    assert list(response.context["jobs"]) == list(Job.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_jobs(
    client, count, django_assert_num_queries
):
    client.force_login(make_user("Root", is_superuser=True))
    for n in range(count):
        enqueue(make_user(f"Person{n}"))

    with django_assert_num_queries(6):  # session with user, jobs, counts, version, workers, bell
        client.get(reverse("jobs"))


@pytest.mark.django_db
def test_the_admin_cancels_and_retries(client):
    root = make_user("Root", is_superuser=True)
    job = enqueue()
    client.force_login(root)

    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert client.post(reverse("job_retry", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == "queued"
    assert client.get(reverse("job_retry", args=[job.pk])).status_code == 405


@pytest.mark.django_db
def test_only_the_admin_cancels(client):
    eve = make_user("Eve")
    job = enqueue(eve)
    client.force_login(eve)

    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404


@pytest.mark.django_db
def test_the_list_says_what_jobs_do(client):
    """In words, and by their kind alone where nobody knows it any more."""
    for kind in ("base_model", "delete_project", "ppo", "of_old"):
        Job.objects.create(kind=kind, queue="gpu")
    client.force_login(make_user("Root", is_superuser=True, language="zh-hans"))

    page = client.get(reverse("jobs")).content.decode()

    cells = [f"<td>{text}</td>" in page for text in ("登记基础模型", "删除项目", "PPO", "of_old")]
    assert cells == [True] * 4
