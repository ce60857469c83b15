"""How these tests ask for the pages of rounds."""

from django.test import Client

from accounts.models import User

# The form of a second round of which half is chosen.
CHOICE = {
    "number": "2",
    "tasks_ranking": "4",
    "tasks_demonstration": "0",
    "tasks_correction": "0",
    "tasks_comparison": "0",
    "tasks_rating": "0",
    "completions_rating": "4",
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
