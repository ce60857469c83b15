"""What people said of a project's versions, as pages show it: rows only, nothing is computed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q

from jobs.models import Job
from labeling.models import Project, Task
from registry.models import ModelVersion
from rounds.evaluation.drift import kl_from_sft
from rounds.launching import estimates
from rounds.models import Awaited, Ballot, Evaluation, Run, Verdict
from rounds.stages import get
from rounds.verdict.texts import heldout

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The figures, with versions in place of their keys. computed_at: None before the first."""

    pairs: list[Row]
    rankings: list[Row]
    table: Row
    judged: Row
    effect: float
    computed_at: datetime | None


def verdict_of(project: Project, *, about: ModelVersion | None = None) -> Shown:
    """All that is known; of one version only where `about` names it. Two queries."""
    row = Verdict.objects.filter(project=project).first()
    figures = row.figures if row else {}
    found = ModelVersion.objects.in_bulk(_keys(figures))

    def named(rows: Iterable[Row]) -> list[Row]:
        return [
            {
                **each,
                "older": found[each["older"]],
                "newer": found[each["newer"]],
                "ask": max(0, each.get("more", 0) - each.get("waiting", 0)),
            }
            for each in rows
            if about is None or about.pk in {each["older"], each["newer"]}
        ]

    table = figures.get("table") or {}
    if table:
        kl = _kl(project)
        rows = [
            {**each, "version": found[each["version"]], "kl": kl.get(each["version"])}
            for each in table["rows"]
        ]
        following = next(iter(named([table["next"]])), None)
        table = {"base": found[table["base"]], "rows": _best_first(rows), "next": following}
    judged = figures.get("judged") or {}
    if judged:
        judged = {**judged, "pairs": named(judged["pairs"])}
    return Shown(
        pairs=named(figures.get("pairs", [])),
        rankings=named(figures.get("rankings", [])),
        table=table,
        judged=judged,
        effect=figures.get("effect", 0),
        computed_at=row.computed_at if row else None,
    )


def pair_of(project: Project, one: ModelVersion, other: ModelVersion) -> Row | None:
    """What votes say of two versions; None where nothing is known. One query."""
    row = Verdict.objects.filter(project=project).first()
    older, newer = sorted([one.pk, other.pk])
    pairs: list[Row] = row.figures.get("pairs", []) if row else []
    return next((p for p in pairs if (p["older"], p["newer"]) == (older, newer)), None)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What a ballot lacks. runs: those that write it, or should have.

    missing: prompts, for each two versions, of which not both texts are there. alike, unfit: those
    that never will be asked, since both texts say the same, or a model cannot take the prompt.
    seconds: until the runs that go on have written theirs, one after the other; None: no such run.
    is_guessed: no run has shown yet how fast texts are written here.
    """

    missing: int = 0
    alike: int = 0
    unfit: int = 0
    runs: list[Run]
    seconds: float | None = None
    is_guessed: bool = False

    @property
    def are_lost(self) -> bool:
        """Whether some are missing that no run is about to write."""
        idle = not self.runs or any(run.job.has_ended for run in self.runs)
        return bool(self.missing) and idle


def ballots_of(project: Project) -> list[Ballot]:
    """What was asked, newest first, with how far people are, and `texts`.

    Four queries, and two more for the time that writing takes.
    """
    done = Count("questions", filter=Q(questions__task__state=Task.State.DONE))
    still = Count("questions", filter=Q(questions__task__state=Task.State.OPEN))
    counted = Ballot.objects.filter(project=project).annotate(
        asked=Count("questions"), done=done, still=still
    )
    unfinished = Run.objects.exclude(job__state=Job.State.SUCCEEDED).select_related("job")
    ballots: list[Ballot] = list(
        counted.select_related("asked_by")
        .prefetch_related("versions", Prefetch("runs", unfinished.order_by("pk")))
        .order_by("-pk")
    )
    lacks: dict[int, dict[str, int]] = defaultdict(dict)
    counts = Awaited.objects.filter(ballot__project=project, prompt__in=heldout(project))
    for ballot, why, n in counts.values_list("ballot", "left_out").annotate(n=Count("pk")):
        lacks[ballot][why or "missing"] = n
    speed = _speed(ballots)
    for ballot in ballots:
        runs = list(ballot.runs.all())
        left = [estimates.seconds_left(run, speed=speed) for run in runs if not run.job.has_ended]
        ballot.texts = Texts(  # type: ignore[attr-defined]
            **lacks[ballot.pk],
            runs=runs,
            seconds=sum(left) if left else None,
            is_guessed=speed is None,
        )
    return ballots


def _speed(ballots: Iterable[Ballot]) -> float | None:
    """How fast texts for votes are written, else as its trainer writes for rounds."""
    going_on = (run for ballot in ballots for run in ballot.runs.all() if not run.job.has_ended)
    if (run := next(going_on, None)) is None:
        return None
    stage = get(run.stage)
    return estimates.speed(stage.name) or estimates.speed(stage.trainer)


def _kl(project: Project) -> dict[int, float]:
    """How far each version is from the SFT model of its line, by its newest evaluation."""
    found = {}
    evaluations = Evaluation.objects.filter(run__round__project=project).order_by("pk")
    for key, metrics, kind in evaluations.values_list("after", "metrics", "reference__kind"):
        numbers = metrics.get("models", {}).get(str(key), {})
        if (kl := kl_from_sft(numbers, kind)) is not None:
            found[key] = float(kl)
    return found


def _keys(figures: Row) -> set[int]:
    table = figures.get("table") or {"rows": []}
    judged = figures.get("judged") or {"pairs": []}
    pairs = [*figures.get("pairs", []), *figures.get("rankings", []), *judged["pairs"]]
    return {each[side] for each in pairs for side in ("older", "newer")} | {
        each["version"] for each in table["rows"]
    }


def _best_first(rows: list[Row]) -> list[Row]:
    """By strength, the base's 0; those that no votes join to it come last."""

    def strength(row: Row) -> float:
        return row["strength"]["value"] if row["strength"] else 0.0

    return sorted(rows, key=strength, reverse=True)
