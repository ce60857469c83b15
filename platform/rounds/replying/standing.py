"""What somebody who waits for replies is told: honestly, and what it means for them."""

from django.utils.translation import gettext as _

from jobs import handlers
from jobs.models import Job, Worker
from labeling.models import Exchange
from rounds.replying.asking import KIND, OPEN
from training.contract.files import REPLYING


def standing(exchange: Exchange | None) -> str:
    """In a sentence; empty where nobody waits."""
    if exchange is None or exchange.state != Exchange.State.WAITING:
        return ""
    jobs = Job.objects.filter(kind=KIND, payload__version=exchange.version_id, state__in=OPEN)
    job = jobs.order_by("-state", "pk").first()  # one that runs, if there is one
    if job is not None and job.state == Job.State.RUNNING:
        if job.phase == REPLYING:
            return _("The model is writing two replies…")
        return _("The model is being loaded: that takes up to a minute, once.")
    if job is not None and job.error_code:
        return _("The machine for models does not take it: tell a manager. What you wrote is kept.")
    if not Worker.objects.training().exists():
        return _("No machine for models is running. What you wrote is kept: come back later.")
    busy = Job.objects.filter(queue=Job.Queue.GPU, state=Job.State.RUNNING).order_by("pk").first()
    if busy is None:
        return _("The model is being called…")
    return _busy(busy)


def _busy(job: Job) -> str:
    what = handlers.label_of(job)
    if job.eta_seconds is None:
        return _(
            "The machine for models is busy: %(what)s. What you wrote is kept and gets its replies "
            "afterwards: you may close this page and come back."
        ) % {"what": what}
    return _(
        "The machine for models is busy for about %(minutes)s min: %(what)s. What you wrote is "
        "kept and gets its replies afterwards: you may close this page and come back."
    ) % {"what": what, "minutes": max(1, round(job.eta_seconds / 60))}
