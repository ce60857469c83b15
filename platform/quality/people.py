"""What one person's answers in a project say of how they work: evidence, no verdict."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from labeling.kinds import kinds
from labeling.models import Annotation, Purpose
from labeling.queries import AnnotationQuerySet
from measures import habits, reading
from measures.length import length_preference
from quality import flags
from quality.agreement import with_others
from quality.known import LATEST, SPEEDS, WEEKS
from quality.tables import Table


class Median(Aggregate):
    """The middle one of the values."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def figures_of(project_id: int, person: int, tables: Iterable[Table]) -> dict[str, Any]:
    """All of a person's figures; `tables` are those of the whole project.

    What stands out in the latest answers, which are read for it, is noted at them.
    """
    answers = Annotation.objects.filter(
        project=project_id, annotator=person, purpose=Purpose.LABEL
    ).newest()
    answers = answers.exclude(standing=Annotation.Standing.ERASED)
    every = list(tables)
    latest = list(answers.with_content().order_by("-pk")[:LATEST])[::-1]
    by_kind = list(_by_kind(latest))
    flags.note_habits(some for _kind, some in by_kind)
    return {
        "kinds": _kinds(answers),
        "weeks": _weeks(answers, person, every),
        "agreement": [found for table in every if (found := with_others(table, person))],
        "latest": len(latest),
        "reading": _reading(latest),
        "habits": [habits_of(kind, some) for kind, some in by_kind],
    }


def _kinds(answers: AnnotationQuerySet) -> list[Any]:
    rows = answers.order_by().values("kind")
    found = rows.annotate(
        answers=Count("pk"), seconds=Sum("active_seconds"), median=Median("active_seconds")
    )
    return sorted(found, key=lambda row: -row["answers"])


def _weeks(answers: AnnotationQuerySet, person: int, tables: list[Table]) -> list[dict[str, Any]]:
    """Of each of the last weeks and each kind: answers, the median of seconds, agreement."""
    recent = answers.filter(created_at__gte=timezone.now() - timedelta(weeks=WEEKS))
    dated = recent.annotate(week=TruncWeek("created_at")).order_by()
    rows = dated.values("week", "kind").annotate(n=Count("pk"), median=Median("active_seconds"))
    met = _agreement_by_week(dict(dated.values_list("pk", "week")), person, tables)
    return [
        {
            "week": row["week"].date().isoformat(),
            "kind": row["kind"],
            "answers": row["n"],
            "median": row["median"],
            **met.get((row["week"], row["kind"]), {}),
        }
        for row in rows.order_by("-week", "kind")
    ]


def _agreement_by_week(
    weeks: dict[int, datetime], person: int, tables: list[Table]
) -> dict[tuple[datetime, str], dict[str, Any]]:
    """The first figure of each kind, and how many pairs of answers it is of."""
    sums: dict[tuple[datetime, str], list[tuple[float, float]]] = defaultdict(list)
    for table in tables:
        _figure, columns = next(table.columns())
        for side in ("one", "other"):
            mask = table.key(side) == person
            own = table.key(f"{side}_answer")[mask].tolist()
            for answer, (part, whole) in zip(own, table.sums[mask][:, columns], strict=True):
                if answer in weeks and whole:
                    sums[weeks[answer], table.kind.name].append((float(part), float(whole)))
    return {
        key: {"agreement": sum(p for p, _ in both) / sum(w for _, w in both), "pairs": len(both)}
        for key, both in sums.items()
    }


def _by_kind(answers: list[Annotation]) -> Iterator[tuple[str, list[Annotation]]]:
    """The answers that rank what was shown, in the order of time."""
    found: dict[str, list[Annotation]] = defaultdict(list)
    for answer in answers:
        if kinds()[answer.kind].pattern(answer):
            found[answer.kind].append(answer)
    yield from found.items()


def _reading(answers: list[Annotation]) -> dict[str, Any]:
    """How many answers were read how fast, by the bars of SPEEDS."""
    bars, known = [0] * len(SPEEDS), 0
    for answer in answers:
        prompt = answer.task.prompt
        texts = [message["content"] for message in prompt.messages]
        texts += [text for _name, text in kinds()[answer.kind].shown(answer)]
        units = sum(reading.units(text, prompt.language) for text in texts)
        speed = reading.times_usual({prompt.language: units}, answer.active_seconds)
        if speed is not None:
            known += 1
            bars[max(n for n, low in enumerate(SPEEDS) if speed >= low)] += 1
    too_fast = sum(n for n, low in zip(bars, SPEEDS, strict=True) if low >= reading.SKIMMING)
    return {"bars": bars, "answers": known, "too_fast": too_fast}


def habits_of(kind: str, answers: list[Annotation]) -> dict[str, Any]:
    """Places, straight lines and the preference for length of the answers of a kind."""
    patterns = [kinds()[kind].pattern(answer) for answer in answers]
    run = habits.longest_run(patterns)
    return {
        "kind": kind,
        "answers": len(answers),
        "places": [
            {
                "of": rate.completions,
                "place": rate.place + 1,
                "value": rate.rate.value,
                "low": rate.rate.low,
                "high": rate.rate.high,
                "n": rate.rate.n,
                "p": rate.p,
            }
            for rate in habits.place_rates(patterns)
        ],
        "run": run and {"length": run.length, "chance": run.chance, "pattern": list(run.pattern)},
        "length": _length(kind, answers, patterns),
    }


def _length(
    kind: str, answers: list[Annotation], patterns: list[tuple[int, ...]]
) -> dict[str, Any] | None:
    """The odds of the longer one where it is twice as long, over all pairs of texts."""
    first, second, preferred, clusters = [], [], [], []
    for answer, pattern in zip(answers, patterns, strict=True):
        language = answer.task.prompt.language
        shown = kinds()[kind].shown(answer)
        sizes = [max(1, reading.units(text, language)) for _name, text in shown]
        for one, other in combinations(range(len(pattern)), 2):
            first.append(sizes[one])
            second.append(sizes[other])
            preferred.append((1 + _sign(pattern[other] - pattern[one])) / 2)
            clusters.append(answer.task.prompt_id)
    found = length_preference(first, second, preferred, clusters) if first else None
    if found is None:
        return None
    odds = found.odds
    return {
        "value": odds.value,
        "low": odds.low,
        "high": odds.high,
        "n": odds.n,
        "pairs": found.pairs,
    }


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
