"""Deleting the rows of a project: whatever table of whatever app they are in."""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError

from jobs.models import Job
from labeling.models import Project
from registry.models import Alias, AliasChange, Family, ModelVersion
from rounds.retiring.loss import jobs_of, used_elsewhere

OWNED_BY = {models.CASCADE, models.PROTECT, models.RESTRICT}


@transaction.atomic
def delete_rows(project: Project) -> dict[str, list[Any]]:
    """Delete `project` and what belongs to it; the folders on disk that are nobody's any more.

    Foreign keys are checked when the transaction ends, so that the order of the tables is free.
    """
    row = Project.objects.select_for_update().select_related("family").get(pk=project.pk)
    family, kept = row.family, used_elsewhere(row)
    job_ids = list(jobs_of(row).values_list("pk", flat=True))
    uris = list(row.snapshots.values_list("uri", flat=True))
    uris += row.corpora.values_list("uri", flat=True)
    uris += row.frozen_exports.exclude(uri="").values_list("uri", flat=True)
    _delete(Project, [row.pk])
    uris += _delete_models(family, kept)
    gone = _delete_jobs(job_ids)
    return {"folders": uris, "jobs": gone}


def _belonging(root: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Each table whose rows point at `root`'s, be it through others, with the lookup that leads
    there; nearer ones first. A column that may be empty leads there where no other does.
    """
    seen: set[type[models.Model]] = {root}
    nearest: list[tuple[type[models.Model], str]] = [(root, "")]
    optional: list[tuple[type[models.Model], str]] = []
    while nearest or optional:
        if not nearest:
            model, lookup = optional.pop(0)
            if model not in seen:
                seen.add(model)
                nearest.append((model, lookup))
                yield model, lookup
            continue
        above, path = nearest.pop(0)
        for field in above._meta.get_fields(include_hidden=True):
            if not (field.auto_created and (field.one_to_many or field.one_to_one)):
                continue
            relation: Any = field
            model, on_delete = relation.related_model, relation.on_delete
            if model in seen or on_delete not in OWNED_BY:
                continue
            lookup = f"{relation.field.name}__{path}".removesuffix("__")
            if relation.field.null:
                optional.append((model, lookup))
                continue
            seen.add(model)
            nearest.append((model, lookup))
            yield model, lookup


def _delete(root: type[models.Model], keys: list[int]) -> None:
    """Delete rows of `root` and all that belongs to them, what is farther away first."""
    for model, path in reversed(list(_belonging(root))):
        rows: Any = model._base_manager.filter(**{f"{path}__in": keys})
        rows.order_by()._raw_delete("default")
    chosen: Any = root._base_manager.filter(pk__in=keys)
    chosen._raw_delete("default")


def _delete_models(family: Family, kept: set[int]) -> list[str]:
    """Those that no other project uses, children before parents; where their folders were."""
    uris = []
    _delete(Alias, list(family.aliases.values_list("pk", flat=True)))
    _delete(AliasChange, list(family.alias_changes.values_list("pk", flat=True)))
    for version in ModelVersion.objects.filter(family=family).order_by("-pk"):
        if version.pk in kept:
            continue
        try:
            with transaction.atomic():
                version.delete()
        except ProtectedError:  # in use where `used_elsewhere` does not look
            continue
        uris.append(version.uri)
    if family.versions.exists():  # its name is free for another project all the same
        family.name = f"deleted-{family.pk}"
        family.save(update_fields=["name"])
    else:
        family.delete()
    return uris


def _delete_jobs(ids: list[int]) -> list[int]:
    """The jobs of the runs, but for those of models that are kept."""
    jobs = Job.objects.filter(pk__in=ids, model_version__isnull=True)
    gone = list(jobs.values_list("pk", flat=True))
    Job.objects.filter(after__in=gone).update(after=None)
    _delete(Job, gone)
    return gone
