"""report.json and index.html of a rehearsal."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from jobs.models import JobEvent
from labeling.models import Annotation, Completion
from registry.models import ModelVersion
from rehearsal import plots, rivals
from rehearsal import report_of_raters as raters
from rehearsal.gold import gold_of
from rehearsal.loop import Played, Scene, base_of
from rehearsal.scoring import (
    Scored,
    gold_accuracy,
    model_row,
    rounded,
    scored_samples,
)
from rounds.evaluation.outcome import by_prompt
from rounds.lineage import made_in, run_that_made
from rounds.models import Evaluation, Run
from rounds.stages.folder import read_output
from training.evaluate.spec import EvaluateSpec

SHOWN = 10
TEMPLATE = Path(__file__).parent / "report.html"
CURVES = ("score", "kl", "length", "eos_rate", "margin", "chosen", "rejected", "heldout_accuracy")

Report = dict[str, Any]
Texts = dict[str, list[Scored]]


def build(
    scene: Scene,
    rounds: Sequence[Played],
    *,
    total_seconds: float,
    before: Sequence[Report] = (),
) -> Report:
    """The report's content; all but the seconds repeats with the seed.

    before: reports with other uses of the same raters' labels, to stand beside this one.
    """
    base = base_of(scene)
    texts: Texts = {}
    models, reward_models, curves, against = [], [], {}, []
    for played in rounds:
        evaluation = Evaluation.objects.get(run=played.evaluation_run)
        if not texts:
            texts["base"] = scored_samples(evaluation, base)
            models.append(_model("base", 0, base, evaluation, texts["base"], texts["base"]))
        for kind in (ModelVersion.Kind.SFT, ModelVersion.Kind.POLICY):
            version = made_in(played.round, kind)
            if version is not None and (run := run_that_made(version)) is not None:
                samples = scored_samples(evaluation, version)
                texts[f"{run.stage}-{played.number}"] = samples
                models.append(
                    _model(run.stage, played.number, version, evaluation, samples, texts["base"])
                )
                if kind == ModelVersion.Kind.POLICY and evaluation.metrics.get("best_of"):
                    rows = read_output(played.evaluation_run.job.folder, EvaluateSpec, "best_of")
                    against += rivals.against(played.number, samples, rivals.written(rows))
        if evaluation.reward_model_id is not None:
            reward_models.append(_reward_model(scene, played, evaluation))
        curves[str(played.number)] = policy_curves(played)
    seconds = dict(scene.seconds)
    for played in rounds:
        seconds |= {f"round_{played.number}_{name}": s for name, s in played.seconds.items()}
    return {
        "models": models,
        "against": against,
        "reward_models": reward_models,
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "total_seconds": round(total_seconds, 1),
        "seed": scene.seed,
        "base_model": base.name,
        "method": METHOD,
        "labels": {str(played.number): dict(played.labels) for played in rounds},
        "recipe": asdict(scene.rehearsal),
        "ppo_curves": curves,
        "samples": side_by_side(texts),
        **(raters.part(scene, rounds, models, reward_models, before) if scene.raters else {}),
    }


METHOD = (
    "Win rate: share of held-out prompts where the gold preference prefers the model's text to the "
    "base model's, ties half; where each model wrote several texts, every one is compared with "
    "every one and a prompt's comparisons are averaged first. The same random numbers for all "
    "models; 95 % interval by Wilson, for as many single outcomes as would vary like those of the "
    "n prompts do. Reward-model accuracy: pairs of completions of "
    "held-out rankings in the gold's order, pairs within the annotators' tie margin left out; "
    "label_accuracy is the same against the noisy labels. KL in nats per text against the model "
    "that the policy's training started from."
)


def _model(
    name: str,
    number: int,
    version: ModelVersion,
    evaluation: Evaluation,
    samples: list[Scored],
    base: list[Scored],
) -> Report:
    metrics = evaluation.metrics["models"][str(version.pk)]
    return model_row(name=name, number=number, samples=samples, base=base, metrics=metrics)


def _reward_model(scene: Scene, played: Played, evaluation: Evaluation) -> Report:
    groups = heldout_rankings(played.evaluation_run)
    value, pairs = gold_accuracy(groups, margin=scene.rehearsal.habits.tie_margin)
    labels = evaluation.metrics.get("reward_model") or {}
    return {
        "round": played.number,
        "accuracy": rounded(value),
        "pairs": pairs,
        "label_accuracy": rounded(labels.get("accuracy")),
        "label_pairs": labels.get("pairs", 0),
        "label_log_loss": rounded(labels.get("log_loss")),
    }


def heldout_rankings(run: Run) -> list[list[Scored]]:
    """The completions of each held-out ranking with the rewards that the evaluation wrote.

    Each task once, however many ranked it.
    """
    rows = read_output(run.job.folder, EvaluateSpec, "rankings")
    rewards = {row["annotation_id"]: row["rewards"] for row in rows}
    annotations = Annotation.objects.filter(pk__in=rewards).select_related("task__prompt")
    groups = []
    once = {annotation.task_id: annotation for annotation in annotations.order_by("-pk")}
    for annotation in sorted(once.values(), key=lambda each: each.pk):
        completions = list(annotation.task.completions.select_related("prompt").order_by("pk"))
        pairs = zip(completions, rewards[annotation.pk], strict=True)
        groups.append([_scored(completion, reward) for completion, reward in pairs])
    return groups


def _scored(completion: Completion, reward: float) -> Scored:
    return Scored(
        prompt_id=completion.prompt_id,
        prompt=completion.prompt.last_text,
        text=completion.text,
        finished=completion.finish_reason == Completion.FinishReason.STOP,
        gold=gold_of(completion),
        reward=reward,
    )


def policy_curves(played: Played) -> dict[str, list[float | None]]:
    """What the training of the round's policy logged at each step."""
    made = made_in(played.round, ModelVersion.Kind.POLICY)
    job = made.job_id if made else None
    events = JobEvent.objects.filter(job=job, kind=JobEvent.Kind.METRIC)
    steps = [event.data["values"] for event in events.order_by("pk")]
    logged = [name for name in CURVES if any(name in values for values in steps)]
    return {name: [rounded(values.get(name)) for values in steps] for name in logged}


