"""The test that a rehearsal's raters take before they work, as InstructGPT chose its labelers.

A researcher, who knows the gold, answers the first tasks; who then orders their texts too
differently is not let in (appendix B.1: agreement with researchers, against a soft bound).
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from accounts.models import User
from core.errors import JobFailedError
from labeling.assigning import claim_next
from labeling.checks import choosing, golds, screening
from labeling.kinds import kinds
from labeling.kinds.simulation import Habits
from labeling.models import Project, Screening
from rehearsal.annotators import answer, hire, label_all
from rehearsal.raters import Raters, orders, sort_of

TASKS = 16
# Between a good rater's agreement with the gold, above 0.75, and 0.5 by chance; one standard error
# of 16 rankings of four texts is below 0.1.
PASS_PERCENT = 65
WITHOUT_NOISE = Habits(temperature=1e-6, flip_rate=0.0)


def screen(
    project: Project, raters: Raters, *, by: User, habits: Habits, seed: int
) -> tuple[list[User], list[dict[str, Any]]]:
    """Make the test, hire `raters`, let them take it: who passed, and how each of them did."""
    _make_test(project, by=by, seed=seed)
    choosing.change(project=project, by=by, pass_percent=PASS_PERCENT)
    screening.switch(project=project, by=by, is_on=True)
    project.refresh_from_db()  # it remembers that nothing was checked
    people = hire(project, by=by, raters=raters)
    label_all(project, people, habits=habits, seed=seed)  # the test is all that they are given
    return _decide(project, people, by=by)


def _make_test(project: Project, *, by: User, seed: int) -> None:
    for name, kind in kinds().items():
        if not orders(kind):
            continue
        while project.golds.count() < TASKS:
            assignment = claim_next(project=project, annotator=by, kind=name)
            if assignment is None:
                break
            answer(assignment, habits=WITHOUT_NOISE, seed=seed)
            for given in assignment.annotations.all():
                gold = golds.mark(annotation=given, by=by)
                golds.use_in_test(gold=gold, by=by, is_test=True)
    if not project.golds.exists():
        raise JobFailedError("there is no task to make a test of")


def _decide(
    project: Project, people: Sequence[User], *, by: User
) -> tuple[list[User], list[dict[str, Any]]]:
    found = {result.row.annotator_id: result for result in screening.results(project)}
    passed, rows = [], []
    for person in people:
        result = found[person.pk]
        state = Screening.State.PASSED if result.is_reached else Screening.State.FAILED
        screening.decide(row=result.row, by=by, state=state)
        if result.is_reached:
            passed.append(person)
        rows.append(
            {
                "name": person.name,
                "truth": sort_of(person),
                "agreement": result.agreement and asdict(result.agreement),
                "answers": result.answered,
                "passed": result.is_reached,
            }
        )
    return passed, rows
