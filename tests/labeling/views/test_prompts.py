"""Prompts: their import and their list."""

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from labeling.models import (
    Project,
    Prompt,
    PromptUpload,
)
from tests.factories import (
    make_annotation,
    make_member,
    make_project,
    make_prompt,
    make_task,
    make_version,
)
from tests.labeling.views.asking import at, signed_in


def upload(client: Client, raw: bytes, name: str = "eggs.jsonl") -> Any:
    return client.post(at("prompts_import"), {"file": SimpleUploadedFile(name, raw)})


def test_an_import_is_previewed_then_confirmed(project: Project, mona: User) -> None:
    client = signed_in(mona)

    preview = upload(client, b'{"prompt": "a"}\n{"prompt": "b"}\n')
    assert preview.status_code == 200
    assert Prompt.objects.count() == 0
    pk = PromptUpload.objects.get().pk
    done = client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0}, follow=True)

    assert "2 prompts are stored." in done.content.decode()
    assert list(Prompt.objects.values_list("source", flat=True)) == ["eggs.jsonl"] * 2
    assert PromptUpload.objects.count() == 0
    again = client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0})
    assert again.status_code == 404


def test_a_rejected_import_stores_nothing(project: Project, mona: User) -> None:
    client = signed_in(mona)

    answer = upload(client, b'{"prompt": "a"}\nnonsense\n')
    assert answer.status_code == 422
    assert "line 2, column 1: this is not JSON" in answer.content.decode()
    for raw in (b"", b"nonsense", b"wording,language\na,en\n"):
        assert upload(client, raw).status_code == 422
    assert Prompt.objects.count() == 0


def test_a_table_with_columns_of_its_own_is_imported(project: Project, mona: User) -> None:
    client = signed_in(mona)
    raw = "prompt;topic;content_warning\r\n鸡蛋煮多久？;kitchen;TRUE\r\n;x;\r\n".encode("gbk")

    page = upload(client, raw, "eggs.csv").content.decode()
    pk = PromptUpload.objects.get().pk
    client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0})

    for text in ("Read as CSV.", ">topic</code>", "These rows", "row 3: it needs either"):
        assert text in page
    prompt = Prompt.objects.get()
    assert (prompt.last_text, prompt.metadata, prompt.is_warned_of, prompt.source) == (
        "鸡蛋煮多久？",
        {"topic": "kitchen"},
        True,
        "eggs.csv",
    )


def test_a_parquet_file_is_imported(project: Project, mona: User) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"prompt": ["a", "b"], "level": [1, 2]}), file)
    client = signed_in(mona)

    page = upload(client, file.getvalue(), "eggs.parquet")
    pk = PromptUpload.objects.get().pk
    client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0})

    assert (page.status_code, "Read as Parquet." in page.content.decode()) == (200, True)
    stored = Prompt.objects.order_by("pk").values_list("messages__0__content", "metadata")
    assert list(stored) == [("a", {"level": 1}), ("b", {"level": 2})]


def test_nothing_new_is_nothing_to_import(project: Project, mona: User) -> None:
    make_prompt(project, "a")
    make_prompt(project, "B")
    client = signed_in(mona)

    known = upload(client, b'{"prompt": "a"}').content.decode()
    near = upload(client, b'{"prompt": "a"}\n{"prompt": "b"}\n{"prompt": "c"}').content.decode()

    assert "nothing is left to import" in known
    assert "Import 1 prompt" not in known
    assert "Import 2 prompts" in near
    assert "1 prompt is nearly the same as one that is there" in near


def test_a_guessed_encoding_is_shown_and_can_be_changed(project: Project, mona: User) -> None:
    client = signed_in(mona)
    raw = '{"prompt": "plain"}\n{"prompt": "卵は何分ゆでますか？"}'.encode("cp932")

    page = upload(client, raw)
    file = SimpleUploadedFile("eggs.jsonl", '{"prompt": "鸡蛋"}'.encode("gbk"))
    other = client.post(at("prompts_import"), {"file": file, "encoding": "gb18030"})
    pk = PromptUpload.objects.get().pk
    client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0})

    assert page.status_code == 200
    assert "It was read as Japanese: Shift-JIS." in page.content.decode()
    assert [row.last_text for row, _labels in page.context["rows"]] == ["卵は何分ゆでますか？"]
    assert "It was read as" not in other.content.decode()
    assert [prompt.last_text for prompt in Prompt.objects.all()] == ["鸡蛋"]


def test_a_foreign_upload_cannot_be_confirmed(project: Project, mona: User) -> None:
    upload(signed_in(mona), b'{"prompt": "a"}')
    other = signed_in(make_member(project, role="manager"))
    data = {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0}
    assert other.post(at("prompts_import"), data).status_code == 404


def test_prompts_are_filtered_by_the_address_and_paged_by_key(project: Project, mona: User) -> None:
    for n in range(60):
        make_prompt(project, f"Egg {n}?", use_case="chat" if n % 2 else "open_qa")
    make_prompt(project, "鸡蛋？", language="zh", split="heldout")
    make_prompt(make_project(), "Egg of others?")
    client = signed_in(mona)

    def shown(query: str) -> list[str]:
        page = client.get(at("prompts") + query)
        return [prompt.last_text for prompt in page.context["prompts"]]

    assert shown("?language=zh") == shown("?split=heldout") == shown("?q=鸡") == ["鸡蛋？"]
    assert shown("?q=egg 7&use_case=chat") == ["Egg 7?"]
    assert shown("?metadata=topic = kitchen&q=鸡") == []
    Prompt.objects.filter(language="zh").update(metadata={"topic": "kitchen"})
    assert (
        shown("?metadata=topic = kitchen") == shown("?metadata=topic&split=heldout") == ["鸡蛋？"]
    )
    assert '<option value="topic = ">' in client.get(at("prompts")).content.decode()
    assert shown("?q=role") == []  # of the text, not of the JSON around it
    first = client.get(at("prompts"))
    assert len(first.context["prompts"]) == 50
    assert shown(first.context["older"])[0] == "Egg 10?"
    assert client.get(at("prompts") + "?split=all").status_code == 422
    assert client.get(at("prompts") + "?before=-1").status_code == 422


