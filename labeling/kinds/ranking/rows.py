"""What training reads of a ranking."""

from labeling.kinds.base import Rows
from labeling.models import Annotation, Completion


def training_rows(annotation: Annotation) -> Rows:
    """One ranking for the reward model; the unacceptable ones are its last tier."""
    completions = list(annotation.task.completions.all())
    position = {completion.pk: i for i, completion in enumerate(completions)}
    body = annotation.body
    tiers = [*body["tiers"], *([body["unacceptable"]] if body["unacceptable"] else [])]
    ranking = {
        "ranking_id": annotation.pk,
        "messages": annotation.task.prompt.messages,
        "completions": [completion.text for completion in completions],
        "finished": [c.finish_reason == Completion.FinishReason.STOP for c in completions],
        "tiers": [[position[pk] for pk in tier] for tier in tiers],
        "annotator": annotation.annotator_id,
    }
    return {"reward": [ranking]}
