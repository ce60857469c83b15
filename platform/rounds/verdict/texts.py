"""What versions wrote for held-out prompts, in evaluations and for ballots."""

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet
from django.db.models.functions import MD5, Coalesce

from labeling.models import Project, Prompt, Split
from registry.models import ModelVersion
from rounds.models import EvaluationSample, Round, Run

Pair = tuple[int, int]  # the keys of two versions, the older one first


class Sampling(NamedTuple):
    """How a text was sampled, and after what: the two of a question alike.

    A recipe that lacks one of these, as those of evaluations do, means the value that stands here.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 128
    preamble: int | None = None  # the key of what stood before the prompt

    @classmethod
    def of(cls, recipe: Mapping[str, Any]) -> Self:
        """That of a run's recipe."""
        return cls(**{name: recipe[name] for name in cls._fields if name in recipe})

    @classmethod
    def in_round(cls, recipe: Mapping[str, Any], preamble: int | None) -> Self:
        """That of the recipe of a run whose round has `preamble`, unless the recipe names one."""
        return cls.of({"preamble": preamble, **recipe})

    def as_json(self) -> dict[str, Any]:
        """For a row: as those of before there were preambles, where there is none."""
        found = self._asdict()
        return found if self.preamble else _without_preamble(found)

    def as_recipe(self, round_: Round) -> dict[str, Any]:
        """For a run in `round_`, whose preamble goes without saying."""
        found = self._asdict()
        return found if self.preamble != round_.preamble_id else _without_preamble(found)


def _without_preamble(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "preamble"}


class Stored(NamedTuple):
    """A text that is there: the key of its row, and a digest that tells it from others."""

    pk: int
    digest: str


# prompt -> sampling -> version -> text; the prompts and the samplings in order.
Written = dict[int, dict[Sampling, dict[int, Stored]]]


def evaluated(project: Project) -> list[ModelVersion]:
    """The versions of which some held-out text is stored, oldest first."""
    keys = _samples(project).order_by().values("model_version").distinct()
    return list(ModelVersion.objects.filter(pk__in=keys).order_by("pk"))


def comparable(project: Project) -> list[ModelVersion]:
    """The versions that can write for the project, and those that have, oldest first."""
    written = _samples(project).order_by().values("model_version")
    own = Q(family=project.family_id) | Q(rounds__project=project) | Q(pk__in=written)
    found = ModelVersion.objects.filter(own).exclude(kind__in=ModelVersion.SCORES)
    return list(found.distinct().order_by("pk"))


def pairs_of(versions: Iterable[ModelVersion]) -> list[Pair]:
    """Each two of them."""
    return list(combinations(sorted({version.pk for version in versions}), 2))


def heldout(project: Project) -> QuerySet[Prompt]:
    """The prompts that votes may be about, in the order in which they are drawn.

    A hash of what a prompt says is as good as chance, and fixed before anything is written for it.
    Evaluations go by the same order, so what they wrote comes first.
    """
    return project.prompts.in_use().filter(split=Split.HELDOUT).order_by("sha256")


def written(
    project: Project, versions: Collection[int], *, prompts: Collection[int] | None = None
) -> Written:
    """What these versions wrote for held-out prompts, of all or of `prompts`; of each the newest.

    Prompts are in the order of `heldout`, the samplings of one by their newest text.
    """
    rows = _samples(project).filter(model_version__in=versions)
    if prompts is not None:
        rows = rows.filter(prompt__in=prompts)
    told = list(
        rows.annotate(by=Coalesce("evaluation__run", "run"), digest=MD5("text"))
        .order_by("prompt__sha256", "-by", "pk")
        .values_list("prompt", "by", "model_version", "pk", "digest")
    )
    runs = Run.objects.filter(pk__in={by for _prompt, by, *_rest in told})
    sampling = {
        pk: Sampling.in_round(recipe, preamble)
        for pk, recipe, preamble in runs.values_list("pk", "recipe", "round__preamble")
    }
    found: Written = {}
    for prompt, by, version, pk, digest in told:
        texts = found.setdefault(prompt, {}).setdefault(sampling[by], {})
        texts.setdefault(version, Stored(pk, digest))
    return found


def both(
    of_prompt: Mapping[Sampling, Mapping[int, Stored]], pair: Pair
) -> tuple[Sampling, tuple[Stored, Stored]] | None:
    """The older and the newer one's text, sampled alike: the newest such two."""
    for sampling, texts in of_prompt.items():
        if pair[0] in texts and pair[1] in texts:
            return sampling, (texts[pair[0]], texts[pair[1]])
    return None


def alike(one: Stored, other: Stored) -> bool:
    """Whether they say the same: nobody can prefer one of them."""
    return one.digest == other.digest


def usual_sampling(project: Project) -> tuple[Sampling, int]:
    """That of the project's newest evaluation, and its seed; else as its newest round writes.

    After what stands before prompts now, in the newest round.
    """
    runs = Run.objects.filter(round__project=project)
    newest = runs.filter(evaluation__isnull=False).order_by("-pk").first()
    round_ = project.rounds.order_by("-number").first()
    preamble = round_.preamble_id if round_ else None
    if newest is not None:
        seed = int(newest.recipe.get("seed", 0))
        return Sampling.of(newest.recipe)._replace(preamble=preamble), seed
    return Sampling.of({**(round_.plan if round_ else {}), "preamble": preamble}), 0


def _samples(project: Project) -> QuerySet[EvaluationSample]:
    return EvaluationSample.objects.filter(
        prompt__project=project, prompt__split=Split.HELDOUT, prompt__withdrawn_at=None
    )
