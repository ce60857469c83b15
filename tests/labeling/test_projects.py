"""Projects, guidelines, members."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from core.names import name_key
from labeling.models import Membership, Project, Role
from labeling.projects import (
    add_member,
    change_settings,
    create_project,
    invite,
    remove_member,
)
from tests.factories import make_member, make_project, make_user


def test_a_new_project_has_a_family_a_manager_and_first_guidelines(db: None) -> None:
    admin = make_user("Root", is_superuser=True)

    project = create_project(name="Kitchen", slug="kitchen", by=admin, guidelines="Be kind.")

    assert project.family.name == "kitchen"
    assert project.memberships.get().user == admin
    assert project.memberships.get().role == Role.MANAGER
    assert list(project.guideline_versions.values_list("number", "text")) == [(1, "Be kind.")]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Other", "kitchen"), ("ＫITCHEN", "other"), ("Кitchen", "other"), ("Other", "new")],
)
def test_names_and_slugs_are_taken_once(project: Project, mona: User, name: str, slug: str) -> None:
    with pytest.raises(ConflictError):
        create_project(name=name, slug=slug, by=mona)


def test_new_guidelines_are_a_new_version_and_other_settings_are_not(
    project: Project, mona: User
) -> None:
    change_settings(project=project, by=mona, guidelines="Be kind.")
    change_settings(project=project, by=mona, overlap=3, guidelines="Be kind.")

    project.refresh_from_db()
    assert (project.guideline_version, project.overlap) == (2, 3)
    assert list(project.guideline_versions.values_list("number", "text")) == [(2, "Be kind.")]
    assert AuditEntry.objects.filter(action="project.changed").count() == 2


def test_inviting_a_stranger_makes_an_account_and_a_link(project: Project, mona: User) -> None:
    user, link = invite(
        project=project, email="new@example.org", name="Nora", role="annotator", by=mona
    )

    assert (user.name, user.has_usable_password()) == ("Nora", False)
    assert "/sign-in/" in link
    assert Membership.objects.get(project=project, user=user).role == "annotator"


def test_inviting_somebody_with_an_account_gives_no_link(project: Project, mona: User) -> None:
    admin = make_user("Root", is_superuser=True)

    user, link = invite(
        project=project, email=admin.email.upper(), name="", role="annotator", by=mona
    )

    assert (user, link) == (admin, "")
    with pytest.raises(ConflictError):
        invite(project=project, email=admin.email, name="", role="annotator", by=mona)


def test_the_last_manager_stays(project: Project, mona: User, ada: User) -> None:
    member = Membership.objects.get(user=mona)
    with pytest.raises(ConflictError, match="Mona is the only manager"):
        remove_member(member=member, by=mona)
    with pytest.raises(ConflictError, match="Mona is the only manager"):
        add_member(project=project, user=mona, role="annotator", by=mona)

    add_member(project=project, user=ada, role="manager", by=mona)
    remove_member(member=member, by=mona)
    assert list(project.memberships.values_list("user", "role")) == [(ada.pk, "manager")]


def test_a_second_removal_changes_nothing(project: Project, mona: User, ada: User) -> None:
    first, second = (Membership.objects.get(user=ada) for _ in range(2))
    remove_member(member=first, by=mona)
    remove_member(member=second, by=mona)
    assert AuditEntry.objects.filter(action="member.removed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["leave", "step down"])
def test_two_managers_who_go_at_once_do_not_both_go(way: str) -> None:
    project = make_project("kitchen")
    bosses = [make_member(project, name, Role.MANAGER) for name in ("Mona", "Max")]
    members = [Membership.objects.get(user=boss) for boss in bosses]
    ready = Barrier(2)

    def go(member: Membership) -> str:
        try:
            ready.wait()
            if way == "leave":
                remove_member(member=member, by=member.user)
            else:
                add_member(project=project, user=member.user, role="annotator", by=member.user)
        except ConflictError:
            return "stays"
        finally:
            connection.close()
        return "goes"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, members)) == ["goes", "stays"]
    assert project.memberships.filter(role=Role.MANAGER).count() == 1


def test_a_project_is_not_renamed_to_look_like_another(project: Project, mona: User) -> None:
    other = make_project("garden")
    for name in ("GARDEN", "Gаrden", "Ｇarden"):
        with pytest.raises(ConflictError, match="looks like it"):
            change_settings(project=project, by=mona, name=name)
    change_settings(project=other, by=mona, name="GARDEN")
    other.refresh_from_db()
    assert other.name == "GARDEN"


def test_the_database_holds_one_name_once(project: Project) -> None:
    with pytest.raises(IntegrityError):
        make_project("second", name=project.name.upper())


def test_names_of_before_are_kept_and_told_apart(project: Project) -> None:
    """As migrated: of two that look alike the older one has the key."""
    from importlib import import_module

    from django.apps import apps

    twin = make_project("twin")
    Project.objects.filter(pk=twin.pk).update(name="КITCHEN", name_key="")
    import_module("labeling.migrations.0006_names_that_look_alike").fill(apps, None)

    found = Project.objects.order_by("pk").values_list("name", "name_key")
    key = name_key("Kitchen")
    assert list(found) == [("Kitchen", key), ("КITCHEN", f"{key} #{twin.pk}")]
