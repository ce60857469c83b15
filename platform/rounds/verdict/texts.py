"""What versions wrote for held-out prompts when they were evaluated, to be compared by people."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from django.db import models

from labeling.models import Completion, Project, Split
from registry.models import ModelVersion
from rounds.models import EvaluationSample, Question

Pair = tuple[int, int]  # the keys of two versions, the older one first


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What two versions wrote for one prompt."""

    pair: Pair
    older: EvaluationSample
    newer: EvaluationSample


def evaluated(project: Project) -> list[ModelVersion]:
    """The versions of which some held-out text is stored, oldest first."""
    keys = _samples(project).order_by().values("model_version").distinct()
    return list(ModelVersion.objects.filter(pk__in=keys).order_by("pk"))


def pairs_of(versions: Iterable[ModelVersion]) -> list[Pair]:
    """Each two of them."""
    return list(combinations(sorted({version.pk for version in versions}), 2))


def askable(project: Project, pairs: Collection[Pair]) -> dict[Pair, list[Texts]]:
    """For each pair the prompts of which people can still be asked, in a mixed order.

    Each prompt is asked once a pair, and only where the texts differ. Those of one evaluation are
    preferred: they were written with the same settings.
    """
    versions = {version for pair in pairs for version in pair}
    found: dict[int, dict[int, dict[int, EvaluationSample]]] = defaultdict(dict)
    rows = (
        _samples(project)
        .filter(model_version__in=versions)
        .select_related("evaluation__run", "prompt")
    )
    for sample in rows.order_by("prompt__sha256", "-evaluation", "pk"):
        written = found[sample.prompt_id].setdefault(sample.evaluation_id, {})
        written.setdefault(sample.model_version_id, sample)
    asked = set(
        Question.objects.filter(ballot__project=project).values_list(
            "older", "newer", "task__prompt"
        )
    )
    result: dict[Pair, list[Texts]] = {pair: [] for pair in pairs}
    for pair in pairs:
        for prompt, evaluations in found.items():
            texts = _texts(pair, evaluations)
            if texts and (*pair, prompt) not in asked and texts.older.text != texts.newer.text:
                result[pair].append(texts)
    return result


def completions(chosen: Iterable[Texts]) -> dict[int, Completion]:
    """Sample key -> the completion that tasks show for it, the same one each time.

    New ones are stored in a random order: their keys do not tell the versions apart.
    """
    samples = {s.pk: s for texts in chosen for s in (texts.older, texts.newer)}
    prompts = {sample.prompt_id for sample in samples.values()}
    stored = {
        (row.prompt_id, row.model_version_id, row.text): row
        for row in Completion.objects.filter(prompt__in=prompts, round_number=0).select_related(
            "prompt"
        )
    }
    missing = {_key(s): s for s in samples.values() if _key(s) not in stored}
    made = [
        Completion(
            prompt=sample.prompt,
            model_version_id=sample.model_version_id,
            text=sample.text,
            tokens=sample.tokens,
            finish_reason=sample.finish_reason,
            sampling=_sampling(sample),
            round_number=0,
        )
        for sample in missing.values()
    ]
    random.SystemRandom().shuffle(made)
    for row in Completion.objects.bulk_create(made):
        stored[row.prompt_id, row.model_version_id, row.text] = row
    return {pk: stored[_key(sample)] for pk, sample in samples.items()}


def _samples(project: Project) -> models.QuerySet[EvaluationSample]:
    return EvaluationSample.objects.filter(
        evaluation__run__round__project=project,
        prompt__split=Split.HELDOUT,
        prompt__withdrawn_at=None,
    )


def _texts(pair: Pair, evaluations: dict[int, dict[int, EvaluationSample]]) -> Texts | None:
    """Of the newest evaluation that has both, else the newest of each."""
    older, newer = pair
    both = next((w for w in evaluations.values() if older in w and newer in w), None)
    if both is None:
        both = {}
        for written in evaluations.values():
            both = written | both
    if older not in both or newer not in both:
        return None
    return Texts(pair=pair, older=both[older], newer=both[newer])


def _key(sample: EvaluationSample) -> tuple[int, int | None, str]:
    return sample.prompt_id, sample.model_version_id, sample.text


def _sampling(sample: EvaluationSample) -> dict[str, object]:
    recipe = sample.evaluation.run.recipe
    names = ("temperature", "max_new_tokens")
    return {name: recipe[name] for name in names if name in recipe}
