"""What leaves of a correction: the corrected text, and that it is better than the original."""

from collections.abc import Iterator

from labeling.datasets import (
    DEMONSTRATIONS,
    HUMAN,
    PREFERENCES,
    AnnotationRecord,
    Exports,
    Judged,
    Row,
    assistant,
    strict_pairs,
)


def demonstrations(annotation: AnnotationRecord) -> Iterator[Row]:
    """The corrected text, or the original that was found right."""
    yield {"completion": assistant(annotation.body["text"])}


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """The edited text above the original, where something was changed."""
    text, original = annotation.body["text"], annotation.completions[0]
    judged = [Judged(1, text, HUMAN), Judged(2, original.text, original.origin)]
    return strict_pairs(annotation, judged)


EXPORTS: Exports = {DEMONSTRATIONS: demonstrations, PREFERENCES: preferences}
