"""Simulated annotators: they work through the same services as people, and alone know the gold.

How one answers a task, its kind says (`AnnotationKind.simulate`).
"""

import random
import uuid
from collections import Counter
from collections.abc import Sequence

from accounts.models import User
from accounts.services import ensure_user
from labeling.assigning import claim_next, skip
from labeling.kinds import kinds
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Assignment, Project, Role
from labeling.projects import add_member
from labeling.submitting import submit
from rehearsal.raters import Raters, taste

NAMES = ("Sim One", "Sim Two", "Sim Three")


def hire(project: Project, *, by: User | None, raters: Raters | None = None) -> list[User]:
    """The simulated annotators, members of `project`: three good ones unless `raters` says who."""
    users = []
    for name in raters.names() if raters else NAMES:
        email = f"{name.lower().replace(' ', '-')}@simulated.invalid"
        user = ensure_user(email=email, name=name, is_simulated=True)
        add_member(project=project, user=user, role=Role.ANNOTATOR, by=by)
        users.append(user)
    return users


def label_all(
    project: Project, annotators: Sequence[User], *, habits: Habits, seed: int
) -> Counter[str]:
    """Let `annotators` take turns until no task is left for any of them; answers and skips."""
    done: Counter[str] = Counter()
    working = list(annotators)
    while working:
        for annotator in list(working):
            assignment = claim_next(project=project, annotator=annotator)
            if assignment is None:
                working.remove(annotator)
            else:
                done[answer(assignment, habits=habits, seed=seed)] += 1
    return done


def answer(assignment: Assignment, *, habits: Habits, seed: int) -> str:
    """Submit an answer, or skip; the kind of the task, or "skipped"."""
    task = assignment.task
    key = (seed, task.round_number, task.kind, task.prompt.sha256, assignment.annotator.email)
    rng = random.Random(":".join(map(str, key)))
    kind = kinds()[task.kind]
    gold = taste(assignment.annotator, kind, rng)
    body = kind.simulate(task, Simulated(gold=gold, habits=habits, rng=rng))
    if body is None:
        skip(assignment=assignment, reason="Nothing here is worth showing to a model.")
        return "skipped"
    submit(assignment=assignment, body=body, client_key=uuid.uuid4(), active_seconds=0)
    return task.kind
