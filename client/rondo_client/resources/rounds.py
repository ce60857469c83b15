"""Operations on rounds. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Mapping, Sequence

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.rounds import (
    Asked,
    Cost,
    Launchable,
    Preflight,
    Round,
    RoundProgress,
)
from rondo_client.models.shared import (
    Run,
)


class RoundsApi(Resource):
    """Rounds: ask more, cancel, check launch, end collecting, launch, list, open, read, read …"""

    def list(self, project: str) -> Iterator[Round]:
        """List the rounds.

        The newest first.
        """
        return self._pages(Round, at("/projects/{project}/rounds", project=project), size=200)

    def open(
        self,
        project: str,
        *,
        tasks: Mapping[str, int],
        completions: Mapping[str, int] = UNSET,
        human_texts: bool = UNSET,
        chosen_percent: int = UNSET,
        previous_share: float = UNSET,
        temperature: float = UNSET,
        max_new_tokens: int = UNSET,
        first_batch: int = UNSET,
        languages: Sequence[str] = UNSET,
        use_cases: Sequence[str] = UNSET,
        seed: int = UNSET,
        base: int | None = UNSET,
        number: int | None = UNSET,
    ) -> RoundProgress:
        """Open the next round.

        The model that serves writes its completions; the round before it is closed by this.

        That one has to be evaluated, or cancelled, and its runs to have ended: else 409.

        tasks: Kind (`kinds` lists them) to how many tasks of it are asked.

        completions: Kind to how many texts a task of it shows; else as the project has it.

        human_texts: People's texts stand among the model's.

        chosen_percent: Of the tasks that compare texts, those that two reward models choose: 0 to
        100.

        previous_share: Of completions, by the model before: 0 to 0.5.

        temperature: Of sampling, 0.1 to 2.

        max_new_tokens: Of a completion, at most: 1 to 4096.

        first_batch: Prompts whose completions are written ahead, 0 to 1000.

        languages: Of the prompts; empty: all.

        use_cases: Of the prompts; empty: all.

        seed: What is drawn and sampled follows from it.

        base: The base model of the first round; without it the newest.

        number: The round that this opens: one that is open already is answered as it is.
        """
        return self._ask(
            RoundProgress,
            "POST",
            at("/projects/{project}/rounds", project=project),
            json=given(
                tasks=tasks,
                completions=completions,
                human_texts=human_texts,
                chosen_percent=chosen_percent,
                previous_share=previous_share,
                temperature=temperature,
                max_new_tokens=max_new_tokens,
                first_batch=first_batch,
                languages=languages,
                use_cases=use_cases,
                seed=seed,
                base=base,
                number=number,
            ),
        )

    def read(self, project: str, round: int) -> RoundProgress:
        """One round, and how far it is.

        What people have answered, where each stage stands, and what could not be asked.
        """
        return self._ask(
            RoundProgress,
            "GET",
            at("/projects/{project}/rounds/{round}", project=project, round=round),
        )

    def ask_more(
        self,
        project: str,
        round: int,
        *,
        tasks: Mapping[str, int],
        completions: Mapping[str, int] = UNSET,
        human_texts: bool = UNSET,
        chosen_percent: int = UNSET,
        previous_share: float = UNSET,
        temperature: float = UNSET,
        max_new_tokens: int = UNSET,
        first_batch: int = UNSET,
        languages: Sequence[str] = UNSET,
        use_cases: Sequence[str] = UNSET,
        seed: int = UNSET,
    ) -> Asked:
        """Ask for more in a round.

        Fewer than were asked for, where there are not so many prompts that fit.

        tasks: Kind (`kinds` lists them) to how many tasks of it are asked.

        completions: Kind to how many texts a task of it shows; else as the project has it.

        human_texts: People's texts stand among the model's.

        chosen_percent: Of the tasks that compare texts, those that two reward models choose: 0 to
        100.

        previous_share: Of completions, by the model before: 0 to 0.5.

        temperature: Of sampling, 0.1 to 2.

        max_new_tokens: Of a completion, at most: 1 to 4096.

        first_batch: Prompts whose completions are written ahead, 0 to 1000.

        languages: Of the prompts; empty: all.

        use_cases: Of the prompts; empty: all.

        seed: What is drawn and sampled follows from it.
        """
        return self._ask(
            Asked,
            "POST",
            at("/projects/{project}/rounds/{round}/ask", project=project, round=round),
            json=given(
                tasks=tasks,
                completions=completions,
                human_texts=human_texts,
                chosen_percent=chosen_percent,
                previous_share=previous_share,
                temperature=temperature,
                max_new_tokens=max_new_tokens,
                first_batch=first_batch,
                languages=languages,
                use_cases=use_cases,
                seed=seed,
            ),
        )

    def read_cost(self, project: str, round: int) -> Cost:
        """What ending a round would take away.

        To be read before it is ended.
        """
        return self._ask(
            Cost, "GET", at("/projects/{project}/rounds/{round}/cost", project=project, round=round)
        )

    def end_collecting(self, project: str, round: int) -> RoundProgress:
        """Ask nothing more in a round.

        Open tasks are withdrawn; it is trained with the answers that there are.
        """
        return self._ask(
            RoundProgress,
            "POST",
            at("/projects/{project}/rounds/{round}/end-collecting", project=project, round=round),
        )

    def cancel(self, project: str, round: int) -> RoundProgress:
        """End a round without a model.

        Its runs are stopped and the next one may be opened; its answers stay and count.

        409 for one that is evaluated or over.
        """
        return self._ask(
            RoundProgress,
            "POST",
            at("/projects/{project}/rounds/{round}/cancel", project=project, round=round),
        )

    def read_launchable(
        self, project: str, round: int, *, preset: str | None = None, algorithm: str | None = None
    ) -> Launchable:
        """What can be launched in a round.

        The stages with their settings, and the values that are proposed.

        preset: One of `presets`.

        algorithm: One of `algorithms`.
        """
        return self._ask(
            Launchable,
            "GET",
            at("/projects/{project}/rounds/{round}/launchable", project=project, round=round),
            params={"preset": preset, "algorithm": algorithm},
        )

    def check_launch(
        self,
        project: str,
        round: int,
        *,
        stages: Sequence[str] | None = UNSET,
        preset: str = UNSET,
        algorithm: str = UNSET,
        settings: Mapping[str, Mapping[str, bool | int | float | str]] = UNSET,
    ) -> Preflight:
        """What a launch would need.

        What there is, what is missing and how long it will take; nothing is launched.

        422 names settings that cannot be taken.

        stages: As `launchable` names them; without them those that it proposes.

        preset: One of cpu, instructgpt, lora: where values come from; else the last runs.

        algorithm: One of `algorithms` of `launchable`; else the one that it proposes.

        settings: Stage to name to value, in place of what is proposed.
        """
        return self._ask(
            Preflight,
            "POST",
            at("/projects/{project}/rounds/{round}/preflight", project=project, round=round),
            json=given(stages=stages, preset=preset, algorithm=algorithm, settings=settings),
        )

    def launch(
        self,
        project: str,
        round: int,
        *,
        stages: Sequence[str] | None = UNSET,
        preset: str = UNSET,
        algorithm: str = UNSET,
        settings: Mapping[str, Mapping[str, bool | int | float | str]] = UNSET,
    ) -> tuple[Run, ...]:
        """Launch training.

        The runs, in the order in which they run, on a snapshot of the labels as they are now.

        409 with all that is missing, or where training of this round is running already.

        stages: As `launchable` names them; without them those that it proposes.

        preset: One of cpu, instructgpt, lora: where values come from; else the last runs.

        algorithm: One of `algorithms` of `launchable`; else the one that it proposes.

        settings: Stage to name to value, in place of what is proposed.
        """
        return self._ask(
            tuple[Run, ...],
            "POST",
            at("/projects/{project}/rounds/{round}/launches", project=project, round=round),
            json=given(stages=stages, preset=preset, algorithm=algorithm, settings=settings),
        )
