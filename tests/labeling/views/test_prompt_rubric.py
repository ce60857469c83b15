"""The page on which managers write the rubric of a prompt."""

import json
from typing import Any

from accounts.models import User
from labeling import rubrics
from labeling.assigning import claim_next
from labeling.models import Project, Prompt, PromptUpload, Role
from tests.factories import RUBRIC, make_member, make_prompt, make_task
from tests.labeling.views.asking import at, signed_in
from tests.labeling.views.test_prompts import upload


def form(prompt: Prompt, act: str, *items: tuple[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"act": act, "before": rubrics.seal(prompt)}
    fields["items"] = [str(n) for n in range(len(items))]
    for n, (text, points) in enumerate(items):
        fields |= {f"items.{n}.text": text, f"items.{n}.points": points}
    return fields


def test_a_rubric_is_written_item_by_item_and_shown(project: Project, mona: User) -> None:
    prompt = make_prompt(project)
    client, here = signed_in(mona), at("prompt_rubric", prompt.pk)
    page = client.get(at("prompt", prompt.pk)).content.decode()
    assert ("Write a rubric" in page, here in page) == (True, True)
    assert client.get(here).content.decode().count('class="setting-row"') == 1

    more = client.post(here, form(prompt, "add.items", ("Says so.", "4"))).content.decode()
    assert more.count('class="setting-row"') == 2
    assert Prompt.objects.get().rubric == []
    sent = form(prompt, "save", ("Says so.", "4"), ("Says no.\r\nOr so.", "-2"))
    done = client.post(here, sent, follow=True).content.decode()

    assert Prompt.objects.get().rubric == [
        {"text": "Says so.", "points": 4},
        {"text": "Says no.\nOr so.", "points": -2},
    ]
    shown = " ".join(done.split())
    assert "The rubric is stored." in shown
    assert all(text in shown for text in ("Says so.", "4 points", "-2 points", "Change the rubric"))


def test_what_is_wrong_stands_at_its_field(project: Project, mona: User) -> None:
    prompt = make_prompt(project)
    client, here = signed_in(mona), at("prompt_rubric", prompt.pk)

    wrong = client.post(here, form(prompt, "save", ("", "4"), ("Kept.", "many")))
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert ("Write something here, or remove the row." in page, "Write a number." in page) == (
        True,
        True,
    )
    assert "Kept." in page
    against = client.post(here, form(prompt, "save", ("Bad.", "-4")))
    assert "One item at least needs points above 0." in against.content.decode()
    assert Prompt.objects.get().rubric == []


def test_a_rubric_that_people_grade_by_is_shown_only(
    project: Project, mona: User, ada: User
) -> None:
    prompt = make_task(project, "grading", texts=["x"]).prompt
    claim_next(project=project, annotator=ada)
    client, here = signed_in(mona), at("prompt_rubric", prompt.pk)

    page = client.get(here).content.decode()
    assert ("Is short" in page, 'name="act"' in page, "so it stays" in page) == (True, False, True)
    assert here not in client.get(at("prompt", prompt.pk)).content.decode()
    assert client.post(here, form(prompt, "save", ("New.", "4"))).status_code == 422
    assert Prompt.objects.get().rubric == RUBRIC


def test_reviewers_read_it_and_write_none(project: Project) -> None:
    prompt = make_prompt(project, rubric=RUBRIC)
    client = signed_in(make_member(project, "Rob", Role.REVIEWER))

    page = client.get(at("prompt", prompt.pk)).content.decode()
    assert ("Would spoil the egg" in page, "Change the rubric" in page) == (True, False)
    assert client.get(at("prompt_rubric", prompt.pk)).status_code == 403


def test_an_import_of_rubrics_alone_is_offered(project: Project, mona: User) -> None:
    make_prompt(project, "a")
    client = signed_in(mona)

    line = json.dumps({"prompt": "a", "rubric": RUBRIC}).encode()
    preview = upload(client, line).content.decode()
    assert "1 prompt that is there gets the rubric that the file has for it." in preview
    assert "Import the rubrics" in preview
    pk = PromptUpload.objects.get().pk
    done = client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0}, follow=True)

    assert "1 of these has a rubric now." in done.content.decode()
    assert Prompt.objects.get().rubric == RUBRIC
    assert "nothing is left to import" in upload(client, line).content.decode()
