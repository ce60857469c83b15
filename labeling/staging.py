"""A task as people would be given it, for a manager to try: in the database for a moment only."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from labeling.kinds.base import AnnotationKind
from labeling.models import Assignment, Completion, KindSettings, Project, Prompt, Task

NOWHERE = -1  # keys below 0 are nobody's: what is staged has the same ones each time
LATEST, OFFERED = 200, 10  # prompts that are looked at, and that are offered


def offered(project: Project, kind: AnnotationKind) -> list[Prompt]:
    """Prompts to try the page with: the newest for which enough was written, newest first."""
    prompts = project.prompts.in_use()
    found = (prompts.with_rubric() if kind.reads_rubric else prompts).order_by("-pk")[:LATEST]
    if not kind.completions.most:
        return list(found[:OFFERED])
    written = Completion.objects.filter(prompt__in=[prompt.pk for prompt in found]).order_by()
    counts = dict(written.values_list("prompt").annotate(Count("pk")))
    least = kind.completions.fewest or 1
    return [prompt for prompt in found if counts.get(prompt.pk, 0) >= least][:OFFERED]


@contextmanager
def staged(
    *, project: Project, kind: AnnotationKind, prompt: Prompt | None, content: object, by: User
) -> Iterator[Assignment]:
    """An assignment of `by`; none of it is stored. prompt: None is the sample.

    content: of the settings to try, checked before; None is the built-in template.
    """
    with transaction.atomic():
        shown = prompt or _sample(project)
        if kind.completions.most:
            completions = _texts(shown, project.completions_of(kind), is_sample=prompt is None)
        else:
            completions = []
        task = Task.objects.create(pk=NOWHERE, project=project, kind=kind.name, prompt=shown)
        task.completions.set(completions)
        if content is not None:
            task.settings = KindSettings(project=project, kind=kind.name, content=content)
        order = [completion.pk for completion in completions]
        yield Assignment(task=task, annotator=by, shown_order=order, state=Assignment.State.ACTIVE)
        transaction.set_rollback(True)


def _sample(project: Project) -> Prompt:
    text = _("How long do I boil an egg so that the yolk stays soft?")
    row = Prompt(
        pk=NOWHERE,
        project=project,
        messages=[{"role": "user", "content": text}],
        sha256="a sample",  # a prompt of a project may have this very text
        language=(get_language() or "en").split("-")[0],
        rubric=[
            {"text": _("Says how many minutes, between 5 and 7."), "points": 5},
            {"text": _("Says when the time begins to count."), "points": 3},
            {"text": _("Would spoil the egg, or hurt somebody."), "points": -8},
        ],
    )
    Prompt.objects.bulk_create([row])
    return row


def _texts(prompt: Prompt, number: int, *, is_sample: bool) -> list[Completion]:
    if not is_sample:
        return list(prompt.completions.order_by("pk")[:number])
    texts = [
        _("Six minutes, from the moment the water boils again. Then put it into cold water."),
        _("About 6 to 7 minutes:\n\n1. Boil the water.\n2. Lower the egg in.\n3. Wait, then cool."),
        _("An hour."),
        _("That depends on the size of the egg. A small one takes 5 minutes, a large one 7."),
        _("I am only a language model and cannot boil eggs."),
        _("Until it is **done**. You will know when you open it."),
        _("Eggs are laid by hens. A hen lays up to 300 eggs a year."),
        _("Four minutes in the microwave, in its shell."),
        _("Six minutes is usual; start with the egg at room temperature, or it may crack."),
    ]
    return Completion.objects.bulk_create(
        Completion(pk=NOWHERE - place, prompt=prompt, text=text)
        for place, text in enumerate(texts[:number])
    )
