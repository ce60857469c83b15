"""What leaves of a demonstration."""

from collections.abc import Iterator

from labeling.datasets import DEMONSTRATIONS, AnnotationRecord, Exports, Row, assistant


def demonstrations(annotation: AnnotationRecord) -> Iterator[Row]:
    """The answer as it was written."""
    yield {"completion": assistant(annotation.body["text"]), "model": ""}


EXPORTS: Exports = {DEMONSTRATIONS: demonstrations}
