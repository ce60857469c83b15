"""Tasks that managers try: as real as any while they are looked at, and gone afterwards."""

import pytest
from django.apps import apps

from accounts.models import User
from labeling.kinds import kinds
from labeling.models import Project
from labeling.staging import offered, staged
from tests.factories import make_completion, make_prompt

pytestmark = pytest.mark.django_db


def rows() -> dict[str, int]:
    return {m._meta.label: m._default_manager.count() for m in apps.get_models()}


@pytest.mark.parametrize("name", kinds())
def test_each_kind_shows_a_sample_of_which_nothing_stays(
    project: Project, mona: User, name: str
) -> None:
    kind = kinds()[name]
    before = rows()

    for _again in range(2):
        with staged(project=project, kind=kind, prompt=None, content=None, by=mona) as found:
            texts = [completion.text for completion in found.task.completions.all()]
            number = project.completions_of(kind) if kind.completions.most else 0
            assert len(set(texts)) == len(found.shown_order) == number
            assert found.task.prompt.last_text
            kind.context(found)
    assert rows() == before


def test_a_prompt_is_tried_with_what_was_written_for_it(project: Project, mona: User) -> None:
    prompt = make_prompt(project)
    texts = [make_completion(prompt).text for _ in range(6)]

    kind = kinds()["ranking"]
    with staged(project=project, kind=kind, prompt=prompt, content=None, by=mona) as found:
        shown = [completion.text for completion in found.task.completions.order_by("pk")]
    assert shown == texts[:4]
    assert prompt.completions.count() == 6
    assert not prompt.tasks.exists()


def test_prompts_are_offered_that_have_enough_texts(project: Project) -> None:
    bare, one, two = (make_prompt(project) for _ in range(3))
    for prompt in (one, two, two):
        make_completion(prompt)

    found = {name: offered(project, kinds()[name]) for name in ("demonstration", "ranking")}
    assert found == {"demonstration": [two, one, bare], "ranking": [two]}
