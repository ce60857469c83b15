"""Stage evaluate: what each model writes for held-out prompts, and how the reward model scores it.

Every model gets the same random numbers, so that differences are the models'. The KL is k1, the sum
over a completion's tokens of log policy - log reference at the sampling temperature, in nats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from training.contract.said import say
from training.contract.tables import LENGTH, STOP
from training.errors import BadInputError
from training.evaluate.models import Models
from training.evaluate.spec import BEST_OF, EvaluateSpec
from training.evaluate.written import favourites, of_model, summary
from training.folder import JobFolder, Row
from training.kept_rows import KeptRows
from training.models import context_in, load_chat
from training.pair_metrics import judged_pairs, pair_metrics
from training.policy import Policy as Actor
from training.processes import seed_of
from training.prompts import Dropped, counts_of, fitting
from training.rankings import Ranking, encode_rankings
from training.reading import Reader
from training.sampling import Request, Sample, Sampling, engine_of, text_of
from training.scoring import BATCH_TOKENS, raw_rewards

if TYPE_CHECKING:
    from training.contract.events import Sample as Shown

ROWS = "samples.parquet"
PART = 32  # prompts whose texts are measured before anybody is heard again
SHOWN = 4  # samples of each model on the run's page
RANKING_TOKENS = 4096  # longer texts are left out, and those beyond the model's context


def evaluate(folder: JobFolder) -> None:
    run = Evaluation.of(folder)
    models = run.spec.models
    kept = KeptRows(folder, ROWS)
    rows = kept.rows
    for done, name in enumerate(run.spec.writers):
        run.tell(len(rows))
        if not of_model(rows, name):
            rows += run.written_before(name, rows)
            rows += run.judge_model(name, written=len(rows))
            kept.save(step=done + 1)
        if name in models:
            folder.metric(done + 1, summary(of_model(rows, name)))
    run.tell(len(rows))
    place = {prompt["prompt_id"]: place for place, prompt in enumerate(run.prompts)}
    choice = sorted(
        of_model(rows, BEST_OF), key=lambda row: (place[row["prompt_id"]], row["position"])
    )
    folder.write_table(run.spec, "samples", [row for row in rows if row["model"] in models])
    folder.write_table(run.spec, "best_of", choice)
    folder.result(
        {
            "models": {name: summary(of_model(rows, name)) for name in models},
            "best_of": summary(favourites(choice)) if choice else None,
            "dropped_prompts": sum(map(len, run.dropped.values())),
            "dropped": run.dropped,
            "reward_model": run.judge_rankings(run.spec.reward_model, "rankings"),
            "second_reward_model": run.judge_rankings(run.spec.second_reward_model),
        }
    )


@dataclass(frozen=True)
class Evaluation:
    """What all models are measured with."""

    folder: JobFolder
    spec: EvaluateSpec
    prompts: list[Row]  # with their ids
    dropped: Dropped
    models: Models

    @classmethod
    def of(cls, folder: JobFolder) -> "Evaluation":
        spec = folder.spec(EvaluateSpec)
        prompts = folder.read_table(spec, "prompts")
        if not prompts or not spec.models:
            raise BadInputError(say("nothing to evaluate: no prompts or no models"))
        paths = [
            *spec.writers.values(),
            *filter(None, (spec.reference, spec.sft, spec.reward_model, spec.second_reward_model)),
        ]
        room = min(map(context_in, paths)) - spec.max_new_tokens
        taken, dropped = fitting(folder, prompts, load_chat(Path(paths[0])), room=room)
        if not taken:
            raise BadInputError(
                say(
                    "no held-out prompt is left that the models can take: {dropped}",
                    dropped=dropped,
                )
            )
        return cls(
            folder=folder,
            spec=spec,
            prompts=taken,
            dropped=dropped,
            models=Models(),
        )

    def tell(self, written: int) -> None:
        """How many texts are there, of those that all models together will write."""
        total = sum(map(self.spec.texts, self.spec.writers)) * len(self.prompts)
        self.folder.progress(written, total, phase="evaluate")

    def written_before(self, name: str, rows: list[Row]) -> list[Row]:
        """Those of `name`'s texts that are there under another name."""
        first = self.spec.written_before(name)
        return [
            row | {"model": name, "kl": None, "kl_sft": None}
            for row in rows
            if row["model"] == self.spec.known and row["position"] < first
        ]

    def judge_model(self, name: str, *, written: int) -> list[Row]:
        """Samples of a model, with reward and KL where there is something to measure them by.

        written: the texts of the models before.
        """
        first, texts = self.spec.written_before(name), self.spec.texts(name)
        if first == texts:
            return []
        path = self.spec.writers[name]
        requests = self.requests(range(first, texts))
        drawn = self.draw(name, requests, written=written)
        chat = self.models.policy(path)[1]
        texts_of = [
            Ranking(place, "", list(request.prompt), [list(one.ids) for one in some], [])
            for place, (request, some) in enumerate(zip(requests, drawn, strict=True))
        ]
        measured = self.measure(path, texts_of, kls=name in self.spec.models)
        rows = [
            {
                "model": name,
                "prompt_id": self.prompts[place]["prompt_id"],
                "position": position,
                "text": text_of(one, chat),
                "ids": one.ids,
                "tokens": len(one.ids),
                "finish_reason": STOP if one.finished else LENGTH,
            }
            for place, some in enumerate(drawn)
            for position, one in enumerate(some, start=first)
        ]
        for figure, values in measured.items():
            for row, value in zip(rows, values, strict=True):
                row[figure] = value
        if name in self.spec.models:
            self.show(rows)
        return rows

    def requests(self, positions: range) -> list[Request]:
        return [
            Request(
                prompt["ids"],
                [seed_of(self.spec.seed, prompt["prompt_id"], position) for position in positions],
            )
            for prompt in self.prompts
        ]

    def draw(self, name: str, requests: list[Request], *, written: int) -> list[list[Sample]]:
        path = self.spec.writers[name]
        model, chat = self.models.policy(path)
        prompts = [request.prompt for request in requests]
        engine = engine_of(path, model, chat, prompts=prompts, log=self.folder.log)
        count = written

        def on_done(done: dict[int, list[Sample]]) -> None:
            nonlocal count
            count += sum(map(len, done.values()))
            self.tell(count)

        return engine.sample(
            requests,
            sampling=Sampling(
                max_new_tokens=self.spec.max_new_tokens, temperature=self.spec.temperature
            ),
            batch_size=self.spec.batch_size,
            on_done=on_done,
            check_stop=self.folder.check_stop,
        )

    def measure(
        self, path: str, texts: list[Ranking], *, kls: bool = True
    ) -> dict[str, Sequence[float | None]]:
        """Of each text of the model in `path`, prompt after prompt: rewards by either reward model.

        With kls the KL to the reference and to the SFT model too.
        """
        nothing: Sequence[float | None] = [None] * sum(len(one.completions) for one in texts)
        found = {"reward": nothing, "second_reward": nothing, "kl": nothing, "kl_sft": nothing}
        closed = self.models.policy(path)[1].closed
        ended = [replace(one, completions=list(map(closed, one.completions))) for one in texts]
        others = {"kl": self.spec.reference, "kl_sft": self.spec.sft} if kls else {}
        own = self.logprobs(path, texts) if any(others.values()) else []  # while it is there
        for name, other in others.items():
            if other:
                theirs = own if other == path else self.logprobs(other, texts)
                found[name] = [ours - their for ours, their in zip(own, theirs, strict=True)]
        judges = {"reward": self.spec.reward_model, "second_reward": self.spec.second_reward_model}
        for name, judge in judges.items():
            if judge:
                found[name] = self.rewards(judge, ended)
        return found

    def rewards(self, path: str, texts: list[Ranking]) -> list[float]:
        """Normalised ones of each text, prompt after prompt, by the reward model in `path`."""
        model, chat = self.models.judge(path)
        raw = chain(*raw_rewards(model, texts, pad_id=chat.pad_id))
        found = model.normalised(torch.tensor(list(raw), device=model.gain.device))
        rewards: list[float] = found.tolist()
        return rewards

    def logprobs(self, path: str, texts: list[Ranking]) -> list[float]:
        """Log-probability of each text as a whole by the model in `path`, prompt after prompt."""
        model, chat = self.models.policy(path)
        reader = Reader(
            policy=Actor(model, forbid=chat.forbid),
            pad_id=chat.pad_id,
            temperature=self.spec.temperature or 1.0,
            tokens=BATCH_TOKENS // 4,  # logits are kept
        )
        found: list[float] = []
        for first in range(0, len(texts), PART):
            self.folder.check_stop()
            found += chain(*reader.read(texts[first : first + PART]))
        return found

    def show(self, rows: list[Row]) -> None:
        asked = {prompt["prompt_id"]: prompt["messages"][-1]["content"] for prompt in self.prompts}
        shown: list[Shown] = [
            {
                "model": row["model"],
                "prompt_id": row["prompt_id"],
                "prompt": asked[row["prompt_id"]],
                "text": row["text"],
                "reward": row["reward"],
            }
            for row in rows[:SHOWN]
        ]
        self.folder.sample(len(rows), shown)

    def judge_rankings(self, path: str, table: str = "") -> dict[str, Any] | None:
        """How well the reward model in `path` orders held-out rankings; None without one.

        table: of the output, which keeps its scores.
        """
        if not path:
            return None
        rows = self.folder.read_table(self.spec, "rankings")
        model, chat = self.models.judge(path)
        room = min(RANKING_TOKENS, model.model.config.max_position_embeddings)
        rankings, dropped = encode_rankings(rows, chat, max_tokens=room)
        rewards = raw_rewards(model, rankings, pad_id=chat.pad_id)
        scored = [
            {"annotation_id": ranking.annotation_id, "rewards": scores}
            for ranking, scores in zip(rankings, rewards, strict=True)
        ]
        if table:
            self.folder.write_table(self.spec, table, scored)
        pairs = judged_pairs(rankings, rewards)
        return {"rankings": len(rankings), "skipped": counts_of(dropped), **pair_metrics(pairs)}
