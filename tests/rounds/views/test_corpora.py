"""The page of corpora: added by a file, refused with what to do, chosen for PPO."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rounds.corpora.storing import add
from rounds.models import Corpus, Run
from tests.factories import make_annotation, make_task
from tests.rounds.views.asking import signed_in
from tests.rounds.views.test_launches import sent
from tests.rounds.world import World, make_run

PAGE = "/projects/kitchen/corpora/"


def file_of(content: str, name: str = "tales.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def test_a_file_becomes_a_corpus(world: World) -> None:
    mona = signed_in(world.mona)
    assert "None yet" in mona.get(PAGE).content.decode()

    answer = mona.post(PAGE, {"file": file_of("A fox."), "name": ""}, follow=True)

    corpus = Corpus.objects.get()
    assert (corpus.name, corpus.texts, corpus.beginning) == ("tales.txt", 1, "A fox.")
    page = answer.content.decode()
    assert "“tales.txt” can be chosen when PPO is launched." in page
    assert corpus.sha256[:12] in page


@pytest.mark.parametrize(
    ("content", "sent_as", "name", "what"),
    [
        ('{"text": 1}', "a.jsonl", "kept", "line 1: it needs “text”, a text"),
        ("", "a.txt", "kept", "empty"),
        ("New.", "a.txt", "tales", "There is a corpus of this name."),
        ("A fox.", "a.txt", "kept", "These texts are here already, as “tales”."),
        ("New.", "a.txt", "kept" * 31, "120"),
    ],
)
def test_what_cannot_be_taken_says_why_and_loses_no_name(
    world: World, content: str, sent_as: str, name: str, what: str
) -> None:
    add(project=world.project, name="tales", texts=["A fox."], by=world.mona)

    asked = {"file": file_of(content, sent_as), "name": name}
    answer = signed_in(world.mona).post(PAGE, asked)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert what in page
    assert f'value="{name}"' in page
    assert Corpus.objects.count() == 1


def test_one_is_removed_unless_a_run_names_it(world: World) -> None:
    used, free = (
        add(project=world.project, name=name, texts=[name], by=world.mona) for name in "ab"
    )
    run = make_run(world.round, "ppo", corpus=used)
    mona = signed_in(world.mona)

    answers = [mona.post(f"{PAGE}{one.pk}/remove/", follow=True) for one in (used, free)]

    assert list(Corpus.objects.all()) == [used]
    assert "1 run was launched with it" in answers[0].content.decode()
    assert "“b” is removed." in answers[1].content.decode()
    assert f'href="/runs/{run.pk}/"' in mona.get(PAGE).content.decode()
    shown = mona.get(f"/runs/{run.pk}/").content.decode()
    assert used.sha256[:12] in shown


def test_the_page_costs_the_same_however_many_there_are(world: World) -> None:
    mona = signed_in(world.mona)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            mona.get(PAGE)
        return len(asked)

    first = add(project=world.project, name="a", texts=["a"], by=world.mona)
    make_run(world.round, "ppo", corpus=first)
    before = statements()
    for name in "bcd":
        add(project=world.project, name=name, texts=[name], by=world.mona)

    assert statements() == before


def test_ppo_is_launched_with_the_corpus_that_was_chosen(world: World) -> None:
    for kind in ("demonstration", "ranking"):
        make_annotation(make_task(world.project, kind))
    corpus = add(project=world.project, name="tales", texts=["A fox."], by=world.mona)
    mona, page = signed_in(world.mona), "/projects/kitchen/rounds/1/launch/"
    form = mona.get(page).content.decode()
    assert '<option value="tales">tales</option>' in form
    assert f'href="{PAGE}"' in form

    at_nothing = mona.post(page, sent(**{"ppo-ptx_corpus": "tales"}))
    unknown = mona.post(page, sent(**{"ppo-ptx_corpus": "x", "ppo-ptx_coef": "1"}))
    mona.post(page, sent(**{"ppo-ptx_corpus": "tales", "ppo-ptx_coef": "27.8"}))

    assert [at_nothing.status_code, unknown.status_code] == [422, 422]
    assert 'id="id_ppo-ptx_coef_error"' in at_nothing.content.decode()
    assert 'id="id_ppo-ptx_corpus_error"' in unknown.content.decode()
    runs = {run.stage: run for run in Run.objects.order_by("-pk")[:4]}
    assert [runs[stage].corpus for stage in ("sft", "reward", "ppo")] == [None, None, corpus]
    assert runs["ppo"].recipe["ptx_corpus"] == "tales"
