"""Permalinks: written once, the same for ever, and resumed where a download was cut."""

import hashlib
import http.client
from urllib.parse import urlsplit

import pytest

from accounts.models import AuditEntry
from api.exports import freezing
from api.exports.filters import Filters
from core.errors import BadRequestError
from jobs import handlers
from labeling.models import Role
from registry import store
from rounds import artifacts
from rounds.models import FrozenExport
from tests.api.kitchen import annotate, bearer, get_rows
from tests.factories import make_member, make_prompt, make_task

pytestmark = pytest.mark.django_db
EXPORTS = "/api/v1/projects/kitchen/exports"


@pytest.fixture
def mona(kitchen):
    return make_member(kitchen, "Mona", Role.MANAGER)


def write(pk):
    """What a worker does with its job."""
    frozen = FrozenExport.objects.select_related("job").get(pk=pk)
    handlers.get(frozen.job.kind).run(frozen.job)
    return FrozenExport.objects.get(pk=pk)


def freeze(kitchen, mona, dataset="preferences", encoding="jsonl", **filters):
    found = freezing.freeze(
        project=kitchen, dataset=dataset, encoding=encoding, filters=Filters(**filters), by=mona
    )
    return write(found.pk)


def body_of(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("encoding", ["jsonl", "csv", "parquet"])
def test_by_api_it_is_asked_for_written_and_read(client, kitchen, mona, encoding):
    headers = bearer(mona, scope="write")
    body = {
        "dataset": "preferences",
        "encoding": encoding,
        "filters": {"round": 1, "pairs": "best"},
    }
    path = f"{EXPORTS}/preferences.{encoding}?round=1&pairs=best"
    live = b"".join(client.get(path, headers=headers).streaming_content)

    asked = client.post(EXPORTS, body, content_type="application/json", headers=headers)
    early = client.get(f"{EXPORTS}/{asked.json()['id']}/file", headers=headers)
    frozen = write(asked.json()["id"])
    annotate(make_task(kitchen), mona, {"text": "Later."})  # changes nothing of it
    read = client.get(f"{EXPORTS}/{frozen.pk}", headers=headers).json()
    file = client.get(f"{EXPORTS}/{frozen.pk}/file", headers=headers)

    assert (asked.status_code, asked.json()["state"], asked.json()["sha256"]) == (202, "queued", "")
    assert (early.status_code, early.json()["type"]) == (409, "conflict")
    assert body_of(file) == live
    digest = hashlib.sha256(live).hexdigest()
    assert (read["sha256"], read["size"], read["state"]) == (digest, len(live), "succeeded")
    assert read["filters"] == {"round": "1", "pairs": "best"}
    assert (file["ETag"], file["Content-Length"]) == (f'"{digest}"', str(len(live)))
    assert file["Content-Disposition"] == (
        f'attachment; filename="kitchen-{frozen.pk}-preferences.{encoding}"'
    )
    listed = client.get(EXPORTS, headers=headers).json()["items"]
    assert listed == [read]
    assert [a.fault for a in artifacts.verify() if "preferences" in a.name] == [""]


def test_a_filter_that_the_dataset_lacks_is_refused_at_once(client, kitchen, mona):
    with pytest.raises(BadRequestError):
        freezing.freeze(
            project=kitchen, dataset="prompts", encoding="csv", filters=Filters(flag="any"), by=mona
        )
    headers = bearer(mona, scope="write")
    for body in (
        {"dataset": "passwords"},
        {"dataset": "prompts", "filters": {"flag_": "x"}},
        {"dataset": "prompts", "filters": {"round": 0}},
    ):
        refused = client.post(EXPORTS, body, content_type="application/json", headers=headers)
        assert refused.status_code == 422
    assert not FrozenExport.objects.exists()


def test_a_second_attempt_of_its_job_changes_nothing(kitchen, mona):
    first = freeze(kitchen, mona)
    annotate(make_task(kitchen), mona, {"text": "Later."})

    assert write(first.pk).sha256 == first.sha256
    same = freeze(kitchen, mona)
    assert same.uri == first.uri


def test_what_is_removed_is_gone_unless_another_one_is_the_same(
    client, kitchen, mona, django_capture_on_commit_callbacks
):
    one, same = freeze(kitchen, mona), freeze(kitchen, mona)
    folder = store.path_of(one.uri)
    headers = bearer(mona, scope="write")

    for pk, stays in ((one.pk, True), (same.pk, False)):
        with django_capture_on_commit_callbacks(execute=True):
            gone = client.delete(f"{EXPORTS}/{pk}", headers=headers)
        assert gone.status_code == 204
        assert folder.exists() is stays
        assert client.get(f"{EXPORTS}/{pk}/file", headers=headers).status_code == 404
    found = AuditEntry.objects.filter(action__startswith="export.").order_by("pk")
    actions = list(found.values_list("action", flat=True))
    assert actions == ["export.frozen"] * 2 + ["export.removed"] * 2


def test_of_a_row_that_is_removed_before_it_is_written_nothing_stays(kitchen, mona):
    found = freezing.freeze(
        project=kitchen, dataset="prompts", encoding="csv", filters=Filters(), by=mona
    )
    job = found.job
    freezing.remove(frozen=found, by=mona)

    assert handlers.get(job.kind).run(job) == {}


def test_a_missing_file_is_named(client, kitchen, mona):
    frozen = freeze(kitchen, mona)
    (store.path_of(frozen.uri) / frozen.file).unlink()
    found = client.get(f"{EXPORTS}/{frozen.pk}/file", headers=bearer(mona))
    assert (found.status_code, found.json()["type"]) == (503, "missing_files")


@pytest.mark.parametrize(
    ("asked", "status", "said", "part"),
    [
        ("bytes=0-9", 206, "bytes 0-9/{n}", slice(0, 10)),
        ("bytes=10-", 206, "bytes 10-{last}/{n}", slice(10, None)),
        ("bytes=-5", 206, "bytes {five}-{last}/{n}", slice(-5, None)),
        ("bytes=-999999999", 206, "bytes 0-{last}/{n}", slice(None)),
        ("bytes=5-999999999", 206, "bytes 5-{last}/{n}", slice(5, None)),
        ("bytes=999999999-", 416, "bytes */{n}", None),
        ("bytes=9-3", 416, "bytes */{n}", None),
        ("bytes=-0", 416, "bytes */{n}", None),
        ("bytes=0-1,5-6", 200, None, slice(None)),
        ("lines=0-1", 200, None, slice(None)),
        ("bytes=x", 200, None, slice(None)),
    ],
)
def test_parts(client, kitchen, mona, asked, status, said, part):
    frozen = freeze(kitchen, mona)
    headers, path = bearer(mona), f"{EXPORTS}/{frozen.pk}/file"
    whole = body_of(client.get(path, headers=headers))

    found = client.get(path, headers={**headers, "Range": asked})

    n = len(whole)
    words = said and said.format(n=n, last=n - 1, five=n - 5)
    assert (found.status_code, found.headers.get("Content-Range")) == (status, words)
    assert (found["ETag"], found["Accept-Ranges"]) == (f'"{frozen.sha256}"', "bytes")
    if part:
        assert body_of(found) == whole[part]
        assert found["Content-Length"] == str(len(whole[part]))
    else:
        assert found.json()["type"] == "no_such_part"


def test_etags(client, kitchen, mona):
    frozen = freeze(kitchen, mona)
    headers, path = bearer(mona), f"{EXPORTS}/{frozen.pk}/file"
    tag = f'"{frozen.sha256}"'

    def status(**more):
        found = client.get(path, headers={**headers, **more})
        if found.streaming:
            body_of(found)  # to its end, which closes the file
        return found.status_code

    assert [status(**{"If-None-Match": t}) for t in (tag, f'"x", W/{tag}', "*", '"x"')] == [
        304,
        304,
        304,
        200,
    ]
    assert [status(Range="bytes=1-", **{"If-Range": t}) for t in (tag, '"x"')] == [206, 200]


@pytest.mark.django_db(transaction=True)
def test_a_download_that_was_cut_goes_on_and_the_sums_are_equal(kitchen, mona, live_server):
    for number in range(200):
        make_prompt(kitchen, f"{number} " + "x" * 5000)
    frozen = freeze(kitchen, mona, "prompts")
    address, headers = urlsplit(live_server.url), bearer(mona)
    path = f"{EXPORTS}/{frozen.pk}/file"

    def ask(**more):
        connection = http.client.HTTPConnection(address.netloc, timeout=30)
        connection.request("GET", path, headers={**headers, **more})
        return connection, connection.getresponse()

    connection, response = ask()
    begun = response.read(300_000)
    connection.close()  # half-way
    connection, rest = ask(Range=f"bytes={len(begun)}-", **{"If-Range": response.headers["ETag"]})
    whole = begun + rest.read()
    connection.close()

    assert (rest.status, len(begun)) == (206, 300_000)
    assert hashlib.sha256(whole).hexdigest() == frozen.sha256
    assert len(whole) == frozen.size > 1_000_000
    assert len(whole.splitlines()) == 202


def test_who_is_who_is_told_to_managers_and_written_down(client, kitchen, mona):
    path = "/api/v1/projects/kitchen/pseudonyms"
    reviewer = make_member(kitchen, "Rita", Role.REVIEWER)

    refused = client.get(path, headers=bearer(reviewer))
    found = client.get(path, headers=bearer(mona)).json()["items"]

    assert refused.status_code == 403
    names = {person["pseudonym"]: (person["name"], person["email"]) for person in found}
    (row,) = get_rows(client, kitchen, "rankings")
    assert names[row["annotator"]][0] == "Ada"
    assert {"Ada", "Mona", "Rita"} <= {person["name"] for person in found}
    told = AuditEntry.objects.get(action="pseudonyms.told")
    assert (told.actor, told.project) == (mona, kitchen.pk)


def test_the_page_freezes_lists_removes_and_says_who_is_who(client, kitchen, mona):
    client.force_login(mona)
    asked = {"dataset": "demonstrations", "encoding": "csv", "kind": "correction"}
    page = client.post("/projects/kitchen/export/freeze/", asked, follow=True)
    assert "being written" in page.content.decode()
    frozen = write(FrozenExport.objects.get().pk)

    page = client.get("/projects/kitchen/export/").content.decode()
    file = client.get(f"/projects/kitchen/export/{frozen.pk}/file")
    people = client.post("/projects/kitchen/export/people/").content.decode()
    client.post(f"/projects/kitchen/export/{frozen.pk}/remove/")

    assert frozen.filters == {"kind": "correction"}
    assert f'href="/projects/kitchen/export/{frozen.pk}/file"' in page
    assert frozen.sha256[:12] in page
    assert hashlib.sha256(body_of(file)).hexdigest() == frozen.sha256
    assert "Ada" in people
    assert not FrozenExport.objects.exists()
    assert client.post("/projects/kitchen/export/freeze/", {"x": "1"}).status_code == 400
