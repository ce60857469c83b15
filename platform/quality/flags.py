"""Which answers stand out, and why: rows that reviewers may look at. They decide nothing.

Speed and distance are looked at with the tasks that have changed, habits with the latest answers of
each person who has answered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from statistics import fmean
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Now

from labeling.kinds import kinds
from labeling.models import Annotation, Flagged, Marked
from measures import habits, reading

if TYPE_CHECKING:
    from quality.tables import Pair

SHORTEST = 5.0  # seconds of reading: seconds are counted whole, so less tells nothing
UNLIKELY = 0.001  # a run that comes about by chance more often is none
TIED = 10  # answers in a row that put no text before another
FAR, ALIKE = 0.5, 0.75  # agreement with the others at most, theirs among themselves at least
NONE = Q(fast__isnull=True, place__isnull=True, line__isnull=True, far__isnull=True)
Reasons = Mapping[int, dict[str, Any]]  # of each answer: what stands out -> its figures


def note(
    tasks: Iterable[int],
    answers: Mapping[int, Sequence[Annotation]],
    *,
    pairs: Mapping[int, "Sequence[Pair]"],
) -> None:
    """What `answers`, by task, say now; whatever else is known of `tasks` goes.

    pairs: those of the given answers to each task that has several, as quality.tables packs them.
    """
    every = [answer for some in answers.values() for answer in some]
    Flagged.objects.filter(annotation__task__in=tasks).exclude(annotation__in=every).delete()
    found: dict[int, dict[str, Any]] = {}
    units = cache(reading.units)  # the answers to a task are to the same texts
    for task, some in answers.items():
        far = _far(some, pairs.get(task, []))
        for answer in some:
            why = {"fast": _fast(answer, units), "far": far.get(answer.pk)}
            if any(why.values()):
                found[answer.pk] = why
    _store(every, found, ["fast", "far"])
    Marked.objects.filter(annotation__task__in=tasks).delete()
    Marked.objects.bulk_create(
        Marked(annotation=answer, project_id=answer.project_id, name=name)
        for answer in every
        for name in kinds()[answer.kind].marked(answer)
    )


def note_habits(by_kind: Iterable[Sequence[Annotation]]) -> None:
    """The runs in one person's answers, those of a kind in the order of time."""
    for answers in by_kind:
        patterns = [kinds()[answer.kind].pattern(answer) for answer in answers]
        found = {answers[n].pk: why for n, why in runs(patterns).items()}
        _store(answers, found, ["place", "line"])


def _store(answers: Sequence[Annotation], found: Reasons, names: list[str]) -> None:
    """Write the columns `names` of `answers`; rows that say nothing any more go."""
    Flagged.objects.bulk_create(
        [
            Flagged(
                annotation=answer,
                project_id=answer.project_id,
                computed_at=Now(),
                **found[answer.pk],
            )
            for answer in answers
            if answer.pk in found
        ],
        update_conflicts=True,
        unique_fields=["annotation"],
        update_fields=[*names, "computed_at"],
    )
    rest = Flagged.objects.filter(pk__in=[answer.pk for answer in answers]).exclude(pk__in=found)
    rest.update(**dict.fromkeys(names))
    rest.filter(NONE).delete()


def _fast(answer: Annotation, units_of: Callable[[str, str], int]) -> dict[str, Any] | None:
    """Given in less than half the time that reading takes; a correction was read before."""
    if answer.revises_id or answer.is_simulated:
        return None
    prompt = answer.task.prompt
    texts = [message["content"] for message in prompt.messages]
    texts += [text for _name, text in kinds()[answer.kind].shown(answer)]
    units = sum(units_of(text, prompt.language) for text in texts)
    usual = reading.usual_seconds({prompt.language: units})
    if usual is None or usual < max(SHORTEST, reading.SKIMMING * answer.active_seconds):
        return None
    return {
        "seconds": answer.active_seconds,
        "units": units,
        "usual": round(usual),
        "by_character": reading.by_character(prompt.language),
    }


def _far(every: Sequence[Annotation], pairs: "Sequence[Pair]") -> dict[int, dict[str, Any]]:
    """Those that order texts as nobody else does, where two or more others agree."""
    given = {pk for pair in pairs for pk in pair[2:4]}
    answers = [answer for answer in every if answer.pk in given]
    if len(answers) < 3:
        return {}
    kind = kinds()[answers[0].kind]
    if not kind.agreement or not all(kind.pattern(answer) for answer in answers):
        return {}
    agreement: dict[tuple[int, int], float] = {}
    for _one, _other, one, other, figures in pairs:
        part, whole = figures.get(kind.agreement[0].name, (0.0, 0.0))
        if not whole:
            return {}
        agreement[one, other] = part / whole
    found = {}
    for answer in answers:
        own = fmean(value for both, value in agreement.items() if answer.pk in both)
        others = fmean(value for both, value in agreement.items() if answer.pk not in both)
        if own <= FAR and others >= ALIKE:
            why = {"agreement": round(own, 4), "others": round(others, 4)}
            found[answer.pk] = {**why, "answers": len(answers) - 1}
    return found


def runs(patterns: Sequence[habits.Pattern]) -> dict[int, dict[str, Any]]:
    """By number, the answers in runs that chance does not make: of all ranks, else of the best."""
    found: dict[int, dict[str, Any]] = {}
    for start, length in habits.runs(patterns):
        ways = habits.arrangements(patterns[start])
        chance = habits.run_chance(length, of=len(patterns), ways=ways)
        if len(patterns[start]) > 1 and (length >= TIED if ways == 1 else chance < UNLIKELY):
            why = {"length": length, "chance": None if ways == 1 else chance}
            found |= {n: {"line": why, "place": None} for n in range(start, start + length)}
    first = [(len(p), habits.best_place(p)) for p in patterns]
    for start, length in habits.runs(first):
        of, place = first[start]
        if place is None or of < 2:
            continue
        chance = habits.run_chance(length, of=len(patterns), ways=of)
        if chance < UNLIKELY:
            why = {"place": place + 1, "of": of, "length": length, "chance": chance}
            for n in range(start, start + length):
                found.setdefault(n, {"line": None, "place": why})
    return found
