"""Rows of another project are not there, wherever they are named: address, query or body."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from labeling.models import Membership, Role
from labeling.proposals import deciding
from notices.models import Notice
from tests.access.callers import by_role, person_of
from tests.access.fields import NUMBERS, OF_THE_SITE, ROWS, Place, places, rows_of
from tests.access.rule import Rule
from tests.access.rules import RULES, ask
from tests.access.scene import Scene
from tests.factories import make_project, make_prompt

pytestmark = pytest.mark.django_db
SAME_IN_BOTH = {"file", "guideline", "preamble", "round"}  # numbers of a project's own
FOREIGN = sorted(n for n, rule in RULES.items() if rule.sign not in {"", "link", "reset", "stop"})
NAMED = [n for n in FOREIGN if RULES[n].sign not in {"project", *SAME_IN_BOTH}]
NONE = 2**53  # the key of no row
NOWHERE = {"slug": "nowhere", "pk": NONE, "later": NONE, "number": 2**31 - 1}
OWN = re.compile(
    r'"request_id": "\w+"|Request id <code>\w+|nonce="[^"]+"|csrf\w*"[^>]*|"/[^"]*"'
    r"|(?<=There is no )[a-z ]+ \S+?(?=,| in this| of this)"
)


def content(response: HttpResponse) -> str:
    """Without what every answer has of its own: its id, its nonce, its address, what was asked."""
    return OWN.sub("", response.content.decode())


@pytest.mark.parametrize("name", FOREIGN)
def test_the_address_of_a_row_of_another_project_is_as_one_of_none(name, scene, scenes):
    """A manager of one project tries the keys of another, below the own project's address too."""
    rule, manager = RULES[name], scene.people["manager"]
    own, other = scene.keys[rule.sign], scenes.elsewhere.keys[rule.sign]
    tries = [other]
    if "slug" in own and rule.sign not in SAME_IN_BOTH:
        tries += [own | {key: value} for key, value in other.items() if own[key] != value]
    for keys in tries:
        none = {k: v if v == own.get(k) else NOWHERE.get(k, v) for k, v in keys.items()}
        foreign, nothing = (ask(name, rule, each, manager) for each in (keys, none))
        assert (foreign.status_code, content(foreign)) == (404, content(nothing)), keys


@pytest.mark.parametrize("name", NAMED)
def test_who_may_in_both_projects_finds_a_row_in_its_own_only(name, scene, scenes):
    """Whoever may open it elsewhere, and as much here, asks for it below the address of here."""
    rule = RULES[name]
    own, other = scene.keys[rule.sign], scenes.elsewhere.keys[rule.sign]
    if "slug" not in own:
        return  # no project is in its address: above it was tried by a stranger to it
    person = _of_both(scene, scenes.elsewhere, rule)
    assert ask(name, rule, other, person).status_code not in {403, 404}
    assert ask(name, rule, other | {"slug": own["slug"]}, person).status_code == 404


def _of_both(scene: Scene, elsewhere: Scene, rule: Rule) -> Any:
    found = person_of(rule)
    role = Role(found) if found in Role else Role.MANAGER
    person = elsewhere.people[found]
    Membership.objects.create(project=scene.world.project, user=person, role=role)
    return person


def test_every_integer_that_an_operation_takes_is_known_as_a_row_or_a_number():
    """A new field has to be put into `ROWS`, and is tried below, or into `NUMBERS`."""
    found = set(places())

    assert {place for place in found if place.field not in NUMBERS} == {*ROWS, *OF_THE_SITE}
    assert {place.field for place in found - {*ROWS, *OF_THE_SITE}} == NUMBERS


@pytest.mark.parametrize("place", ROWS, ids=str)
def test_a_field_that_names_a_row_of_another_project_is_as_one_that_names_none(
    place, scene, scenes
):
    rule = RULES[f"api:{place.operation}"]
    rule = replace(rule, body=_bodies(scene).get(place, rule.body))
    keys, own, other = scene.keys[rule.sign], rows_of(scene), rows_of(scenes.elsewhere)
    if ROWS[place] == "base":  # a project that has no model yet chooses one
        keys, other = {"slug": _without_rounds(scene)}, other | {"base": other["model"]}
    if place.operation == "list_prompts":
        proposal = scene.keys["proposal"]["pk"]
        deciding.accept(project=scene.world.project, proposals=[proposal], by=scene.world.mona)
    headers = by_role(scene)[person_of(rule)]

    def said(pk: int) -> tuple[int, str, int]:
        """The status, the answer and how many notices nobody has seen after it."""
        with transaction.atomic():
            response = _send(place, rule, keys, headers, pk)
            unseen = Notice.objects.filter(seen_at=None).count()
            transaction.set_rollback(True)
        told = content(response).replace(f"{pk} is not one of", "it is not one of")
        return response.status_code, told, unseen

    nothing = said(NONE)
    assert said(other[ROWS[place]]) == nothing
    assert said(own[ROWS[place]]) != nothing  # else this says nothing


def _bodies(scene: Scene) -> dict[Place, dict[str, Any]]:
    """What else stands in the body, where that of the rule does not fit."""
    return {
        Place("next_review", "body", "person"): {"queue": "person"},
        Place("next_review", "body", "later[]"): {"queue": "person", "person": scene.world.ada.pk},
        Place("replay_webhook", "body", "message"): {},
    }


def _without_rounds(scene: Scene) -> str:
    project = make_project("empty")
    for user in (scene.people["annotator"], scene.people["manager"]):
        Membership.objects.create(project=project, user=user, role=Role.MANAGER)
    make_prompt(project)
    return project.slug


def _send(place: Place, rule: Rule, keys: Any, headers: Any, pk: int) -> HttpResponse:
    address = reverse(f"api:{place.operation}", kwargs=keys)
    if place.where == "query":
        return Client().get(f"{address}?{place.field}={pk}", headers=headers)
    field, many = place.field.removesuffix("[]"), place.field.endswith("[]")
    body = {**(rule.body or {}), field: [pk] if many else pk}
    return Client().post(address, body, "application/json", headers=headers)
