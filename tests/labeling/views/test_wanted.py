"""The page on which managers ask for prompts."""

from typing import Any

import pytest

from accounts.models import User
from labeling.models import Project, WantedPrompts
from tests.labeling.proposals.made import make_wanted
from tests.labeling.views.asking import at, signed_in

ASK = {"form": "user_based", "use_case": "chat", "description": "They chat.", "number": 7}


def test_prompts_are_asked_for(project: Project, mona: User) -> None:
    client = signed_in(mona)
    sent = {**ASK, "language": "en", "heldout_percent": 10}
    page = client.post(at("prompts_wanted"), sent, follow=True).content.decode()

    rows = WantedPrompts.objects.values(*sent)
    assert list(rows) == [sent]
    assert "They chat." in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"use_case": ""}, "use_case"),
        ({"description": ""}, "description"),
        ({"number": 0}, "number"),
        ({"number": 10_001}, "number"),
        ({"heldout_percent": 51}, "heldout_percent"),
        ({"form": "verse"}, "form"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(
    project: Project, mona: User, change: dict[str, Any], field: str
) -> None:
    sent = {**ASK, "heldout_percent": 20, **change}
    answer = signed_in(mona).post(at("prompts_wanted"), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert WantedPrompts.objects.count() == 0


def test_another_number_and_no_more(project: Project, mona: User) -> None:
    wanted = make_wanted(project)
    client = signed_in(mona)
    seen = []
    for sent in ({"number": 3, "is_open": "on"}, {"number": 3}, {"number": "x"}):
        client.post(at("wanted_change", wanted.pk), sent)
        wanted.refresh_from_db()
        seen.append((wanted.number, wanted.closed_at is None))
    assert seen == [(3, True), (3, False), (3, False)]
