"""What training reads of a demonstration."""

from labeling.kinds.base import Rows
from labeling.models import Annotation


def training_rows(annotation: Annotation) -> Rows:
    """One SFT example."""
    messages = annotation.task.prompt.messages
    return {"sft": [{"messages": messages, "completion": annotation.body["text"]}]}
