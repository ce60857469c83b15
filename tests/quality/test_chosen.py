"""Tasks chosen where the reward models differ are measured, and in no figure about people."""

from accounts.models import User
from labeling.models import Annotation, Project, Role, Task
from quality.evidence import gathered
from quality.models import PersonFigures, ProjectFigures, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_member
from tests.labeling.views.asking import signed_in
from tests.quality.conftest import ranked_twice
from tests.quality.test_refreshing import groups, value
from tests.quality.views.test_agreement import words


def test_what_was_chosen_is_measured_and_left_out_of_the_figures(
    project: Project, ada: User, bob: User
) -> None:
    """Where reward models differ people agree less: the figures are of what was drawn at random."""
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"), count=30)
    chosen = ranked_twice(project, ada, bob, ("a>b>c>d", "d>c>b>a"), count=3)
    Task.objects.filter(pk__in=[task.pk for task in chosen]).update(is_chosen=True)

    refresh(project.pk)

    everything = groups(project)["ranking", "all", ""]
    assert (everything["tasks"], everything["chosen"]) == (30, 3)
    assert value(project, "agreement") == 1.0
    assert value(project, "agreement", "people", f"{ada.pk}-{bob.pk}") == 1.0
    assert TaskAgreement.objects.filter(agreement=0).count() == 3  # reviewers still see them
    own = PersonFigures.objects.get(person=ada).body
    assert own["agreement"][0]["figures"]["agreement"]["value"] == 1.0
    assert (own["kinds"][0]["answers"], own["habits"][0]["answers"]) == (33, 30)
    (bias,) = ProjectFigures.objects.get().bias
    assert bias["answers"] == 60
    page = words(signed_in(make_member(project, role=Role.REVIEWER)))
    assert "3 tasks are left out: they were chosen where the reward models differ" in page


def test_reliability_is_fitted_to_what_was_drawn(project: Project, ada: User, bob: User) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"))
    (chosen,) = ranked_twice(project, ada, bob, ("a>b>c>d", "d>c>b>a"))
    Task.objects.filter(pk=chosen.pk).update(is_chosen=True)
    refresh(project.pk)

    found, _right = gathered(project.pk)

    drawn = Annotation.objects.exclude(task=chosen)
    assert {answer.prompt for answer in found} == set(drawn.values_list("task", flat=True))
    assert len(found) == 2
