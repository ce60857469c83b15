"""A round as people see it: the steps of the loop, where it stands, and what to do next."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.models import Job
from registry import services as registry
from registry.models import ModelVersion
from rounds.collecting.progress import labels_wanted
from rounds.launching import chain
from rounds.models import Evaluation, Round, Run
from rounds.queries import newest_version

STAGES = (Run.Stage.SFT, Run.Stage.REWARD, Run.Stage.PPO, Run.Stage.EVALUATE)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One box of the stepper. state: todo, active, waiting, done, kept, failed."""

    key: str
    label: str
    state: str
    detail: str = ""
    url: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class Action:
    """The one thing to do next; `post` where it changes something."""

    label: str
    url: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Loop:
    """The stepper of a round."""

    round: Round
    steps: list[Step]
    action: Action | None
    others: list[Action]  # what else may be done now
    is_live: bool  # something is running: look again soon

    @property
    def next_number(self) -> int:
        """What the round after this one is called."""
        return self.round.number + 1


def loop_of(round_: Round) -> Loop:
    """Where `round_` stands. A constant number of queries."""
    runs = {run.stage: run for run in round_.runs.with_parts()}
    writers = list(
        round_.runs.filter(stage=Run.Stage.GENERATE)
        .exclude(job__state=Job.State.SUCCEEDED)
        .select_related("job")
        .order_by("pk")
    )
    evaluation = (
        Evaluation.objects.filter(run__round=round_)
        .select_related("after", "run")
        .order_by("-run_id")
        .first()
    )
    steps = [_collect(round_, writers)]
    steps += [_stage(round_, stage, runs.get(stage), evaluation) for stage in STAGES]
    steps.append(_promote(round_, evaluation))
    live = any(not run.job.has_ended for run in writers) or any(
        step.state in {"active", "waiting"} for step in steps[1:5]
    )
    action = _action(round_, steps, evaluation)
    return Loop(
        round=round_,
        steps=steps,
        action=action,
        others=_others(round_, steps, evaluation, action),
        is_live=live,
    )


def _collect(round_: Round, writers: list[Run]) -> Step:
    """`writers`: the generation runs that have not succeeded."""
    counts = labels_wanted(round_)
    given, wanted = counts["given"], counts["wanted"]
    detail = f"{given} / {wanted}"
    url = reverse("round", args=[round_.project.slug, round_.number]) + "#labels"
    state = "active"
    if round_.state != Round.State.COLLECTING or (wanted and given >= wanted and not writers):
        state = "done"
    elif lost := [run for run in writers if run.job.has_ended]:
        state, detail = "failed", detail + " · " + _("completions are missing")
        url = reverse("run", args=[lost[-1].pk])
    elif writers:
        detail += " · " + _("writing completions")
        if not wanted:
            url = reverse("run", args=[writers[0].pk])
    return Step(
        key="collect",
        label=_("Collect"),
        state=state,
        detail=detail,
        done=given,
        total=wanted,
        url=url,
    )


STEP_STATES = {
    Job.State.WAITING: "waiting",
    Job.State.QUEUED: "waiting",
    Job.State.RUNNING: "active",
    Job.State.SUCCEEDED: "done",
    Job.State.FAILED: "failed",
    Job.State.CANCELLED: "failed",
}


def _stage(round_: Round, stage: Run.Stage, run: Run | None, evaluation: Evaluation | None) -> Step:
    label = str(stage.label)
    if run is None:
        kept = newest_version(round_.project, ModelVersion.Kind.SFT) if stage == "sft" else None
        if kept is not None:
            url = reverse("model", args=[round_.project.slug, kept.pk])
            return Step(key=stage, label=label, state="kept", detail=kept.name, url=url)
        return Step(key=stage, label=label, state="todo")
    state = STEP_STATES[Job.State(run.job.state)]
    return Step(
        key=stage,
        label=label,
        state=state,
        detail=_detail(run, evaluation),
        url=reverse("run", args=[run.pk]),
        done=run.job.step,
        total=run.job.total_steps if state == "active" else 0,
    )