def side_by_side(texts: Texts) -> list[Report]:
    """The first prompts, chosen by nobody, with the first text that each model wrote."""
    firsts = {
        name: {prompt: written[0] for prompt, written in by_prompt(samples).items()}
        for name, samples in texts.items()
    }
    shown = list(firsts["base"].values())[:SHOWN]
    return [
        {
            "prompt": sample.prompt,
            "texts": {
                name: {
                    "text": found[sample.prompt_id].text,
                    "gold": rounded(found[sample.prompt_id].gold),
                    "finished": found[sample.prompt_id].finished,
                }
                for name, found in firsts.items()
            },
        }
        for sample in shown
    ]


def write(report: Report, folder: Path) -> None:
    """report.json and index.html in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "index.html").write_text(page(report), encoding="utf-8")


def page(report: Report) -> str:
    """The report as one file for a browser, with nothing fetched from elsewhere."""
    recipe = json.dumps(report["recipe"], indent=2)
    content = {**report, "pictures": plots.all_of(report), "recipe_text": recipe}
    template = Engine().from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(Context(content))


def lines(report: Report) -> list[str]:
    """The end of the console's output: models, reward models, what the last policy writes."""
    shown = ["", "model           gold   win rate against base      KL  length   EOS"]
    for model in report["models"]:
        rate = model["win_rate"]
        interval = f"{rate['value']:.2f} ({rate['low']:.2f} to {rate['high']:.2f}, n={rate['n']})"
        shown.append(
            f"{plots.title_of(model):<13}{model['gold_score']:>7.2f}   {interval:<25}"
            f"{model['kl'] or 0:>5.2f} {model['length']:>7.1f}  {model['eos_rate']:>4.2f}"
        )
    shown += rivals.lines(report.get("against", []))
    for judge in report["reward_models"]:
        accuracy = "none" if judge["accuracy"] is None else f"{judge['accuracy']:.3f}"
        shown.append(
            f"reward model, round {judge['round']}: accuracy {accuracy} on {judge['pairs']} pairs"
        )
    shown += raters.lines(report)
    shown.append("")
    for sample in report["samples"]:
        written = list(sample["texts"].values())[-1]
        text = " ".join(written["text"].split())
        shown += [f"> {sample['prompt']}", f"  {text}{'' if written['finished'] else ' …'}"]
    return [*shown, "", f"{report['total_seconds']:.0f} s in all"]
