"""Before a launch: what there is, what is missing and how to get it, how long it will take."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import NotEnoughDataError
from labeling.model_fit import refusal
from registry import services as registry
from registry.models import ModelVersion
from rounds import stages
from rounds.launching import estimates, preambles, recipes
from rounds.models import Round
from rounds.queries import wrong_sort
from rounds.stages.base import Stage
from rounds.stages.findings import Finding, Look, Stock, warning


@dataclass(frozen=True, kw_only=True)
class StageCheck:
    """The findings for one stage.

    work: floating point operations. guessed: no run has shown how fast they are here. disk: bytes
    that it needs at once for each parameter.
    """

    stage: Stage
    findings: list[Finding]
    seconds: float = 0.0
    work: float = 0.0
    guessed: bool = False
    disk: float = 0.0

    @property
    def missing(self) -> list[Finding]:
        """What keeps the stage from starting."""
        return [finding for finding in self.findings if finding.level == "missing"]


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """The findings for a chain."""

    stages: list[StageCheck]
    general: list[Finding] = field(default_factory=list)

    @property
    def missing(self) -> list[Finding]:
        """All that keeps the chain from starting."""
        found = [finding for check in self.stages for finding in check.missing]
        return found + [finding for finding in self.general if finding.level == "missing"]

    @property
    def seconds(self) -> float:
        """The estimate for the whole chain."""
        return sum(check.seconds for check in self.stages)

    @property
    def guessed(self) -> bool:
        """Whether any part of that is a guess."""
        return any(check.guessed for check in self.stages)

    def require(self) -> None:
        """NotEnoughDataError with all that is missing."""
        if missing := self.missing:
            errors = {str(i): finding.text for i, finding in enumerate(missing)}
            raise NotEnoughDataError(" ".join(finding.text for finding in missing), errors=errors)


def check(
    round_: Round,
    names: Sequence[str],
    chosen: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    stock: Stock | None = None,
) -> Preflight:
    """Look at everything that the stages of `names`, run in order, need.

    chosen: settings by stage. stock: what was counted already; counted now where it is not given.
    """
    stock = stock or Stock.of(round_)
    chain = [stages.get(name) for name in names]
    kinds = {stage.makes for stage in chain}
    checks = [
        _check_stage(
            round_,
            stage,
            chain[:place],
            dict((chosen or {}).get(stage.name, {})),
            stock,
            stage.half_in(kinds),
        )
        for place, stage in enumerate(chain)
    ]
    return Preflight(stages=checks, general=_general(round_, checks))


def _check_stage(
    round_: Round,
    stage: Stage,
    before: Sequence[Stage],
    values: dict[str, Any],
    stock: Stock,
    half: str,
) -> StageCheck:
    look = Look(
        round=round_,
        half=half,
        made=frozenset(other.makes for other in before if other.makes is not None),
        recipe=recipes.defaults(stage.name) | values,
        stock=stock.of_half(half),
        source=stage.standing_source(round_) or round_.writer,
    )
    work = stage.operations(look)
    return StageCheck(
        stage=stage,
        findings=stage.findings(look),
        work=work,
        seconds=estimates.seconds(stage.name, work),
        guessed=estimates.speed(stage.name) is None,
        disk=stage.disk(look.recipe),
    )


def _general(round_: Round, checks: Sequence[StageCheck]) -> list[Finding]:
    # With a store at a URL the workers may be elsewhere: each sees to its own disk.
    found = [] if settings.STORE_URL else [_disk(round_, checks)]
    policies = [check for check in checks if check.stage.makes == ModelVersion.Kind.POLICY]
    if len(policies) > 1:
        message = _("This makes %(n)s policies; only that of %(last)s is evaluated.")
        found.append(warning(message % {"n": len(policies), "last": policies[-1].stage.label}))
    if left_out := wrong_sort(round_.project):
        message = ngettext(
            "%(n)s label is left out: simulated and people's labels are never mixed.",
            "%(n)s labels are left out: simulated and people's labels are never mixed.",
            left_out,
        )
        found.append(warning(message % {"n": left_out}))
    facts = registry.facts_of(round_.writer)
    refuses = facts.get("system_turns") is False
    if text := refusal(round_.writer, round_.preamble):
        found.append(Finding(level="missing", text=text))
    elif refuses and (system := round_.project.prompts.in_use().with_system_turn().count()):
        message = ngettext(
            "%(n)s prompt has a system message, which %(model)s refuses: it is left out.",
            "%(n)s prompts have a system message, which %(model)s refuses: they are left out.",
            system,
        )
        found.append(warning(message % {"n": system, "model": round_.writer.name}))
    refuses = facts.get("tool_turns") is False
    if refuses and (tools := round_.project.prompts.in_use().with_tools().count()):
        message = ngettext(
            "%(n)s prompt has tools, which %(model)s cannot be shown: it is left out.",
            "%(n)s prompts have tools, which %(model)s cannot be shown: they are left out.",
            tools,
        )
        found.append(warning(message % {"n": tools, "model": round_.writer.name}))
    found += preambles.findings(round_)
    if waiting := len(round_.awaited):
        message = ngettext(
            "%(n)s prompt still waits for its completions.",
            "%(n)s prompts still wait for their completions.",
            waiting,
        )
        found.append(warning(message % {"n": waiting}))
    return found


def _free(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(folder).free


def bytes_needed(parameters: int, checks: Sequence[StageCheck]) -> float:
    """Of disk at once: a stage's own files, beside the models that those before it leave."""
    most = left = 0.0
    for check in checks:
        most = max(most, left + check.disk)
        left += check.stage.model_bytes
    return parameters * max(most, left)


def _disk(round_: Round, checks: Sequence[StageCheck]) -> Finding:
    free = min(_free(settings.ARTIFACTS), _free(settings.JOBS))
    need = bytes_needed(round_.writer.parameters, checks)
    numbers = {"free": f"{free / 2**30:.1f}", "need": f"{need / 2**30:.1f}"}
    if free < need:
        text = _("%(free)s GiB free on the disk, about %(need)s GiB needed.") % numbers
        return Finding(level="missing", text=text)
    text = _("%(free)s GiB free on the disk, %(need)s needed") % numbers
    return Finding(level="ok", text=text)
