"""Models: what made each, what each made, and letting one serve."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from ninja import Query, Router
from pydantic import Field

from api.auth import MANAGER
from api.parts import ModelKind, ModelPart, model_part
from api.request import ApiRequest
from api.routers.aliases import PromotionBody, ServingOut, change_out
from api.schemas import Page, Place, page_of
from core.errors import NotFoundError
from registry import services as registry
from registry.models import ModelVersion
from rounds.evaluation.promoting import promote, said
from rounds.lineage import ancestors, models_trained_on, rounds_written_by, run_that_made
from rounds.models import Evaluation

router = Router(tags=["models"])


class ModelOut(ModelPart):
    """One version, which never changes. sha256: of its manifest. serves: it writes completions.

    source, licence: of a base model, where it comes from. metrics: the figures of its training.
    """

    number: int
    parent: ModelPart | None
    parameters: int
    sha256: str
    source: str
    licence: str
    metrics: dict[str, Any]
    serves: bool
    created_at: datetime


class ModelDetailsOut(ModelOut):
    """A version and its lineage. run: the one that made it; snapshot: the labels that it learned.

    ancestors: from its parent up to the base model. rounds: those whose completions it wrote.
    evaluations: the runs that measured it. said: what people's votes say of it against the one that
    it would take the place of: better, no_better, worse, undecided or nobody.
    """

    run: int | None
    snapshot: int | None
    ancestors: list[ModelPart]
    children: list[ModelPart]
    rounds: list[int]
    evaluations: list[int]
    said: str


class WhichModels(Place):
    """Which versions."""

    kind: ModelKind | None = Field(None, description="One kind only.")


def version_of(request: ApiRequest, pk: int) -> ModelVersion:
    """That of the address: of the project, or a base model, which belongs to all."""
    found = ModelVersion.objects.select_related("parent", "job").filter(_own(request), pk=pk)
    if (version := found.first()) is None:
        raise NotFoundError
    return version


def _own(request: ApiRequest) -> Q:
    return Q(family=request.project.family) | Q(family=None)


def _out(version: ModelVersion, serving: int | None) -> dict[str, Any]:
    names = ("number", "parameters", "sha256", "source", "licence", "metrics", "created_at")
    return {
        **(model_part(version) or {}),
        **{name: getattr(version, name) for name in names},
        "parent": model_part(version.parent),
        "serves": version.pk == serving,
    }


def _serving(request: ApiRequest) -> int | None:
    found = registry.serving(request.project.family)
    return found.pk if found else None


@router.get(
    "/projects/{slug:slug}/models",
    auth=MANAGER,
    response=Page[ModelOut],
    summary="List the models",
)
def list_models(request: ApiRequest, slug: str, which: Query[WhichModels]) -> dict[str, Any]:
    """Those of the project, and the base models, which are everybody's; the newest first."""
    found = ModelVersion.objects.filter(_own(request)).select_related("parent")
    if which.kind is not None:
        found = found.filter(kind=which.kind)
    serving = _serving(request)
    return page_of(found, which, lambda version: _out(version, serving))


@router.get(
    "/projects/{slug:slug}/models/{int:pk}",
    auth=MANAGER,
    response=ModelDetailsOut,
    summary="One model, and where it comes from",
)
def read_model(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """Its labels are those of `snapshot`, which lists them."""
    version, project = version_of(request, pk), request.project
    run = run_that_made(version)
    children = version.children.filter(family=project.family).order_by("pk")
    measured = Evaluation.objects.filter(after=version, run__round__project=project)
    return {
        **_out(version, _serving(request)),
        "run": run.pk if run else None,
        "snapshot": run.snapshot_id if run else None,
        "ancestors": [model_part(one) for one in ancestors(version)],
        "children": [model_part(one) for one in children],
        "rounds": [r.number for r in rounds_written_by(version) if r.project_id == project.pk],
        "evaluations": list(measured.order_by("run").values_list("run", flat=True)),
        "said": said(project, version) if version.writes else "",
    }


@router.post(
    "/projects/{slug:slug}/models/{int:pk}/promote",
    auth=MANAGER,
    response=ServingOut,
    summary="Let a model serve",
)
def promote_model(request: ApiRequest, slug: str, pk: int, body: PromotionBody) -> dict[str, Any]:
    """It writes the completions of the next round. 422 without a reason where one is needed."""
    version = version_of(request, pk)
    change = promote(project=request.project, version=version, by=request.user, reason=body.reason)
    return change_out(change)


@router.get(
    "/projects/{slug:slug}/labels/{int:pk}/models",
    auth=MANAGER,
    response=Page[ModelPart],
    summary="List the models that a label trained",
)
def list_models_of_label(
    request: ApiRequest, slug: str, pk: int, place: Query[Place]
) -> dict[str, Any]:
    """Each that a run made from a snapshot with this label, the oldest first."""
    label = request.project.annotations.filter(pk=pk).first()
    if label is None:
        raise NotFoundError
    return page_of(models_trained_on(label), place, model_part, newest_first=False)