def _detail(run: Run, evaluation: Evaluation | None) -> str:
    """The one number of a run that a stepper has room for."""
    job = run.job
    if job.state == Job.State.RUNNING and job.total_steps:
        return _("step %(step)s of %(total)s") % {"step": job.step, "total": job.total_steps}
    if job.state != Job.State.SUCCEEDED:
        return str(Job.State(job.state).label)
    if run.stage == Run.Stage.EVALUATE:
        return _change(evaluation)
    accuracy = ((job.result or {}).get("heldout") or {}).get("accuracy")
    if run.stage == Run.Stage.REWARD and isinstance(accuracy, float):
        return _("%s right on held-out pairs") % f"{accuracy:.0%}"
    version = getattr(job, "model_version", None)
    return version.name if version else str(Job.State.SUCCEEDED.label)


def _change(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return ""
    models: dict[str, Any] = evaluation.metrics.get("models", {})
    before = models.get(str(evaluation.before_id), {}).get("reward")
    after = models.get(str(evaluation.after_id), {}).get("reward")
    if before is None or after is None:
        return str(Job.State.SUCCEEDED.label)
    return _("reward %(change)s") % {"change": f"{after - before:+.2f}".replace("-", "−")}


def _promote(round_: Round, evaluation: Evaluation | None) -> Step:
    serving = registry.serving(round_.project.family)
    made = chain.made_in(round_, ModelVersion.Kind.POLICY) or chain.made_in(
        round_, ModelVersion.Kind.SFT
    )
    state = "todo"
    if made is not None and serving is not None and made.pk == serving.pk:
        state = "done"
    elif evaluation is not None:
        state = "active"
    detail = _("serving: %s") % serving.name if serving else _("the base model serves")
    url = reverse("models", args=[round_.project.slug])
    return Step(key="promote", label=_("Promote"), state=state, detail=detail, url=url)


def _others(
    round_: Round, steps: list[Step], evaluation: Evaluation | None, action: Action | None
) -> list[Action]:
    """Training again with other settings, and going on without promoting: never out of reach."""
    slug, trains = round_.project.slug, any(s.state in {"active", "waiting"} for s in steps[1:5])
    if round_.state == Round.State.CLOSED or trains or not steps[0].done:
        return []
    found = [
        Action(label=_("Launch training"), url=reverse("round_launch", args=[slug, round_.number]))
    ]
    if evaluation is not None:
        found.append(_next_round(round_))
    return [other for other in found if action is None or other.url != action.url]


def _next_round(round_: Round) -> Action:
    url = reverse("rounds", args=[round_.project.slug])
    return Action(label=_("Open round %s") % (round_.number + 1), url=url)


def _action(round_: Round, steps: list[Step], evaluation: Evaluation | None) -> Action | None:
    """What moves the loop on; None while a machine works or the round is over."""
    slug, states = round_.project.slug, {step.key: step.state for step in steps}
    launch = reverse("round_launch", args=[slug, round_.number])
    if round_.state == Round.State.CLOSED:
        return None
    if steps[0].state == "active" and not steps[0].total:
        return Action(label=_("Watch the run"), url=steps[0].url)
    for step in steps[:5]:
        if step.state == "failed":
            return Action(label=_("See what went wrong"), url=step.url)
        if step.state in {"active", "waiting"} and step.key != "collect":
            return Action(label=_("Watch the run"), url=step.url)
    if evaluation is None:
        left = steps[0].total - steps[0].done
        text = ngettext("%s label is still open.", "%s labels are still open.", left) % left
        return Action(label=_("Launch training"), url=launch, text=text if left > 0 else "")
    if states["promote"] != "done":
        url = reverse("evaluation", args=[evaluation.run_id])
        return Action(label=_("Compare and promote"), url=url)
    return _next_round(round_)
