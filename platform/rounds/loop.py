"""A round as people see it: its boxes from collecting to promoting, and what to do next."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.models import Job
from registry import services as registry
from registry.models import ModelVersion
from rounds import stages
from rounds.collecting.progress import labels_wanted
from rounds.lineage import made_in
from rounds.models import Evaluation, Round, Run
from rounds.queries import newest_version
from rounds.stages.algorithms import algorithm_of, algorithms
from rounds.stages.base import Stage


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box of the stepper. state: todo, active, waiting, done, kept, failed, cancelled."""

    key: str
    label: str
    state: str
    detail: str = ""
    url: str = ""
    done: int = 0
    total: int = 0

    @property
    def is_live(self) -> bool:
        """Something runs, or is about to."""
        return self.state in {"active", "waiting"}


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that can be done next."""

    label: str
    url: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Loop:
    """The stepper of a round."""

    round: Round
    collect: Box
    stages: list[Box]
    promote: Box
    evaluation: Evaluation | None
    is_live: bool  # something is running: look again soon

    @property
    def boxes(self) -> list[Box]:
        """All of them, in order."""
        return [self.collect, *self.stages, self.promote]

    @property
    def seconds(self) -> int:
        """How long until it is worth another look: people label slower than machines step."""
        return 4 if self.is_live else 15

    @property
    def action(self) -> Action | None:
        """What moves the loop on; None while a machine works or the round is over."""
        if self.round.is_over:
            return self._next_round() if self.round.state == Round.State.CANCELLED else None
        if self.collect.state == "active" and not self.collect.total and self.is_live:
            return Action(label=_("Watch the run"), url=self.collect.url)
        for box in (self.collect, *self.stages):
            if box.state == "failed":
                return Action(label=_("See what went wrong"), url=box.url)
            if box.state == "cancelled":
                return Action(label=_("See the cancelled run"), url=box.url)
            if box.is_live and box is not self.collect:
                return Action(label=_("Watch the run"), url=box.url)
        if self.evaluation is None:
            left = self.collect.total - self.collect.done
            text = ngettext("%s label is still open.", "%s labels are still open.", left) % left
            return Action(
                label=_("Launch training"), url=self._launch, text=text if left > 0 else ""
            )
        if self.promote.state != "done":
            url = reverse("evaluation", args=[self.evaluation.run_id])
            return Action(label=_("Compare and promote"), url=url)
        return self._next_round()

    @property
    def others(self) -> list[Action]:
        """Training again with other settings, and going on without promoting, where possible."""
        trains = any(box.is_live for box in self.stages)
        if self.round.is_over or trains or not self.collect.done:
            return []
        found = [Action(label=_("Launch training"), url=self._launch)]
        if self.evaluation is not None:
            found.append(self._next_round())
        action = self.action
        return [other for other in found if action is None or other.url != action.url]

    @property
    def _launch(self) -> str:
        return reverse("round_launch", args=[self.round.project.slug, self.round.number])

    def _next_round(self) -> Action:
        url = reverse("rounds", args=[self.round.project.slug])
        return Action(label=_("Open round %s") % (self.round.number + 1), url=url)


def loop_of(round_: Round) -> Loop:
    """Where `round_` stands. A constant number of queries."""
    runs = {run.stage: run for run in round_.runs.in_chains().with_parts()}
    writers = list(
        round_.runs.writing()
        .exclude(job__state=Job.State.SUCCEEDED)
        .select_related("job")
        .order_by("pk")
    )
    evaluation = Evaluation.objects.filter(run__round=round_).order_by("-run_id").first()
    usual = {*algorithms()[algorithm_of(round_)], *runs}
    shown = [stage for name, stage in stages.launchable().items() if name in usual]
    boxes = [_stage(round_, stage, runs.get(stage.name)) for stage in shown]
    writes = any(not run.job.has_ended for run in writers)
    return Loop(
        round=round_,
        collect=_collect(round_, writers),
        stages=boxes,
        promote=_promote(round_, evaluation),
        evaluation=evaluation,
        is_live=writes or any(box.is_live for box in boxes),
    )


def _collect(round_: Round, writers: list[Run]) -> Box:
    """`writers`: the runs that write completions and have not succeeded."""
    counts = labels_wanted(round_)
    given, wanted = counts["given"], counts["wanted"]
    detail = f"{given} / {wanted}"
    url = reverse("round", args=[round_.project.slug, round_.number]) + "#labels"
    state = "active"
    if not round_.awaited:  # what they could not write is not wanted any more
        writers = [run for run in writers if not run.job.has_ended]
    if round_.state == Round.State.CANCELLED:
        state = "cancelled"
    elif round_.state != Round.State.COLLECTING or (wanted and given >= wanted and not writers):
        state = "done"
    elif lost := [run for run in writers if run.job.has_ended]:
        state = BOX_STATES[Job.State(lost[-1].job.state)]
        detail += " · " + _("completions are missing")
        url = reverse("run", args=[lost[-1].pk])
    elif writers:
        detail += " · " + _("writing completions")
        if not wanted:
            url = reverse("run", args=[writers[0].pk])
    return Box(
        key="collect",
        label=_("Collect"),
        state=state,
        detail=detail,
        done=given,
        total=wanted,
        url=url,
    )


BOX_STATES = {
    Job.State.WAITING: "waiting",
    Job.State.QUEUED: "waiting",
    Job.State.RUNNING: "active",
    Job.State.SUCCEEDED: "done",
    Job.State.FAILED: "failed",
    Job.State.CANCELLED: "cancelled",
}


def _stage(round_: Round, stage: Stage, run: Run | None) -> Box:
    label = str(stage.label)
    if run is None:
        kept = newest_version(round_.project, stage.makes) if stage.once and stage.makes else None
        if kept is not None:
            url = reverse("model", args=[round_.project.slug, kept.pk])
            return Box(key=stage.name, label=label, state="kept", detail=kept.name, url=url)
        return Box(key=stage.name, label=label, state="todo")
    state = BOX_STATES[Job.State(run.job.state)]
    return Box(
        key=stage.name,
        label=label,
        state=state,
        detail=_detail(stage, run),
        url=reverse("run", args=[run.pk]),
        done=run.job.step,
        total=run.job.total_steps if state == "active" else 0,
    )


def _detail(stage: Stage, run: Run) -> str:
    """The one number of a run that a stepper has room for."""
    job = run.job
    if job.state == Job.State.RUNNING and job.total_steps:
        return _("step %(step)s of %(total)s") % {"step": job.step, "total": job.total_steps}
    if job.state != Job.State.SUCCEEDED:
        return str(Job.State(job.state).label)
    return stage.headline(run)


def _promote(round_: Round, evaluation: Evaluation | None) -> Box:
    serving = registry.serving(round_.project.family)
    made = made_in(round_, ModelVersion.Kind.POLICY, ModelVersion.Kind.SFT)
    state = "todo"
    if made is not None and serving is not None and made.pk == serving.pk:
        state = "done"
    elif evaluation is not None:
        state = "active"
    detail = _("serving: %s") % serving.name if serving else _("the base model serves")
    url = reverse("models", args=[round_.project.slug])
    return Box(key="promote", label=_("Promote"), state=state, detail=detail, url=url)
