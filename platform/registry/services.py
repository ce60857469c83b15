"""Registering models, and moving the alias that says which one serves."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError, JobFailedError, MissingFilesError
from jobs.models import Job
from registry import cards, copies, remote, store, trust
from registry.models import Alias, AliasChange, Family, ModelVersion
from training.contract import manifest
from training.contract.manifest import ManifestError

FACTS = ("context", "system_turns", "tool_turns")
SHORT_NAMES = {
    ModelVersion.Kind.BASE: "base model",
    ModelVersion.Kind.SFT: "SFT",
    ModelVersion.Kind.REWARD: "reward model",
    ModelVersion.Kind.SECOND: "second reward model",
    ModelVersion.Kind.POLICY: "policy",
}


@transaction.atomic
def register_folder(
    *,
    folder: Path,
    kind: str,
    name: str = "",
    family: Family | None = None,
    parent: ModelVersion | None = None,
    job: Job | None = None,
    metrics: dict[str, Any] | None = None,
    source: str = "",
    licence: str = "",
    template_hash: str = "",
    title: str = "",
    preamble: Sequence[Mapping[str, Any]] = (),
) -> ModelVersion:
    """Verify the model in `folder`, take it into the store and give it a row.

    name: "policy v2" and the like where it is not given. title: the first line of its model card.
    preamble: the messages that stood before each prompt that it was trained for.

    A job that registers again gets the version that it registered before. BadInputError when the
    folder is not as its manifest says, or holds what could run code.
    """
    if job is not None and (before := ModelVersion.objects.filter(job=job).first()):
        return before
    try:
        files = manifest.verify(folder)
    except ManifestError as error:
        raise BadInputError(str(error)) from error
    tensors = trust.check(folder)
    inherited = parent.template_hash if parent else ""
    number = _next_number(family, kind)
    version = ModelVersion(
        family=family,
        kind=kind,
        number=number,
        name=name or f"{SHORT_NAMES[ModelVersion.Kind(kind)]} v{number}",
        parent=parent,
        job=job,
        metrics=metrics or {},
        source=source,
        licence=licence or (parent.licence if parent else ""),
        template_hash=template_hash or (metrics or {}).get("template_hash") or inherited,
        parameters=sum(tensor.parameters for tensor in tensors.values()),
    )
    version.uri, version.manifest = store.put(
        folder,
        files,
        card=cards.write(version, title=title, preamble=preamble),
        preamble=json.dumps(list(preamble), ensure_ascii=False, indent=2) if preamble else "",
    )
    version.sha256 = manifest.digest_of(version.manifest)
    if family is None:
        same = ModelVersion.objects.filter(family=None, kind=kind, sha256=version.sha256)
        if (twin := same.first()) is not None:
            return twin
    copies.publish(version.uri, version.manifest)
    version.save()
    return version


def _next_number(family: Family | None, kind: str) -> int:
    """The number after the last one; the family's row keeps others from taking the same."""
    if family is not None:
        Family.objects.select_for_update().get(pk=family.pk)
    last = ModelVersion.objects.filter(family=family, kind=kind).aggregate(last=Max("number"))
    return (last["last"] or 0) + 1


def local_folder(version: ModelVersion) -> Path:
    """The folder of `version` on this machine, verified file by file just now.

    From a store at a URL it is fetched. MissingFilesError where it is not here, which another
    machine may have, or not in that store; JobFailedError where it is not what was registered.
    """
    folder = copies.fetch(version.uri, version.manifest)
    if settings.STORE_URL:
        return folder
    if missing := manifest.missing(folder, version.manifest):
        raise MissingFilesError(f"{version.name} is not whole in {store.root()}: no {missing}")
    try:
        manifest.verify(folder, version.manifest)
    except ManifestError as error:
        message = f"{version.name} in the artifact store is damaged: {error}"
        raise JobFailedError(message, code="damaged_model") from error
    return folder


@transaction.atomic
def promote(
    *,
    family: Family,
    version: ModelVersion,
    by: User | None,
    instead_of: ModelVersion | None = None,
) -> AliasChange:
    """Let `version` serve; the completions of the next round come from it.

    instead_of: what wrote so far, where nothing was promoted yet. Promoting what serves already
    changes nothing and gives the change that made it serve.
    """
    if not version.writes:
        raise ConflictError(_("A reward model writes nothing, so it cannot serve."))
    if version.family_id not in {family.pk, None}:
        raise ConflictError(_("This model belongs to another project."))
    Family.objects.select_for_update().get(pk=family.pk)
    alias = Alias.objects.filter(family=family, name=Alias.SERVING).first()
    if alias is not None and alias.version_id == version.pk:
        return AliasChange.objects.filter(family=family, name=Alias.SERVING).latest("pk")
    previous = alias.version if alias else instead_of
    Alias.objects.update_or_create(family=family, name=Alias.SERVING, defaults={"version": version})
    target = f"registry.ModelVersion:{version.pk}"
    audit(actor=by, action="model.promoted", target=target, details={"family": family.name})
    return AliasChange.objects.create(
        family=family, name=Alias.SERVING, version=version, previous=previous, changed_by=by
    )


def serving(family: Family) -> ModelVersion | None:
    """The version that serves; None before the first promotion."""
    alias = (
        Alias.objects.filter(family=family, name=Alias.SERVING).select_related("version").first()
    )
    return alias.version if alias else None


def facts_of(version: ModelVersion) -> dict[str, Any]:
    """What registration learned of the base model that `version` descends from.

    context: tokens of a conversation with its answer; system_turns, tool_turns: whether its
    template takes them. One is missing of a base model that was registered before it was looked
    at, until `learn` has it from the first job that reads the model.
    """
    version = _base_of(version)
    return {name: version.metrics[name] for name in FACTS if name in version.metrics}


def learn(version: ModelVersion, found: Mapping[str, Any]) -> None:
    """Keep those FACTS of `found` that registration did not learn of the base of `version`."""
    base = _base_of(version)
    with transaction.atomic():
        row = ModelVersion.objects.select_for_update(no_key=True).get(pk=base.pk)
        new = {name: found[name] for name in FACTS if name in found and name not in row.metrics}
        if new:
            row.metrics = {**row.metrics, **new}
            row.save(update_fields=["metrics"])


def _base_of(version: ModelVersion) -> ModelVersion:
    while version.kind != ModelVersion.Kind.BASE and version.parent is not None:
        version = version.parent
    return version


def sweep() -> list[str]:
    """Remove folders of the store that no version names; their addresses."""
    keep = set(ModelVersion.objects.values_list("uri", flat=True))
    gone = store.sweep(keep=keep)
    if settings.STORE_URL:
        gone += remote.sweep("models", keep=keep)
    return gone
