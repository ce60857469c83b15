"""Launches as bodies and answers."""

from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from api.fields import named
from api.schemas import Body, example
from core.errors import BadInputError
from labeling.models import Project
from rounds.launching.proposing import Proposal, propose
from rounds.launching.recipes import PRESETS
from rounds.models import Round
from rounds.stages import launchable
from rounds.stages.algorithms import algorithms
from rounds.stages.findings import Finding
from rounds.stages.setting import Setting

Value = bool | int | float | str


class SettingOut(Schema):
    """A setting of a stage. value: what is proposed. choices: value -> words, of a choice.

    low, high: of a number. main: it is one of those that matter most.
    """

    name: str
    label: str
    why: str
    value: Value
    low: float | None
    high: float | None
    choices: dict[str, str] | None
    main: bool


class StageOut(Schema):
    """A stage that can be launched. proposed: it is a part of the chain that is proposed.

    makes: the kind of model that it makes; empty where it makes none.
    """

    name: str
    label: str
    makes: str
    proposed: bool
    settings: list[SettingOut]


class LaunchableOut(Schema):
    """What can be launched, in the order in which it runs.

    preset: where the values come from, empty for those of the last runs.
    """

    preset: str
    presets: list[str]
    algorithm: str
    algorithms: dict[str, list[str]]
    stages: list[StageOut]


class Wanted(Schema):
    """What is to be proposed."""

    preset: str = Field("", max_length=40, description="One of `presets`.")
    algorithm: str = Field("", max_length=40, description="One of `algorithms`.")


class LaunchBody(
    Body, json_schema_extra=example(stages=["sft"], preset="cpu", settings={"sft": {"epochs": 3}})
):
    """What is launched, and with which settings."""

    stages: list[str] | None = Field(
        None, description="As `launchable` names them; without them those that it proposes."
    )
    preset: str = Field(
        "", description=f"One of {', '.join(PRESETS)}: where values come from; else the last runs."
    )
    algorithm: str = Field(
        "", description="One of `algorithms` of `launchable`; else the one that it proposes."
    )
    settings: dict[str, dict[str, Value]] = Field(
        default_factory=dict,
        description="Stage to name to value, in place of what is proposed.",
    )


class LaunchFindingOut(Schema):
    """level: ok, warning or missing, which keeps the chain from starting."""

    level: str
    text: str


class StageCheckOut(Schema):
    """What is said of one stage, and how long it will take; guessed: no run has shown it here."""

    stage: str
    findings: list[LaunchFindingOut]
    seconds: float
    guessed: bool


class PreflightOut(Schema):
    """What is said before a launch. settings: those that it would be launched with."""

    may_launch: bool
    findings: list[LaunchFindingOut]
    stages: list[StageCheckOut]
    seconds: float
    settings: dict[str, dict[str, Any]]


def proposal(
    round_: Round, *, preset: str, algorithm: str, stages: list[str] | None = None
) -> Proposal:
    """As it is asked for; BadInputError for a preset or an algorithm that is not there."""
    known = {"preset": (preset, list(PRESETS)), "algorithm": (algorithm, list(algorithms()))}
    errors = {
        name: _("Choose one of: %s.") % ", ".join(names)
        for name, (value, names) in known.items()
        if value not in ("", *names)
    }
    if errors:
        raise BadInputError(_("Some settings cannot be taken."), errors=errors)
    return propose(round_, stages=stages, preset=preset, algorithm=algorithm)


def chosen_settings() -> AbstractContextManager[None]:
    """What is refused within names the fields of a `LaunchBody`."""
    return named(_field)


def _field(field: str) -> str:
    stage, _dash, setting = field.rpartition("-")
    return f"settings.{stage}.{setting}" if stage in launchable() else field


def setting_out(setting: Setting, value: Any, project: Project) -> dict[str, Any]:
    """As `SettingOut`. project: whose things a choice offers."""
    is_number = not (isinstance(setting.cpu, bool) or setting.is_choice)
    choices = setting.choices(project) if setting.is_choice else None
    return {
        "name": setting.name,
        "label": str(setting.label),
        "why": str(setting.why),
        "value": value,
        "low": setting.low if is_number else None,
        "high": setting.high if is_number else None,
        "choices": {str(key): str(word) for key, word in choices.items()} if choices else None,
        "main": setting.main,
    }


def finding_out(finding: Finding) -> dict[str, str]:
    """As `LaunchFindingOut`."""
    return {"level": finding.level, "text": finding.text}
