"""What a stage of training says about itself; everything else asks the stage."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from jobs.handlers import TrainingHandler
from jobs.models import Job
from labeling.access import role_in
from labeling.models import Role
from registry.models import ModelVersion
from rounds import told
from rounds.lineage import made_before
from rounds.models import Round, Run
from rounds.queries import newest_version
from rounds.stages.curve import FIGURES, Curve, Figures
from rounds.stages.findings import Finding, Limits, Look, Stock
from rounds.stages.folder import register_model, run_of
from rounds.stages.reasons import PROMPTS, Reasons
from rounds.stages.setting import LORA_SHARE, LOWER_TWO_THIRDS, TOP_THIRD, Recipe, Setting
from training.contract.spec import Spec


class Stage(TrainingHandler):
    """One stage of training, whole.

    name: of its folder, its trainer (`training.<name>`), and the jobs that it works on.
    trainer: the folder of its trainer where that is another's, which it only gives other data.
    in_chains: people launch it, after others or before them.
    optional: few projects need it: proposed only where the project has its model already.
    usual: of several that make a policy, the one that is proposed where none has run yet.
    choice: what speaks for it, for those who choose among several that make a policy.
    once: a project usually needs it once; it is not proposed again where its model is there.
    starts_from: kinds of models that it goes on from, the preferred first: the nearest one made
        earlier in its chain, else `standing_source`.
    scores: it needs a reward model, whatever is chosen; `is_scored` says it of a recipe.
    scores_twice: it scores with the second reward model too, where there is one.
    makes: the kind of model that it registers; None: it makes none. title: the model card's first
        line of such a model.
    reasons: why its trainer leaves rows out, in words.
    phases: what its trainer says it is doing, in words.
    key_figures: names of those figures of its result that tell whether it went well.
    bytes_a_parameter: of disk: one checkpoint, for each parameter that it trains.
    parted: the setting of which each of several processes has an equal share, if there is one.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    trainer: ClassVar[str] = ""
    in_chains: ClassVar[bool] = True
    optional: ClassVar[bool] = False
    usual: ClassVar[bool] = False
    choice: ClassVar[str | Promise] = ""
    once: ClassVar[bool] = False
    starts_from: ClassVar[tuple[ModelVersion.Kind, ...]] = ()
    scores: ClassVar[bool] = False
    scores_twice: ClassVar[bool] = False
    makes: ClassVar[ModelVersion.Kind | None] = None
    title: ClassVar[str] = ""
    settings: ClassVar[tuple[Setting, ...]] = ()
    curves: ClassVar[Sequence[Curve]] = ()
    figures: ClassVar[Figures] = FIGURES
    reasons: ClassVar[Reasons] = PROMPTS
    phases: ClassVar[Mapping[str, str | Promise]] = {
        "train": gettext_lazy("training"),
        "measure": gettext_lazy("measuring"),
    }
    key_figures: ClassVar[tuple[str, ...]] = ("steps",)
    bytes_a_parameter: ClassVar[int] = 0
    parted: ClassVar[str] = ""

    @property
    def model_bytes(self) -> int:
        """Of disk, for each parameter: the model that it leaves, in float32."""
        return 4 if self.makes else 0

    def checkpoint(self, recipe: Recipe) -> int:
        """Bytes of disk of one checkpoint, for each parameter that it trains."""
        return self.bytes_a_parameter

    def disk(self, recipe: Recipe) -> float:
        """Bytes for each parameter of the model that it needs at once.

        Two checkpoints lie there when the third is written, and when the model is.
        """
        trained = TOP_THIRD if recipe.get("frozen_layers") == LOWER_TWO_THIRDS else 1.0
        if recipe.get("lora_rank"):
            trained *= LORA_SHARE
        checkpoint = self.checkpoint(recipe) * trained
        return 2 * checkpoint + max(checkpoint, self.model_bytes)

    @property
    def needs(self) -> tuple[ModelVersion.Kind, ...]:
        """The kinds of models that it takes from stages before it."""
        scorers = [ModelVersion.Kind.REWARD] if self.scores else []
        scorers += [ModelVersion.Kind.SECOND] if self.scores_twice else []
        return (*self.starts_from, *scorers)

    def standing_source(self, round_: Round) -> ModelVersion | None:
        """What it starts from when nothing before it in its chain makes a model for it.

        The project's newest model of the preferred kind, else the round's writer. None where there
        is nothing yet that it could work on.
        """
        for kind in self.starts_from:
            if (version := newest_version(round_.project, kind)) is not None:
                return version
        return round_.writer

    def source_of(self, run: Run) -> ModelVersion:
        """What `run` starts from, or evaluates, now that the runs before it have ended."""
        return made_before(run, *self.starts_from) or run.source or run.round.writer

    def is_scored(self, recipe: Recipe) -> bool:
        """Whether a run of `recipe` needs a reward model."""
        return self.scores

    def reward_model_of(self, run: Run) -> ModelVersion | None:
        """The reward model that `run` scores with."""
        if not self.is_scored(run.recipe):
            return None
        return made_before(run, ModelVersion.Kind.REWARD) or run.reward_model

    def second_reward_model_of(self, run: Run) -> ModelVersion | None:
        """The second reward model that `run` scores with; None where there is none."""
        if not self.scores_twice:
            return None
        return made_before(run, ModelVersion.Kind.SECOND) or run.second_reward_model

    def half_in(self, made: Collection[ModelVersion.Kind | None]) -> str:
        """Which half of the prompts' labels it learns from in a chain that makes models of those
        kinds; empty: all.
        """
        return ""

    def corpus(self, recipe: Recipe) -> str:
        """The name of the corpus that it mixes in; empty where it mixes in none."""
        return ""

    def examples(self, recipe: Recipe, stock: Stock) -> int | None:
        """How many labels it would learn from; None where it learns from none."""
        return None

    def weighs(self, recipe: Recipe) -> bool:
        """Whether its labels are weighed by the reliability of who gave them."""
        return False

    def misfits(self, recipe: Recipe, examples: int | None) -> dict[str, str]:
        """Settings that are fine alone and wrong together: name -> what to do."""
        if examples and recipe.get("batch_size", 0) > examples:
            return {"batch_size": _("There are only %s examples.") % examples}
        return {}

    def unfit(self, recipe: Recipe, examples: int | None, limits: Limits) -> dict[str, str]:
        """Its misfits, and what neither models nor workers could take."""
        found = dict(self.misfits(recipe, examples))
        if 0 < limits.context <= recipe.get("max_new_tokens", 0):
            text = _("The model takes %s tokens, prompt and completion together: fewer than that.")
            found["max_new_tokens"] = text % limits.context
        for count in sorted(limits.processes):
            if self.parted and recipe.get(self.parted, 0) % count:
                text = _("Of a worker %s processes share it: choose a multiple of that.")
                found[self.parted] = text % count
        if limits.shards and recipe.get("frozen_layers"):
            found["frozen_layers"] = _(
                "A worker keeps models in parts (FSDP), of which no layer can be frozen: 0. LoRA"
                " trains as little."
            )
        return found

    def findings(self, look: Look) -> list[Finding]:
        """What pre-flight says of it."""
        return []

    def operations(self, look: Look) -> float:
        """Floating point operations of a run, for the estimate of its time."""
        return 0.0

    def headline(self, run: Run) -> str:
        """The one thing about a run that succeeded for which the stepper has room."""
        version = getattr(run.job, "model_version", None)
        return version.name if version else str(Job.State.SUCCEEDED.label)

    def key_figures_of(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Those of `result` that tell whether the run went well; its held-out ones among them."""
        heldout = result.get("heldout") or {}
        figures = {**result, **{f"heldout_{name}": value for name, value in heldout.items()}}
        return {name: figures[name] for name in self.key_figures if figures.get(name) is not None}

    def figure(self, name: str) -> str:
        """What a curve or figure is called; its own name where the stage does not know it."""
        curves = {curve.name: curve.label for curve in self.curves}
        return str(curves.get(name) or self.figures.get(name) or name.replace("_", " "))

    def may_see(self, job: Job, user: User) -> bool:
        """The managers of the project."""
        return role_in(run_of(job).round.project, user) == Role.MANAGER

    def ended(self, job: Job) -> None:
        """Tell those who wait for it."""
        if (run := Run.objects.with_parts().filter(job=job).first()) is not None:
            told.run_ended(run)

    def bytes_needed(self, job: Job) -> int | None:
        """What pre-flight demands for the stage alone."""
        run = run_of(job)
        return round(self.source_of(run).parameters * self.disk(run.recipe)) or None

    def begin(self, job: Job) -> Run:
        """The job's run, with the models written on it that it works on."""
        run = run_of(job)
        run.source, run.reward_model = self.source_of(run), self.reward_model_of(run)
        run.second_reward_model = self.second_reward_model_of(run)
        run.save(update_fields=["source", "reward_model", "second_reward_model"])
        return run

    def prepare(self, job: Job, folder: Path) -> Spec:
        """Write `data/` into `folder` and return the spec. Called before each attempt."""
        raise NotImplementedError

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Take over what the process made; here the model, if the stage makes one."""
        if self.makes is not None:
            register_model(run_of(job), folder, kind=self.makes, title=self.title, result=result)
