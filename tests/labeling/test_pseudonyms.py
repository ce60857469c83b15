"""The same for a person in a project, another one elsewhere, and nobody's number."""

import re

import pytest
from django.db import connection

from labeling.models import Project, Pseudonym
from labeling.pseudonyms import PATTERN, naming, people, person_of
from tests.factories import make_annotation, make_member, make_project, make_task, make_user
from tests.labeling.proposals.made import make_proposal

pytestmark = pytest.mark.django_db


def test_a_person_has_one_in_each_project() -> None:
    one, other = make_project("one"), make_project("other")
    ada, bob = make_user("Ada"), make_user("Bob")

    names = {naming(project)(who.pk) for project in (one, other) for who in (ada, bob)}

    assert len(names) == 4
    assert all(re.match(PATTERN, name) for name in names)
    assert naming(one)(ada.pk) == naming(Project.objects.get(pk=one.pk))(str(ada.pk))


def test_projects_of_earlier_versions_have_keys_of_their_own() -> None:
    """The database gives one to each row that says nothing of it."""
    fields = "slug, name, name_key, description, guidelines, overlap, completions, family_id"
    others = "guideline_version, is_simulated, lease_minutes, goal, goal_period, created_at"
    for number in range(2):
        family = make_project().family
        Project.objects.filter(family=family).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO labeling_project ({fields}, {others}) VALUES"  # noqa: S608
                " (%s, %s, %s, '', '', 1, '{}', %s, 1, false, 45, 0, 'day', now())",
                [f"raw-{number}"] * 3 + [family.pk],
            )
    keys = set(Project.objects.values_list("pseudonym_key", flat=True))
    assert len(keys) == 2


def test_people_are_members_and_all_who_gave_something() -> None:
    project = make_project("kitchen")
    member = make_member(project, "Bea")
    gone = make_annotation(make_task(project)).annotator
    writer = make_proposal(project, make_user("Zoe")).author
    make_member(make_project("other"), "Stranger")

    found = list(people(project))

    assert {person.pk for person in found} >= {member.pk, gone.pk, writer.pk}
    assert "Stranger" not in {person.name for person in found}
    assert [person.name for person in found] == sorted(person.name for person in found)
    name = naming(project)
    assert person_of(project, name(gone.pk)) == gone.pk
    assert person_of(project, name(make_user().pk)) is None


def test_who_came_with_the_project_keeps_the_name_of_before() -> None:
    project, ada, bob = make_project(), make_user("Ada"), make_user("Bob")
    make_annotation(make_task(project), annotator=ada)
    before = naming(project)(bob.pk)
    Pseudonym.objects.create(project=project, person=ada, name="p-0123456789ab")

    name = naming(project)

    assert [name(ada.pk), name(str(ada.pk)), name(bob.pk)] == [*2 * ["p-0123456789ab"], before]
    assert person_of(project, "p-0123456789ab") == ada.pk
    assert naming(make_project())(ada.pk) != "p-0123456789ab"
