"""What leaves of labeled steps: TRL's stepwise supervision, and the whole answer."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import AnnotationRecord, Dataset, Exports, Row
from labeling.kinds.stepwise.body import WRONG

STEPS = Dataset(
    name="steps",
    label=_("Labeled steps"),
    trl_type="stepwise-supervision",
    note=_(
        "TRL’s type “stepwise supervision”: the steps up to the last labeled one, without the "
        "white space around them, and whether each is not wrong. A rewritten step behind right "
        "ones is a row of its own, and true. TRL’s PRMTrainer reads “prompt” as text: apply your "
        "model’s chat template first."
    ),
    # model: of the completion, whose last step somebody rewrote where is_rewritten says so.
    columns={"completions": [str], "labels": [bool], "is_rewritten": bool, "model": str},
)
STEP_LABELS = Dataset(
    name="step_labels",
    label=_("Step labels"),
    note=_(
        "Each answer as it was given: places of the steps in the completion (in Unicode code "
        "points, as Python counts), labels of 1, 0 and −1, rewrites, and the first wrong step."
    ),
    columns={
        "completion_id": int,
        "completion": str,
        "finish_reason": str,
        "model": str,
        # label is 0 where is_labeled is false: behind the first wrong step.
        "steps": [{"start": int, "end": int, "label": int, "is_labeled": bool, "rewrite": str}],
        "first_error": int,  # counted from 1; 0 for none
    },
)


def stepwise(annotation: AnnotationRecord) -> Iterator[Row]:
    """The labeled steps, then each rewritten one behind steps none of which is wrong.

    Neutral is true, as Lightman et al. score it (appendix F.1 of arXiv 2305.20050).
    """
    completion = annotation.completions[0]
    text, model = completion.text, completion.model
    labeled = [step for step in annotation.body["steps"] if step["label"] is not None]
    texts = [text[step["start"] : step["end"]].strip() for step in labeled]
    labels = [step["label"] != WRONG for step in labeled]
    yield {"completions": texts, "labels": labels, "is_rewritten": False, "model": model}
    for place, step in enumerate(labeled):
        if step["rewrite"] is not None and all(labels[:place]):
            yield {
                "completions": [*texts[:place], step["rewrite"].strip()],
                "labels": [*labels[:place], True],
                "is_rewritten": True,
                "model": model,
            }


def step_labels(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    completion, found = annotation.completions[0], annotation.body["steps"]
    labels = [step["label"] for step in found]
    yield {
        "completion_id": completion.id,
        "completion": completion.text,
        "finish_reason": completion.finish_reason,
        "model": completion.model,
        "steps": [
            {
                "start": step["start"],
                "end": step["end"],
                "label": step["label"] or 0,
                "is_labeled": step["label"] is not None,
                "rewrite": step["rewrite"] or "",
            }
            for step in found
        ],
        "first_error": labels.index(WRONG) + 1 if WRONG in labels else 0,
    }


EXPORTS: Exports = {STEPS: stepwise, STEP_LABELS: step_labels}
