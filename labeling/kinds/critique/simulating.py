"""How a simulated annotator criticises: what a text would be better without is an error."""

from typing import TYPE_CHECKING, Any

from labeling.kinds.sentences import sentences, trimmed
from labeling.kinds.simulation import Simulated
from labeling.models import Completion

if TYPE_CHECKING:
    from labeling.kinds.critique.settings import CritiqueSettings

STEP = 0.5  # of gold from one severity to the next


def criticise(
    completion: Completion, annotator: Simulated, settings: "CritiqueSettings"
) -> dict[str, Any]:
    """The body of a critique.

    Each sentence is judged by how much the gold score rises without it, as far as the noise of
    Bradley and Terry lets it be seen. Gold does not know of types: they are drawn.
    """
    text, habits, whole = completion.text, annotator.habits, annotator.score(completion)
    errors = []
    for start, end in sentences(text):
        if not text[start:end].strip():
            continue
        harm = _harm(completion, text[:start] + text[end:], annotator, whole)
        felt = harm + habits.temperature * (annotator.noise() - annotator.noise())
        if felt <= habits.tie_margin:
            continue
        grade = min(int(felt / STEP), len(settings.severities) - 1)
        kind = annotator.rng.choice(settings.types)
        first, last = trimmed(text, (start, end))
        errors.append(
            {
                "start": first,
                "end": last,
                "type": kind.name,
                "severity": settings.severities[grade].name,
                "note": "",
            }
        )
    said = ""
    if settings.needs_text:
        said = "The marked parts make it worse." if errors else "Nothing to object to."
    return {"completion": completion.pk, "errors": errors, "text": said}


def _harm(completion: Completion, rest: str, annotator: Simulated, whole: float) -> float:
    """How much better the text is without a part; of its only one, how far it is unacceptable."""
    if not rest.strip():
        return annotator.habits.unacceptable_below - whole
    finished = completion.finish_reason == Completion.FinishReason.STOP
    return annotator.gold(completion.prompt.last_text, rest, finished=finished) - whole
