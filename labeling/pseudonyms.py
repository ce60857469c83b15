"""Names for people in what leaves a project: the same for a person there, another one elsewhere.

They follow from a key of the project, which never leaves: who has an export, and even the keys of
all people, learns from it which answers are of one person, and not who that is. Who came with the
project from another server keeps the name that they had there (Pseudonym).
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING

from accounts.models import User
from labeling.answering import people_of
from labeling.models import ImportedLabel, Project

if TYPE_CHECKING:
    from django.db.models import QuerySet

PREFIX = "p-"
DIGITS = 12  # 48 bits: two of a thousand people share a name with a chance of one in 500 million
PATTERN = rf"^{PREFIX}[0-9a-f]{{{DIGITS}}}$"
Naming = Callable[[int | str], str]


def naming(project: Project) -> Naming:
    """What gives the pseudonym in `project` of a person, by their key."""
    key = project.pseudonym_key.bytes
    known: dict[int | str, str] = {}
    for pk, kept in project.pseudonyms.values_list("person", "name"):
        known[pk] = known[str(pk)] = kept

    def name(person: int | str) -> str:
        if person not in known:
            digest = hmac.new(key, str(person).encode(), hashlib.sha256).hexdigest()
            known[person] = f"{PREFIX}{digest[:DIGITS]}"
        return known[person]

    return name


def of_file(name: Naming, who: str) -> str:
    """The pseudonym of somebody whom a file named, as `ImportedLabel.who` has them.

    It stays theirs on another server. Of labels that came in earlier `who` is what it follows from.
    """
    return who if who.startswith(PREFIX) else name(f"file {who}")


def people(project: Project) -> "QuerySet[User]":
    """Members, and all who answered or proposed a prompt, by name."""
    keys = set(people_of(project).order_by().values_list("pk", flat=True))
    keys |= set(project.memberships.values_list("user", flat=True))
    keys |= set(project.proposals.values_list("author", flat=True))
    return User.objects.filter(pk__in=keys).order_by("name", "pk")


def person_of(project: Project, pseudonym: str) -> int | None:
    """The key of who has this pseudonym; None where nobody has."""
    name = naming(project)
    keys = people(project).order_by().values_list("pk", flat=True)
    return next((pk for pk in keys if name(pk) == pseudonym), None)


def whos_of(project: Project, pseudonym: str) -> list[str]:
    """As which `ImportedLabel.who` labels of files have who has this pseudonym."""
    name = naming(project)
    said = ImportedLabel.objects.filter(project=project).exclude(who="").order_by()
    found = said.values_list("who", flat=True).distinct()
    return [who for who in found if of_file(name, who) == pseudonym]
