"""What the judge says, and how far to trust it: held against people's blind votes."""

from collections import defaultdict
from dataclasses import asdict
from itertools import permutations
from typing import Any

from labeling.models import Project
from measures import judge as measure
from measures.intervals import Estimate, wilson
from rounds.models import Opinion
from rounds.verdict.judging import judge
from rounds.verdict.texts import Pair
from rounds.verdict.votes import Verdicts

Row = dict[str, Any]
ENOUGH = 100  # blind votes on what it judged, before it counts
NEAR = 0.02  # and how far below people's agreement with each other its own may lie


def figures(project: Project, voted: Verdicts) -> Row:
    """Empty where no judge is set up or none was asked."""
    name = judge()
    opinions = list(
        Opinion.objects.filter(question__ballot__project=project, judge=name).select_related(
            "question__task"
        )
    )
    if not opinions:
        return {}
    said: dict[Pair, list[float]] = defaultdict(list)
    own, theirs, one, other = [], [], [], []
    for opinion in opinions:
        question = opinion.question
        pair = question.older_id, question.newer_id
        verdict = 1 - measure.of_both_orders(opinion.forward, opinion.backward)
        said[pair].append(verdict)
        people = voted.get(pair, {}).get(question.task.prompt_id)
        votes = people.outcomes if people else []
        own += [verdict] * len(votes)
        theirs += votes
        for first, second in permutations(votes, 2):
            one.append(first)
            other.append(second)
    accuracy, among = measure.accuracy(own, theirs), measure.accuracy(one, other)
    return {
        "judge": name,
        "pairs": [_pair(pair, outcomes) for pair, outcomes in sorted(said.items(), reverse=True)],
        "consistency": _plain(
            measure.consistency([o.forward for o in opinions], [o.backward for o in opinions])
        ),
        "votes": len(own),
        "accuracy": _plain(accuracy),
        "kappa": measure.kappa(own, theirs) if own else None,
        "people": _plain(among),
        "counts": bool(
            len(own) >= ENOUGH and accuracy and among and accuracy.value >= among.value - NEAR
        ),
    }


def _pair(pair: Pair, outcomes: list[float]) -> Row:
    rate = wilson(sum(outcomes) / len(outcomes), len(outcomes))
    return {"older": pair[0], "newer": pair[1], "prompts": len(outcomes), "rate": asdict(rate)}


def _plain(estimate: Estimate | None) -> Row | None:
    return asdict(estimate) if estimate else None
