"""The page of the system prompt and the exemplars, and what annotators see of them."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import Preamble, Project, Role
from labeling.preambles import change
from tests.factories import make_annotation, make_member, make_prompt, make_task, make_version
from tests.labeling.views.asking import at, signed_in

SYSTEM = "Be <brief>.\n\n  Always."
ASKED, ANSWER = "2 + 2?", " 4\n"
FIELDS = {"system": SYSTEM, "user-0": ASKED, "assistant-0": ANSWER}


@pytest.fixture
def client(project: Project, mona: User) -> Client:
    return signed_in(mona)


def post(client: Client, do: str, **fields: str) -> HttpResponse:
    return client.post("/projects/kitchen/preamble/", {**fields, "do": do})


def shown(response: Any) -> tuple[str, list[tuple[str, str]]]:
    """What stands in the fields."""
    draft = response.context["draft"]
    return draft.system, draft.exemplars


def test_what_a_manager_saves_is_a_version_as_it_was_typed(
    client: Client, project: Project
) -> None:
    as_browsers_send = {name: text.replace("\n", "\r\n") for name, text in FIELDS.items()}

    saved = post(client, "save", **as_browsers_send)
    again = post(client, "save", **as_browsers_send)

    assert (saved.status_code, again.status_code) == (302, 302)
    stored = Preamble.objects.get()
    assert (stored.number, stored.system, stored.exemplars) == (1, SYSTEM, [(ASKED, ANSWER)])
    page = client.get("/projects/kitchen/preamble/")
    assert shown(page) == (SYSTEM, [(ASKED, ANSWER)])
    assert "Be &lt;brief&gt;.\n\n  Always.</textarea>" in page.content.decode()


def test_an_earlier_version_is_taken_up_from_its_link(
    client: Client, project: Project, mona: User
) -> None:
    change(project=project, system="One.", exemplars=[], by=mona)
    change(project=project, system="Two.", exemplars=[], by=mona)

    assert shown(client.get("/projects/kitchen/preamble/")) == ("Two.", [])
    assert shown(client.get("/projects/kitchen/preamble/?version=1")) == ("One.", [])
    assert shown(client.get("/projects/kitchen/preamble/?version=9")) == ("Two.", [])
    assert client.get("/projects/kitchen/preamble/?version=x").status_code == 200


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("add", ["a", "b", "c", ""]),
        ("up-2", ["a", "c", "b"]),
        ("up-0", ["a", "b", "c"]),
        ("down-0", ["b", "a", "c"]),
        ("down-2", ["a", "b", "c"]),
        ("remove-1", ["a", "c"]),
        ("remove-7", ["a", "b", "c"]),
        ("preview", ["a", "b", "c"]),
    ],
)
def test_exemplars_are_rearranged_without_a_script_and_nothing_is_stored(
    client: Client, project: Project, do: str, order: list[str]
) -> None:
    fields = {f"user-{n}": text for n, text in enumerate("abc")}
    fields |= {f"assistant-{n}": text.upper() for n, text in enumerate("abc")}

    page = post(client, do, system="Kept.", **fields)

    assert page.status_code == 200
    assert shown(page) == ("Kept.", [(text, text.upper()) for text in order])
    assert not Preamble.objects.exists()


def test_half_an_exemplar_is_named_beside_its_field(client: Client, project: Project) -> None:
    page = post(client, "save", **{**FIELDS, "user-1": "Hi", "assistant-1": " "})

    assert page.status_code == 422
    assert page.context["draft"].errors.keys() == {"1"}
    assert 'aria-describedby="error-1"' in page.content.decode()
    assert not Preamble.objects.exists()


def test_the_preview_is_what_a_model_is_given(client: Client, project: Project) -> None:
    plain = make_prompt(project, "How long?")
    own = make_prompt(
        project,
        messages=[{"role": "system", "content": "Mine."}, {"role": "user", "content": "Why?"}],
    )
    exemplar = [{"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWER}]

    first = post(client, "preview", **FIELDS)
    second = post(client, "preview", prompt=str(own.pk), **FIELDS)

    assert first.context["conversation"] == [
        {"role": "system", "content": SYSTEM},
        *exemplar,
        *plain.messages,
    ]
    assert second.context["conversation"] == [own.messages[0], *exemplar, own.messages[1]]


def test_a_model_that_refuses_or_overflows_is_named(client: Client, project: Project) -> None:
    make_version(name="base", metrics={"system_turns": False, "context": 4})

    page = post(client, "preview", system="You answer every question in verse.")

    assert [text.split(":")[0] for text in page.context["warnings"]] == [
        "base refuses system messages, and the project has a system prompt",
        "It is probably too long for base, which takes 4 tokens.",
    ]


def test_annotators_and_reviewers_see_it_where_it_stands(
    project: Project, ada: User, mona: User
) -> None:
    preamble = change(project=project, system=SYSTEM, exemplars=[(ASKED, ANSWER)], by=mona)
    rita = make_member(project, "Rita", Role.REVIEWER)
    task = make_task(project, preamble=preamble)
    hers = claim_next(project=project, annotator=ada)
    label = make_annotation(make_task(project, preamble=preamble), annotator=ada)

    page = signed_in(ada).get(at("assignment", hers.pk)).content.decode()
    answer = signed_in(ada).get(at("answer", label.pk)).content.decode()
    review = signed_in(rita).get(at("label", label.pk)).content.decode()

    assert hers.task == task
    for html in (page, answer, review):
        fold, rest = html.split('<details class="put-before">')[1].split("</details>")[:2]
        assert fold.index("Be &lt;brief&gt;.\n\n  Always.") < fold.index(ASKED)
        assert "How do I boil egg" in rest
    assert '<kbd class="single" data-own="i">I</kbd>' in page
    assert 'data-own="i"' not in review


def test_without_one_nothing_is_shown(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    assert "put-before" not in signed_in(ada).get(at("assignment", hers.pk)).content.decode()


def test_who_began_from_an_older_version_reads_so_and_loses_nothing(
    client: Client, project: Project, mona: User
) -> None:
    change(project=project, system="One.", exemplars=[], by=mona)
    assert 'name="newest" value="1"' in client.get("/projects/kitchen/preamble/").content.decode()
    change(project=project, system="Two.", exemplars=[], by=mona)

    refused = post(client, "save", system="Mine.", newest="1")
    page = refused.content.decode()
    again = post(client, "save", system="Mine.", newest="2")

    assert (refused.status_code, again.status_code) == (409, 302)
    assert shown(refused) == ("Mine.", [])
    assert "Somebody has stored a version meanwhile" in page
    assert 'name="newest" value="2"' in page
    assert list(project.preambles.order_by("number").values_list("messages__0__content")) == [
        ("One.",),
        ("Two.",),
        ("Mine.",),
    ]
