"""Where there is a content warning, no page shows a prompt or a text before one asks to see it."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.models import User
from labeling import skipping
from labeling.assigning import claim_next
from labeling.checks import golds
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project
from labeling.submitting import submit
from tests.factories import make_member, make_prompt, make_task
from tests.labeling.answers import body_for
from tests.labeling.views.asking import at, signed_in

PROMPT, TEXT, WRITTEN = "A scene of BLOOD.", "All of GORE", "Boil it"  # the last one by `body_for`
VOID = {"input", "br", "img", "link", "meta", "hr"}


class Open(HTMLParser):
    """What a page shows and says outside of what is folded."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._hidden: list[str] = []  # the elements that one is in, from the first that is hidden
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "summary" and self._hidden == ["details"]:
            self._hidden.clear()
        elif (self._hidden or tag in ("details", "script")) and tag not in VOID:
            self._hidden.append(tag)
        if not self._hidden:
            self.said += [value or "" for name, value in attrs if name in ("aria-label", "title")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "summary" and not self._hidden:
            self._hidden = ["details"]
        elif self._hidden:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(data)


def shown(client: Client, address: str) -> set[str]:
    """Which of the three texts stand open on a page."""
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    said = " ".join(Open(page).said)
    return {text for text in (PROMPT, TEXT, WRITTEN) if text in said}


def take(project: Project, person: User) -> Assignment:
    found = claim_next(project=project, annotator=person)
    assert found is not None
    return found


@pytest.fixture
def answered(project: Project, ada: User, mona: User, kind: str) -> Annotation:
    """Ada's answer, which is gold, beside a task that Bo skipped."""
    number = kinds()[kind].completions.usual or kinds()[kind].completions.most
    texts = {"texts": [f"{TEXT} {n}" for n in range(number)]} if number else {}
    for last in ("1", "2"):
        prompt = make_prompt(project, f"{PROMPT} {last}", content_warning="marked")
        make_task(project, kind, prompt=prompt, k=number, **texts)
    hers, bo = take(project, ada), make_member(project, "Bo")
    found = submit(
        assignment=hers, body=body_for(hers), client_key=hers.client_key, active_seconds=1
    )
    if not kinds()[kind].is_live:
        golds.mark(annotation=found, by=mona)
    skipping.skip(assignment=take(project, bo), reason="bad_prompt")
    return found


@pytest.mark.parametrize("kind", kinds())
def test_everywhere(
    project: Project, ada: User, mona: User, answered: Annotation, kind: str
) -> None:
    hers, managers = signed_in(ada), signed_in(mona)
    for address in (at("history"), at("answer", answered.pk)):
        assert shown(hers, address) == set(), address
    pages = ["labels", "queue", "skipped", "golds", "prompts", "preamble"]
    addresses = [at("label", answered.pk), *(at(name) for name in pages)]
    for address in (*addresses, f"{at('task_pages')}?kind={kind}"):
        assert shown(managers, address) == set(), address


@pytest.mark.parametrize("kind", kinds())
def test_without_a_warning_they_stand_open(
    project: Project, ada: User, answered: Annotation, kind: str
) -> None:
    answered.task.prompt.content_warning = ""
    answered.task.prompt.save()

    assert PROMPT in shown(signed_in(ada), at("answer", answered.pk))
