"""How these tests ask for the pages of labeling, and answer."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from labeling import assigning
from labeling.assigning import claim_next
from labeling.kinds import kinds
from labeling.models import (
    Assignment,
    Project,
)
from tests.factories import make_prompt, make_task

JSON = {"headers": {"accept": "application/json"}, "content_type": "application/json"}
# The fields of a project's settings, of each kind that shows a number of completions.
COMPLETIONS = {
    f"completions_{name}": 4 for name, kind in kinds().items() if kind.completions.is_chosen
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(name, args=["kitchen", *args])


def send(client: Client, assignment: Assignment, *, query: str = "", **changes: Any) -> Any:
    body = {
        "body": {"text": "Six."},
        "client_key": str(assignment.client_key),
        "active_seconds": 5,
        "guideline_version": 1,
        **changes,
    }
    return client.post(at("assignment", assignment.pk) + query, json.dumps(body), **JSON)


def skip_task(project: Project, user: User, reason: str = "unsafe", text: str = "") -> Assignment:
    make_task(project, prompt=make_prompt(project, text), round_number=3)
    found = claim_next(project=project, annotator=user)
    assigning.skip(assignment=found, reason=reason)
    return found
