"""Words of scripts: translated here, handed over as data."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from core import limits


def work_texts() -> dict[str, str]:
    """Messages of the labeling page. {n} and the like are filled in by the script."""
    return {
        "unsaved": _("Not saved yet"),
        "saving": _("Saving…"),
        "saved_now": _("Saved just now"),
        "saved_seconds": _("Saved {n} s ago"),
        "saved_minutes": _("Saved {n} min ago"),
        "offline": _("Offline – kept on this device"),
        "signed_out_kept": _("Signed out – kept on this device"),
        "failed": _("Not saved – kept on this device, trying again"),
        "refused": _("Not saved – kept on this device"),
        "not_kept": _("Not saved – this device has no room for it: copy it before you leave"),
        "refused_kept": _("What you wrote stays here: change it, and it is saved."),
        "too_large": _("This is larger than %(size)s, the most that the server takes: shorten it.")
        % {"size": filesizeformat(limits.SIGNED_IN)},
        "not_taken": _("The server does not take this. Reload the page and try again."),
        "reserved": _("Yours for {n} min"),
        "lapsed": _(
            "Your reservation has ended and the task has gone to someone else. You can still "
            "submit: your answer is kept as an extra one."
        ),
        "signed_out": _("You have been signed out. Your work is kept on this device."),
        "sign_in": _("Sign in in a new tab"),
        "then_return": _("Then come back here and continue."),
        "next_task": _("Go to the next task"),
        "conflict": _("This task was changed in another tab or on another device."),
        "two_tabs": _("This task is open in another tab as well: go on in one of them only."),
        "use_theirs": _("Use the other version"),
        "use_mine": _("Keep what is here"),
        "restored": _("Restored what this device had kept."),
        "submitting": _("Submitting…"),
        "next_is_here": _("Done. The next task is here."),
        "no_answer": _("The server did not answer. Nothing is lost: try again in a moment."),
        "will_submit": _("You are offline. Your answer is kept and sent as soon as you are back."),
        "active": _("Active {n} min"),
        "today": _("Answers today: {n}, {minutes} min."),
        "goal_day": _("Today: {n} of {goal} answers."),
        "goal_week": _("This week: {n} of {goal} answers."),
        "goal_reached": _("Goal reached."),
        "keys_on": _("Single-key shortcuts are on"),
        "keys_off": _("Single-key shortcuts are off"),
    }
