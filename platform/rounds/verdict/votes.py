"""What people's answers say of versions: who of two wrote the better text, prompt by prompt."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from labeling.models import Project, Task
from rounds.models import Compared
from rounds.verdict.texts import Pair

AT_ONCE = 5000


@dataclass
class Judged:
    """What was said of two versions on one prompt. outcomes: of the newer one, 1, 1/2 or 0."""

    outcomes: list[float] = field(default_factory=list)
    last: int = 0  # the key of the last answer
    waits: bool = False  # more votes are asked for


Verdicts = dict[Pair, dict[int, Judged]]  # pair -> prompt -> what was said


def of_votes(project: Project) -> Verdicts:
    """The blind votes."""
    found = _collect(project, is_vote=True)
    for older, newer, prompt in _open(project):
        if judged := found.get((older, newer), {}).get(prompt):
            judged.waits = True
    return found


def waiting(project: Project) -> Counter[Pair]:
    """How many prompts of each pair wait for a vote."""
    return Counter((older, newer) for older, newer, _prompt in _open(project))


def _open(project: Project) -> Iterable[tuple[int, int, int]]:
    tasks = Task.objects.filter(question__ballot__project=project, state=Task.State.OPEN)
    return tasks.values_list("question__older", "question__newer", "prompt")


def of_rankings(project: Project) -> Verdicts:
    """The labels of tasks that mixed versions: people ranked texts without knowing whose."""
    return _collect(project, is_vote=False)


def _collect(project: Project, *, is_vote: bool) -> Verdicts:
    found: Verdicts = defaultdict(lambda: defaultdict(Judged))
    rows = Compared.objects.filter(project=project, is_vote=is_vote).order_by("annotation")
    columns = rows.values_list("annotation", "prompt_id", "outcomes")
    for answer, prompt, outcomes in columns.iterator(AT_ONCE):
        for older, newer, outcome in outcomes:
            judged = found[older, newer][prompt]
            judged.outcomes.append(outcome)
            judged.last = answer
    return found


def in_order(judged: dict[int, Judged]) -> Iterable[tuple[int, Judged]]:
    """The prompts that wait for no further vote, in the order in which they came to that."""
    done = [(prompt, said) for prompt, said in judged.items() if not said.waits]
    return sorted(done, key=lambda each: each[1].last)
