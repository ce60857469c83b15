"""Operations on snapshots. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from rondo_client.base import Resource, at
from rondo_client.models.shared import (
    Files,
)
from rondo_client.models.snapshots import (
    ChangedLabel,
    Compared,
    FrozenLabel,
    Snapshot,
    SnapshotDetails,
)
from rondo_client.progress import Progress


class SnapshotsApi(Resource):
    """Snapshots: compare, download archive, download file, freeze labels, list, list changed …"""

    def list(self, project: str) -> Iterator[Snapshot]:
        """List the snapshots.

        The newest first.
        """
        return self._pages(Snapshot, at("/projects/{project}/snapshots", project=project), size=200)

    def freeze_labels(
        self,
        project: str,
        *,
        round: int | None = None,
        kind: str | None = None,
        split: Literal["train", "heldout"] | None = None,
        language: str | None = None,
        annotator: str | None = None,
        since: date | None = None,
        until: date | None = None,
        model: str | None = None,
        agreement_at_least: int | None = None,
        agreement_at_most: int | None = None,
        flag: str | None = None,
        answers: Literal["counted", "given"] | None = None,
        pairs: Literal["all", "best"] | None = None,
        ties: Literal["leave_out", "both_ways"] | None = None,
    ) -> SnapshotDetails:
        """Freeze the labels.

        As a launch does. The one that is there already where labels and filters are the same.

        With filters only the labels that pass, and the prompts of their split and language;
        launches freeze all. `answers`, `pairs` and `ties` are filters of exports only.

        round: Tasks of this round only.

        kind: Answers of this kind only. One of ranking, demonstration, correction, combined,
        comparison, critique, dialogue, grading, rating, rules, stepwise.

        split: Prompts of this split only.

        language: Prompts of this language only: en.

        annotator: Answers of this person, by pseudonym.

        since: Given on this day (UTC) or later: 2026-11-27.

        until: Given on this day (UTC) or earlier.

        model: With a text of the model of this name.

        agreement_at_least: Tasks whose answers agree by so many percent; of one answer no figure.

        agreement_at_most: By so many percent or fewer.

        flag: Answers that stand out for this reason; none: for no reason. One of any, none, fast,
        place, line, far.

        answers: given: what each annotator said, also where a reviewer's decision counts instead.
        Else what counts.

        pairs: best: the best tier against the others, not the others among themselves.

        ties: both_ways: of two tied texts a pair each way. Else none.
        """
        return self._ask(
            SnapshotDetails,
            "POST",
            at("/projects/{project}/snapshots", project=project),
            params={
                "round": round,
                "kind": kind,
                "split": split,
                "language": language,
                "annotator": annotator,
                "since": since,
                "until": until,
                "model": model,
                "agreement_at_least": agreement_at_least,
                "agreement_at_most": agreement_at_most,
                "flag": flag,
                "answers": answers,
                "pairs": pairs,
                "ties": ties,
            },
        )

    def read(self, project: str, snapshot: int) -> SnapshotDetails:
        """One snapshot.

        A snapshot never changes; its files are listed below it.
        """
        return self._ask(
            SnapshotDetails,
            "GET",
            at("/projects/{project}/snapshots/{snapshot}", project=project, snapshot=snapshot),
        )

    def list_labels(self, project: str, snapshot: int) -> Iterator[FrozenLabel]:
        """List the labels of a snapshot.

        The oldest first.
        """
        return self._pages(
            FrozenLabel,
            at(
                "/projects/{project}/snapshots/{snapshot}/labels",
                project=project,
                snapshot=snapshot,
            ),
            size=200,
        )

    def read_card(
        self, project: str, snapshot: int, target: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """The dataset card of a snapshot.

        What the labels are, how they were made, splits, annotators, agreement, licence.
        """
        return self._download(
            at("/projects/{project}/snapshots/{snapshot}/card", project=project, snapshot=snapshot),
            target,
            progress=progress,
        )

    def download_archive(
        self, project: str, snapshot: int, target: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """Download a snapshot as a folder.

        The card and the Parquet files: unpacked, `datasets.load_dataset` reads it.
        """
        return self._download(
            at(
                "/projects/{project}/snapshots/{snapshot}/folder",
                project=project,
                snapshot=snapshot,
            ),
            target,
            progress=progress,
        )

    def compare(self, project: str, snapshot: int, later: int) -> Compared:
        """Compare two snapshots.

        A label that was corrected is removed as it was and added as it is.
        """
        return self._ask(
            Compared,
            "GET",
            at(
                "/projects/{project}/snapshots/{snapshot}/changes/{later}",
                project=project,
                snapshot=snapshot,
                later=later,
            ),
        )

    def list_changed_labels(
        self, project: str, snapshot: int, later: int
    ) -> Iterator[ChangedLabel]:
        """List the labels that two snapshots differ in.

        The oldest first.
        """
        return self._pages(
            ChangedLabel,
            at(
                "/projects/{project}/snapshots/{snapshot}/changes/{later}/labels",
                project=project,
                snapshot=snapshot,
                later=later,
            ),
            size=200,
        )

    def list_files(self, project: str, snapshot: int) -> Files:
        """List the files of a snapshot.

        A Parquet file for each table.
        """
        return self._ask(
            Files,
            "GET",
            at(
                "/projects/{project}/snapshots/{snapshot}/files", project=project, snapshot=snapshot
            ),
        )

    def download_file(
        self,
        project: str,
        snapshot: int,
        file: str,
        target: Path | str,
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Download a file of a snapshot.

        Whole, or the part that `Range` asks for.
        """
        return self._download(
            at(
                "/projects/{project}/snapshots/{snapshot}/files/{file}",
                project=project,
                snapshot=snapshot,
                file=file,
            ),
            target,
            progress=progress,
        )
