"""What training reads of a correction."""

from labeling.kinds.base import Rows
from labeling.models import Annotation, Completion


def changes(text: str, original: str) -> bool:
    """Whether the correction changed anything, and so is a comparison."""
    return text.strip() != original.strip()


def training_rows(annotation: Annotation) -> Rows:
    """One SFT example, and where something was changed a comparison: edited above original."""
    messages, text = annotation.task.prompt.messages, annotation.body["text"]
    original = annotation.task.completions.all()[0]
    rows: Rows = {"sft": [{"messages": messages, "completion": text}], "reward": []}
    if changes(text, original.text):
        comparison = {
            "ranking_id": annotation.pk,
            "messages": messages,
            "completions": [text, original.text],
            "finished": [True, original.finish_reason == Completion.FinishReason.STOP],
            "tiers": [[0], [1]],
            "annotator": annotation.annotator_id,
        }
        rows["reward"].append(comparison)
    return rows
