"""The figures of a learning curve, as JSON. Loads NumPy, so only its process imports it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from measures.learning_curve import Curve, learn, outlook

MORE = 1000  # labels
STEPS = 24  # of the line that is drawn


def outlook_of(points: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """What MORE labels would bring, or twice those there are; empty where too few points tell."""
    curve = learn(points)
    if curve is None:
        return {}
    ahead = outlook(curve, more=MORE)
    first = min(labels for labels, _accuracy in points)
    ratio = (ahead.labels / first) ** (1 / STEPS)
    return {
        "labels": curve.labels,
        "then": ahead.labels,
        "accuracy": asdict(ahead.accuracy),
        "gain": asdict(ahead.gain),
        "line": [_at(curve, first * ratio**step) for step in range(STEPS + 1)],
    }


def _at(curve: Curve, labels: float) -> list[float]:
    return [labels, curve.limit - curve.drop * labels**-curve.power]
