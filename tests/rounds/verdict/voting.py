"""People who vote in tests."""

from collections.abc import Callable

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import Annotation, Completion, Project
from labeling.submitting import submit
from rounds.launching.launching import cancel
from rounds.verdict.asking import ask
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import evaluated
from tests.factories import make_version
from tests.rounds.world import World

# The two texts -> how many steps the second one is better; None where both are bad.
Taste = Callable[[Completion, Completion], int | None]


def vote(project: Project, annotator: User, taste: Taste) -> Annotation | None:
    """The answer of `annotator` to the next task; None where nothing is left for them."""
    assignment = claim_next(project=project, annotator=annotator)
    if assignment is None:
        return None
    one, other = assignment.task.completions.order_by("model_version")
    step = taste(one, other)
    better = None if not step else (other if step > 0 else one).pk
    body = {"better": better, "strength": abs(step or 0), "both_bad": step is None}
    return submit(
        assignment=assignment, body=body, client_key=assignment.client_key, active_seconds=4
    )


def vote_all(project: Project, annotator: User, taste: Taste) -> list[Annotation]:
    """The same until nothing is left."""
    return list(iter(lambda: vote(project, annotator, taste), None))


def make_verdict(world: World) -> None:
    """Ada votes on half of the prompts, where no other tasks are open; the policy wins mostly.

    A vote with a third model waits for its texts; the run that writes one side is cancelled.
    """
    project = world.project
    ask(project=project, versions=evaluated(project), prompts=6, by=world.mona)
    steps = iter([2, 1, 0, -1, 3, 2])
    vote_all(project, world.ada, lambda one, other: next(steps))
    ask(project=project, versions=evaluated(project), prompts=6, by=world.mona)
    third = make_version("policy", family=project.family, name="policy v2")
    waiting = ask(
        project=project, versions=[world.policy, third], prompts=6, is_written=True, by=world.mona
    )
    cancel(run=waiting.runs.get(), by=world.mona)
    refresh(project.pk)
    project.tasks.filter(purpose="verdict", state="open").update(state="done", free_slots=0)
