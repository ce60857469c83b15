"""Exports: labels in the dataset types of TRL."""

from typing import Annotated, Literal

from django.http import StreamingHttpResponse
from ninja import Query, Router
from pydantic import AfterValidator, WithJsonSchema

from api.auth import REVIEWER
from api.exports.datasets import datasets
from api.exports.filters import Filters
from api.exports.responses import export_response
from api.request import ApiRequest

router = Router(tags=["exports"])


def _known(name: str) -> str:
    if name not in datasets():
        raise ValueError(f"use one of {', '.join(datasets())}")
    return name


DatasetName = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": list(datasets())}),
]
Encoding = Literal["jsonl", "parquet"]


@router.get(
    "/projects/{slug:slug}/exports/{slug:dataset}.{slug:encoding}",
    auth=REVIEWER,
    summary="Stream a dataset",
    openapi_extra={
        "responses": {
            200: {
                "description": "The rows, as JSON lines or as a Parquet file.",
                "content": {
                    "application/x-ndjson": {"schema": {"type": "string"}},
                    "application/vnd.apache.parquet": {
                        "schema": {"type": "string", "format": "binary"}
                    },
                },
            }
        }
    },
)
def export(
    request: ApiRequest,
    slug: str,
    dataset: DatasetName,
    encoding: Encoding,
    filters: Query[Filters],
) -> StreamingHttpResponse:
    """Preferences have one row per strict pair.

    `is_chosen`: the prompt was chosen where two reward models differ, not drawn at random, so leave
    such rows out of figures that shall hold for all prompts. `presorted`: the texts stood in the
    order of the same annotator's ratings, which draws people to it. `concerns`: what the annotator
    found beside the answer, as unsafe, personal_data, wrong_language, needs_expert and broken, with
    a blank between two, "" where nothing; `comment`: what they wrote to the reviewers with it.
    """
    return export_response(
        project=request.project, dataset=dataset, encoding=encoding, filters=filters
    )
