"""Evaluations: is the new model better, by the reward models; and what each model wrote."""

from typing import Any

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import MANAGER
from api.parts import EstimatePart, ModelPart, estimate_part, model_part
from api.request import ApiRequest
from api.routers.runs import run_of
from api.schemas import Key, Page, Place, page_of
from core.errors import NotFoundError
from rounds.evaluation.outcome import compare
from rounds.models import Evaluation, EvaluationSample

router = Router(tags=["evaluations"])
MODELS = ("before", "after", "reference", "reward_model", "second_reward_model")


class EvaluationOut(Schema):
    """Two models beside each other on held-out prompts. run: the one that measured it, by its id.

    reference: what the Kullback-Leibler divergence is measured from. metrics: the figures.
    """

    run: int
    round: int
    before: ModelPart
    after: ModelPart
    reference: ModelPart
    reward_model: ModelPart | None
    second_reward_model: ModelPart | None
    metrics: dict[str, Any]


class OutcomeOut(EvaluationOut):
    """An evaluation and what it says.

    verdict: yes, no or unclear, by whether the interval of `wins` leaves out a half. wins: on how
    many prompts the new model's reward is higher. change: by how much. is_own_judge: the new model
    was trained on the reward model that judges it.
    """

    verdict: str
    prompts: int
    wins: EstimatePart | None
    second_wins: EstimatePart | None
    change: EstimatePart | None
    is_own_judge: bool


class SampleOut(Schema):
    """What one model wrote for one held-out prompt. kl: from the reference, summed over tokens."""

    id: int
    prompt: int
    model: int
    text: str
    tokens: int
    finish_reason: str
    reward: float | None
    second_reward: float | None
    kl: float | None


class OfModel(Place):
    """Whose samples."""

    model: Key | None = Field(None, description="The id of the version that wrote them.")


def _found(request: ApiRequest) -> Any:
    found = Evaluation.objects.filter(run__round__project=request.project)
    return found.select_related("run__round", *MODELS)


def _of_run(request: ApiRequest, pk: int) -> Evaluation:
    found: Evaluation | None = _found(request).filter(run=run_of(request, pk)).first()
    if found is None:
        message = _("Run %(run)s has no evaluation: list the evaluations, each names its run.")
        raise NotFoundError(message % {"run": pk})
    return found


def _out(row: Evaluation) -> dict[str, Any]:
    models = {name: model_part(getattr(row, name)) for name in MODELS}
    return {"run": row.run_id, "round": row.run.round.number, "metrics": row.metrics, **models}


def _sample_out(row: EvaluationSample) -> dict[str, Any]:
    names = ("text", "tokens", "finish_reason", "reward", "second_reward", "kl")
    told = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "prompt": row.prompt_id, "model": row.model_version_id, **told}


@router.get(
    "/projects/{slug:slug}/evaluations",
    auth=MANAGER,
    response=Page[EvaluationOut],
    summary="List the evaluations",
)
def list_evaluations(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    return page_of(_found(request), place, _out)


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}/evaluation",
    auth=MANAGER,
    response=OutcomeOut,
    summary="What a run measured",
)
def read_evaluation(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """404 where the run has no evaluation yet."""
    row = _of_run(request, pk)
    found = compare(row)
    return {
        **_out(row),
        "verdict": found.verdict,
        "prompts": found.prompts,
        "wins": estimate_part(found.wins),
        "second_wins": estimate_part(found.second_wins),
        "change": estimate_part(found.change),
        "is_own_judge": found.is_own_judge,
    }


@router.get(
    "/projects/{slug:slug}/runs/{int:pk}/samples",
    auth=MANAGER,
    response=Page[SampleOut],
    summary="List what the models wrote in an evaluation",
)
def list_samples(request: ApiRequest, slug: str, pk: int, which: Query[OfModel]) -> dict[str, Any]:
    """By prompt, the two models' texts beside each other; 404 where the run has no evaluation."""
    found = _of_run(request, pk).samples.all()
    if which.model is not None:
        found = found.filter(model_version=which.model)
    return page_of(found, which, _sample_out, newest_first=False)
