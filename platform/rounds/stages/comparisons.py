"""What the stages that learn from rankings share: whom they learn from, and what they lack."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.kinds import kinds
from quality.models import Reliability
from registry.models import ModelVersion
from rounds.models import Half, Run
from rounds.queries import newest_version
from rounds.stages import curve
from rounds.stages.base import Stage
from rounds.stages.curve import Figures
from rounds.stages.findings import Finding, Look, Stock, counted, warning
from rounds.stages.reasons import RANKINGS
from rounds.stages.setting import WEIGHING, Recipe

TABLE = "rankings"

FIGURES: Figures = {
    **curve.FIGURES,
    "rankings": gettext_lazy("Rankings"),
    "effective": gettext_lazy("Rankings, as if weighed alike"),
    "pairs": gettext_lazy("Comparisons"),
    "heldout_rankings": gettext_lazy("Held-out rankings"),
    "heldout_pairs": gettext_lazy("Held-out pairs"),
    "heldout_accuracy": gettext_lazy("Held-out pairs in the right order"),
    "heldout_log_loss": gettext_lazy("Log-loss on held-out pairs"),
    "heldout_ece": gettext_lazy("Calibration error on held-out pairs"),
}


class Comparing(Stage):
    """A stage that learns from rankings, and from corrections that changed something."""

    reasons = RANKINGS
    figures = FIGURES

    def examples(self, recipe: Recipe, stock: Stock) -> int:
        """Rankings, and corrections that changed something."""
        return stock.rows(TABLE)

    def weighs(self, recipe: Recipe) -> bool:
        """Where its setting says so."""
        return bool(recipe.get(WEIGHING))

    def half_in(self, made: Collection[ModelVersion.Kind | None]) -> str:
        """The first where a second reward model shall judge what comes of it, by the other one."""
        return Half.FIRST if ModelVersion.Kind.SECOND in made else ""

    def headline(self, run: Run) -> str:
        """Its accuracy on held-out pairs."""
        heldout = (run.job.result or {}).get("heldout") or {}
        if isinstance(heldout.get("accuracy"), float):
            text = _("%(share)s right on %(n)s held-out pairs")
            return text % {"share": f"{heldout['accuracy']:.0%}", "n": heldout.get("pairs", 0)}
        return super().headline(run)


def labels(look: Look) -> list[Finding]:
    """How many there are, of which half, and how many say nothing."""
    have = look.stock.rows(TABLE)
    text = ngettext("%(n)s label with comparisons", "%(n)s labels with comparisons", have)
    found = [counted(look.round, have, text % {"n": have}, _("Label or ask for rankings"))]
    if look.half:
        message = _(
            "Of half of the prompts only; the other half teaches another, and no label both."
        )
        found.append(Finding(level="ok", text=message))
    elif newest_version(look.round.project, ModelVersion.Kind.SECOND) is not None:
        message = _(
            "It learns from all labels, so the second reward model will be no judge of its own any "
            "more. Tick “Second reward model” as well to keep them apart."
        )
        found.append(warning(message))
    if tied := _labels(look) - have:
        message = ngettext(
            "%(n)s label prefers no text to another and teaches nothing.",
            "%(n)s labels prefer no text to another and teach nothing.",
            tied,
        )
        found.append(warning(message % {"n": tied}))
    return found


def heldout(look: Look) -> list[Finding]:
    """Whether there is anything to measure on."""
    if look.stock.rows(TABLE, split="heldout"):
        return []
    return [warning(_("No held-out ranking: its accuracy will not be known."))]


def weighing(look: Look) -> list[Finding]:
    """Whether anybody's reliability is known, where it is asked for."""
    known = Reliability.objects.filter(project=look.round.project)
    if not look.recipe.get(WEIGHING) or known.exists():
        return []
    message = _(
        "Nobody’s reliability is known, so all labels weigh alike. It takes tasks that two or "
        "more people answered, and a minute."
    )
    return [warning(message)]


def _labels(look: Look) -> int:
    """All labels of the kinds that give rankings, those that say nothing included."""
    by_kind = look.stock.labels["train"]
    return sum(by_kind[kind.name] for kind in kinds().values() if TABLE in kind.tables)
