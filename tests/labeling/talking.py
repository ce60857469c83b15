"""Live conversations without a model: rows as a process that replies would leave them."""

from collections.abc import Sequence
from typing import Any

from labeling import exchanges
from labeling.exchanges import Choice
from labeling.models import Assignment, Exchange
from registry.models import ModelVersion
from tests.factories import make_version

TEXTS = ("Six minutes.", "An hour.")


def model() -> ModelVersion:
    """The one that replies."""
    return ModelVersion.objects.filter(name="talker").first() or make_version(name="talker")


def ask(found: Assignment, number: int, message: str = "", **choice: Any) -> Exchange:
    """The annotator asks a turn; choice: between the replies of the one before."""
    return exchanges.ask(
        assignment_id=found.pk,
        project=found.task.project,
        annotator=found.annotator,
        version=model(),
        number=number,
        message=message,
        choice=Choice(**choice) if choice else None,
    )


def answer(exchange: Exchange, texts: Sequence[str] = TEXTS, *, swapped: bool = False) -> Exchange:
    """The model's replies; A is the first of them unless they are `swapped`."""
    replies = [{"text": text, "finish_reason": "stop"} for text in texts]
    exchanges.answer(pk=exchange.pk, replies=replies)
    Exchange.objects.filter(pk=exchange.pk).update(swapped=swapped)
    exchange.refresh_from_db()
    return exchange


def talk(found: Assignment) -> None:
    """A conversation of two turns: B is better, then replies that nobody has chosen from."""
    answer(ask(found, 0))
    answer(ask(found, 1, "And a large one?", better="B", strength=2), ["Seven.", "Eight."])
