"""Two finished projects, and one person of each role in each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts import services
from accounts.models import User
from api.exports import freezing
from api.exports.filters import Filters
from labeling.assigning import claim_next
from labeling.checks import golds
from labeling.models import Role, Screening
from labeling.preambles import change
from labeling.proposals import writing
from notices.mailing import stop_token
from registry import store
from registry.models import ModelVersion
from rounds.corpora import storing
from rounds.models import Snapshot
from rounds.verdict.asking import ask
from rounds.verdict.texts import evaluated
from tests.factories import make_import, make_member, make_task, make_user
from tests.labeling.proposals.made import make_proposal
from tests.rounds.world import World, make_world
from tests.webhooks.made import make_webhook
from training.contract import manifest


@dataclass
class Scene:
    """A finished round and one person of each role."""

    world: World
    people: dict[str, User | None]
    keys: dict[str, dict[str, Any]]


@dataclass
class Scenes:
    """Two scenes in two projects, made once: each test takes back what it changes."""

    here: Scene
    elsewhere: Scene
    artifacts: Path


def make_scene() -> Scene:
    """A world, its people and the keys of each kind of row; the annotator owns what is owned."""
    world = make_world()
    project, ada = world.project, world.ada
    project.tasks.update(state="done", free_slots=0)
    make_task(project, overlap=9)
    own = claim_next(project=project, annotator=ada)
    assert own is not None
    make_task(project, "dialogue")
    live = claim_next(project=project, annotator=ada, kind="dialogue")
    assert live is not None
    ballot = ask(project=project, versions=evaluated(project), prompts=1, by=world.mona)
    token, _ = services.create_api_token(user=ada, name="own")
    link = services.create_sign_in_link(user=ada)
    answer = ada.annotations.order_by("pk")[0]
    Screening.objects.create(project=project, annotator=ada)
    proposal = make_proposal(project, ada)
    begun = writing.begin(wanted=proposal.wanted, author=ada)
    slug = {"slug": project.slug}
    corpus = storing.add(
        project=project, name="tales.txt", texts=[f"Of {project.slug}."], by=world.mona
    )
    project.guideline_versions.create(number=1, text="Be kind.")
    preamble = change(project=project, system="Be brief.", exemplars=[], by=world.mona)
    assert preamble is not None
    frozen = freezing.freeze(
        project=project, dataset="prompts", encoding="jsonl", filters=Filters(), by=world.mona
    )
    snapshot = Snapshot.objects.get(project=project)
    store_file(world.policy)
    keys: dict[str, dict[str, Any]] = {
        "": {},
        "project": slug,
        "link": {"token": link.rstrip("/").rsplit("/", 1)[1]},
        "reset": {"uidb36": "1", "key": "set-password"},
        "stop": {"token": stop_token(ada)},
        "account": {"pk": ada.pk},
        "token": {"pk": token.pk},
        "job": {"pk": world.runs["ppo"].job_id},
        "member": slug | {"pk": project.memberships.get(user=ada).pk},
        "person": slug | {"pk": ada.pk},
        "assignment": slug | {"pk": own.pk},
        "live": slug | {"pk": live.pk},
        "task": slug | {"pk": own.task_id},
        "prompt": slug | {"pk": own.task.prompt_id},
        "import": slug | {"pk": make_import(project).pk},
        "annotation": slug | {"pk": answer.pk},
        "screening": slug | {"pk": ada.pk},
        "gold": slug | {"pk": golds.mark(annotation=answer, by=world.mona).pk},
        "wanted": slug | {"pk": proposal.wanted_id},
        "begun": slug | {"pk": begun.pk},
        "proposal": slug | {"pk": proposal.pk},
        "round": slug | {"number": world.round.number},
        "run": {"pk": world.runs["ppo"].pk},
        "evaluation": {"pk": world.runs["evaluate"].pk},
        "model": slug | {"pk": world.policy.pk},
        "ballot": slug | {"pk": ballot.pk},
        "snapshot": slug | {"pk": snapshot.pk},
        "two_snapshots": slug | dict.fromkeys(("pk", "later"), snapshot.pk),
        "corpus": slug | {"pk": corpus.pk},
        "preamble": slug | {"number": preamble.number},
        "guideline": slug | {"number": 1},
        "webhook": slug | {"pk": make_webhook(project, world.mona).pk},
        "frozen": slug | {"pk": frozen.pk},
        "run here": slug | {"pk": world.runs["ppo"].pk},
        "evaluation here": slug | {"pk": world.runs["evaluate"].pk},
        "file of model": slug | {"pk": world.policy.pk, "name": "config.json"},
        "file of snapshot": slug | {"pk": snapshot.pk, "name": "prompts.parquet"},
        "file of corpus": slug | {"pk": corpus.pk, "name": "corpus.parquet"},
        "file": slug | {"dataset": "prompts", "encoding": "jsonl"},
    }
    people = {
        "anonymous": None,
        "stranger": make_user("Sam"),
        "annotator": ada,
        "reviewer": make_member(project, "Rita", Role.REVIEWER),
        "manager": world.mona,
        "admin": make_user("Root", is_superuser=True),
    }
    return Scene(world, people, keys)


def store_file(version: ModelVersion) -> None:
    """One in the folder that `version` points at."""
    folder = store.path_of(version.uri)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    version.manifest = dict(manifest.scan(folder))
    version.save(update_fields=["manifest"])


def rename(scene: Scene) -> None:
    """Make room for a second world."""
    project = scene.world.project
    project.slug = project.family.name = project.name = "elsewhere"
    project.family.save()
    project.save()
    for user in filter(None, scene.people.values()):
        user.email = f"elsewhere-{user.email}"
        user.save()
    for keys in scene.keys.values():
        if "slug" in keys:
            keys["slug"] = "elsewhere"
