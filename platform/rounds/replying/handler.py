"""The job that stays: it hands turns to its process and stores the replies, until it has to go.

It goes when nobody has asked for a while, and as soon as nobody waits where another job does: a
training is worth more than the seconds in which a model is loaded again.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.handlers import TrainingHandler
from jobs.models import Job
from jobs.services.recording import storable
from labeling import exchanges
from labeling.given import given, whole
from labeling.models import Exchange
from registry import services as registry
from registry.models import ModelVersion
from rounds.collecting.plan import Plan
from rounds.replying import asking
from training.contract.mailbox import Mailbox
from training.reply.spec import ReplySpec

IDLE_SECONDS = 300.0
# Another worker, if there is one, has taken a job by then.
QUEUED_SECONDS = 5


class Reply(TrainingHandler):
    """Payload: version, the key of the model."""

    name = asking.KIND
    label = _("Replies in conversations")

    def prepare(self, job: Job, folder: Path) -> ReplySpec:
        """An empty mailbox: what waits is asked anew."""
        Mailbox(folder).clear()
        version = ModelVersion.objects.get(pk=job.payload["version"])
        return ReplySpec(model=str(registry.local_folder(version)))

    def follow(self, job: Job, folder: Path) -> None:
        """Take the replies, pass on what was asked since, and end where there is reason to."""
        mailbox = Mailbox(folder)
        take(mailbox)
        if mailbox.is_closed:
            return
        waiting = list(Exchange.objects.waiting(job.payload["version"]).for_reply())
        for exchange in waiting:
            mailbox.ask(exchange.pk, request(exchange))
        if not waiting and (mailbox.idle_seconds() > IDLE_SECONDS or is_needed(job)):
            mailbox.close()

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """The last replies."""
        take(Mailbox(folder))

    def ended(self, job: Job) -> None:
        """Who waits still gets another process; after a failure they are told to ask again."""
        waiting = Exchange.objects.waiting(job.payload["version"])
        if job.state != Job.State.SUCCEEDED:
            pks = list(waiting.values_list("pk", flat=True))
            exchanges.fail(pks=pks, problem=job.error_code)
        elif (exchange := waiting.select_related("version").first()) is not None:
            asking.start(exchange.version)


def take(mailbox: Mailbox) -> None:
    """Store the replies that are there."""
    for pk, reply in mailbox.replied().items():
        if "problem" in reply:
            exchanges.fail(pks=[pk], problem=reply["problem"])
        else:
            kept = ("text", "finish_reason")
            rows = [{name: row[name] for name in kept} for row in reply["replies"]]
            exchanges.answer(pk=pk, replies=storable(rows))
        mailbox.take(pk)


def request(exchange: Exchange) -> dict[str, Any]:
    """What the process is asked (training.reply.spec)."""
    task = exchange.assignment.task
    preamble = task.preamble.messages if task.preamble else []
    said = exchanges.asked_of(exchange)
    round_ = asking.round_of(task)
    plan = round_.plan if round_ else {}
    return {
        "messages": [*given(preamble, task.prompt.messages), *said],
        "given": whole(preamble, task.prompt.given, said),
        "seeds": exchange.seeds,
        "max_new_tokens": plan.get("max_new_tokens", Plan.max_new_tokens),
        "temperature": plan.get("temperature", Plan.temperature),
    }


def is_needed(job: Job) -> bool:
    """Whether the worker of `job` could do another one."""
    since = Now() - timedelta(seconds=QUEUED_SECONDS)
    others = Job.objects.filter(queue=job.queue, state=Job.State.QUEUED, queued_at__lt=since)
    return others.exists()
