"""Who is who: read by managers alone, and written down each time."""

from typing import NamedTuple

from accounts.models import User
from accounts.services import audit
from labeling.models import Project
from labeling.pseudonyms import Naming, naming, people


class Person(NamedTuple):
    """Somebody, and what exports of a project call them."""

    pseudonym: str
    name: str
    email: str


def who_is_who(*, project: Project, by: User) -> list[Person]:
    """All whom exports of `project` may name, by name; the audit log says that `by` was told."""
    name = told(project=project, by=by)
    return [person(name, each) for each in people(project)]


def told(*, project: Project, by: User) -> Naming:
    """What names people in exports of `project`; the audit log says that `by` was told."""
    audit(actor=by, action="pseudonyms.told", target=f"labeling.Project:{project.pk}")
    return naming(project)


def person(name: Naming, user: User) -> Person:
    """How `name` calls somebody."""
    return Person(name(user.pk), user.name, user.email)
