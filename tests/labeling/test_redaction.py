"""Personal data is taken out of what is imported where the project asks for it, and kept apart."""

import json
from io import BytesIO
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from labeling.importing import import_prompts
from labeling.labeled_files import parse_file
from labeling.models import Annotation, Project, Prompt, PromptOriginal
from labeling.redaction import restore_original
from tests.factories import make_completion, make_member
from tests.labeling.test_prompt_files import lines
from tests.labeling.views.asking import at, signed_in

RAW = "Write to ada@uni-ulm.de or 13812345678 (card 4111 1111 1111 1111)."
BARE = "Write to [EMAIL] or [PHONE] (card [CARD])."


@pytest.fixture
def project(project: Project) -> Project:
    project.redacts_personal = True
    project.save()
    return project


def store(project: Project, by: User, *said: dict[str, Any]) -> list[Prompt]:
    preview = parse_file(BytesIO(lines(*said)))
    import_prompts(
        project=project, rows=preview.rows, labels=preview.labels, source="a.jsonl", by=by
    )
    return list(project.prompts.order_by("pk"))


def test_texts_and_metadata_come_in_without_it_and_are_kept(project: Project, mona: User) -> None:
    said = {"prompt": RAW, "user_id": "ada@uni-ulm.de", "deep": [{"ada@uni-ulm.de": RAW}]}

    marked, plain = store(project, mona, said, {"prompt": "How long do I boil an egg?"})
    again = store(project, mona, said)

    assert marked.messages == [{"role": "user", "content": BARE}]
    assert marked.metadata == {"user_id": "[EMAIL]", "deep": [{"ada@uni-ulm.de": BARE}]}
    assert (bool(marked.asker), bool(plain.asker)) == (True, False)
    kept = PromptOriginal.objects.get()
    assert (kept.prompt, kept.messages) == (marked, [{"role": "user", "content": RAW}])
    assert kept.metadata == {"user_id": "ada@uni-ulm.de", "deep": [{"ada@uni-ulm.de": RAW}]}
    assert again == [marked, plain]


def test_tools_and_labels_come_in_without_it(project: Project, mona: User) -> None:
    tools = [{"type": "function", "function": {"name": "mail", "description": RAW}}]
    store(project, mona, {"prompt": "Mail them.", "tools": tools})
    store(project, mona, {"prompt": RAW, "completion": f"Done: {RAW}"})

    tool, labeled = project.prompts.order_by("pk")
    assert json.loads(tool.given)["tools"][0]["function"]["description"] == BARE
    assert labeled.last_text == BARE
    texts = [json.dumps(body, ensure_ascii=False) for body in bodies(project)]
    assert len(texts) == 1
    assert BARE in texts[0]
    assert "ada@" not in texts[0]


def test_what_stands_beside_a_prompt_comes_in_without_it(project: Project, mona: User) -> None:
    rubric = [{"text": "Writes to ada@uni-ulm.de", "points": 5}]
    ada, bob = ({"group": f"{who}@uni-ulm.de", "source": "of ada@uni-ulm.de"} for who in "ab")

    first, second, third = store(
        project,
        mona,
        {"prompt": "Egg?", "rubric": rubric, **ada},
        {"prompt": "Rice?", **ada},
        {"prompt": "Tofu?", **bob},
    )

    assert first.rubric == [{"text": "Writes to [EMAIL]", "points": 5}]
    assert {row.source for row in (first, second, third)} == {"of [EMAIL]"}
    assert [row.group_name[:8] for row in (first, second, third)] == ["[EMAIL] "] * 3
    assert first.group_name == second.group_name != third.group_name
    assert PromptOriginal.objects.count() == 0  # nothing of the prompts themselves


def bodies(project: Project) -> list[Any]:
    return list(Annotation.objects.filter(project=project).values_list("body", flat=True))


def test_where_it_is_not_asked_for_texts_stay(project: Project, mona: User) -> None:
    project.redacts_personal = False

    assert [row.last_text for row in store(project, mona, {"prompt": RAW})] == [RAW]
    assert PromptOriginal.objects.count() == 0


def test_a_manager_reads_it_which_is_noted_and_puts_it_back(project: Project, mona: User) -> None:
    (prompt,) = store(project, mona, {"prompt": RAW})
    client = signed_in(mona)

    page = client.get(at("prompt", prompt.pk)).content.decode()
    read = client.post(at("prompt_original", prompt.pk)).content.decode()
    client.post(at("prompt_unredact", prompt.pk))

    assert ("Read it as the file had it" in page, "ada@uni-ulm.de" in page) == (True, False)
    assert "ada@uni-ulm.de" in read
    prompt.refresh_from_db()
    assert (prompt.last_text, PromptOriginal.objects.count()) == (RAW, 0)
    noted = AuditEntry.objects.filter(action__startswith="prompt.").order_by("pk")
    assert [(entry.actor, entry.action) for entry in noted] == [
        (mona, "prompt.original_read"),
        (mona, "prompt.original_restored"),
    ]
    assert "Nothing was taken out" in (
        client.post(at("prompt_original", prompt.pk), follow=True).content.decode()
    )


def test_nobody_else_reads_it_or_puts_it_back(project: Project, mona: User) -> None:
    (prompt,) = store(project, mona, {"prompt": RAW})
    client = signed_in(make_member(project, "Rita", "reviewer"))

    page = client.get(at("prompt", prompt.pk)).content.decode()

    assert "Personal data was taken out" in page
    assert "Read it as the file had it" not in page
    for name in ("prompt_original", "prompt_unredact"):
        assert client.post(at(name, prompt.pk)).status_code == 403
    assert PromptOriginal.objects.count() == 1


def test_it_stays_out_once_a_model_has_written_for_the_prompt(project: Project, mona: User) -> None:
    (prompt,) = store(project, mona, {"prompt": RAW})
    make_completion(prompt)

    with pytest.raises(ConflictError):
        restore_original(prompt=prompt, by=mona)

    assert Prompt.objects.get().last_text == BARE
