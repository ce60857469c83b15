"""What pre-flight finds, and what a stage looks at to find it."""

from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.models import Worker
from labeling import model_fit
from labeling.models import Project, Split
from registry import services as registry
from registry.models import ModelVersion
from rounds.halves import in_half
from rounds.models import Round
from rounds.queries import label_counts, newest_version, teaching_counts
from rounds.stages.setting import Recipe

FEWEST = 2  # examples with which a stage may start at all
# Typical lengths, for estimates.
PROMPT_TOKENS, COMPLETION_TOKENS = 60, 90


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the pre-flight: ok, warning or missing; `url` leads to what helps."""

    level: str
    text: str
    url: str = ""
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a stage has to fit into.

    context: tokens that a conversation may have; 0 where that is not known. processes: that share a
    training, by worker. shards: some worker keeps a part of a model on each of them. judged: the
    project has a reward model before the chain begins.
    """

    context: int = 0
    processes: frozenset[int] = frozenset()
    shards: bool = False
    judged: bool = True

    @classmethod
    def of(cls, round_: Round) -> "Limits":
        """Those of the round's models, and of the workers that are there now."""
        workers = list(Worker.objects.training())
        return cls(
            context=int(registry.facts_of(round_.writer).get("context") or 0),
            processes=frozenset(worker.processes for worker in workers),
            shards=any(worker.shards for worker in workers),
            judged=ModelVersion.objects.filter(
                family=round_.project.family, kind=ModelVersion.Kind.REWARD
            ).exists(),
        )


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What a project has to train on.

    labels: split -> kind -> usable labels. teaching: table -> split -> kind -> (those that teach,
    the comparisons in them), as rounds.queries.teaching_counts has it. prompts: by split.
    """

    labels: dict[str, dict[str, int]]
    teaching: dict[str, dict[str, dict[str, tuple[int, int]]]]
    prompts: dict[str, int]
    project: Project | None = None
    limits: Limits = field(default_factory=Limits)
    halves: dict[str, "Stock"] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, round_: Round) -> "Stock":
        """Count it now."""
        project = round_.project
        prompts = project.prompts.in_use()
        held = prompts.filter(split=Split.HELDOUT).count()
        return cls(
            labels=label_counts(project),
            teaching=teaching_counts(project),
            prompts={"heldout": held, "train": prompts.count() - held},
            project=project,
            limits=Limits.of(round_),
        )

    def of_half(self, half: str) -> "Stock":
        """The same with the training labels of one half only; itself where none is named."""
        if not half or self.project is None:
            return self
        if half not in self.halves:
            within = in_half(half, prompt="task__prompt__")
            self.halves[half] = replace(
                self,
                labels=label_counts(self.project, within),
                teaching=teaching_counts(self.project, within),
            )
        return self.halves[half]

    def rows(self, table: str, *, split: str = "train") -> int:
        """How many labels teach what is in `table`."""
        return sum(labels for labels, _pairs in self.teaching[table][split].values())

    def pairs(self, table: str, *, split: str = "train") -> int:
        """How many comparisons they hold."""
        return sum(pairs for _labels, pairs in self.teaching[table][split].values())


@dataclass(frozen=True, kw_only=True)
class Look:
    """A stage before it runs, with all that it may look at.

    made: the kinds of models that stages before it in its chain make.
    source: what it would start from; the round's writer where that is not made yet.
    half: of the prompts whose labels it would learn from, which `stock` counts; empty: all.
    """

    round: Round
    made: frozenset[ModelVersion.Kind]
    recipe: Recipe
    stock: Stock
    source: ModelVersion
    half: str = ""

    @property
    def parameters(self) -> float:
        """Of the model, for estimates."""
        return float(self.source.parameters or 1)

    @property
    def prompt_tokens(self) -> float:
        """Of a typical prompt, with what stands before it in the round."""
        preamble = self.round.preamble
        return PROMPT_TOKENS + (model_fit.tokens(preamble.messages) if preamble else 0)

    @property
    def per_ranking(self) -> int:
        """How many completions a ranking of this round has."""
        return int(max(self.round.plan.get("completions", {}).values(), default=4))

    @property
    def learned(self) -> float:
        """Operations a parameter and token that learning adds to reading: 4 over all layers."""
        return 4 / 3 if self.recipe.get("frozen_layers") == -1 else 4.0


def counted(
    round_: Round, have: int, text: str, help_: str, *, address: str = "round", fewest: int = FEWEST
) -> Finding:
    """A count that is fine, or too small with the page that helps."""
    if have >= fewest:
        return Finding(level="ok", text=text)
    arguments = [round_.project.slug] + ([round_.number] if address == "round" else [])
    return Finding(
        level="missing",
        text=_("%(text)s, at least %(fewest)s needed.") % {"text": text, "fewest": fewest},
        url=reverse(address, args=arguments),
        help=help_,
    )


def warning(text: str) -> Finding:
    """What a person should know, and may go on in spite of."""
    return Finding(level="warning", text=text)


def counted_prompts(look: Look, split: str, *, fewest: int = FEWEST) -> Finding:
    """The prompts of `split`, or where to import them."""
    have = look.stock.prompts[split]
    if split == Split.TRAIN:
        text = ngettext("%(n)s training prompt", "%(n)s training prompts", have)
    else:
        text = ngettext("%(n)s held-out prompt", "%(n)s held-out prompts", have)
    return counted(
        look.round,
        have,
        text % {"n": have},
        _("Import prompts"),
        address="prompts_import",
        fewest=fewest,
    )


def reward_model(look: Look, *, without: Finding) -> Finding:
    """What it scores with; `without` where there is nothing."""
    if ModelVersion.Kind.REWARD in look.made:
        return Finding(level="ok", text=_("Scores with the reward model of this chain"))
    model = newest_version(look.round.project, ModelVersion.Kind.REWARD)
    if model is None:
        return without
    text = _("%s has learned next to nothing: PPO would follow noise. Train a new reward model.")
    return scorer(model, useless=text)


def scorer(model: ModelVersion, *, useless: str) -> Finding:
    """A reward model that scores. useless: of one, %s, that has learned next to nothing."""
    if model.metrics.get("useless"):
        return warning(useless % model.name)
    return Finding(level="ok", text=_("Scores with %s") % model.name)
