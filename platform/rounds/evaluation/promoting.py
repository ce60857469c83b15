"""Deciding which model serves, and on what grounds."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.announcing import announce
from core.errors import BadInputError, ConflictError
from core.text import clean_text
from labeling.models import Project
from registry import services as registry
from registry.models import Alias, AliasChange, ModelVersion
from rounds.models import Reason, Said
from rounds.verdict.reading import pair_of

LONGEST_REASON = 2000


def current(project: Project) -> ModelVersion | None:
    """What a promoted version takes the place of: what serves, else the newest round's writer."""
    if (serving := registry.serving(project.family)) is not None:
        return serving
    last = project.rounds.select_related("writer").newest_first().first()
    return last.writer if last else None


def rival(project: Project, version: ModelVersion) -> ModelVersion | None:
    """What `version` is held against: what it would take the place of, or took it of."""
    now = current(project)
    if now is None or now.pk != version.pk:
        return now
    changes = AliasChange.objects.filter(family=project.family, version=version)
    last = changes.select_related("previous").order_by("-pk").first()
    return last.previous if last else None


def said(project: Project, version: ModelVersion) -> Said:
    """By the votes on `version` and its rival."""
    now = rival(project, version)
    pair = pair_of(project, now, version) if now else None
    if now is None or pair is None:
        return Said.NOBODY
    is_newer = version.pk > now.pk
    low, high = pair["anytime"]["low"], pair["anytime"]["high"]
    if (pair["decision"] == "better") if is_newer else high < 0.5:
        return Said.BETTER
    if (high < 0.5) if is_newer else (pair["decision"] == "better" or low > 0.5):
        return Said.WORSE
    return Said.NO_BETTER if pair["decision"] == "not better" else Said.UNDECIDED


@transaction.atomic
def promote(
    *, project: Project, version: ModelVersion, by: User | None, reason: str = ""
) -> AliasChange:
    """Let `version` write the completions of the next round.

    reason: kept with the promotion; BadInputError without one where people have not found the
    version better than the one that serves.
    """
    now = current(project)
    verdict = said(project, version)
    text = clean_text(reason.strip(), field="reason")
    serves = registry.serving(project.family)
    is_new = version.writes and (serves is None or serves.pk != version.pk)
    if is_new and not text and verdict != Said.BETTER:
        message = _("Say why it is promoted although people have not found it better.")
        raise BadInputError(message, errors={"reason": message})
    if len(text) > LONGEST_REASON:
        message = _("Write at most %(limit)s characters.") % {"limit": LONGEST_REASON}
        raise BadInputError(message, errors={"reason": message})
    change = registry.promote(family=project.family, version=version, by=by, instead_of=now)
    if is_new:
        Reason.objects.get_or_create(change=change, defaults={"text": text, "verdict": verdict})
        announce(
            "model.promoted",
            project=project.pk,
            data={
                "project": project.slug,
                "model": version.pk,
                "name": version.name,
                "instead_of": now.pk if now else None,
            },
        )
    return change


@transaction.atomic
def roll_back(*, project: Project, by: User | None, reason: str = "") -> AliasChange:
    """Let the version serve that did before, or wrote before anything was promoted.

    ConflictError where there is none; BadInputError as `promote`.
    """
    changes = AliasChange.objects.filter(family=project.family, name=Alias.SERVING)
    last = changes.select_related("previous").order_by("-pk").first()
    if last is None or last.previous is None:
        raise ConflictError(_("No model served before: promote the one that shall serve."))
    return promote(project=project, version=last.previous, by=by, reason=reason)
