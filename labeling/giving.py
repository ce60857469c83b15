"""Which kinds of tasks, and in which languages, a member is given. Managers choose; empty: all.

Among what they are given the members choose themselves, and whether they want to be given prompts
with a content warning.

Claiming says it in SQL (labeling.assigning), counts by TaskQuerySet.given_to. What somebody has
begun stays theirs, and the test of new people is the same for all.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError
from labeling.kinds import kinds
from labeling.models import Membership, Project, Role
from labeling.queue.standing import Row

T = TypeVar("T")


def languages_of(project: Project) -> list[str]:
    """Those of the project's prompts, and those that a member is given."""
    found = set(project.prompts.order_by().values_list("language", flat=True).distinct())
    chosen = project.memberships.values_list("languages", flat=True)
    return sorted(found.union(*chosen) - {""})


@transaction.atomic
def choose(
    *, member: Membership, kinds_given: Sequence[str], languages: Sequence[str], by: User
) -> None:
    """Give `member` tasks of these kinds and languages from now on; what is empty means all."""
    row = Membership.objects.select_for_update(no_key=True).get(pk=member.pk)
    known = set(languages_of(row.project)) | set(row.languages)
    if not (set(kinds_given) <= kinds().keys() and set(languages) <= known):
        raise BadInputError(_("Choose among the kinds and languages of this project."))
    chosen = {"kinds": sorted(set(kinds_given)), "languages": sorted(set(languages))}
    if all(getattr(row, name) == values for name, values in chosen.items()):
        return
    row.kinds, row.languages = chosen["kinds"], chosen["languages"]
    row.save(update_fields=["kinds", "languages"])
    audit(
        actor=by,
        action="member.given",
        target=f"labeling.Project:{row.project_id}",
        details={"user": row.user_id, **chosen},
    )


def choose_own(
    *,
    member: Membership,
    kinds_chosen: Sequence[str],
    languages: Sequence[str],
    avoids_warned: bool,
) -> None:
    """Give `member` what they have chosen among what they are given; what is empty means all."""
    if not (
        set(kinds_chosen) <= set(kinds_for(member)) and set(languages) <= set(languages_for(member))
    ):
        raise BadInputError(_("Choose among the kinds and languages of this project."))
    Membership.objects.filter(pk=member.pk).update(
        chosen_kinds=sorted(set(kinds_chosen)),
        chosen_languages=sorted(set(languages)),
        avoids_warned=avoids_warned,
    )


def kinds_for(member: Membership) -> list[str]:
    """The names of the kinds that `member` may choose among."""
    return [name for name in kinds() if _is_in(name, member.kinds)]


def languages_for(member: Membership) -> list[str]:
    """The languages that `member` may choose among."""
    return [name for name in languages_of(member.project) if _is_in(name, member.languages)]


def is_given(member: Membership, *, kind: str, language: str) -> bool:
    """Whether `member` is given tasks of this kind in this language, and wants them."""
    lists = [member.kinds, member.chosen_kinds], [member.languages, member.chosen_languages]
    asked = zip((kind, language), lists, strict=True)
    return all(_is_in(value, chosen) for value, both in asked for chosen in both)


def in_words(member: Membership) -> str:
    """What they are given, for people; "" where that is everything."""
    return _words(member.kinds, member.languages)


def own_in_words(member: Membership) -> str:
    """What they have chosen among that, for people; "" where that is all of it."""
    words = _words(member.chosen_kinds, member.chosen_languages)
    without = [_("nothing with a content warning")] if member.avoids_warned else []
    return " · ".join(filter(None, [words, *without]))


def _words(kinds_named: Sequence[str], languages: Sequence[str]) -> str:
    names = [str(kinds()[name].plural) for name in kinds_named if name in kinds()]
    return " · ".join([*names, *languages])


def for_nobody(project: Project, rows: Iterable[Row]) -> list[Row]:
    """Those of `rows` that miss answers and that no annotator is given.

    None where the project has no annotators: its reviewers and managers label then.
    """
    people = list(_annotators(project))
    return [
        row
        for row in rows
        if people
        and row.missing
        and not any(is_given(one, kind=row.kind, language=row.language) for one in people)
    ]


def _annotators(project: Project) -> QuerySet[Membership]:
    return project.memberships.filter(role=Role.ANNOTATOR, user__is_active=True)


def _is_in(value: T, chosen: Sequence[T]) -> bool:
    return not chosen or value in chosen
