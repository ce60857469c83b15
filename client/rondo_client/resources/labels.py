"""Operations on labels. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.shared import (
    ModelPart,
)


class LabelsApi(Resource):
    """Labels: list models of."""

    def list_models_of(self, project: str, label: int) -> Iterator[ModelPart]:
        """List the models that a label trained.

        Each that a run made from a snapshot with this label, the oldest first.
        """
        return self._pages(
            ModelPart,
            at("/projects/{project}/labels/{label}/models", project=project, label=label),
            size=200,
        )
