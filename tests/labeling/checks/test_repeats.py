"""Answers that are asked for once more."""

import pytest

from accounts.models import User
from labeling.assigning import claim_next
from labeling.checks import drawing
from labeling.models import Membership, Project, Prompt
from tests.factories import make_task
from tests.labeling.checks.test_drawing import choose, give


def test_whoever_wants_no_warned_prompts_is_asked_none_of_them_again(
    project: Project, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "chance", lambda: 0.0)
    warned = make_task(project, "ranking")
    for _ in range(3):
        make_task(project, "ranking")
    choose(project, repeat_percent=20, repeat_after=1)
    first = claim_next(project=project, annotator=ada)
    give(first)
    second = claim_next(project=project, annotator=ada)
    give(second)
    Prompt.objects.filter(pk=warned.prompt_id).update(content_warning="reported")
    Membership.objects.filter(user=ada).update(avoids_warned=True)

    hers = claim_next(project=project, annotator=ada)

    assert (first.task, hers.purpose) == (warned, "label")
    give(hers)
    again = claim_next(project=project, annotator=ada)
    assert (again.task, again.purpose) == (second.task, "repeat")
