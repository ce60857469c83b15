"""The pages that people open, as those who open them: whatever has a rule and is read.

tests/access/test_access.py fails where an address has no rule, so what is walked here is all.
"""

from django.urls import reverse

from labeling.assigning import claim_next, skip
from labeling.kinds import kinds
from labeling.proposals import writing
from labeling.submitting import submit
from tests.access.rules import RULES
from tests.access.scene import Scene
from tests.factories import make_task
from tests.labeling.answers import body_for
from tests.labeling.proposals.made import make_wanted
from tests.rounds.views.test_learning import stored

# Read by programs, or a file.
NO_PAGES = {
    "healthz",
    "readyz",
    "goal",
    "exchanges",
    "favicon",
    "job_events",
    "job_events_json",
    "job_log",
    "export_download",
    "export_frozen",
    "snapshot_card",
    "snapshot_folder",
}
# Whose page it is where people of several levels may open it.
SEEN_BY = {
    "anybody": "anonymous",
    "signed in": "annotator",
    "owner": "annotator",
    "annotator": "annotator",
    "reviewer": "reviewer",
    "manager": "manager",
    "admin": "admin",
}
# Pages that others see another way.
AGAIN = [
    ("manager", "home", ""),
    ("manager", "project", "project"),
    ("manager", "proposals", "project"),
    ("manager", "labels", "project"),
    ("manager", "label", "annotation"),
    ("manager", "queue", "project"),
    ("manager", "prompt", "prompt"),
    ("manager", "export", "project"),
    ("manager", "agreement", "project"),
    ("reviewer", "project", "project"),
    ("annotator", "account_logout", ""),
    ("admin", "home", ""),
]


def addresses(scene: Scene) -> dict[str, list[str]]:
    """Person -> the addresses of the pages, each once, those of each kind last."""
    found: dict[str, list[str]] = {person: [] for person in scene.people}
    for name, rule in RULES.items():
        if rule.method == "GET" and name not in NO_PAGES and not name.startswith("api:"):
            found[SEEN_BY[rule.level]].append(reverse(name, kwargs=scene.keys[rule.sign]))
    for person, name, sign in AGAIN:
        found[person].append(reverse(name, kwargs=scene.keys[sign]))
    found["anonymous"].append("/nowhere/")
    for person, more in fill(scene).items():
        found[person] += more
    return {person: list(dict.fromkeys(pages)) for person, pages in found.items() if pages}


def fill(scene: Scene) -> dict[str, list[str]]:
    """Make what the scene lacks: each kind's task and answer, forms of proposals, a curve."""
    world, home = scene.world, f"/projects/{scene.world.project.slug}/"
    project, ada = world.project, world.ada
    project.goal = 5
    project.save(update_fields=["goal"])
    curve = stored(world)
    make_task(project, "ranking")
    left = claim_next(project=project, annotator=ada, kind="ranking")
    assert left is not None
    skip(assignment=left, reason="personal_data: a phone number")
    pages: dict[str, list[str]] = {"annotator": [], "manager": [], "reviewer": []}
    pages["manager"].append(f"{home}models/{curve.run.job.model_version.pk}/")
    for name in kinds():
        make_task(project, name, overlap=9)
        held = claim_next(project=project, annotator=ada, kind=name)
        assert held is not None
        answer = submit(
            assignment=held, body=body_for(held), client_key=held.client_key, active_seconds=9
        )
        make_task(project, name, overlap=9)
        task = claim_next(project=project, annotator=ada, kind=name)
        assert task is not None
        pages["annotator"] += [f"{home}history/{answer.pk}/", f"{home}assignments/{task.pk}/"]
        pages["manager"].append(f"{home}task-pages/try/?kind={name}")
        pages["reviewer"].append(f"{home}labels/{answer.pk}/")
    wanted = make_wanted(project, "few_shot")
    begun = writing.begin(wanted=wanted, author=ada)
    pages["annotator"].append(f"{home}proposals/{begun.pk}/write/")
    return pages
