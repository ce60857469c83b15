"""How varied the prompts are that people write: by use case and form, author and length."""

from dataclasses import dataclass, field
from itertools import pairwise

from django.db.models import Count, Q

from accounts.models import User
from labeling.models import Project, PromptForm, Proposal
from labeling.proposals.queries import IN_HAND

# The last numbers of characters of the bands of length; beyond them there is one more.
BANDS = [100, 300, 1000, 3000]


@dataclass(kw_only=True)
class Row:
    """Of one use case. forms: how many of each form wait or are accepted, in the forms' order."""

    use_case: str
    forms: list[int] = field(default_factory=lambda: [0] * len(PromptForm))
    waiting: int = 0
    accepted: int = 0

    @property
    def by_form(self) -> list[tuple[str, int]]:
        """The label of each form, and how many are of it."""
        return [(str(form.label), n) for form, n in zip(PromptForm, self.forms, strict=True)]


def by_use_case(project: Project) -> list[Row]:
    """Each use case with its forms; the one without a name first."""
    rows: dict[str, Row] = {}
    places = {form: n for n, form in enumerate(PromptForm.values)}
    for use_case, form, state, number in Proposal.objects.filter(project=project).mixed():
        row = rows.setdefault(use_case, Row(use_case=use_case))
        row.forms[places[form]] += number
        setattr(row, state, getattr(row, state) + number)
    return list(rows.values())


def by_author(project: Project) -> list[User]:
    """Who wrote those that wait or are accepted, most first, with `waiting`, `accepted` and
    `returned`, how many of each are theirs.
    """
    states = {
        state: Count("pk", filter=Q(state=state)) for state in (*IN_HAND, Proposal.State.RETURNED)
    }
    found = project.proposals.order_by().values_list("author").annotate(**states)
    counts = {author: dict(zip(states, numbers, strict=True)) for author, *numbers in found}
    shown = [author for author, numbers in counts.items() if any(numbers.values())]
    people = list(User.objects.filter(pk__in=shown).order_by("name"))
    for person in people:
        vars(person).update(counts[person.pk])
    return sorted(people, key=lambda one: -sum(counts[one.pk][state] for state in IN_HAND))


def authors(project: Project) -> list[User]:
    """Who wrote prompts that were accepted."""
    wrote = project.proposals.filter(state=Proposal.State.ACCEPTED).values("author")
    return list(User.objects.filter(pk__in=wrote).order_by("name"))


def by_length(project: Project) -> list[tuple[int, int | None, int]]:
    """(from, to, how many) of each band of characters; None: without an end."""
    edges = [(0, BANDS[0]), *((low + 1, high) for low, high in pairwise(BANDS))]
    bands: list[tuple[int, int | None]] = [*edges, (BANDS[-1] + 1, None)]
    counts = {
        f"band_{n}": Count(
            "pk",
            filter=Q(characters__gte=low) & (Q() if high is None else Q(characters__lte=high)),
        )
        for n, (low, high) in enumerate(bands)
    }
    found = project.proposals.filter(state__in=IN_HAND).aggregate(**counts)
    return [(low, high, found[f"band_{n}"]) for n, (low, high) in enumerate(bands)]
