"""Operations on exports. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.exports import FiltersIn, Frozen
from rondo_client.progress import Progress


class ExportsApi(Resource):
    """Exports: export, freeze, list frozen, read frozen, read frozen file, remove frozen."""

    def export(
        self,
        project: str,
        dataset: str,
        encoding: Literal["jsonl", "parquet", "csv"],
        target: Path | str,
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
        progress: Progress | None = None,
    ) -> Path:
        """Stream a dataset.

        Preferences have one row per strict pair.

        Which filters there are follows from the dataset: one that it does not have is refused.
        `annotator` is a pseudonym, the same for a person in all exports of the project. `margin`: a
        third for each tier between the two texts, 1 at the most, 0 for a tie; TRL's RewardTrainer
        takes it into its loss, unless you remove the column. In CSV, lists and objects are JSON in
        a cell; a cell that a spreadsheet would compute has ' before it, and `guarded` names the
        columns of the row that have one.

        `is_chosen`: the prompt was chosen where two reward models differ, not drawn at random, so
        leave such rows out of figures that shall hold for all prompts. `presorted`: the texts stood
        in the order of the same annotator's ratings, which draws people to it. `concerns`: what the
        annotator found beside the answer, as unsafe, personal_data, wrong_language, needs_expert
        and broken, with a blank between two, "" where nothing; `comment`: what they wrote to the
        reviewers with it.

        dataset: One of preferences, unpaired, rankings, demonstrations, corrections, ratings,
        rule_answers, comparisons, critiques, dialogues, gradings, steps, step_labels,
        conversations, openai_preferences, skips, evaluations, samples, prompts.

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
        return self._download(
            at(
                "/projects/{project}/exports/{dataset}.{encoding}",
                project=project,
                dataset=dataset,
                encoding=encoding,
            ),
            target,
            progress=progress,
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

    def freeze(
        self,
        project: str,
        *,
        dataset: str,
        encoding: Literal["jsonl", "parquet", "csv"] = UNSET,
        filters: FiltersIn = UNSET,
    ) -> Frozen:
        """Freeze an export.

        A job writes it as it is then, once: whoever asks for its file later gets the same bytes.

        dataset: What is exported. One of preferences, unpaired, rankings, demonstrations,
        corrections, ratings, rule_answers, comparisons, critiques, dialogues, gradings, steps,
        step_labels, conversations, openai_preferences, skips, evaluations, samples, prompts.

        encoding: The form of the file.

        filters: Which rows; those left out keep none away.
        """
        return self._ask(
            Frozen,
            "POST",
            at("/projects/{project}/exports", project=project),
            json=given(dataset=dataset, encoding=encoding, filters=filters),
        )

    def list_frozen(self, project: str) -> Iterator[Frozen]:
        """List frozen exports.

        The newest first.
        """
        return self._pages(Frozen, at("/projects/{project}/exports", project=project), size=200)

    def read_frozen(self, project: str, export: int) -> Frozen:
        """One frozen export.

        Ask until `state` is succeeded; then its file is there, and `sha256` is that of the file.
        """
        return self._ask(
            Frozen,
            "GET",
            at("/projects/{project}/exports/{export}", project=project, export=export),
        )

    def remove_frozen(self, project: str, export: int) -> None:
        """Remove a frozen export.

        Its file goes too; the labels stay. As when somebody's answers have to go everywhere.
        """
        self._transport.json(
            "DELETE", at("/projects/{project}/exports/{export}", project=project, export=export)
        )

    def read_frozen_file(
        self, project: str, export: int, target: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """The file of a frozen export.

        `Range` resumes a download that was cut, with `If-Range` the `ETag` of what came before.

        It never changes. 409 until its job has written it.
        """
        return self._download(
            at("/projects/{project}/exports/{export}/file", project=project, export=export),
            target,
            progress=progress,
        )
