"""The kinds in which people judge texts one after the other, and what leaves of their answers."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from labeling.datasets import AnnotationRecord, ColumnType, Judged, Row, strict_pairs
from labeling.kinds import scored, textwise
from labeling.kinds.base import AnnotationKind, Rows
from labeling.kinds.paths import WHOLE, Paths
from labeling.models import Annotation, Completion
from labeling.queries import AnnotationQuerySet
from labeling.unpaired import best_and_last, unpaired

TEXT: dict[str, ColumnType] = {
    "completion_id": int,
    "completion": str,
    "finish_reason": str,
    "model": str,
    "origin": str,  # model or human
    "shown_at": int,  # the place on the annotator's page, from 1
}
ANSWER: dict[str, ColumnType] = {
    "group_id": str,  # the texts of one annotator's answer share it
}


class TextByText(AnnotationKind):
    """Its answer is a list, `field`, of a row for each completion; their scores give an order."""

    field: ClassVar[str]

    @abstractmethod
    def scores(self, annotation: Annotation) -> dict[int, float]:
        """Completion id -> its score, the more the better; empty where there is no order."""

    @abstractmethod
    def strict_pairs(self, paths: Paths) -> scored.StrictPairs:
        """In SQL, how many pairs of completions an answer puts into an order."""

    def shown(self, annotation: Annotation) -> list[tuple[str, str]]:
        """The texts as the annotator saw them."""
        return [(text["letter"], text["completion"].text) for text in textwise.seen(annotation)]

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether there is a text to judge."""
        return any(completion.text.strip() for completion in completions)

    def training_rows(self, annotation: Annotation) -> Rows:
        """One ranking by the scores, where the project wants one."""
        return scored.training_rows(annotation, self.scores(annotation))

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Those that put any two texts into an order."""
        found = annotations.annotate(pairs=self.strict_pairs(paths))
        return {"rankings": found.exclude(pairs=0)}

    def pattern(self, annotation: Annotation) -> tuple[int, ...]:
        """The rank of each text by its score."""
        shown = [text["ids"][0] for text in textwise.seen(annotation)]
        return scored.pattern(shown, self.scores(annotation))

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """Judgments of texts as judgments of ids."""
        return textwise.by_ids(body, self.field, ids)


def preferences(annotation: AnnotationRecord, scores: scored.Scores) -> Iterator[Row]:
    """One row for each two completions of which one has the better score."""
    return strict_pairs(annotation, _judged(annotation, scores))


def desirable(annotation: AnnotationRecord, scores: scored.Scores) -> Iterator[Row]:
    """Those of the best score are, those of the lowest are not."""
    return unpaired(annotation, best_and_last(_judged(annotation, scores)))


def _judged(annotation: AnnotationRecord, scores: scored.Scores) -> list[Judged]:
    tier_of = {pk: tier for tier, pks in enumerate(scored.tiers(scores), 1) for pk in pks}
    return [
        Judged(tier_of[c.id], c.text, c.origin, c.model)
        for c in annotation.completions
        if c.id in tier_of
    ]


def each_text(
    annotation: AnnotationRecord, field: str, said: Callable[[dict[str, Any]], Row]
) -> Iterator[Row]:
    """One row for each completion: TEXT, what `said` makes of its row of `field`, and ANSWER."""
    shown_at = {pk: place for place, pk in enumerate(annotation.shown_order, 1)}
    of = {one["completion"]: one for one in annotation.body[field]}
    for completion in annotation.completions:
        yield {
            "completion_id": completion.id,
            "completion": completion.text,
            "finish_reason": completion.finish_reason,
            "model": completion.model,
            "origin": completion.origin,
            "shown_at": shown_at.get(completion.id, 0),
            **said(of[completion.id]),
            "group_id": f"{annotation.kind}-{annotation.id}",
        }
