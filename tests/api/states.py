"""What has to be so that an operation succeeds, where the scene of tests/access is not enough."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils import timezone

from jobs import handlers
from jobs.models import Job, JobEvent
from labeling import reviewing, revising
from labeling.import_jobs import How, send_import
from labeling.models import Annotation, Membership, Prompt, Proposal
from labeling.proposals.deciding import return_to_author
from rounds.models import Ballot, FrozenExport, Round
from rounds.snapshots import freeze
from rounds.verdict.asking import ask
from tests.access.rule import Rule
from tests.access.scene import Scene
from tests.factories import make_annotation, make_member, make_prompt, make_task, make_version

FORM = "multipart/form-data"
LINE = b'{"prompt": "Why do hens cluck?"}\n'


@dataclass
class Sent:
    """What is sent: to the row of these keys, this body or form."""

    keys: dict[str, Any]
    body: Any = None
    media: str = "application/json"


State = Callable[[Scene, Sent], None]
STATES: dict[str, State] = {}


def example_of(document: dict[str, Any], name: str) -> Any:
    """The body that the document shows of an operation; None where it takes no JSON."""
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    (found,) = (each for each in operations if each["operationId"] == name)
    content = found.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = document["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    return schema["examples"][0]


def ready(name: str, rule: Rule, scene: Scene, example: Any) -> Sent:
    """Make the scene so that the operation `name` succeeds with what this returns.

    example: of its body, whose ids are put right.
    """
    sent = Sent({**scene.keys[rule.sign]}, example)
    if name in STATES:
        STATES[name](scene, sent)
    return sent


def before(*names: str) -> Callable[[State], State]:
    """Mark what makes the scene ready for these operations."""

    def mark(state: State) -> State:
        STATES.update(dict.fromkeys(names, state))
        return state

    return mark


@before("restore_project")
def _archived(scene: Scene, sent: Sent) -> None:
    project = scene.world.project
    project.archived_at = timezone.now()
    project.save()


@before("link_member")
def _without_a_password(scene: Scene, sent: Sent) -> None:
    new = make_member(scene.world.project, "New")
    new.set_unusable_password()
    new.save()
    sent.keys["pk"] = Membership.objects.get(user=new).pk


@before("edit_prompt")
def _untouched(scene: Scene, sent: Sent) -> None:
    sent.keys["pk"] = make_prompt(scene.world.project).pk


@before("change_rubric")
def _without_a_rubric(scene: Scene, sent: Sent) -> None:
    Prompt.objects.filter(pk=sent.keys["pk"]).update(rubric=[])


@before("restore_one_prompt")
def _withdrawn(scene: Scene, sent: Sent) -> None:
    Prompt.objects.filter(pk=sent.keys["pk"]).update(withdrawn_at=timezone.now())


@before("keep_answer")
def _corrected(scene: Scene, sent: Sent) -> None:
    row = Annotation.objects.get(pk=scene.keys["annotation"]["pk"])
    sent.keys["pk"] = revising.revise(annotation=row, by=scene.world.ada).pk


@before("decide_task")
def _answered(scene: Scene, sent: Sent) -> None:
    sent.keys["pk"] = Annotation.objects.get(pk=scene.keys["annotation"]["pk"]).task_id


@before("list_own_reviews", "list_reviews")
def _reviewed(scene: Scene, sent: Sent) -> None:
    row = Annotation.objects.get(pk=sent.keys["pk"])
    reviewing.comment(annotation=row, by=scene.world.mona, text="Say how long.")


@before("rewrite_proposal")
def _returned(scene: Scene, sent: Sent) -> None:
    row = Proposal.objects.get(pk=sent.keys["pk"])
    return_to_author(proposal=row, reason="Too short.", by=scene.world.mona)


@before("accept_proposals")
def _waiting(scene: Scene, sent: Sent) -> None:
    sent.body |= {"proposals": [scene.keys["proposal"]["pk"]]}


@before("create_import")
def _prompts(scene: Scene, sent: Sent) -> None:
    sent.body, sent.media = {"file": LINE}, FORM


@before("cancel_import")
def _awaited(scene: Scene, sent: Sent) -> None:
    world = scene.world
    queued = send_import(
        project=world.project, file=BytesIO(LINE), name="hens.jsonl", by=world.mona, how=How()
    )
    sent.keys["pk"] = queued.pk


@before("add_corpus")
def _texts(scene: Scene, sent: Sent) -> None:
    sent.body, sent.media = {"file": b'{"text": "Hens cluck."}\n', "name": "Hens"}, FORM


@before("read_frozen_file")
def _frozen(scene: Scene, sent: Sent) -> None:
    row = FrozenExport.objects.get(pk=sent.keys["pk"])
    handlers.get(row.job.kind).run(row.job)


@before("cancel_round")
def _collecting(scene: Scene, sent: Sent) -> None:
    world = scene.world
    opened = Round.objects.create(project=world.project, number=2, writer=world.policy)
    sent.keys["number"] = opened.number


@before("check_launch", "launch")
def _labeled(scene: Scene, sent: Sent) -> None:
    _collecting(scene, sent)
    for _number in range(3):
        make_annotation(make_task(scene.world.project))


@before("cancel_run")
def _running(scene: Scene, sent: Sent) -> None:
    Job.objects.filter(run=sent.keys["pk"]).update(state="queued")


@before("retry_run")
def _failed(scene: Scene, sent: Sent) -> None:
    Job.objects.filter(run=sent.keys["pk"]).update(state="failed")


@before("list_run_curves")
def _measured(scene: Scene, sent: Sent) -> None:
    job, data = Job.objects.get(run=sent.keys["pk"]), {"step": 1, "values": {"kl": 0.5}}
    JobEvent.objects.create(job=job, epoch=1, kind="metric", data=data)


@before("list_changed_labels", "compare_snapshots")
def _changed(scene: Scene, sent: Sent) -> None:
    make_annotation(make_task(scene.world.project))
    sent.keys["later"] = freeze(scene.world.project).pk


@before("ask_people")
def _evaluated(scene: Scene, sent: Sent) -> None:
    found = scene.world.evaluation
    sent.body |= {"models": [found.before_id, found.after_id]}


@before("write_ballot_texts")
def _lacking(scene: Scene, sent: Sent) -> None:
    third = make_version("policy", family=scene.world.project.family, name="policy v2")
    ballot: Ballot = ask(
        project=scene.world.project,
        versions=[scene.world.policy, third],
        prompts=6,
        is_written=True,
        by=scene.world.mona,
    )
    Job.objects.filter(run__ballot=ballot).update(state="failed")
    sent.keys["pk"] = ballot.pk
