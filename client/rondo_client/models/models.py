"""Models of models. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime
from typing import Any, Literal

from rondo_client.base import Received
from rondo_client.models.shared import ModelPart


class ModelDetails(Received):
    """A version and its lineage. run: the one that made it; snapshot: the labels that it learned.

    ancestors: from its parent up to the base model. rounds: those whose completions it wrote.
    evaluations: the runs that measured it. said: what people's votes say of it against the one that
    it would take the place of: better, no_better, worse, undecided or nobody.
    """

    id: int
    name: str
    kind: Literal["base", "sft", "reward", "second", "policy"]
    number: int
    parent: ModelPart | None
    parameters: int
    sha256: str
    source: str
    licence: str
    metrics: dict[str, Any]
    serves: bool
    created_at: datetime
    run: int | None
    snapshot: int | None
    ancestors: list[ModelPart]
    children: list[ModelPart]
    rounds: list[int]
    evaluations: list[int]
    said: str


class Model(Received):
    """One version, which never changes. sha256: of its manifest. serves: it writes completions.

    source, licence: of a base model, where it comes from. metrics: the figures of its training.
    """

    id: int
    name: str
    kind: Literal["base", "sft", "reward", "second", "policy"]
    number: int
    parent: ModelPart | None
    parameters: int
    sha256: str
    source: str
    licence: str
    metrics: dict[str, Any]
    serves: bool
    created_at: datetime
