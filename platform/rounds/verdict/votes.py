"""What people's answers say of versions: who of two wrote the better text, prompt by prompt."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Count, Prefetch

from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Project, Purpose, Task
from labeling.queries import AnnotationQuerySet
from rounds.queries import usable_annotations
from rounds.verdict.texts import Pair

AT_ONCE = 1000


@dataclass
class Judged:
    """What was said of two versions on one prompt. outcomes: of the newer one, 1, 1/2 or 0."""

    outcomes: list[float] = field(default_factory=list)
    last: int = 0  # the key of the last answer
    waits: bool = False  # more votes are asked for


Verdicts = dict[Pair, dict[int, Judged]]  # pair -> prompt -> what was said


def of_votes(project: Project) -> Verdicts:
    """The blind votes; like labels, simulated ones never together with people's."""
    votes = Annotation.objects.votes().filter(project=project)
    found = _collect(votes.filter(is_simulated=project.is_simulated))
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
    writers = Count("completions__model_version", distinct=True)
    tasks = Task.objects.filter(project=project, purpose=Purpose.LABEL).annotate(writers=writers)
    mixed = tasks.filter(writers__gt=1).order_by().values("pk")
    return _collect(usable_annotations(project).filter(task__in=mixed))


def _collect(answers: AnnotationQuerySet) -> Verdicts:
    found: Verdicts = defaultdict(lambda: defaultdict(Judged))
    completions = Prefetch("task__completions", Completion.objects.order_by("pk"))
    rows = answers.select_related("task__prompt").prefetch_related(completions).order_by("pk")
    for answer in rows.iterator(AT_ONCE):
        for pair, outcome in outcomes(answer):
            judged = found[pair][answer.task.prompt_id]
            judged.outcomes.append(outcome)
            judged.last = answer.pk
    return found


def outcomes(answer: Annotation) -> Iterator[tuple[Pair, float]]:
    """For each two texts of different versions whether the newer version's is better."""
    completions = list(answer.task.completions.all())
    texts = [completion.text for completion in completions]
    for row in kinds()[answer.kind].training_rows(answer).get("rankings", []):
        if row["completions"] != texts:  # a text of the annotator's own is among them
            continue
        tier_of = {place: tier for tier, places in enumerate(row["tiers"]) for place in places}
        for one, other in combinations(range(len(texts)), 2):
            first, second = (completions[place].model_version_id for place in (one, other))
            if first is None or second is None or first == second:
                continue
            if first < second:
                yield (first, second), _outcome(tier_of[other], tier_of[one])
            else:
                yield (second, first), _outcome(tier_of[one], tier_of[other])


def _outcome(newer: int, older: int) -> float:
    return 0.5 if newer == older else float(newer < older)


def in_order(judged: dict[int, Judged]) -> Iterable[tuple[int, Judged]]:
    """The prompts that wait for no further vote, in the order in which they came to that."""
    done = [(prompt, said) for prompt, said in judged.items() if not said.waits]
    return sorted(done, key=lambda each: each[1].last)
