"""The dataset card of a snapshot: README.md as the Hugging Face Hub has it.

Made whenever it is read, of the labels that the snapshot names, which never change, and of what
is known of them by then: the project's licence, how far answers agree. It names nobody.
"""

from rounds.dataset_card.facts import facts_of
from rounds.dataset_card.text import write
from rounds.models import Snapshot

NAME = "README.md"


def card(snapshot: Snapshot) -> str:
    """Its text, in English: it goes with the files to others."""
    return write(facts_of(snapshot))
