"""An import taken back as a whole, as long as nothing has been made of its prompts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError
from labeling.editing import is_used
from labeling.models import Import, Project, Task


@transaction.atomic
def undo_import(*, imported: Import, by: User) -> int:
    """Remove the prompts that came with a file, and the tasks that ask about them; how many.

    ConflictError where one of them has been given to somebody, or a model has written for it, or is
    about to. Prompts that were there before it, or are gone since, are none of them.
    """
    # Opening a round takes the project's lock, and people claim tasks under theirs: those that wait
    # find the prompts gone.
    Project.objects.select_for_update(no_key=True).get(pk=imported.project_id)
    row = Import.objects.select_for_update().get(pk=imported.pk)
    if row.undone_at:
        raise ConflictError(_("This import is undone already. Reload the page."))
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
        details={"source": row.name, "removed": removed},
    )
    return removed
