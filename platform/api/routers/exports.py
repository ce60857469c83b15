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
from api.wrong import none_of

router = Router(tags=["exports"])


def _known(name: str) -> str:
    if name not in datasets():
        raise none_of(datasets())
    return name


DatasetName = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": list(datasets())}),
]
Encoding = Literal["jsonl", "parquet", "csv"]


@router.get(
    "/projects/{slug:slug}/exports/{slug:dataset}.{slug:encoding}",
    auth=REVIEWER,
    summary="Stream a dataset",
    openapi_extra={
        "responses": {
            200: {
                "description": "The rows, as JSON lines, as a Parquet file or as CSV.",
                "content": {
                    "application/x-ndjson": {"schema": {"type": "string"}},
                    "application/vnd.apache.parquet": {
                        "schema": {"type": "string", "format": "binary"}
                    },
                    "text/csv": {"schema": {"type": "string"}},
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

    Which filters there are follows from the dataset: one that it does not have is refused.
    `annotator` is a pseudonym, the same for a person in all exports of the project.
    `margin`: a third for each tier between the two texts, 1 at the most, 0 for a tie; TRL's
    RewardTrainer takes it into its loss, unless you remove the column.
    In CSV, lists and objects are JSON in a cell; a cell that a spreadsheet would compute has '
    before it, and `guarded` names the columns of the row that have one.

    `is_chosen`: the prompt was chosen where two reward models differ, not drawn at random, so leave
    such rows out of figures that shall hold for all prompts. `presorted`: the texts stood in the
    order of the same annotator's ratings, which draws people to it. `concerns`: what the annotator
    found beside the answer, as unsafe, personal_data, wrong_language, needs_expert and broken, with
    a blank between two, "" where nothing; `comment`: what they wrote to the reviewers with it.
    """
    return export_response(
        project=request.project, dataset=dataset, encoding=encoding, filters=filters
    )
