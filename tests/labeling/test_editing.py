"""Prompts put right, as long as nothing has been made of them."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling import editing
from labeling.assigning import claim_next
from labeling.editing import edit_prompt, is_editable
from labeling.models import Project, Prompt, hashes
from tests.factories import make_annotation, make_completion, make_prompt, make_task


def edit(prompt: Prompt, mona: User, text: str = "How do I fry an egg?", **changes: str) -> Prompt:
    """Another text, in another language."""
    given = {"language": "de", "use_case": "cooking", **changes}
    return edit_prompt(prompt=prompt, texts=[text], by=mona, **given)


def test_text_language_and_hashes_change_and_the_task_asks_the_new_one(
    project: Project, ada: User, mona: User
) -> None:
    task = make_task(project, prompt=make_prompt(project, "How do I fly an egg?"))
    before = task.prompt.messages

    edit(task.prompt, mona)

    messages = [{"role": "user", "content": "How do I fry an egg?"}]
    claimed = claim_next(project=project, annotator=ada)
    assert claimed is not None
    stored = Prompt.objects.get(pk=task.prompt_id)
    assert (stored.messages, stored.language, stored.use_case) == (messages, "de", "cooking")
    assert {name: getattr(stored, name) for name in hashes(messages)} == hashes(messages)
    assert (claimed.task.prompt.messages, claimed.task.language) == (messages, "de")
    entry = AuditEntry.objects.get()
    old = {"messages": before, "language": "en", "use_case": ""}
    assert (entry.actor, entry.action, entry.details) == (mona, "prompt.edited", old)


def test_it_is_no_longer_put_together_of_the_parts_that_its_author_wrote(
    project: Project, mona: User
) -> None:
    prompt = make_prompt(project, metadata={"form": "few_shot", "parts": {"shots": []}})

    edit(prompt, mona)

    assert Prompt.objects.get(pk=prompt.pk).metadata == {"form": "few_shot"}


def test_what_something_was_made_of_stays(project: Project, ada: User, mona: User) -> None:
    begun = make_task(project).prompt
    claim_next(project=project, annotator=ada)
    answered = make_annotation(make_task(project)).task.prompt
    written = make_prompt(project)
    make_completion(written)

    for prompt in (answered, begun, written):
        assert not is_editable(prompt)
        with pytest.raises(ConflictError, match="Withdraw it"):
            edit(prompt, mona)


def test_a_model_about_to_write_for_it(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt, other = make_prompt(project), make_prompt(project)
    monkeypatch.setattr(editing, "_waits", [lambda _project, keys: prompt.pk in keys])

    assert (is_editable(prompt), is_editable(other)) == (False, True)


def test_a_text_that_is_there_already(project: Project, mona: User) -> None:
    make_prompt(project, "How do I fry an egg?")
    prompt = make_prompt(project, "How?")

    with pytest.raises(ConflictError, match="already"):
        edit(prompt, mona)
    with pytest.raises(BadInputError):
        edit(prompt, mona, "  ")
    prompt.refresh_from_db()
    assert prompt.last_text == "How?"


def test_kin_stay_on_one_side_of_the_split(project: Project, mona: User) -> None:
    """Edited to look like a held-out prompt, a training prompt would teach its answer."""
    make_prompt(project, "How do I fry an egg?", split="heldout")
    prompt = make_prompt(project, "How?")

    with pytest.raises(BadInputError, match="other split"):
        edit(prompt, mona, "how do I  fry an egg?")
    prompt.refresh_from_db()
    assert prompt.last_text == "How?"
