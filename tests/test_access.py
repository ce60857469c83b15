"""Every address, every role: what a role may not see answers 404, what it may not do 403.

A new address fails here until it has a line in RULES.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import services
from accounts.models import Session, User
from labeling.assigning import claim_next
from labeling.models import Role
from rounds.models import Snapshot
from tests.factories import make_member, make_task, make_user
from tests.rounds.world import World, make_world

pytestmark = pytest.mark.django_db

# Who an address is for: this role and those after it.
LEVELS = ["anybody", "signed in", "annotator", "reviewer", "manager", "admin"]
PEOPLE = ["anonymous", "stranger", "annotator", "reviewer", "manager", "admin"]
LOGIN = "/accounts/login/"


@dataclass(frozen=True)
class Rule:
    """Who may use an address. `sign` names the row whose keys it takes.

    hidden: a role that is too low does not even learn that it is there.
    """

    level: str
    method: str = "GET"
    sign: str = ""
    hidden: bool = False


RULES = {
    "account_login": Rule("anybody"),
    "account_logout": Rule("anybody"),
    "account_inactive": Rule("anybody"),
    "account_signup": Rule("anybody"),
    "account_change_password": Rule("signed in"),
    "account_set_password": Rule("signed in"),
    "account_reset_password": Rule("anybody"),
    "account_reset_password_done": Rule("anybody"),
    "account_reset_password_from_key": Rule("anybody", sign="reset"),
    "account_reset_password_from_key_done": Rule("anybody"),
    "sign_in_link": Rule("anybody", sign="link"),
    "profile": Rule("signed in"),
    "tokens": Rule("signed in"),
    "token_revoke": Rule("owner", "POST", "token"),
    "language": Rule("anybody", "POST"),
    "theme": Rule("anybody", "POST"),
    "healthz": Rule("anybody"),
    "readyz": Rule("anybody"),
    "favicon": Rule("anybody"),
    "home": Rule("signed in"),
    "project_new": Rule("admin"),
    "jobs": Rule("admin", hidden=True),
    "job_events": Rule("manager", sign="job", hidden=True),
    "job_events_json": Rule("manager", sign="job", hidden=True),
    "job_log": Rule("manager", sign="job", hidden=True),
    "job_cancel": Rule("admin", "POST", "job", hidden=True),
    "job_retry": Rule("admin", "POST", "job", hidden=True),
    "project": Rule("annotator", sign="project"),
    "project_settings": Rule("manager", sign="project"),
    "guidelines": Rule("annotator", sign="project"),
    "guidelines_read": Rule("annotator", "POST", "project"),
    "members": Rule("manager", sign="project"),
    "member_role": Rule("manager", "POST", "member"),
    "member_link": Rule("manager", "POST", "member"),
    "member_remove": Rule("manager", "POST", "member"),
    "prompts": Rule("reviewer", sign="project"),
    "prompts_import": Rule("manager", sign="project"),
    "skipped": Rule("reviewer", sign="project"),
    "task_withdraw": Rule("manager", "POST", "task"),
    "label_next": Rule("annotator", sign="project"),
    "preview": Rule("annotator", "POST", "project"),
    "assignment": Rule("owner", sign="assignment"),
    "draft": Rule("owner", "POST", "assignment"),
    "skip": Rule("owner", "POST", "assignment"),
    "history": Rule("annotator", sign="project"),
    "answer": Rule("owner", sign="annotation"),
    "rounds": Rule("manager", sign="project"),
    "round": Rule("manager", sign="round"),
    "round_ask": Rule("manager", "POST", "round"),
    "round_launch": Rule("manager", sign="round"),
    "round_check": Rule("manager", "POST", "round"),
    "run": Rule("manager", sign="run"),
    "run_cancel": Rule("manager", "POST", "run"),
    "run_retry": Rule("manager", "POST", "run"),
    "evaluation": Rule("manager", sign="evaluation"),
    "models": Rule("manager", sign="project"),
    "model": Rule("manager", sign="model"),
    "model_promote": Rule("manager", "POST", "model"),
    "snapshot": Rule("manager", sign="snapshot"),
    "label": Rule("manager", sign="annotation"),
    "export": Rule("reviewer", sign="project"),
    "export_download": Rule("reviewer", sign="file"),
    "api_docs": Rule("anybody"),
    "api:openapi-json": Rule("anybody"),
    "api:list_projects": Rule("signed in"),
    "api:read_project": Rule("annotator", sign="project"),
    "api:export": Rule("reviewer", sign="file"),
}
# django-ninja's root answers 404 to everybody.
NOT_PAGES = {"api:api-root"}


@dataclass
class Scene:
    """A finished round and one person of each role."""

    world: World
    people: dict[str, User | None]
    keys: dict[str, dict[str, Any]]


@dataclass
class Stage:
    """Two scenes in two projects, made once: each test takes back what it changes."""

    here: Scene
    elsewhere: Scene
    artifacts: Path


@pytest.fixture(scope="module")
def stage(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
    valkey_url: str,
) -> Iterator[Stage]:
    """The rows of all tests of this module."""
    artifacts = tmp_path_factory.mktemp("artifacts")
    with (
        django_db_blocker.unblock(),
        override_settings(ARTIFACTS=artifacts),
        transaction.atomic(),
    ):
        elsewhere = make_scene()
        rename(elsewhere)
        yield Stage(make_scene(), elsewhere, artifacts)
        transaction.set_rollback(True)


@pytest.fixture
def scene(stage: Stage, settings: Any, artifact_folders: None) -> Scene:
    """The project that a test is about."""
    settings.ARTIFACTS = stage.artifacts
    return stage.here


def make_scene() -> Scene:
    """A world, its people and the keys of each kind of row; the annotator owns what is owned."""
    world = make_world()
    project, ada = world.project, world.ada
    project.tasks.update(state="done", free_slots=0)
    make_task(project, overlap=9)
    own = claim_next(project=project, annotator=ada)
    assert own is not None
    token, _ = services.create_api_token(user=ada, name="own")
    link = services.create_sign_in_link(user=ada)
    slug = {"slug": project.slug}
    keys: dict[str, dict[str, Any]] = {
        "": {},
        "project": slug,
        "link": {"token": link.rstrip("/").rsplit("/", 1)[1]},
        "reset": {"uidb36": "1", "key": "set-password"},
        "token": {"pk": token.pk},
        "job": {"pk": world.runs["ppo"].job_id},
        "member": slug | {"pk": project.memberships.get(user=ada).pk},
        "assignment": slug | {"pk": own.pk},
        "task": slug | {"pk": own.task_id},
        "annotation": slug | {"pk": ada.annotations.order_by("pk")[0].pk},
        "round": slug | {"number": world.round.number},
        "run": {"pk": world.runs["ppo"].pk},
        "evaluation": {"pk": world.runs["evaluate"].pk},
        "model": slug | {"pk": world.policy.pk},
        "snapshot": slug | {"pk": Snapshot.objects.get(project=project).pk},
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


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The name of each address, with its namespace."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names(pattern, space + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def ask(name: str, rule: Rule, keys: dict[str, Any], user: User | None) -> HttpResponse:
    """The answer to `user`; what it changed is taken back."""
    client, headers = Client(raise_request_exception=False), {}
    with transaction.atomic():
        if user is not None and name.startswith("api:"):
            _, secret = services.create_api_token(user=user, name="asks")
            headers = {"Authorization": f"Bearer {secret}"}
        elif user is not None:
            client.force_login(user)
        response = client.generic(rule.method, reverse(name, kwargs=keys), headers=headers)
        transaction.set_rollback(True)
    return response


def answer(response: HttpResponse) -> str:
    """What the answer says about access."""
    if response.status_code == 302 and response["Location"].startswith(LOGIN):
        return "sign in"
    words = {401: "sign in", 403: "not allowed", 404: "not found"}
    return words.get(response.status_code, "in" if response.status_code < 500 else "fault")


def expected(rule: Rule, person: str) -> str:
    """What the rule says."""
    if rule.level == "owner":
        return {"anonymous": "sign in", "annotator": "in"}.get(person, "not found")
    if PEOPLE.index(person) >= LEVELS.index(rule.level):
        return "in"
    if person == "anonymous":
        return "sign in"
    if rule.hidden or (person == "stranger" and rule.sign):
        return "not found"
    return "not allowed"


def test_every_address_has_a_rule():
    assert set(names(get_resolver())) - NOT_PAGES == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_each_role_gets_what_the_rule_says(name, scene):
    rule = RULES[name]
    answers = {
        person: answer(ask(name, rule, scene.keys[rule.sign], user))
        for person, user in scene.people.items()
    }
    assert answers == {person: expected(rule, person) for person in PEOPLE}


FOREIGN = sorted(n for n, rule in RULES.items() if rule.sign not in {"", "link", "reset"})


@pytest.mark.parametrize("name", FOREIGN)
def test_rows_of_another_project_answer_as_if_they_were_not_there(name, scene, stage):
    """A manager of one project tries the keys of another, below the own project's address too."""
    rule, here = RULES[name], scene
    keys = stage.elsewhere.keys[rule.sign]
    tries = [keys]
    if "slug" in keys and len(keys) > 1 and rule.sign not in {"file", "round"}:
        tries.append(keys | {"slug": here.world.project.slug})
    assert [ask(name, rule, k, here.people["manager"]).status_code for k in tries] == [404] * len(
        tries
    )


