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
from transformers import PreTrainedModel

from training.chat import Chat
from training.contract.tables import LENGTH, STOP
from training.errors import BadInputError
from training.evaluate.spec import BEST_OF, EvaluateSpec
from training.evaluate.written import favourites, of_model, summary
from training.folder import JobFolder, Row
from training.kept_rows import KeptRows
from training.models import context_in, load_chat, load_policy
from training.pair_metrics import judged_pairs, pair_metrics
from training.policy import Policy as Actor
from training.processes import seed_of
from training.prompts import Dropped, counts_of, fitting
from training.rankings import Ranking, encode_rankings
from training.reading import Reader
from training.reward_model import RewardModel
from training.sampling import Request, Sample, Sampling, engine_of, text_of
from training.scoring import BATCH_TOKENS, raw_rewards

if TYPE_CHECKING:
    from training.contract.events import Sample as Shown

ROWS = "samples.parquet"
PART = 32  # prompts whose texts are measured before anybody is heard again
SHOWN = 4  # samples of each model on the run's page
RANKING_TOKENS = 4096  # longer texts are left out, and those beyond the model's context
EXACT = torch.float32  # bf16 would round away what a few PPO steps have changed

Policy = tuple[PreTrainedModel, Chat]
Judge = tuple[RewardModel, Chat]


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
            "reward_model": run.judge_rankings(run.judge, "rankings"),
            "second_reward_model": run.judge_rankings(run.second),
        }
    )


@dataclass(frozen=True)
class Evaluation:
    """What all models are measured with."""

    folder: JobFolder
    spec: EvaluateSpec
    prompts: list[Row]  # with their ids
    dropped: Dropped
    reference: Policy | None
    sft: Policy | None
    judge: Judge | None
    second: Judge | None  # which no policy was trained to please

    @classmethod
    def of(cls, folder: JobFolder) -> "Evaluation":
        spec = folder.spec(EvaluateSpec)
        prompts = folder.read_table(spec, "prompts")
        if not prompts or not spec.models:
            raise BadInputError("nothing to evaluate: no prompts or no models")
        paths = [
            *spec.writers.values(),
            *filter(None, (spec.reference, spec.sft, spec.reward_model, spec.second_reward_model)),
        ]
        room = min(map(context_in, paths)) - spec.max_new_tokens
        taken, dropped = fitting(folder, prompts, load_chat(Path(paths[0])), room=room)
        if not taken:
            raise BadInputError(f"no held-out prompt is left that the models can take: {dropped}")
        return cls(
            folder=folder,
            spec=spec,
            prompts=taken,
            dropped=dropped,
            reference=load_policy(spec.reference, dtype=EXACT) if spec.reference else None,
            sft=load_policy(spec.sft, dtype=EXACT) if spec.sft else None,
            judge=RewardModel.load(spec.reward_model) if spec.reward_model else None,
            second=RewardModel.load(spec.second_reward_model) if spec.second_reward_model else None,
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
        policy = self.load(self.spec.writers[name])
        requests = self.requests(range(first, texts))
        drawn = self.draw(name, policy, requests, written=written)
        texts_of = [
            Ranking(place, "", list(request.prompt), [list(one.ids) for one in some], [])
            for place, (request, some) in enumerate(zip(requests, drawn, strict=True))
        ]
        measured = self.measure(policy, texts_of, kls=name in self.spec.models)
        rows = [
            {
                "model": name,
                "prompt_id": self.prompts[place]["prompt_id"],
                "position": position,
                "text": text_of(one, policy[1]),
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

    def load(self, path: str) -> Policy:
        """The model, which may be in memory already; all must write conversations alike."""
        there = {self.spec.reference: self.reference, self.spec.sft: self.sft}
        policy = there.get(path) or load_policy(path, dtype=EXACT)
        for other in (self.reference, self.sft, self.judge, self.second):
            if other is not None and other[1].template_hash != policy[1].template_hash:
                raise BadInputError(f"{path}: its chat template is not that of the others")
        return policy

    def requests(self, positions: range) -> list[Request]:
        return [
            Request(
                prompt["ids"],
                [seed_of(self.spec.seed, prompt["prompt_id"], position) for position in positions],
            )
            for prompt in self.prompts
        ]

    def draw(
        self, name: str, policy: Policy, requests: list[Request], *, written: int
    ) -> list[list[Sample]]:
        model, chat = policy
        prompts = [request.prompt for request in requests]
        path, log = self.spec.writers[name], self.folder.log
        engine = engine_of(path, model, chat, prompts=prompts, log=log)
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
        self, policy: Policy, texts: list[Ranking], *, kls: bool = True
    ) -> dict[str, Sequence[float | None]]:
        """Of each text, prompt after prompt: rewards by either reward model.

        With kls the KL to the reference and to the SFT model too.
        """
        nothing: Sequence[float | None] = [None] * sum(len(one.completions) for one in texts)
        found = {"reward": nothing, "second_reward": nothing, "kl": nothing, "kl_sft": nothing}
        chat = policy[1]
        closed = [
            replace(one, completions=[chat.closed(ids) for ids in one.completions]) for one in texts
        ]
        for name, judge in {"reward": self.judge, "second_reward": self.second}.items():
            if judge is not None:
                raw = chain(*raw_rewards(judge[0], closed, pad_id=chat.pad_id))
                on = judge[0].gain.device
                found[name] = judge[0].normalised(torch.tensor(list(raw), device=on)).tolist()
        others = {"kl": self.reference, "kl_sft": self.sft} if kls else {}
        own = self.logprobs(policy, texts) if any(others.values()) else []
        for name, other in others.items():
            if other is not None:
                theirs = own if other is policy else self.logprobs(other, texts)
                found[name] = [ours - their for ours, their in zip(own, theirs, strict=True)]
        return found

    def logprobs(self, policy: Policy, texts: list[Ranking]) -> list[float]:
        """Log-probability of each text as a whole, prompt after prompt."""
        model, chat = policy
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

    def judge_rankings(self, judge: Judge | None, table: str = "") -> dict[str, Any] | None:
        """How well a reward model orders held-out rankings; None without one.

        table: of the output, which keeps its scores.
        """
        if judge is None:
            return None
        rows = self.folder.read_table(self.spec, "rankings")
        model, chat = judge
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
