"""Operations on models. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from pathlib import Path

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.models import Model, ModelDetails
from rondo_client.models.shared import (
    Files,
    Serving,
)
from rondo_client.progress import Progress


class ModelsApi(Resource):
    """Models: download file, list, list files, promote, read."""

    def list(self, project: str, *, kind: str | None = None) -> Iterator[Model]:
        """List the models.

        Those of the project, and the base models, which are everybody's; the newest first.

        kind: One kind only. One of base, sft, reward, second, policy.
        """
        return self._pages(
            Model,
            at("/projects/{project}/models", project=project),
            size=200,
            params={"kind": kind},
        )

    def read(self, project: str, model: int) -> ModelDetails:
        """One model, and where it comes from.

        Its labels are those of `snapshot`, which lists them.
        """
        return self._ask(
            ModelDetails,
            "GET",
            at("/projects/{project}/models/{model}", project=project, model=model),
        )

    def promote(self, project: str, model: int, *, reason: str = UNSET) -> Serving:
        """Let a model serve.

        It writes the completions of the next round. 422 without a reason where one is needed.

        reason: Needed where people have not found it better than the one that serves.
        """
        return self._ask(
            Serving,
            "POST",
            at("/projects/{project}/models/{model}/promote", project=project, model=model),
            json=given(reason=reason),
        )

    def list_files(self, project: str, model: int) -> Files:
        """List the files of a model.

        Together they are a folder that Hugging Face's `from_pretrained` reads.
        """
        return self._ask(
            Files,
            "GET",
            at("/projects/{project}/models/{model}/files", project=project, model=model),
        )

    def download_file(
        self,
        project: str,
        model: int,
        file: str,
        target: Path | str,
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Download a file of a model.

        Whole, or the part that `Range` asks for.
        """
        return self._download(
            at(
                "/projects/{project}/models/{model}/files/{file}",
                project=project,
                model=model,
                file=file,
            ),
            target,
            progress=progress,
        )
