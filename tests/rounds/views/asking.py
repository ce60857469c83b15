"""How these tests ask for the pages of rounds."""

from django.test import Client

from accounts.models import User
from labeling.kinds import kinds

NO_TASKS = {
    **{f"tasks_{name}": "0" for name in kinds()},
    **{f"completions_{name}": "4" for name, kind in kinds().items() if kind.completions.is_chosen},
}
# The form of a second round of which half is chosen.
CHOICE = {
    **NO_TASKS,
    "number": "2",
    "tasks_ranking": "4",
    "completions_ranking": "3",
    "chosen_percent": "50",
    "previous_share": "0",
    "temperature": "1",
    "max_new_tokens": "16",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
