"""Projects, guidelines, members."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import use_sign_in_link
from core.errors import BadInputError, ConflictError
from labeling.models import Membership, Project, Role
from labeling.projects import (
    add_member,
    change_settings,
    create_project,
    invite,
    new_link,
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
    ("name", "slug"), [("Other", "kitchen"), ("ＫITCHEN", "other"), ("Other", "new")]
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


def test_a_link_is_never_made_for_somebody_elses_account(project: Project, mona: User) -> None:
    fresh, _link = invite(
        project=project, email="n@example.org", name="N", role="annotator", by=mona
    )
    member = Membership.objects.get(user=fresh)
    assert "/sign-in/" in new_link(member=member, by=mona)
    add_member(project=make_project(), user=fresh, role="manager", by=None)

    with pytest.raises(ConflictError):
        new_link(member=member, by=mona)
    for owner in (make_member(project), make_user("Root", is_superuser=True)):
        add_member(project=project, user=owner, role="annotator", by=mona)
        with pytest.raises(ConflictError, match=f"sign_in_link --email {owner.email}"):
            new_link(member=Membership.objects.get(project=project, user=owner), by=mona)


def test_who_signs_in_without_a_password_gets_another_link(project: Project, mona: User) -> None:
    nora, link = invite(project=project, email="n@example.org", name="N", role="annotator", by=mona)
    use_sign_in_link(token=link.rstrip("/").rsplit("/", 1)[1])
    User.objects.filter(pk=nora.pk).update(last_login=timezone.now())
    other = make_project()
    add_member(project=other, user=nora, role="annotator", by=None)
    member = Membership.objects.select_related("user").get(project=project, user=nora)
    add_member(project=other, user=mona, role="reviewer", by=None)

    with pytest.raises(ConflictError):
        new_link(member=member, by=mona)
    add_member(project=other, user=make_user(), role="manager", by=None)
    add_member(project=other, user=mona, role="manager", by=None)
    assert "/sign-in/" in new_link(member=member, by=mona)
    nora.set_password("correct horse battery")
    nora.save()
    with pytest.raises(ConflictError):
        new_link(member=Membership.objects.get(project=project, user=nora), by=mona)


def test_the_last_manager_stays(project: Project, mona: User, ada: User) -> None:
    member = Membership.objects.get(user=mona)
    with pytest.raises(BadInputError):
        remove_member(member=member, by=mona)
    with pytest.raises(BadInputError):
        add_member(project=project, user=mona, role="annotator", by=mona)

    add_member(project=project, user=ada, role="manager", by=mona)
    remove_member(member=member, by=mona)
    assert list(project.memberships.values_list("user", "role")) == [(ada.pk, "manager")]
