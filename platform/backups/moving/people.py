"""People of a project that moves: by pseudonym, in accounts by which nobody signs in."""

import uuid
from collections.abc import Iterable, Mapping

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from accounts.names import free_name
from backups.moving.contents import Person
from labeling.models import Project, Pseudonym
from labeling.pseudonyms import naming
from labeling.storing_labels import NOBODY, annotator


def told(project: Project, keys: Iterable[int]) -> dict[str, Person]:
    """Who the people of these keys are, as one who has an export may know."""
    name = naming(project)
    return {
        str(user.pk): Person(
            name=name(user.pk), is_simulated=user.is_simulated, is_nobody=user.email == NOBODY
        )
        for user in User.objects.filter(pk__in=set(keys)).order_by("pk")
    }


def bring(people: Mapping[str, Person]) -> dict[int, int]:
    """Make an account for each: its key there -> the key here."""
    taken = set(
        User.objects.filter(name__in=[who.name for who in people.values()]).values_list(
            "name", flat=True
        )
    )
    new = {int(key): who for key, who in people.items() if not who.is_nobody}
    made = User.objects.bulk_create(
        User(
            email=f"moved-{uuid.uuid4().hex}@moved.invalid",
            name=free_name(who.name) if who.name in taken else who.name,
            password=make_password(None),
            is_active=False,
            is_simulated=who.is_simulated,
            closed_at=timezone.now(),
        )
        for who in new.values()
    )
    found = {key: user.pk for key, user in zip(new, made, strict=True)}
    return found | {int(key): annotator().pk for key, who in people.items() if who.is_nobody}


def keep_names(project: Project, people: Mapping[str, Person], keys: Mapping[int, int]) -> None:
    """Exports of `project` name them as they were named before."""
    Pseudonym.objects.bulk_create(
        Pseudonym(project=project, person_id=keys[int(key)], name=who.name)
        for key, who in people.items()
    )