def rename(scene: Scene) -> None:
    """Make room for a second world."""
    project = scene.world.project
    project.slug = project.family.name = "elsewhere"
    project.family.save()
    project.save()
    for user in filter(None, scene.people.values()):
        user.email = f"elsewhere-{user.email}"
        user.save()
    for keys in scene.keys.values():
        if "slug" in keys:
            keys["slug"] = "elsewhere"


def test_annotators_see_no_model(scene):
    """Blind labeling: neither the page nor its data names who wrote a completion."""
    task = make_task(scene.world.project, "ranking")
    task.completions.update(model_version=scene.world.policy)
    own = claim_next(project=scene.world.project, annotator=scene.world.ada, kind="ranking")
    assert own is not None
    keys = {"slug": scene.world.project.slug, "pk": own.pk}
    page = ask("assignment", RULES["assignment"], keys, scene.world.ada)
    assert page.status_code == 200
    assert scene.world.policy.name not in page.content.decode()


FORBIDDEN_FIELDS = ["is_superuser", "is_staff", "role", "project", "annotator", "created_at"]


def test_no_form_takes_fields_that_it_does_not_show(scene):
    stranger = scene.people["stranger"]
    assert stranger is not None
    client = Client()
    client.force_login(stranger)
    client.post("/profile/", {"name": "Sam", **dict.fromkeys(FORBIDDEN_FIELDS, "1")})
    stranger.refresh_from_db()
    assert (stranger.is_superuser, stranger.memberships.count()) == (False, 0)


def test_get_changes_nothing(scene):
    """A crawler that is signed in as a manager opens every page; no row comes or goes."""

    def counts() -> dict[str, int]:
        ours = (m for m in apps.get_models() if m is not Session)
        return {m._meta.label: m.objects.count() for m in ours}

    mona = scene.people["manager"]
    client = Client()
    assert mona is not None
    client.force_login(mona)
    before = counts()
    for name, rule in RULES.items():
        # Asking for the next task takes it: that is what the address is for.
        if rule.method == "GET" and name != "label_next" and not name.startswith("api:"):
            client.get(reverse(name, kwargs=scene.keys[rule.sign]))
    assert counts() == before
