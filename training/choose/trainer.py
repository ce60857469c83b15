"""Stage choose: what two reward models say of each candidate's completions.

Raw scores, whose differences are the models' logits of which text people prefer. Candidates are
scored in the same parts each time, so that an interrupted job gives the same to the bit.
"""

import time
from pathlib import Path

from training.choose.spec import ChooseSpec
from training.contract.said import say
from training.errors import BadInputError, StoppedError
from training.folder import JobFolder, Row
from training.kept_rows import KeptRows
from training.models import context_in, load_chat
from training.rankings import Ranking, encode_ranking
from training.reward_model import RewardModel
from training.scoring import raw_rewards

PART = 64  # candidates, between two looks at whether to stop
ROWS = "scores.parquet"


def choose(folder: JobFolder) -> None:
    started = time.monotonic()
    spec = folder.spec(ChooseSpec)
    candidates = folder.read_table(spec, "candidates")
    models = [Path(spec.reward_model), Path(spec.second_reward_model)]
    read = [encoded(candidates, model) for model in models]
    taken = [pk for pk in read[0] if pk in read[1]]
    if dropped := len(candidates) - len(taken):
        folder.warn(say("{n} candidates cannot be scored by both models, left out", n=dropped))
    scores = Scores(folder, total=len(models) * len(taken))
    try:
        for number, model in enumerate(models):
            scores.add(number, model, [read[number][pk] for pk in taken])
    except StoppedError:
        scores.kept.save()
        raise
    first, second = (scores.of(number) for number in range(len(models)))
    rows = [{"prompt_id": pk, "rewards": first[pk], "second_rewards": second[pk]} for pk in taken]
    folder.write_table(spec, "scores", rows)
    folder.result(
        {
            "candidates": len(taken),
            "dropped_prompts": dropped,
            "seconds": round(time.monotonic() - started, 1),
        }
    )


def encoded(candidates: list[Row], model: Path) -> dict[int, Ranking]:
    """Those that the model can take whole, by their prompts' ids; their order is left open."""
    chat, room = load_chat(model), context_in(model)
    found: dict[int, Ranking] = {}
    for row in candidates:
        pk = row["prompt_id"]
        try:
            nobodys = {"annotation_id": pk, "annotator": "", "tiers": []}
            ranking = encode_ranking(row | nobodys, chat)
        except BadInputError:
            continue
        if ranking.completions and all(ranking.completions) and ranking.longest <= room:
            found[pk] = ranking
    return found


class Scores:
    """The scores so far: a row for each model and candidate."""

    def __init__(self, folder: JobFolder, *, total: int) -> None:
        self.folder = folder
        self.total = total
        self.kept = KeptRows(folder, ROWS)
        self.rows = self.kept.rows

    def of(self, model: int) -> dict[int, list[float]]:
        """Prompt -> what the model of that number says."""
        return {r["prompt_id"]: r["rewards"] for r in self.rows if r["model"] == model}

    def add(self, number: int, path: Path, candidates: list[Ranking]) -> None:
        """Score what is left; whole parts lie there already."""
        self.folder.progress(len(self.rows), self.total, phase="choose")
        left = candidates[len(self.of(number)) :]
        if not left:
            return
        model, chat = RewardModel.load(path)
        for start in range(0, len(left), PART):
            self.folder.check_stop()
            part = left[start : start + PART]
            rewards = raw_rewards(model, part, pad_id=chat.pad_id)
            self.rows += [
                {"model": number, "prompt_id": ranking.annotation_id, "rewards": values}
                for ranking, values in zip(part, rewards, strict=True)
            ]
            self.folder.progress(len(self.rows), self.total, phase="choose")
            self.kept.save_now_and_then()
