"""Launching: pre-flight on the left, settings on the right, one button."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError, NotEnoughDataError
from core.templatetags.problems import Problem, problems_of
from rounds.launching import preflight
from rounds.launching.forms import RecipeForm
from rounds.launching.launching import launch
from rounds.launching.preflight import Preflight
from rounds.launching.proposing import propose
from rounds.launching.recipes import PRESETS
from rounds.models import Round
from rounds.stages import get, launchable
from rounds.stages.algorithms import algorithms, title_of
from rounds.stages.findings import Stock
from rounds.views.rounds import find


@dataclass(kw_only=True)
class Launch:
    """What the page shows: the chosen stages and a form for each stage."""

    round: Round
    stages: list[str]
    forms: dict[str, RecipeForm]
    preset: str
    algorithm: str
    stock: Stock

    @classmethod
    def read(
        cls, round_: Round, *, data: QueryDict | None, preset: str = "", algorithm: str = ""
    ) -> "Launch":
        """From a sent form, or the stages of the algorithm with the values of the preset."""
        stages = None if data is None else data.getlist("stages")
        asked = propose(round_, stages=stages, preset=preset, algorithm=algorithm)
        forms = {
            name: RecipeForm(
                data,
                stage=name,
                initial=values,
                previous=asked.previous.get(name),
                stock=asked.learned[name],
            )
            for name, values in asked.values.items()
        }
        return cls(
            round=round_,
            stages=asked.stages,
            forms=forms,
            preset=asked.preset,
            algorithm=asked.algorithm,
            stock=asked.stock,
        )

    def chosen(self) -> dict[str, dict[str, Any]]:
        """The settings of the chosen stages as far as they are valid."""
        return {
            stage: self.forms[stage].cleaned_data
            if self.forms[stage].is_bound and self.forms[stage].is_valid()
            else dict(self.forms[stage].initial)
            for stage in self.stages
        }

    @property
    def has_last(self) -> bool:
        """Whether there are settings of an earlier run to start from."""
        return any(form.previous for form in self.forms.values())

    @property
    def is_valid(self) -> bool:
        """Whether the forms of all chosen stages are."""
        return all(self.forms[stage].is_valid() for stage in self.stages)

    def unfit(self) -> list[Problem]:
        """What is wrong with the settings of the chosen stages."""
        return [one for stage in self.stages for one in problems_of(self.forms[stage])]

    def check(self) -> Preflight:
        """The pre-flight of the chosen stages."""
        return preflight.check(self.round, self.stages, self.chosen(), stock=self.stock)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_launch(request: UserRequest, slug: str, number: int) -> HttpResponse:
    """The page; POST launches."""
    round_ = find(request, slug, number)
    if request.method != "POST":
        asked = {name: request.GET.get(name, "") for name in ("preset", "algorithm")}
        page = Launch.read(round_, data=None, **asked)
        return show(request, page)
    page = Launch.read(round_, data=request.POST)
    if not page.is_valid:
        return show(request, page, status=422)
    try:
        runs = launch(round_=round_, stages=page.stages, recipes=page.chosen(), by=request.user)
    except BadInputError as error:
        return show(request, page, status=422, problems=add_errors(page, error.errors))
    except NotEnoughDataError:
        return show(request, page, status=409)
    except ConflictError as error:
        return show(request, page, status=409, problems=[error.message])
    text = ngettext("%s stage is queued.", "%s stages are queued.", len(runs)) % len(runs)
    messages.success(request, text)
    return redirect("run", runs[0].pk)


@login_required
@require_POST
def round_check(request: UserRequest, slug: str, number: int) -> HttpResponse:
    """The pre-flight for what is being chosen, asked for by htmx on each change."""
    page = Launch.read(find(request, slug, number), data=request.POST)
    context = {
        "round": page.round,
        "project": page.round.project,
        "check": page.check(),
        "unfit": page.unfit(),
    }
    return render(request, "rounds/_preflight.html", context)


def show(
    request: UserRequest, page: Launch, *, status: int = 200, problems: list[str] | None = None
) -> HttpResponse:
    """The page with what was chosen so far."""
    context = {
        "round": page.round,
        "project": page.round.project,
        "page": page,
        "stages": [
            {"stage": stage, "form": page.forms[name], "chosen": name in page.stages}
            for name, stage in launchable().items()
        ],
        "forms": [page.forms[name] for name in page.stages],
        "check": page.check(),
        "unfit": page.unfit(),
        "presets": PRESETS,
        "algorithms": {name: title_of(name) for name in algorithms()},
        "choice": get(page.algorithm).choice,
        "problems": problems or [],
        "differences": differences(page),
    }
    return render(request, "rounds/round_launch.html", context, status=status)


def differences(page: Launch) -> list[dict[str, Any]]:
    """What is set otherwise than in the last run of the stage."""
    found = []
    for stage, values in page.chosen().items():
        form = page.forms[stage]
        for setting in form.settings:
            last, now = (of.get(setting.name) for of in (form.previous, values))
            if setting.name in form.previous and now != last:
                found.append(
                    {
                        "stage": get(stage).label,
                        "label": setting.label,
                        "last": setting.told(last),
                        "now": setting.told(now),
                    }
                )
    return found


def add_errors(page: Launch, errors: Mapping[str, str]) -> list[str]:
    """Put errors beside their fields; those of no field come back."""
    rest = []
    for name, text in errors.items():
        stage, _dash, field = name.partition("-")
        if stage in page.forms and field in page.forms[stage].fields:
            page.forms[stage].add_error(field, text)
        else:
            rest.append(text)
    return rest
