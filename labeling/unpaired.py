"""Unpaired preferences: texts that are desirable or not, as KTO learns from them."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from labeling.datasets import MESSAGES, AnnotationRecord, Dataset, Judged, Row, assistant

UNPAIRED = Dataset(
    name="unpaired",
    label=_("Unpaired preferences"),
    trl_type="unpaired-preference",
    trainers=("KTOTrainer",),
    columns={
        "completion": MESSAGES,
        "label": bool,  # whether it is desirable
        "group_id": str,  # the texts of one judgment share it
        "origin": str,  # model or human
        "model": str,
    },
)
Desirable = tuple[Judged, bool]


def best_and_last(judged: Sequence[Judged]) -> list[Desirable]:
    """The best tier is desirable, the last is not, those between say nothing; nor does a tie.

    As the authors of KTO made theirs of pairs (arXiv 2402.01306, section 4.3).
    """
    tiers = {text.tier for text in judged}
    if len(tiers) < 2:
        return []
    ends = {min(tiers): True, max(tiers): False}
    return [(text, ends[text.tier]) for text in judged if text.tier in ends]


def unpaired(
    annotation: AnnotationRecord, said: Iterable[Desirable], *, turn: int = 0
) -> Iterator[Row]:
    """A row of UNPAIRED for each text, once; none for one that is both.

    turn: that of a live conversation.
    """
    group = f"{annotation.kind}-{annotation.id}{f'-{turn}' if turn else ''}"
    labels: dict[str, set[bool]] = {}
    first: dict[str, Judged] = {}
    for text, label in said:
        first.setdefault(text.text, text)
        labels.setdefault(text.text, set()).add(label)
    for text in first.values():
        if len(labels[text.text]) == 1:
            yield {
                "completion": assistant(text.text),
                "label": labels[text.text] == {True},
                "group_id": group,
                "origin": text.origin,
                "model": text.model,
            }
