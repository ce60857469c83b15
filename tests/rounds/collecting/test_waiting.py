"""Prompts that a round waits to be written for stay as they are."""

from labeling.editing import is_editable
from rounds.collecting.pending import waits_for
from rounds.models import Round
from tests.factories import make_project, make_prompt, make_version


def test_a_prompt_whose_completions_are_being_written(db: None) -> None:
    project = make_project("kitchen")
    prompt, other = make_prompt(project), make_prompt(project)
    Round.objects.create(
        project=project, number=1, writer=make_version(), pending={"ranking": {str(prompt.pk): 4}}
    )

    asked = [
        waits_for(project.pk, keys) for keys in ([prompt.pk], [other.pk], [other.pk, prompt.pk])
    ]
    assert asked == [True, False, True]
    assert not waits_for(make_project().pk, [prompt.pk])
    assert (is_editable(prompt), is_editable(other)) == (False, True)
