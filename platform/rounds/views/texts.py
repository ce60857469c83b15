"""What the script of the run page says, in the reader's language."""

from django.utils.translation import gettext as _

from rounds.models import Run
from rounds.stages import get


def run_words(run: Run) -> dict[str, str]:
    """Words by their names in run.js and what it imports."""
    phases = {f"phase{name}": str(word) for name, word in get(run.stage).phases.items()}
    return {
        "step": _("step"),
        "healthy": _("healthy: {low} to {high}"),
        "outside": _("outside the healthy range"),
        "reward": _("reward"),
        "warned": _("Content warning: show the texts"),
        "pause": _("Pause"),
        "follow": _("Follow"),
        "live": _("Live"),
        "lost": _("Connection lost, trying again…"),
        "signedout": _("Signed out:"),
        "ended": _("Ended"),
        "lines": _("{n} lines"),
        "attempt": _("Attempt {n}"),
        "statewaiting": _("Waiting for the stage before"),
        "statequeued": _("Queued"),
        "staterunning": _("Running"),
        "statesucceeded": _("Succeeded"),
        "statefailed": _("Failed"),
        "statecancelled": _("Cancelled"),
        "second": _("{n} s"),
        "minute": _("{n} min"),
        "hour": _("{n} h"),
        **phases,
    }
