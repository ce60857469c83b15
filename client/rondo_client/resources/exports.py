"""Operations on exports. Written by scripts/client from the server's OpenAPI."""

from pathlib import Path
from typing import Literal

from rondo_client.base import Resource, at
from rondo_client.progress import Progress


class Exports(Resource):
    """Operations on exports."""

    def export(
        self,
        project: str,
        dataset: str,
        encoding: Literal["jsonl", "parquet"],
        target: Path | str,
        *,
        round: int | None = None,
        split: Literal["train", "heldout"] | None = None,
        language: str | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Stream a dataset.

        Preferences have one row per strict pair.

        `is_chosen`: the prompt was chosen where two reward models differ, not drawn at random, so
        leave such rows out of figures that shall hold for all prompts. `presorted`: the texts stood
        in the order of the same annotator's ratings, which draws people to it. `concerns`: what the
        annotator found beside the answer, as unsafe, personal_data, wrong_language, needs_expert
        and broken, with a blank between two, "" where nothing; `comment`: what they wrote to the
        reviewers with it.

        dataset: One of preferences, rankings, demonstrations, ratings, rule_answers, comparisons,
        critiques, dialogues, gradings, steps, step_labels, prompts.

        round: Tasks of this round only.

        split: Prompts of this split only.

        language: Prompts of this language only: en.
        """
        return self._download(
            at(
                "/projects/{project}/exports/{dataset}.{encoding}",
                project=project,
                dataset=dataset,
                encoding=encoding,
            ),
            target,
            progress=progress,
            params={"round": round, "split": split, "language": language},
        )
