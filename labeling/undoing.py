"""An import taken back as a whole, as long as nothing has been made of what came with it."""

from typing import Any

from django.db import transaction
from django.db.models import PROTECT
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError
from labeling.editing import is_used
from labeling.models import Annotation, Assignment, Completion, Import, Project, Task
from labeling.queries import AnnotationQuerySet


@transaction.atomic
def undo_import(*, imported: Import, by: User) -> int:
    """Remove the labels and prompts of a file, and the tasks that ask about these; how many.

    ConflictError where a prompt has been given to somebody, or a model has written for it, or is
    about to, or where a label is in a snapshot. What was there before it is not touched.
    """
    if not imported.is_stored:
        raise ConflictError(
            _("This import is not stored yet. Cancel it instead.")
            if imported.is_awaited
            else _("Nothing of this import was stored, so there is nothing to undo.")
        )
    # Opening a round takes the project's lock, and people claim tasks under theirs: those that wait
    # find the prompts gone.
    Project.objects.select_for_update(no_key=True).get(pk=imported.project_id)
    row = Import.objects.select_for_update().get(pk=imported.pk)
    if row.undone_at:
        raise ConflictError(_("This import is undone already. Load it again."))
    labels = _remove_labels(row)
    prompts = row.prompts.all()
    list(prompts.order_by("pk").select_for_update().values_list("pk"))
    tasks = Task.objects.filter(prompt__in=prompts)
    list(tasks.order_by("pk").select_for_update().values_list("pk"))
    if is_used(prompts, project=row.project_id):
        raise ConflictError(
            _(
                "Prompts of this import have been given to people, or a model writes or wrote for"
                " them, so they stay. Withdraw those that nobody shall be asked about."
            )
        )
    removed = prompts.count()
    prompts.delete()
    row.undone_at, row.undone_by = timezone.now(), by
    row.save(update_fields=["undone_at", "undone_by"])
    audit(
        actor=by,
        action="prompts.import_undone",
        target=f"labeling.Project:{row.project_id}",
        details={
            "source": row.name,
            "removed": removed,
            **({"labels": labels} if labels else {}),
        },
    )
    return removed


def _remove_labels(imported: Import) -> int:
    """Remove its labels, with their tasks and texts; how many."""
    answers = Annotation.objects.filter(imported_label__imported=imported)
    if _is_kept(answers):
        raise ConflictError(
            _(
                "Labels of this import are in a snapshot that models are trained on, so they stay."
                " Exclude those that shall not count on their pages."
            )
        )
    keys = list(answers.order_by("task").values_list("task", flat=True))
    tasks = Task.objects.filter(pk__in=keys)
    texts = list(Completion.objects.filter(tasks__in=tasks).values_list("pk", flat=True))
    answers.delete()
    Assignment.objects.filter(task__in=keys).delete()
    tasks.delete()
    Completion.objects.filter(pk__in=texts).delete()
    return len(keys)


def _is_kept(answers: AnnotationQuerySet) -> bool:
    """Whether something that stays names one of them: a snapshot, or a text shown to others."""
    relations: list[Any] = [
        field
        for field in Annotation._meta.get_fields(include_hidden=True)
        if field.auto_created and (field.one_to_many or field.one_to_one)
    ]
    staying = [
        relation
        for relation in relations
        if relation.on_delete is PROTECT or relation.related_model._meta.auto_created
    ]
    found = (
        r.related_model._base_manager.filter(**{f"{r.field.name}__in": answers}) for r in staying
    )
    return any(rows.exists() for rows in found)
