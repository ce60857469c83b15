"""Opening a round, and asking for more in it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError, NotEnoughDataError
from labeling.model_fit import refusal
from labeling.models import Preamble, Project
from registry import services as registry
from registry.models import ModelVersion
from rounds.collecting import asking, picking
from rounds.collecting.plan import Plan
from rounds.models import Round


@transaction.atomic
def open_round(
    *, project: Project, by: User | None, plan: dict[str, Any] | Plan, number: int | None = None
) -> Round:
    """Open the next round; the serving model writes its completions.

    `number` makes a second click harmless: the round of that number is answered if it is there.
    ConflictError where it is neither there nor the next.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    asked = plan if isinstance(plan, Plan) else Plan.clean(plan)
    last = project.rounds.order_by("-number").first()
    due = 1 if last is None else last.number + 1
    if number is not None and number != due:
        if (found := project.rounds.filter(number=number).first()) is None:
            message = _("There is no round %(number)s: the one to open next is %(due)s.")
            raise ConflictError(message % {"number": number, "due": due})
        return found
    if last is not None:
        _close(last)
    if not picking.eligible(project, asked).exists():
        raise NotEnoughDataError(_("There are no prompts to ask about: import some first."))
    writer, preamble = _writer(project, asked), Preamble.objects.in_force(project)
    if text := refusal(writer, preamble):
        raise ConflictError(text)
    round_ = Round.objects.create(
        project=project,
        number=due,
        plan=asked.as_json(),
        writer=writer,
        preamble=preamble,
        opened_by=by,
    )
    asking.ask(round_=round_, plan=asked, by=by)
    round_.refresh_from_db(fields=["pending", "candidates"])
    audit(actor=by, action="round.opened", target=f"rounds.Round:{round_.pk}", details=round_.plan)
    return round_


@transaction.atomic
def ask_more(*, round_: Round, by: User | None, plan: dict[str, Any] | Plan) -> asking.Counts:
    """Open further tasks in a round that is not closed; returns how many of each kind."""
    asked = plan if isinstance(plan, Plan) else Plan.clean(plan)
    row = Round.objects.select_for_update().get(pk=round_.pk)
    if row.is_over:
        raise ConflictError(_("This round is closed: open the next one."))
    found = asking.ask(round_=row, plan=asked, by=by)
    audit(
        actor=by, action="round.extended", target=f"rounds.Round:{row.pk}", details=asked.as_json()
    )
    return found


def next_writer(project: Project, *, base: int | None = None) -> ModelVersion | None:
    """Who writes the next round's completions: the model that serves, else the last writer.

    In the first round it is the base model that was chosen, else the newest; None without any.
    """
    if (serving := registry.serving(project.family)) is not None:
        return serving
    if (last := project.rounds.select_related("writer").order_by("-number").first()) is not None:
        return last.writer
    bases = ModelVersion.objects.bases()
    return (bases.filter(pk=base) if base else bases).first()


def _writer(project: Project, plan: Plan) -> ModelVersion:
    if (found := next_writer(project, base=plan.base)) is None:
        raise NotEnoughDataError(
            _(
                "No base model is registered: "
                "`manage.py register_base_model` adds one on the server."
            )
        )
    return found


def _close(round_: Round) -> None:
    """End a round that was evaluated; ConflictError while there is still something to do in it."""
    if round_.is_over:
        return
    if round_.runs.of_rounds().active().exists():
        raise ConflictError(_("Round %s has runs that have not ended.") % round_.number)
    if not round_.is_evaluated:
        raise ConflictError(
            _("Round %s is not evaluated yet: run the evaluation first.") % round_.number
        )
    round_.state, round_.closed_at = Round.State.CLOSED, timezone.now()
    round_.save(update_fields=["state", "closed_at"])
