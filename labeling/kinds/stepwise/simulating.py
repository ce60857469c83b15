"""How a simulated annotator labels steps: by what each adds to the text before it."""

from typing import TYPE_CHECKING, Any

from labeling.kinds.simulation import Simulated
from labeling.kinds.stepwise.body import NEUTRAL, RIGHT, WRONG
from labeling.kinds.stepwise.splitting import steps
from labeling.models import Completion

if TYPE_CHECKING:
    from labeling.kinds.stepwise.settings import StepwiseSettings


def label(
    completion: Completion, annotator: Simulated, settings: "StepwiseSettings"
) -> dict[str, Any]:
    """The body: a step that raises the gold score of the text so far is right, one that lowers it
    wrong, each as far as the noise of Bradley and Terry lets it be seen; what is near is neutral.
    """
    text, habits, prompt = completion.text, annotator.habits, completion.prompt.last_text
    found = []
    before, is_over = None, False
    for start, end in steps(text):
        gold = annotator.gold(prompt, text[:end], finished=True)
        gain = gold - (habits.unacceptable_below if before is None else before)
        felt = gain + habits.temperature * (annotator.noise() - annotator.noise())
        said = RIGHT if felt > 0 else WRONG
        if abs(felt) <= habits.tie_margin:
            said = NEUTRAL
        found.append(
            {"start": start, "end": end, "label": None if is_over else said, "rewrite": None}
        )
        is_over = is_over or (said == WRONG and settings.until == "first_error")
        before = gold
    return {"completion": completion.pk, "steps": found}
