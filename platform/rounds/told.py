"""What managers are told of: a run that ended or failed."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.announcing import announce
from jobs.models import Job
from labeling.models import Membership, Role
from notices.events import Event, register
from notices.services import notify
from rounds.models import Run


def _say(data: Mapping[str, Any], who: str) -> str:
    from rounds.stages import find  # noqa: PLC0415  the stages import this module

    stage = find().get(data["stage"])
    named = {**data, "stage": str(stage.label if stage else data["stage"])}
    if data["state"] == Job.State.SUCCEEDED:
        return _("The run “%(stage)s” of round %(round)s in “%(project)s” has ended well.") % named
    return _("The run “%(stage)s” of round %(round)s in “%(project)s” has failed.") % named


RUN_ENDED = register(
    Event(name="run_ended", label=gettext_lazy("A run has ended or failed"), say=_say)
)


def run_ended(run: Run) -> None:
    """Tell who launched it and the project's managers that a run failed, or the last one is done.

    Whoever listens is told of each run, whatever became of it.
    While others of its round, or of its ballot, still run, its success is no news; nor is what
    somebody cancelled.
    """
    job, round_ = run.job, run.round
    announce(
        "run.ended",
        project=round_.project_id,
        data={
            "project": round_.project.slug,
            "run": run.pk,
            "round": round_.number,
            "stage": run.stage,
            "state": job.state,
        },
    )
    if job.state not in {Job.State.SUCCEEDED, Job.State.FAILED}:
        return
    others = round_.runs.filter(ballot=run.ballot_id).exclude(pk=run.pk)
    if job.state == Job.State.SUCCEEDED and others.active().exists():
        return
    managers = Membership.objects.filter(project=round_.project_id, role=Role.MANAGER)
    people = User.objects.filter(Q(pk=run.launched_by_id) | Q(pk__in=managers.values("user")))
    notify(
        RUN_ENDED,
        to=people,
        link=reverse("run", args=[run.pk]),
        project=round_.project.name,
        round=round_.number,
        stage=run.stage,
        state=job.state,
    )
