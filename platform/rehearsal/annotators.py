"""Simulated annotators: they work through the same services as people, and alone know the gold.

A demonstration is the best of what the model wrote for the prompt, by gold, without a sentence that
was cut. A ranking follows Plackett and Luce: the gold of each completion over a temperature, plus
Gumbel noise, sorted, which makes every pair a Bradley-Terry comparison. Near-equals are tied, the
worst are unacceptable, and now and then two neighbours change places as if misread.
"""

import math
import random
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from labeling.assigning import claim_next, skip
from labeling.models import Assignment, Completion, Kind, Project, Role
from labeling.projects import add_member
from labeling.submitting import submit
from rehearsal.gold import SENTENCE_END, gold

NAMES = ("Sim One", "Sim Two", "Sim Three")


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How the annotators err. Distances are in gold, whose unit is the base model's spread."""

    temperature: float = 0.15  # of the Bradley-Terry noise
    flip_rate: float = 0.05  # rankings in which two neighbouring tiers change places
    tie_margin: float = 0.1  # neighbours nearer than this are tied
    unacceptable_below: float = -2.0
    least_demonstration: float = 0.3  # a text below it is not worth showing to a model


def hire(project: Project, *, by: User | None) -> list[User]:
    """The simulated annotators, members of `project`."""
    users = []
    for name in NAMES:
        email = f"{name.lower().replace(' ', '-')}@simulated.invalid"
        user = User.objects.filter(email=email).first()
        user = user or User.objects.create_user(email=email, name=name, is_simulated=True)
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
    if task.kind == Kind.RANKING:
        body: dict[str, Any] = rank(list(task.completions.order_by("pk")), habits=habits, rng=rng)
    else:
        texts = list(task.prompt.completions.order_by("pk"))
        text = demonstrate(texts, least=habits.least_demonstration)
        if text is None:
            skip(assignment=assignment, reason="Nothing here is worth showing to a model.")
            return "skipped"
        body = {"text": text}
    submit(
        assignment=assignment,
        body=body,
        client_key=uuid.uuid4(),
        active_seconds=0,
    )
    return task.kind


def rank(
    completions: Sequence[Completion], *, habits: Habits, rng: random.Random
) -> dict[str, Any]:
    """The body of a ranking. Equal texts get equal places."""
    scores = {c.pk: gold_of(c) for c in completions}
    noise = {c.text: gumbel(rng) for c in completions}
    felt = {c.pk: scores[c.pk] / habits.temperature + noise[c.text] for c in completions}
    tiers: list[list[int]] = []
    unacceptable: list[int] = []
    for pk in sorted(felt, key=lambda pk: -felt[pk]):
        if scores[pk] < habits.unacceptable_below:
            unacceptable.append(pk)
        elif tiers and abs(scores[pk] - scores[tiers[-1][-1]]) < habits.tie_margin:
            tiers[-1].append(pk)
        else:
            tiers.append([pk])
    if len(tiers) > 1 and rng.random() < habits.flip_rate:
        upper = rng.randrange(len(tiers) - 1)
        tiers[upper], tiers[upper + 1] = tiers[upper + 1], tiers[upper]
    return {"tiers": tiers, "unacceptable": unacceptable}


def demonstrate(completions: Sequence[Completion], *, least: float) -> str | None:
    """The best text by gold, whole sentences only; None when there is none above `least`."""
    if not completions:
        return None
    prompt = completions[0].prompt.last_text
    texts = {whole_sentences(c) for c in completions} - {""}
    scored = sorted((gold(prompt, text, finished=True), text) for text in texts)
    return scored[-1][1] if scored and scored[-1][0] >= least else None


def whole_sentences(completion: Completion) -> str:
    """The text without what follows its last full stop, if it was cut at the length limit."""
    text = completion.text.strip()
    if completion.finish_reason == Completion.FinishReason.STOP:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    lines = text[: ends[-1]].split("\n") if ends else [""]
    while len(lines) > 1 and not any(letter.isalpha() for letter in lines[-1]):
        lines.pop()  # the number of a list item that did not come
    return "\n".join(lines).strip()


def gold_of(completion: Completion) -> float:
    """The gold of a stored completion."""
    finished = completion.finish_reason == Completion.FinishReason.STOP
    return gold(completion.prompt.last_text, completion.text, finished=finished)


def gumbel(rng: random.Random) -> float:
    """One draw of the standard Gumbel distribution."""
    return -math.log(-math.log(rng.uniform(1e-9, 1 - 1e-9)))
