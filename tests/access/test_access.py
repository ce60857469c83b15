"""Every address, every role: what a role may not see answers 404, what it may not do 403.

A new address fails here until it has a line in RULES.
"""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Session
from labeling.assigning import claim_next
from tests.access.rules import NOT_PAGES, PEOPLE, RULES, answer, ask, expected, names
from tests.factories import make_task

pytestmark = pytest.mark.django_db


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
