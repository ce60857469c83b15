"""Whatever is sent to whichever address, by whomever: the answer is never a fault of the server.

Always the same requests, a few for each address. `RONDO_FUZZ=2000` sends so many to each address,
others each time.
"""

import os
import uuid

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from config.pages import Pages
from tests.access.hostile import fields_of, requests
from tests.access.rules import PEOPLE, RULES
from tests.access.wire import Request, send, signed_in

pytestmark = pytest.mark.django_db

ASKED = os.environ.get("RONDO_FUZZ")
WORK = settings(
    max_examples=int(ASKED or 24),
    derandomize=not ASKED,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
BODIES = {
    "assignment": {
        "body": {"text": "Six minutes."},
        "client_key": str(uuid.UUID(int=1)),
        "active_seconds": 5,
        "guideline_version": 1,
    },
    "draft": {"draft": {"text": "Six"}, "version": 0, "active_seconds": 5},
    "exchanges": {"number": 0, "message": "", "choice": None},
    "guidelines_read": {"guideline_version": 1},
    "preview": {"text": "*Six*"},
}


@pytest.mark.parametrize("name", RULES)
def test_no_request_makes_the_server_fail(name, scene):
    rule, pages, api = RULES[name], Pages(), name.startswith("api:")
    path = reverse(name, kwargs=scene.keys[rule.sign])
    people = {person: signed_in(user, api=api) for person, user in scene.people.items()}
    shown = [send(pages, Request(path.encode(), headers=people[person])) for person in PEOPLE[::-1]]
    html = [page.content for page in shown if "text/html" in page.headers.get("content-type", "")]
    fields = {name: text for page in html for name, text in fields_of(page).items()}

    usual = ["annotator"] if rule.level in {"owner", "annotator"} else ["manager", "admin"]

    @WORK
    @given(
        request=requests(path, rule.method, fields, rule.body or BODIES.get(name)),
        person=st.sampled_from([*PEOPLE, *3 * usual]),
    )
    def no_fault(request, person):
        sent = Request(**{**vars(request), "headers": (*people[person], *request.headers)})
        note(f"{person}: {sent}")
        assert send(pages, sent).status < 500

    no_fault()
