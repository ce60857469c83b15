"""Corpora by API: added from a file, read, removed."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from jobs.models import Job
from rounds.models import Corpus, Run
from tests.api.caller import Caller
from tests.rounds.world import World


def send(mona: Caller, content: str, **fields: str) -> HttpResponse:
    file = SimpleUploadedFile("tales.jsonl", content.encode(fields.get("encoding") or "utf-8"))
    return mona("post", "corpora", data={"file": file, **fields})


def test_a_corpus_is_added_read_and_removed(world: World, mona: Caller) -> None:
    response = send(mona, '{"text": "Once  upon"}\n{"text": "a time"}\n', name="Tales")
    assert response.status_code == 201
    added = response.json()

    corpus = Corpus.objects.get()
    assert {name: added[name] for name in added if name != "added_at"} == {
        "id": corpus.pk,
        "name": "Tales",
        "sha256": corpus.sha256,
        "texts": 2,
        "characters": 16,
        "beginning": "Once upon",
        "added_by": "Mona",
    }
    assert mona.get(f"corpora/{corpus.pk}") == added
    assert mona.get("corpora") == {"items": [added], "next": None}
    assert mona("delete", f"corpora/{corpus.pk}").status_code == 204
    assert mona.get("corpora")["items"] == []
    assert Job.objects.latest("pk").payload["folders"] == [corpus.uri]


def test_one_that_a_run_was_launched_with_stays(world: World, mona: Caller) -> None:
    added = send(mona, '{"text": "Once"}').json()
    Run.objects.update(corpus=added["id"])

    assert (added["name"], mona("delete", f"corpora/{added['id']}").status_code) == (
        "tales.jsonl",
        409,
    )


def test_lines_that_cannot_be_taken_are_named(world: World, mona: Caller) -> None:
    refused = send(mona, '{"text": "Once"}\n{"words": "upon"}\n{"text": ""}\n')

    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "line 2", "message": "it needs “text”, a text"},
        {"field": "line 3", "message": "“text” is empty"},
    ]
    unknown = send(mona, '{"text": "Once"}', encoding="")
    assert unknown.status_code == 201
    twice = send(mona, '{"text": "Once"}', name="other")
    assert twice.json()["errors"] == [
        {"field": "file", "message": "These texts are here already, as “tales.jsonl”."}
    ]


def test_an_encoding_is_one_of_those_that_the_page_offers(world: World, mona: Caller) -> None:
    gbk = '{"text": "从前"}'
    file = SimpleUploadedFile("gbk.jsonl", gbk.encode("gb18030"))
    taken = mona("post", "corpora", data={"file": file, "encoding": "gb18030"})
    file = SimpleUploadedFile("rot.jsonl", gbk.encode())
    refused = mona("post", "corpora", data={"file": file, "encoding": "rot13"})

    assert taken.json()["beginning"] == "从前"
    assert [error["field"] for error in refused.json()["errors"]] == ["encoding"]


def test_a_form_has_one_of_each_field_and_no_others(world: World, mona: Caller) -> None:
    file = SimpleUploadedFile("tales.txt", b"Once")
    more = mona("post", "corpora", data={"file": file, "colour": "red"})
    file = SimpleUploadedFile("tales.txt", b"Once")
    twice = mona("post", "corpora", data={"file": file, "name": ["one", "two"]})
    media = "multipart/form-data; boundary=" + 300 * "x"  # longer than any that is read
    broken = mona("post", "corpora", data=b"--x", content_type=media)

    assert [(each.status_code, each.json()["type"]) for each in (more, twice, broken)] == [
        (400, "bad_request"),
        (400, "bad_request"),
        (400, "bad_request"),
    ]
    assert Corpus.objects.count() == 0
