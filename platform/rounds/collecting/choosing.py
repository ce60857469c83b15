"""Asking where the reward models are least sure: a share of a round, chosen among candidates.

For each task that is to be chosen CANDIDATES prompts get completions, two reward models that
learned from different labels score them, and those on whose order they differ most are asked about.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError
from jobs import services as jobs
from jobs.models import Job
from labeling.kinds import kinds
from labeling.models import Project
from registry.models import ModelVersion
from rounds.collecting import picking
from rounds.collecting.plan import CANDIDATES, Plan
from rounds.collecting.writing import launch_generation, missing, writers
from rounds.models import Round, Run
from rounds.queries import newest_version
from rounds.stages.choose import Choose

JUDGES = ModelVersion.Kind.REWARD, ModelVersion.Kind.SECOND


def judges_of(project: Project) -> list[ModelVersion]:
    """The two reward models that choose; empty where the project lacks one of them."""
    found = [newest_version(project, kind) for kind in JUDGES]
    return [version for version in found if version is not None] if all(found) else []


def queue(round_: Round, *, plan: Plan, by: User | None, avoid: Collection[int]) -> dict[str, int]:
    """Queue what the plan's choice takes; how many tasks of each kind will come of it.

    BadInputError where there are no two reward models to choose by.
    """
    wanted = {name: n for name, kind in kinds().items() if (n := plan.chosen_of(kind))}
    if not wanted:
        return {}
    judges = judges_of(round_.project)
    if not judges:
        text = _("There is no second reward model yet: tick it when you launch training.")
        raise BadInputError(text, errors={"chosen_percent": text})
    found: dict[str, int] = {}
    taken = set(avoid)
    for name, number in wanted.items():
        among = CANDIDATES * number
        if prompts := picking.candidates(round_, name, among, plan=plan, avoid=taken):
            _queue(round_, name, number, prompts=prompts, judges=judges, plan=plan, by=by)
            found[name] = min(number, len(prompts))
            taken |= set(prompts)
    return found


def _queue(
    round_: Round,
    kind: str,
    number: int,
    *,
    prompts: Sequence[int],
    judges: Sequence[ModelVersion],
    plan: Plan,
    by: User | None,
) -> None:
    """The runs that write the completions, one after another, and the one that chooses."""
    wanted = dict.fromkeys(prompts, plan.completions_of(kinds()[kind]))
    waiting = round_.candidates.setdefault(kind, {})
    waiting |= {str(pk): n for pk, n in wanted.items()}
    round_.save(update_fields=["candidates"])
    before: Job | None = None
    for version, part in writers(round_, plan=plan, wanted=missing(round_, wanted)).items():
        before = launch_generation(
            round_=round_, version=version, prompts=part, plan=plan, by=by, after=before
        ).job
    payload = {"kind": kind, "tasks": number, "prompts": [[pk, n] for pk, n in wanted.items()]}
    Run.objects.create(
        round=round_,
        stage=Choose.name,
        job=jobs.enqueue(kind=Choose.name, payload=payload, created_by=by, after=before),
        source=round_.writer,
        reward_model=judges[0],
        second_reward_model=judges[1],
        launched_by=by,
    )


def under_way(round_: Round) -> Counter[str]:
    """How many tasks of each kind the runs that have not ended will open."""
    found: Counter[str] = Counter()
    runs = round_.runs.active().filter(stage=Choose.name)
    for payload in runs.values_list("job__payload", flat=True):
        found[payload["kind"]] += min(payload["tasks"], len(payload["prompts"]))
    return found


def choices_of(round_: Round) -> list[dict[str, object]]:
    """What was chosen in the round, or is being: kind, tasks, candidates, and what came of it."""
    runs = round_.runs.filter(stage=Choose.name).select_related("job").order_by("pk")
    return [
        {
            "run": run,
            "label": kinds()[run.job.payload["kind"]].plural,
            "tasks": run.job.payload["tasks"],
            "candidates": len(run.job.payload["prompts"]),
            "result": run.job.result if run.job.state == Job.State.SUCCEEDED else None,
        }
        for run in runs
        if run.job.payload.get("kind") in kinds()
    ]
