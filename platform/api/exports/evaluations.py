"""What evaluations measured, and what the models wrote for them on held-out prompts."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import orjson
from django.utils.translation import gettext_lazy as _

from api.exports.around import OF_PROMPT, of_prompt
from api.exports.filters import Filters
from api.exports.records import prompt_records
from api.exports.source import Maker, Source
from labeling.datasets import MESSAGES, ColumnType, Dataset, Row
from labeling.models import Project
from rounds.models import Evaluation, EvaluationSample

if TYPE_CHECKING:
    from django.db.models import QuerySet

EVALUATIONS = Dataset(
    name="evaluations",
    label=_("Evaluations"),
    note=_(
        "A row for each evaluation: the models that were compared, and “metrics”, the JSON of all "
        "its figures, in which models have the numbers of “samples”."
    ),
    columns={
        "before": str,
        "after": str,
        "reference": str,
        "reward_model": str,
        "second_reward_model": str,
        "metrics": str,
    },
)
SAMPLES = Dataset(
    name="samples",
    label=_("Samples"),
    note=_(
        "What each model wrote for the held-out prompts of an evaluation. “scores” is the "
        "JSON of what was measured of it: reward, second_reward, kl."
    ),
    columns={
        "completion": str,
        "model": str,
        "model_id": int,
        "tokens": int,
        "finish_reason": str,
        "scores": str,  # JSON: those of SCORES that were measured
    },
)
OF_RUN: dict[str, ColumnType] = {"evaluation_id": int, "run": int, "round": int, "created_at": str}
MODELS = ("before", "after", "reference", "reward_model", "second_reward_model")
SCORES = ("reward", "second_reward", "kl")


def _of_run(evaluation: Evaluation) -> Row:
    run = evaluation.run
    return {
        "evaluation_id": evaluation.pk,
        "run": run.pk,
        "round": run.round.number,
        "created_at": run.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _evaluations(dataset: Dataset, project: Project, filters: Filters) -> "QuerySet[Evaluation]":
    lookups = filters.lookups(round="run__round__number")
    return Evaluation.objects.filter(run__round__project=project, **lookups)


def _evaluation_rows(dataset: Dataset, project: Project, filters: Filters) -> Maker:
    def rows(keys: Collection[int]) -> Iterator[Row]:
        found = Evaluation.objects.filter(pk__in=keys).order_by("pk")
        for evaluation in found.select_related("run__round", *MODELS):
            names = {name: getattr(evaluation, name) for name in MODELS}
            yield {
                **{name: version.name if version else "" for name, version in names.items()},
                "metrics": orjson.dumps(evaluation.metrics).decode(),
                **_of_run(evaluation),
            }

    return rows


def _samples(dataset: Dataset, project: Project, filters: Filters) -> "QuerySet[EvaluationSample]":
    lookups = filters.lookups(
        round="evaluation__run__round__number",
        split="prompt__split",
        language="prompt__language",
        model="model_version__name",
    )
    return EvaluationSample.objects.filter(evaluation__run__round__project=project, **lookups)


def _sample_rows(dataset: Dataset, project: Project, filters: Filters) -> Maker:
    def rows(keys: Collection[int]) -> Iterator[Row]:
        found = EvaluationSample.objects.filter(pk__in=keys).order_by("pk")
        samples = list(found.select_related("evaluation__run__round", "model_version"))
        prompts = {each.id: each for each in prompt_records({s.prompt_id for s in samples})}
        for sample in samples:
            prompt = prompts[sample.prompt_id]
            values = {name: getattr(sample, name) for name in SCORES}
            assert sample.evaluation is not None
            yield {
                "prompt": prompt.messages,
                "completion": sample.text,
                "model": sample.model_version.name,
                "model_id": sample.model_version_id,
                "tokens": sample.tokens,
                "finish_reason": sample.finish_reason,
                "scores": orjson.dumps({n: v for n, v in values.items() if v is not None}).decode(),
                **_of_run(sample.evaluation),
                **of_prompt(prompt),
            }

    return rows


OF_EVALUATIONS = Source(
    first={},
    around=OF_RUN,
    filters=frozenset({"round"}),
    wanted=_evaluations,
    make=_evaluation_rows,
)
OF_SAMPLES = Source(
    first={"prompt": MESSAGES},
    around={**OF_RUN, **OF_PROMPT},
    filters=frozenset({"round", "split", "language", "model"}),
    wanted=_samples,
    make=_sample_rows,
)