def test_a_manager_withdraws_a_prompt_where_it_is_shown(project: Project, mona: User) -> None:
    prompt = make_prompt(project, "How long?")
    client = signed_in(mona)
    assert "Withdraw “How long?”" in client.get(at("prompts")).content.decode()

    done = client.post(at("prompt_withdraw", prompt.pk), {"next": at("skipped")})
    assert done.headers["Location"] == at("skipped")
    elsewhere = {"next": "https://elsewhere.example/"}
    again = client.post(at("prompt_withdraw", make_prompt(project).pk), elsewhere)
    assert again.headers["Location"] == at("prompts")
    assert client.post(at("prompt_withdraw", prompt.pk)).status_code == 409

    assert Prompt.objects.in_use().count() == 0
    page = client.get(at("prompts")).content.decode()
    assert page.count("Withdrawn") == 2
    assert "Withdraw “" not in page


def test_an_import_says_what_the_model_will_not_take(project: Project, mona: User) -> None:
    make_version(name="base", metrics={"system_turns": False})
    turns = [{"role": "system", "content": "x"}, {"role": "user", "content": "Hi"}]

    page = upload(signed_in(mona), json.dumps({"messages": turns}).encode()).content.decode()

    assert "1 prompt has a system message that base refuses: it is not asked about." in page


def test_a_prompt_is_put_right_on_its_page(project: Project, mona: User) -> None:
    prompt = make_prompt(project, "How lonk?")
    client = signed_in(mona)
    form = {"text_0": "How long?\r\nAnd how hot?", "language": "en", "use_case": "x"}

    assert "How lonk?" in client.get(at("prompt", prompt.pk)).content.decode()
    done = client.post(at("prompt_edit", prompt.pk), form, follow=True)

    assert "The prompt is changed." in done.content.decode()
    prompt.refresh_from_db()
    assert prompt.last_text == "How long?\nAnd how hot?"
    wrong = client.post(at("prompt_edit", prompt.pk), {**form, "text_0": " ", "use_case": "kept"})
    assert (wrong.status_code, 'value="kept"' in wrong.content.decode()) == (422, True)


def test_a_prompt_shows_its_metadata(project: Project, mona: User) -> None:
    metadata = {"topic": "<b>kitchen</b>", "tags": ["a", 1]}
    told = signed_in(mona).get(at("prompt", make_prompt(project, metadata=metadata).pk))

    assert told.context["metadata"] == [("tags", '["a", 1]'), ("topic", "<b>kitchen</b>")]
    page = told.content.decode()
    assert ("&lt;b&gt;kitchen&lt;/b&gt;" in page, "<b>kitchen" in page) == (True, False)
    other = signed_in(mona).get(at("prompt", make_prompt(project).pk)).content.decode()
    assert "Metadata" not in other


@pytest.mark.parametrize("stored", ["a\r\n  b", "a\rb\n", "\na\nb"])
def test_another_language_leaves_the_line_ends_of_a_prompt(
    project: Project, mona: User, stored: str
) -> None:
    prompt = make_prompt(project, stored)
    sent = "\r\n".join(stored.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    signed_in(mona).post(at("prompt_edit", prompt.pk), {"text_0": sent, "language": "de"})

    prompt.refresh_from_db()
    assert (prompt.last_text, prompt.language) == (stored, "de")


def test_a_prompt_is_taken_out_and_used_again(project: Project, mona: User) -> None:
    prompt = make_prompt(project)
    make_task(project, prompt=prompt)
    client = signed_in(mona)
    client.post(at("prompt_withdraw", prompt.pk))

    page = client.post(at("prompt_restore", prompt.pk), follow=True).content.decode()

    assert "1 task of it is still withdrawn: the queue opens it again." in page
    assert client.post(at("prompt_restore", prompt.pk)).status_code == 409
    make_annotation(project.tasks.get())
    page = client.get(at("prompt", prompt.pk)).content.decode()
    assert ("Its text stays" in page, "<textarea" in page) == (True, False)
    assert (
        client.post(at("prompt_edit", prompt.pk), {"text_0": "Kept?", "language": "en"})
        .content.decode()
        .count("Kept?")
    )


def test_labels_are_previewed_as_they_come_in(project: Project, mona: User) -> None:
    client = signed_in(mona)
    raw = b'{"prompt": "Egg?", "chosen": "Six minutes.", "rejected": "An hour."}'

    page = upload(client, raw, "pairs.jsonl").content.decode()
    pk = PromptUpload.objects.get().pk
    done = client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0}, follow=True)
    again = upload(client, raw, "pairs.jsonl").content.decode()

    for text in (
        "Its rows are of the format TRL.",
        "Six minutes.",
        "An hour.",
        "1 prompt and 1 label",
    ):
        assert text in page
    assert "1 prompt is stored. 1 label is stored." in done.content.decode()
    assert "nothing is left to import" in again


def test_people_choose_the_format(project: Project, mona: User) -> None:
    client = signed_in(mona)
    file = SimpleUploadedFile("a.jsonl", b'{"prompt": "Egg?", "completion": "Six."}')

    page = client.post(at("prompts_import"), {"file": file, "format": "prompts"})
    pk = PromptUpload.objects.get().pk
    client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0})

    assert page.context["preview"].labels == []
    assert Prompt.objects.get().metadata == {"completion": "Six."}
