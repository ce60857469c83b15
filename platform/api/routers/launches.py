"""Launching training: what can be launched, what stands in the way, and doing it."""

from typing import Any

from ninja import Query, Router, Status

from api.auth import MANAGER
from api.launch_parts import (
    LaunchableOut,
    LaunchBody,
    PreflightOut,
    Wanted,
    chosen_settings,
    finding_out,
    proposal,
    setting_out,
)
from api.request import ApiRequest
from api.routers.rounds import round_of
from api.run_parts import RunOut, run_out
from rounds.launching import launching, preflight
from rounds.launching.recipes import PRESETS
from rounds.stages import launchable
from rounds.stages.algorithms import algorithms

router = Router(tags=["launches"])


@router.get(
    "/projects/{slug:slug}/rounds/{int:number}/launchable",
    auth=MANAGER,
    response=LaunchableOut,
    summary="What can be launched in a round",
)
def read_launchable(
    request: ApiRequest, slug: str, number: int, wanted: Query[Wanted]
) -> dict[str, Any]:
    """The stages with their settings, and the values that are proposed."""
    found = proposal(round_of(request, number), preset=wanted.preset, algorithm=wanted.algorithm)
    return {
        "preset": found.preset,
        "presets": list(PRESETS),
        "algorithm": found.algorithm,
        "algorithms": algorithms(),
        "stages": [
            {
                "name": name,
                "label": str(stage.label),
                "makes": stage.makes or "",
                "proposed": name in found.stages,
                "settings": [
                    setting_out(each, found.values[name][each.name], request.project)
                    for each in stage.settings
                ],
            }
            for name, stage in launchable().items()
        ],
    }


@router.post(
    "/projects/{slug:slug}/rounds/{int:number}/preflight",
    auth=MANAGER,
    response=PreflightOut,
    summary="What a launch would need",
)
def check_launch(request: ApiRequest, slug: str, number: int, body: LaunchBody) -> dict[str, Any]:
    """What there is, what is missing and how long it will take; nothing is launched.

    422 names settings that cannot be taken.
    """
    round_ = round_of(request, number)
    found = proposal(round_, preset=body.preset, algorithm=body.algorithm, stages=body.stages)
    asked = found.stages if body.stages is None else body.stages
    with chosen_settings():
        chosen = launching.chain(round_, asked, found.with_settings(body.settings), found.stock)
    check = preflight.check(round_, list(chosen), chosen, stock=found.stock)
    return {
        "may_launch": not check.missing,
        "findings": [finding_out(one) for one in check.general],
        "stages": [
            {
                "stage": each.stage.name,
                "findings": [finding_out(one) for one in each.findings],
                "seconds": each.seconds,
                "guessed": each.guessed,
            }
            for each in check.stages
        ],
        "seconds": check.seconds,
        "settings": chosen,
    }


@router.post(
    "/projects/{slug:slug}/rounds/{int:number}/launches",
    auth=MANAGER,
    response={201: list[RunOut]},
    summary="Launch training",
)
def launch(
    request: ApiRequest, slug: str, number: int, body: LaunchBody
) -> Status[list[dict[str, Any]]]:
    """The runs, in the order in which they run, on a snapshot of the labels as they are now.

    409 with all that is missing, or where training of this round is running already.
    """
    round_ = round_of(request, number)
    found = proposal(round_, preset=body.preset, algorithm=body.algorithm, stages=body.stages)
    with chosen_settings():
        runs = launching.launch(
            round_=round_,
            stages=found.stages if body.stages is None else body.stages,
            recipes=found.with_settings(body.settings),
            by=request.user,
        )
    return Status(201, [run_out(run) for run in runs])
