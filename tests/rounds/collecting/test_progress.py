"""How far a round is: what fills a slot, and what does not."""

from accounts.models import User
from labeling.models import Annotation, Project
from registry.models import ModelVersion
from rounds.collecting.opening import open_round
from rounds.collecting.progress import labels_by_kind, labels_wanted
from tests.factories import make_annotation, make_task


def test_answers_that_a_decision_overrules_were_given_all_the_same(
    project: Project, mona: User, base: ModelVersion
) -> None:
    round_ = open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}})
    task = make_task(project, overlap=7, round_number=round_.number)
    for standing in Annotation.Standing.values:
        make_annotation(task, standing=standing)
    make_annotation(task, purpose="decision")

    assert labels_wanted(round_) == {"wanted": 8, "given": 2}
    assert labels_by_kind(round_)["demonstration"] == {"wanted": 8, "given": 2, "waiting": 0}
