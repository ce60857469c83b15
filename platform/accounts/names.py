"""People's names: nobody takes one that is taken for somebody else's."""

from itertools import count

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ConflictError
from core.names import name_key
from core.text import clean_name


def unlike(name: str, *, apart_from: User | None = None) -> str:
    """The name, clean; ConflictError where somebody else has it, or one that looks like it."""
    name = clean_name(name)
    if name_key(name) in _keys(apart_from=apart_from):
        message = _("Somebody has this name, or one that looks like it. Add a word to tell them.")
        raise ConflictError(message, errors={"name": message})
    return name


def free_name(name: str) -> str:
    """A name that nobody has chosen: with a number where it is taken."""
    name, keys = clean_name(name), _keys(apart_from=None)
    tries = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(each for each in tries if name_key(each) not in keys)


def _keys(*, apart_from: User | None) -> set[str]:
    others = User.objects.exclude(pk=apart_from.pk) if apart_from else User.objects.all()
    return set(map(name_key, others.values_list("name", flat=True)))
