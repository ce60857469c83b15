"""Which datasets there are: those that the kinds of annotation give rows to, and the prompts."""

from functools import cache

import orjson
from django.utils.translation import gettext_lazy as _

from labeling.content_warnings import is_warned_of
from labeling.datasets import MESSAGES, AnnotationRecord, ColumnType, Dataset, PromptRecord, Row
from labeling.kinds import kinds

# The columns around those of a dataset itself: they say of what it is.
OF_PROMPT: dict[str, ColumnType] = {
    "prompt_id": int,
    "given": str,  # JSON of messages and tools where they are more than roles and texts, or ""
    "split": str,
    "language": str,
    "use_case": str,
    "metadata": str,  # the JSON of all else that a file said of the prompt
}
OF_ANNOTATION: dict[str, ColumnType] = {
    "annotation_id": int,
    "kind": str,
    "annotator": str,
    "round": int,
    "is_chosen": bool,  # its prompt was chosen where reward models differ, not drawn at random
    "presorted": bool,  # texts stood in the order of an earlier step, which draws people to it
    "concerns": str,  # what the annotator found beside the answer: names with a blank between two
    "comment": str,
    **OF_PROMPT,
}
PROMPTS = Dataset(
    name="prompts",
    label=_("Prompts"),
    trl_type="prompt-only",
    trainers=("GRPOTrainer", "RLOOTrainer"),
    # What importing reads again.
    # form and author: of those that people wrote here; the author is a number, as annotators are.
    columns={
        "source": str,
        "group": str,
        "content_warning": bool,
        "form": str,
        "author": str,
        "rubric": str,  # JSON of its items, or ""
    },
)


@cache
def datasets() -> dict[str, Dataset]:
    """All datasets by name; the prompts, which no kind owns, come last."""
    found: dict[str, Dataset] = {}
    for dataset in (*(d for kind in kinds().values() for d in kind.exports), PROMPTS):
        if found.setdefault(dataset.name, dataset) is not dataset:
            raise ValueError(f"two datasets are named {dataset.name}: import the other one")
    return found


def columns(dataset: Dataset) -> dict[str, ColumnType]:
    """All columns in their order: the prompt, the dataset's own, and of what the row is."""
    around = OF_PROMPT if dataset is PROMPTS else OF_ANNOTATION
    return {"prompt": MESSAGES, **dataset.columns, **around}


def prompt_row(prompt: PromptRecord) -> Row:
    """A row of PROMPTS."""
    return {
        "prompt": prompt.messages,
        "source": prompt.source,
        "group": prompt.group,
        "content_warning": is_warned_of(prompt.content_warning),
        "form": prompt.form,
        "author": prompt.author,
        "rubric": orjson.dumps(prompt.rubric).decode() if prompt.rubric else "",
        **_of_prompt(prompt),
    }


def of_annotation(annotation: AnnotationRecord) -> Row:
    """The columns of OF_ANNOTATION."""
    return {
        "annotation_id": annotation.id,
        "kind": annotation.kind,
        "annotator": str(annotation.annotator),
        "round": annotation.round,
        "is_chosen": annotation.is_chosen,
        "presorted": kinds()[annotation.kind].presorted(annotation.body),
        "concerns": annotation.concerns,
        "comment": annotation.comment,
        **_of_prompt(annotation.prompt),
    }


def _of_prompt(prompt: PromptRecord) -> Row:
    return {
        "prompt_id": prompt.id,
        "given": prompt.given,
        "split": prompt.split,
        "language": prompt.language,
        "use_case": prompt.use_case,
        "metadata": prompt.metadata,
    }
