"""Any kind that combines may be a step: here one without settings, in a class of its own."""

from typing import Any, ClassVar

import pytest
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind, Body, Completions, Rows, unfit
from labeling.kinds.combined import Stepped
from labeling.models import Annotation, KindSettings, Project, Task
from tests.factories import make_task
from tests.labeling.kinds.test_combined import rated
from tests.labeling.kinds.test_kinds import ids

pytestmark = pytest.mark.django_db


class PickBody(Body):
    """The best of the texts."""

    best: int


class Pick(AnnotationKind):
    """A kind without settings, which may be a step."""

    name = "pick"
    label = gettext_lazy("Comment")
    plural = gettext_lazy("Comments")
    instruction = gettext_lazy("Comment")
    help = gettext_lazy("Comment")
    completions = Completions(fewest=1, most=5, usual=2)
    combines = True
    tables = ("rankings",)
    marks: ClassVar = {"picked": gettext_lazy("Comment")}
    Body = PickBody

    def check(self, task: Task, body: PickBody) -> None:
        if body.best not in task.completion_ids:
            raise unfit("best", "none of them")

    def summary(self, annotation: Annotation) -> str:
        return annotation.task.texts[annotation.body["best"]]

    def training_rows(self, annotation: Annotation) -> Rows:
        return {"rankings": [{"best": annotation.body["best"]}]}

    def marked(self, annotation: Annotation) -> list[str]:
        return ["picked"]


class Toys(Stepped, parts={"pick": Pick(), "rating": kinds()["rating"]}):
    """Combined of another kind."""

    name = "toys"
    label = plural = instruction = help = gettext_lazy("Comment")


def test_any_kind_that_combines_may_be_a_step(project: Project) -> None:
    toys = Toys()
    found: Any = toys.read_settings(None)
    assert [row.kind for row in found.steps] == ["pick", "rating"]
    assert found.learned == "rating"
    assert set(found.model_dump()) == {"steps", "presorted", "learned", "rating"}
    assert (toys.completions.fewest, toys.completions.most) == (1, 5)
    assert (toys.tables, toys.enter_submits) == (("rankings",), False)
    assert next(iter(toys.marks)) == "picked"
    assert [figure.name for figure in toys.agreement][:2] == ["steps", "rating_nearness"]

    task = make_task(project, "combined", texts=["x", "y"])
    task.settings = KindSettings(content=found.model_dump(mode="json") | {"learned": "pick"})
    x, y = ids(task)
    body = {"parts": {"pick": {"best": y}, "rating": rated(task, 3, 5)}, "presorted": {}}
    assert toys.validate(task, body) == body
    with pytest.raises(BadInputError) as caught:
        toys.validate(task, {"parts": body["parts"] | {"pick": {"best": 0}}})
    assert caught.value.errors == {"parts.pick.best": "none of them"}

    given = Annotation(task=task, body=body, shown_order=[x, y])
    assert toys.summary(given) == "Comment: y | Rating: A 3 · B 5"
    assert toys.training_rows(given) == {"rankings": [{"edited": False, "best": y}]}
    assert toys.pattern(given) == (1, 0)  # the picks have none
    assert toys.marked(given) == ["picked"]
    assert [kind.name for kind in toys.forms(task)] == ["pick", "rating", "toys"]
