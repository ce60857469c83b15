"""What people made with an earlier version is there, whole, after the upgrade."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from jobs.models import Job
from labeling.assigning import claim_next
from labeling.models import Annotation, Assignment, Membership, Project, Prompt, Task, hashes
from labeling.proposals import writing
from labeling.pseudonyms import naming
from registry.models import ModelVersion
from rounds.lineage import ancestors, models_trained_on
from rounds.models import Run, Snapshot
from tests.access.rules import RULES
from tests.factories import make_import, make_task
from tests.labeling.proposals.made import make_proposal
from tests.upgrade.conftest import Then
from tests.webhooks.made import make_webhook

DATASETS = ["demonstrations", "preferences", "prompts", "rankings"]
SLUG = {"slug": "kitchen"}
DATA = re.compile(r'<script[^>]* type="application/json"[^>]*>(.*?)</script>', re.DOTALL)


def signed_in(email: str) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def keys_of(sign: str) -> Iterator[tuple[dict[str, Any], str]]:
    """(keys, owner's e-mail address) of every row that an address of this sign may name."""
    labels = Annotation.objects.select_related("annotator").order_by("pk")
    work = Assignment.objects.filter(state="active").select_related("annotator")
    members = Membership.objects.filter(project__slug=SLUG["slug"])
    rows: dict[str, Any] = {
        "": [({}, "")],
        "project": [(SLUG, "")],
        "job": [({"pk": pk}, "") for pk in Job.objects.values_list("pk", flat=True)],
        "assignment": [(SLUG | {"pk": row.pk}, row.annotator.email) for row in work],
        "annotation": [(SLUG | {"pk": row.pk}, row.annotator.email) for row in labels],
        "prompt": [(SLUG | {"pk": pk}, "") for pk in Prompt.objects.values_list("pk", flat=True)],
        "member": [(SLUG | {"pk": pk}, "") for pk in members.values_list("pk", flat=True)],
        "person": [(SLUG | {"pk": pk}, "") for pk in members.values_list("user", flat=True)],
        "account": [({"pk": pk}, "") for pk in members.values_list("user", flat=True)],
        "round": [(SLUG | {"number": number}, "") for number in (1, 2, 3)],
        "run": [({"pk": pk}, "") for pk in Run.objects.values_list("pk", flat=True)],
        "evaluation": [({"pk": run.pk}, "") for run in Run.objects.exclude(evaluation=None)],
        "model": [(SLUG | {"pk": row.pk}, "") for row in ModelVersion.objects.all()],
        "snapshot": [(SLUG | {"pk": row.pk}, "") for row in Snapshot.objects.all()],
        "two_snapshots": [
            (SLUG | {"pk": row.pk, "later": row.pk}, "") for row in Snapshot.objects.all()
        ],
    }
    if sign in {"proposal", "begun"}:  # there were none in earlier versions
        project, ada = members[0].project, User.objects.get(email="ada@example.org")
        made = make_proposal(project, ada)
        begun = writing.begin(wanted=made.wanted, author=ada)
        pk = made.pk if sign == "proposal" else begun.pk
        rows[sign] = [(SLUG | {"pk": pk}, ada.email)]
    if sign == "import":  # as above
        rows[sign] = [(SLUG | {"pk": make_import(members[0].project).pk}, "")]
    if sign == "webhook":
        mona = User.objects.get(email="mona@example.org")
        rows[sign] = [(SLUG | {"pk": make_webhook(members[0].project, mona).pk}, "")]
    if sign == "live":
        project, ada = members[0].project, User.objects.get(email="ada@example.org")
        make_task(project, "dialogue")
        live = claim_next(project=project, annotator=ada, kind="dialogue")
        rows[sign] = [(SLUG | {"pk": live.pk}, ada.email)]
    yield from rows.get(sign, [])


PAGES = [
    name
    for name, rule in RULES.items()
    if rule.method == "GET"
    # The stream of a job's events has no end; exports have tests of their own.
    and name not in {"favicon", "label_next", "job_events", "export_download", "export_frozen"}
    and not name.startswith(("account_", "api:"))
    and rule.sign not in {"link", "reset", "stop"}
]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_every_row(then: Then, name: str):
    rule = RULES[name]
    # Jobs without a run belong to the site's admin.
    is_admins = rule.level == "admin" or rule.sign == "job"
    manager = "admin@example.org" if is_admins else "mona@example.org"
    answers = {}
    for keys, owner in keys_of(rule.sign):
        path = reverse(name, kwargs=keys)
        client = signed_in(owner if rule.level == "owner" else manager)
        answers[path] = client.get(path).status_code

    assert answers
    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.parametrize("dataset", DATASETS)
def test_exports_give_the_rows_that_they_gave(then: Then, dataset: str):
    client = Client(headers={"Authorization": f"Bearer {then.work['token']}"})
    path = f"/api/v1/projects/kitchen/exports/{dataset}"

    lines = client.get(f"{path}.jsonl").getvalue().decode().splitlines()
    table = pq.read_table(io.BytesIO(client.get(f"{path}.parquet").getvalue()))

    rows = [json.loads(line) for line in lines]
    # People are named by pseudonyms since.
    name = naming(Project.objects.get(slug=SLUG["slug"]))
    before = [
        {key: name(value) if key == "annotator" else value for key, value in row.items()}
        for row in then.rows(dataset)
    ]
    assert [as_then(row, before[0]) for row in rows] == before
    assert table.to_pylist() == rows


def as_then(value: Any, before: Any) -> Any:
    """A row without the columns that have come since, in the objects of its lists as well."""
    if isinstance(before, dict):
        return {name: as_then(value[name], before[name]) for name in before}
    if isinstance(before, list) and before and isinstance(before[0], dict):
        return [as_then(each, before[0]) for each in value]
    return value


def test_prompts_know_their_conversations_and_keep_their_splits(then: Then):
    prompts = list(Prompt.objects.order_by("pk"))
    splits = {row["prompt_id"]: row["split"] for row in then.rows("prompts")}

    assert {prompt.pk: prompt.split for prompt in prompts} == splits
    for prompt in prompts:
        found = {name: getattr(prompt, name) for name in hashes(prompt.messages)}
        assert found == hashes(prompt.messages)


def check_files(folder: Path, manifest: dict[str, dict[str, Any]]) -> None:
    """Each file that the row names lies there as it was."""
    for name, entry in manifest.items():
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert (len(content), digest) == (entry["size"], entry["sha256"]), name


def test_annotations_are_of_their_tasks_project(then: Then):
    answers = Annotation.objects.select_related("task")
    assert answers.count() > 10
    assert [answer for answer in answers if answer.project_id != answer.task.project_id] == []


def test_members_are_given_all_tasks_and_have_no_goal(then: Then):
    rows = Membership.objects.filter(project__slug=SLUG["slug"])
    found = {(tuple(one.kinds), tuple(one.languages), one.goal) for one in rows}
    assert found == {((), (), None)}
    assert {one.project.goal for one in rows.select_related("project")} == {0}


def test_open_tasks_are_mixed(then: Then):
    left = Task.objects.filter(state="open").order_by("-priority", "turn", "pk")
    assert "".join(kind[0] for kind in left.values_list("kind", flat=True)) == "rcdrcrdrcrdcr"


def test_snapshots_verify_and_hold_as_many_rows(then: Then):
    found = {}
    for snapshot in Snapshot.objects.order_by("pk"):
        folder = settings.ARTIFACTS / snapshot.uri
        check_files(folder, snapshot.manifest)
        found[snapshot.sha256] = sorted(
            pq.read_table(folder / name).num_rows for name in snapshot.manifest
        )

    assert found == {
        sha256: sorted(rows.values()) for sha256, rows in then.work["snapshots"].items()
    }


def test_models_verify_and_lineage_leads_both_ways(then: Then):
    versions = list(ModelVersion.objects.order_by("pk"))
    for version in versions:
        check_files(settings.ARTIFACTS / version.uri, version.manifest)

    assert {str(v): list(map(str, ancestors(v))) for v in versions} == then.work["ancestors"]
    assert {
        str(label.pk): list(map(str, models_trained_on(label)))
        for label in Annotation.objects.order_by("pk")
    } == then.work["trained"]


def test_runs_are_as_they_were_and_each_folder_says_what_was_asked(then: Then):
    runs = Run.objects.select_related("job").order_by("pk")
    assert {f"{run.pk} {run.stage}": run.job.state for run in runs} == then.work["runs"]

    asked = {
        run.job.pk: json.loads((run.job.folder / "job.json").read_text())["stage"]
        for run in runs.exclude(job__started_at=None)
    }
    assert asked == {run.job.pk: run.stage for run in runs if run.job.started_at}


def test_a_reward_model_that_is_done_made_all_its_steps(then: Then):
    done = Job.objects.filter(state="succeeded", kind="reward").order_by("pk")
    assert list(done.values_list("step", "total_steps")) == [(2, 2), (5, 5)]


def everything_in(value: object) -> Iterator[object]:
    """`value` and all that it is made of."""
    yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(children, list) or isinstance(value, dict):
        for child in children:  # type: ignore[union-attr]
            yield from everything_in(child)


@pytest.mark.parametrize("kind", ["ranking", "demonstration", "correction"])
def test_work_in_hand_has_its_draft_and_can_be_submitted(then: Then, kind: str):
    work = then.work["drafts"][kind]
    own = Assignment.objects.get(pk=work["assignment"])
    client = signed_in(work["annotator"])
    path = reverse("assignment", kwargs=SLUG | {"pk": own.pk})

    page = client.get(path).content.decode()
    data = [item for text in DATA.findall(page) for item in everything_in(json.loads(text))]
    assert work["draft"] in data

    body = work["draft"]
    if kind == "ranking":
        body = {"tiers": [[pk] for pk in own.shown_order], "unacceptable": []}
    sent = {
        "body": body,
        "client_key": str(own.client_key),
        "active_seconds": 30,
        "guideline_version": 2,
    }
    answer = client.post(path, json.dumps(sent), content_type="application/json")

    assert answer.status_code in {200, 201}, answer.content
    assert own.annotations.get().body == body
    own.refresh_from_db()
    assert (own.state, own.draft) == ("submitted", None)
