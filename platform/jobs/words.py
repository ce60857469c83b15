"""What went wrong, in the reader's language: the words for the codes of jobs that failed."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from training.contract.events import ErrorCode

ERRORS: dict[str, Promise] = {
    ErrorCode.BAD_INPUT: _("The data or the settings cannot be worked with."),
    "cancelled": _(
        "Cancelled on request. What it had made up to its newest checkpoint is kept: a retry goes"
        " on from there."
    ),
    ErrorCode.CRASH: _("The process ended with an unexpected error. The log has the details."),
    "damaged_model": _(
        "A model in the artifact store is damaged. Restore it from a backup (docs/backup.md names"
        " the steps; `manage.py verify` lists what is damaged), then retry."
    ),
    ErrorCode.DIVERGED: _(
        "Training diverged. Launch it again with a lower learning rate or a higher KL coefficient."
        " The last good checkpoint is kept; no model was registered."
    ),
    "folder_in_use": _(
        "Another process still works in the job's folder. End it on its machine, which process.json"
        " in that folder names with the process's number, and retry."
    ),
    "missing_files": _(
        "Files of a model or of a snapshot are missing in the artifact store of the worker. Let"
        " RONDO_ARTIFACTS name the same folder or URL on all machines, or restore it from a backup"
        " (docs/backup.md); `manage.py verify` lists what is missing. Then retry."
    ),
    ErrorCode.NO_SPACE: _(
        "The disk is full. Free space and retry: it goes on from its last checkpoint. In the folder"
        " of jobs, var/jobs or what RONDO_JOBS names, you may delete the folder of each ended job,"
        " named by its number, that nobody will retry. Delete nothing among the artifacts."
    ),
    "not_enough_data": _("There are not enough labels for this stage."),
    ErrorCode.OUT_OF_MEMORY: _(
        "There is not enough memory. Launch it again with a smaller batch or fewer new tokens."
    ),
    "other_version": _(
        "The worker or the web server is of another version of Rondo than the database. Start all"
        " processes from one version, after `manage.py prepare`. The job waits meanwhile; cancel"
        " and retry it if it was made by the wrong version."
    ),
    "poison": _("Each attempt took its process down. Often the machine has run out of memory."),
    "stalled": _(
        "The process said nothing for so long that it was taken to hang, and was ended. See whether"
        " its GPU and its file systems answer, then retry. If it is only slow, raise"
        " RONDO_STALL_MINUTES."
    ),
    "step_before": _("The stage before did not succeed. Retry that one, and this one follows."),
    "store_unreachable": _(
        "The artifact store cannot be used. See whether the server that RONDO_ARTIFACTS names"
        " answers, and whether address and keys (the AWS_… settings) are right where the worker"
        " runs; the log has the details. The job waits, and goes on by itself as soon as the store"
        " answers."
    ),
    "unknown_kind": _(
        "No worker knows this kind of job: the folder of its stage is missing where they run. Put"
        " it back and start them anew, then retry."
    ),
    ErrorCode.UNSAFE_MODEL: _("The model's folder holds something that could run code."),
    ErrorCode.UNSAFE_TOKENIZER: _("Text could forge turns with this tokenizer."),
}


def explain(code: str) -> str:
    """One sentence on what `code` means and what to do; empty when it is not known."""
    return str(ERRORS.get(code, ""))


def worded(text: str, said: Mapping[str, Any]) -> str:
    """`text`, which was made of `said`, in the reader's language; itself where no words are known.

    What a trainer of another release, or a stage of somebody else's, says stays as it is.
    """
    try:
        return _worded(said)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        return text


def _worded(said: Mapping[str, Any]) -> str:
    values = {
        name: _worded(each) if isinstance(each, Mapping) else each
        for name, each in said["values"].items()
    }
    return str(gettext(said["template"]).format_map(values))
