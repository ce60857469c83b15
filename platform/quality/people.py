"""What people's answers in a project say of how they work: evidence, no verdict."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Now, TruncWeek

from core.aggregates import Median
from labeling.kinds import kinds
from labeling.models import Annotation, Purpose
from labeling.queries import AnnotationQuerySet
from measures import habits, reading
from measures.length import length_preference
from quality import flags, meeting
from quality.agreement import Seen
from quality.known import LATEST, SPEEDS, digest
from quality.models import PersonFigures

AT_ONCE = 200  # people


def compute(project_id: int, seen: dict[str, Seen]) -> None:
    """Store the figures of everybody about whom something has changed; `seen`: of agreement."""
    first = meeting.since()
    while rows := list(
        PersonFigures.objects.filter(project=project_id, is_stale=True).order_by("pk")[:AT_ONCE]
    ):
        people = [row.person_id for row in rows]
        met = meeting.with_others(project_id, people, seen, first=first)
        answers = _of_people(project_id, people)
        kinds_of, weeks_of = _kinds(answers), _weeks(answers, first)
        for row in rows:
            own = met[row.person_id]
            weeks = weeks_of[row.person_id]
            row.body |= {
                "kinds": kinds_of[row.person_id],
                "weeks": [week | own.weeks.get((at, week["kind"]), {}) for at, week in weeks],
                "agreement": own.agreement,
                **_of_latest(row),
            }
            row.is_stale = False
            row.computed_at = Now()
            row.save(update_fields=["body", "latest", "is_stale", "computed_at"])


def _of_people(project_id: int, people: list[int]) -> AnnotationQuerySet:
    answers = Annotation.objects.filter(
        project=project_id, annotator__in=people, purpose=Purpose.LABEL
    ).newest()
    return answers.exclude(standing=Annotation.Standing.ERASED)


def _kinds(answers: AnnotationQuerySet) -> dict[int, list[dict[str, Any]]]:
    rows = answers.order_by().values("annotator", "kind")
    counted: Any = rows.annotate(
        answers=Count("pk"), seconds=Sum("active_seconds"), median=Median("active_seconds")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in counted.order_by("annotator", "-answers", "kind"):
        found[row.pop("annotator")].append(row)
    return found


def _weeks(
    answers: AnnotationQuerySet, first: datetime
) -> dict[int, list[tuple[datetime, dict[str, Any]]]]:
    """Of each of the last weeks and each kind: answers and the median of seconds."""
    dated = answers.filter(created_at__gte=first).annotate(week=TruncWeek("created_at"))
    rows = dated.order_by().values("annotator", "week", "kind")
    counted = rows.annotate(n=Count("pk"), median=Median("active_seconds"))
    found: dict[int, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    for row in counted.order_by("annotator", "-week", "kind"):
        week = {"week": row["week"].date().isoformat(), "kind": row["kind"]}
        told = {"answers": row["n"], "median": row["median"]}
        found[row["annotator"]].append((row["week"], week | told))
    return found


def _of_latest(row: PersonFigures) -> dict[str, Any]:
    """What their latest answers say; nothing where those are the same as before.

    What stands out in them is noted at them.
    """
    answers = _of_people(row.project_id, [row.person_id]).order_by("-pk")[:LATEST]
    keys = list(answers.values_list("pk", flat=True))
    if row.latest == digest(keys):
        return {}
    row.latest = digest(keys)
    latest = list(Annotation.objects.filter(pk__in=keys).with_content().order_by("pk"))
    by_kind = list(_by_kind(latest))
    flags.note_habits(some for _kind, some in by_kind)
    return {
        "latest": len(latest),
        "reading": _reading(latest),
        "habits": [habits_of(kind, drawn) for kind, some in by_kind if (drawn := _drawn(some))],
    }


def _by_kind(answers: list[Annotation]) -> Iterator[tuple[str, list[Annotation]]]:
    """The answers that rank what was shown, in the order of time."""
    found: dict[str, list[Annotation]] = defaultdict(list)
    for answer in answers:
        if kinds()[answer.kind].pattern(answer):
            found[answer.kind].append(answer)
    yield from found.items()


def _drawn(answers: list[Annotation]) -> list[Annotation]:
    """Those to tasks drawn at random: where texts are hard to tell apart, habits show more."""
    return [answer for answer in answers if not answer.task.is_chosen]


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
