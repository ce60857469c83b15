"""What was imported, by API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from labeling.models import (
    Annotation,
    Import,
    Prompt,
    PromptOriginal,
    PromptUpload,
    Role,
    UploadPart,
)
from tests.api.kitchen import bearer
from tests.doing_jobs import do
from tests.factories import make_completion, make_import, make_member, make_project

pytestmark = pytest.mark.django_db


def test_imports_come_newest_first_a_page_at_a_time(client):
    project = make_project()
    rita = make_member(project, "Rita", Role.REVIEWER)
    made = [make_import(project, name=f"{n}.csv", form="CSV") for n in range(102)]
    make_import(make_project())
    made[-1].imported_by = rita
    made[-1].health = found = [{"check": "personal_email", "count": 1, "lines": [7]}]
    made[-1].save()
    path, head = f"/api/v1/projects/{project.slug}/imports", bearer(rita)

    first = client.get(f"{path}?limit=100", headers=head).json()
    rest = client.get(f"{path}?limit=100&cursor={first['next']}", headers=head).json()

    assert first["items"][0] == {
        "id": made[-1].pk,
        "name": "101.csv",
        "state": "succeeded",
        "job": None,
        "done": 0,
        "total": 0,
        "error": "",
        "form": "CSV",
        "format": "",
        "good": None,
        "rows": 1,
        "created": 1,
        "known": 0,
        "alike": 0,
        "beyond": 0,
        "rubrics": 0,
        "labels": 0,
        "health": found,
        "errors": [],
        "errors_left_out": 0,
        "imported_by": "Rita",
        "created_at": first["items"][0]["created_at"],
        "undone_at": None,
    }
    assert [row["id"] for row in first["items"]] == [row.pk for row in made[:1:-1]]
    assert ([row["id"] for row in rest["items"]], rest["next"]) == (
        [made[1].pk, made[0].pk],
        None,
    )
    assert client.get(f"{path}?cursor=x", headers=head).status_code == 400
    annotator = make_member(project, "Ada", Role.ANNOTATOR)
    assert client.get(path, headers=bearer(annotator)).status_code == 403


JSON = {"content_type": "application/json"}
PAIR = '{"prompt": "Egg?", "chosen": "Six.", "rejected": "An hour."}'


def send(client, project, text, query="", *, user=None, name="pairs.jsonl"):
    user = user or make_member(project, "Mona", Role.MANAGER)
    path = f"/api/v1/projects/{project.slug}/imports{query}"
    file = SimpleUploadedFile(name, text.encode())
    return client.post(path, {"file": file}, headers=bearer(user, scope="write"))


def store(client, project, text, query="", *, user=None):
    """The import as it is read once a worker has done its job."""
    user = user or make_member(project, "Mona", Role.MANAGER)
    asked = send(client, project, text, query, user=user)
    assert asked.status_code == 202
    do(Job.objects.get(pk=asked.json()["job"]))
    path = f"/api/v1/projects/{project.slug}/imports/{asked.json()['id']}"
    return client.get(path, headers=bearer(user)).json()


def test_a_file_is_taken_and_a_job_stores_it(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)

    asked = send(client, project, f"{PAIR}\n{PAIR}", user=mona)
    waiting = asked.json()
    assert (asked.status_code, waiting["state"], Prompt.objects.count()) == (202, "queued", 0)
    assert bytes(UploadPart.objects.get().content) == f"{PAIR}\n{PAIR}".encode()

    do(Job.objects.get(pk=waiting["job"]))

    path = f"/api/v1/projects/{project.slug}/imports/{waiting['id']}"
    assert client.get(path, headers=bearer(mona)).json() == {
        "id": Import.objects.get().pk,
        "name": "pairs.jsonl",
        "state": "succeeded",
        "job": waiting["job"],
        "done": 2,
        "total": 2,
        "error": "",
        "form": "JSON",
        "format": "trl",
        "good": 2,
        "rows": 1,
        "created": 1,
        "known": 0,
        "alike": 0,
        "beyond": 0,
        "rubrics": 0,
        "labels": 1,
        "health": [],
        "errors": [],
        "errors_left_out": 0,
        "imported_by": "Mona",
        "created_at": waiting["created_at"],
        "undone_at": None,
    }
    assert (Annotation.objects.count(), Prompt.objects.count()) == (1, 1)
    assert not PromptUpload.objects.exists()


def test_what_is_no_file_of_any_form_is_refused_before_it_is_kept(client):
    refused = send(client, make_project(), "PK\x03\x04" + "\0" * 99, name="a.xlsx")

    what = "The file is an Excel workbook or another zip archive."
    assert (refused.status_code, what in refused.json()["detail"]) == (422, True)
    assert not PromptUpload.objects.exists()


def test_an_import_is_cancelled_before_a_worker_has_it(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)
    pk = send(client, project, PAIR, user=mona).json()["id"]
    path = f"/api/v1/projects/{project.slug}/imports/{pk}"
    writes = bearer(mona, scope="write")

    early = client.post(f"{path}/undo", **JSON, headers=writes)
    done = client.post(f"{path}/cancel", **JSON, headers=writes)
    again = client.post(f"{path}/cancel", **JSON, headers=writes)
    late = client.post(f"{path}/undo", **JSON, headers=writes)

    assert early.json()["detail"] == "This import is not stored yet. Cancel it instead."
    assert (done.json()["state"], again.status_code, late.status_code) == ("cancelled", 409, 409)
    assert not PromptUpload.objects.exists()


def test_what_is_in_a_file_is_told_and_taken_out_as_by_the_page(client):
    project = make_project(redacts_personal=True)
    text = '{"prompt": "Mail ada@uni-ulm.de", "chosen": "Six.", "rejected": "Six. Or"}'

    made = store(client, project, text)

    found = [
        {"check": "personal_email", "count": 1, "lines": [1]},
        {"check": "prefix", "count": 1, "lines": [1]},
    ]
    assert (made["health"], Import.objects.get().health) == (found, found)
    assert Prompt.objects.get().last_text == "Mail [EMAIL]"
    assert PromptOriginal.objects.get().messages[0]["content"] == "Mail ada@uni-ulm.de"


def test_bad_rows_refuse_the_file_unless_the_good_ones_are_wanted(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)

    refused = store(client, project, f"{PAIR}\n{{}}", user=mona)
    assert (refused["state"], Prompt.objects.count(), PromptUpload.objects.count()) == (
        "failed",
        0,
        0,
    )
    what = "it needs “prompt” and “completion”, or “chosen” and “rejected”; an empty cell is none"
    assert refused["errors"] == [{"unit": "line", "line": 2, "column": None, "message": what}]

    client.cookies["django_language"] = "zh-hans"
    table = "prompt,chosen,rejected\n" + "Egg?,Six.,Six.\n" * 2
    in_chinese = store(client, project, table, user=mona)["errors"]
    said = {"unit": "row", "column": None, "message": "两段文本相同"}
    assert in_chinese == [{**said, "line": 2}, {**said, "line": 3}]

    kept = store(client, project, f"{PAIR}\n{{}}", "?keep_good=true", user=mona)
    assert (kept["good"], kept["labels"], [each["line"] for each in kept["errors"]]) == (1, 1, [2])


def test_a_file_may_be_of_the_heldout_split(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)

    store(client, project, PAIR, "?split=heldout", user=mona)

    assert list(project.prompts.values_list("split", flat=True)) == ["heldout"]
    refused = send(client, project, PAIR, "?split=test", user=mona)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "split")


def test_what_people_say_of_a_file_is_taken_strictly(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)

    as_prompts = store(client, project, PAIR, "?format=prompts&encoding=utf-8", user=mona)
    wrong = [
        send(client, project, PAIR, query, user=mona).status_code
        for query in ("?format=word", "?encoding=rot13", "?heldout_percent=51", "?x=1")
    ]
    empty = store(client, project, "\n", user=mona)
    path = f"/api/v1/projects/{project.slug}/imports"
    fields = {"file": SimpleUploadedFile("a.jsonl", PAIR.encode()), "x": "1"}
    wrong.append(client.post(path, fields, headers=bearer(mona, scope="write")).status_code)

    assert (as_prompts["labels"], wrong) == (0, [422, 422, 422, 400, 400])
    assert (empty["state"], empty["error"]) == ("failed", "The file is empty: it holds no entry.")


def test_how_many_bad_rows_there_are_is_said_beyond_those_that_are_named(client):
    project = make_project()

    refused = store(client, project, "\n".join([PAIR, *(["{}"] * 103)]))

    assert refused["error"] == (
        "Nothing is stored: 103 rows are bad. Correct them, repair them, or keep the good ones."
    )
    assert (len(refused["errors"]), refused["errors_left_out"]) == (100, 3)


TURNS = '{"messages": [{"role": "user", "content": "Egg?"}, {"role": "user", "content": "Soft."}]}'
ENDED = (
    '{"messages": [{"role": "user", "content": "Rice?"},'
    ' {"role": "assistant", "content": "Twelve."}], "id": 1}'
)


def test_bad_rows_are_repaired_by_name(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)
    text, query = f"{TURNS}\n{ENDED}", "?format=prompts"

    refused = store(client, project, text, query, user=mona)
    half = store(client, project, text, f"{query}&repairs=join_turns", user=mona)
    whole = f"{query}&repairs=join_turns,leave_off_reply"
    made = store(client, project, text, whole, user=mona)

    bad = [[each["line"] for each in found["errors"]] for found in (refused, half)]
    assert (bad, refused["state"]) == ([[1, 2], [2]], "failed")
    assert sorted(prompt.last_text for prompt in Prompt.objects.all()) == ["Egg?\n\nSoft.", "Rice?"]
    assert made["health"] == [
        {"check": "join_turns", "count": 1, "lines": [1]},
        {"check": "leave_off_reply", "count": 1, "lines": [2]},
    ]
    assert send(client, project, text, f"{query}&repairs=guess", user=mona).status_code == 422


def test_an_import_is_read_and_undone_while_nobody_has_answered(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)
    rita = make_member(project, "Rita", Role.REVIEWER)
    store(client, project, PAIR, user=mona)
    imported = Import.objects.get()
    path = f"/api/v1/projects/{project.slug}/imports/{imported.pk}"
    writes = bearer(mona, scope="write")

    before = client.get(path, headers=bearer(rita)).json()
    refused = client.post(f"{path}/undo", **JSON, headers=bearer(rita, scope="write"))
    undone = client.post(f"{path}/undo", **JSON, headers=writes)
    again = client.post(f"{path}/undo", **JSON, headers=writes)

    assert (before["labels"], before["undone_at"], refused.status_code) == (1, None, 403)
    assert undone.json() == {**before, "undone_at": undone.json()["undone_at"]}
    assert undone.json()["undone_at"] is not None
    assert (undone.status_code, again.status_code, again.json()["type"]) == (200, 409, "conflict")
    assert (Prompt.objects.count(), Annotation.objects.count()) == (0, 0)


def test_an_import_of_which_somebody_was_given_a_prompt_stays(client):
    project = make_project()
    mona = make_member(project, "Mona", Role.MANAGER)
    imported = make_import(project)
    make_completion(imported.prompts.get())

    path = f"/api/v1/projects/{project.slug}/imports/{imported.pk}/undo"
    stays = client.post(path, **JSON, headers=bearer(mona, scope="write"))

    assert (stays.status_code, Prompt.objects.count()) == (409, 1)
