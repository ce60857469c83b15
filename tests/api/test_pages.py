"""The export page: what it shows is what leaves."""

import html
import json
import re

import pytest

from labeling.models import Role
from tests.factories import make_annotation, make_member, make_project, make_prompt, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Seven rankings of two, the first with characters that nobody sees."""
    project = make_project("kitchen", name="<b>Kitchen</b>")
    make_annotation(make_task(project, "ranking", texts=["a\u202eb", "<script>x</script>"]))
    for _ in range(6):
        make_annotation(make_task(project, "ranking", k=2))
    return project


@pytest.fixture
def page(client, project):
    """Opens the page as a reviewer."""
    client.force_login(make_member(project, role=Role.REVIEWER))

    def open_(query: str = ""):
        response = client.get(f"/projects/kitchen/export/{query}")
        return response, html.unescape(response.content.decode())

    return open_


def test_shows_the_first_five_rows_as_they_leave(page, client):
    response, text = page()
    rows = [
        json.loads(row) for row in re.findall(r'<pre class="verbatim".*?>(.*?)</pre>', text, re.S)
    ]
    lines = b"".join(client.get("/projects/kitchen/export/preferences.jsonl").streaming_content)
    assert rows == [json.loads(line) for line in lines.splitlines()[:5]]
    assert "<script>x" not in response.content.decode()
    assert "\u202e" not in text


def test_snippet_has_the_filters_and_the_format(page, settings):
    _, text = page("?dataset=demonstrations&encoding=parquet&split=train&language=&round=1")
    assert "There are no such rows yet" in text
    _, text = page("?dataset=prompts&encoding=parquet&split=train&language=&round=1")
    address = "/api/v1/projects/kitchen/exports/prompts.parquet?round=1&split=train"
    assert f'-o prompts.parquet \\\n  "{settings.SITE_URL}{address}"' in text
    assert '"parquet", data_files="prompts.parquet", split="train"' in text
    assert 'href="/projects/kitchen/export/prompts.parquet?round=1&split=train"' in text


def test_empty_project_says_when_rows_appear(client):
    project = make_project("empty")
    client.force_login(make_member(project, role=Role.MANAGER))
    assert "Nothing to export yet" in client.get("/projects/empty/export/").content.decode()


def test_held_out_prompts_are_left_out_until_they_are_asked_for(page):
    assert 'preferences.jsonl?split=train"' in page()[1]
    assert 'preferences.jsonl"' in page("?dataset=preferences&split=")[1]


@pytest.mark.parametrize(
    ("query", "status"),
    [("?dataset=passwords", 404), ("?encoding=xlsx", 404), ("?x=1", 400), ("?split=test", 422)],
)
def test_refuses_what_it_does_not_offer(page, query, status):
    assert page(query)[0].status_code == status


def test_languages_are_those_of_the_prompts(page, project):
    make_prompt(project, language="zh")
    assert re.findall(r'<option value="(zh|en)">', page()[1]) == ["en", "zh"]


def test_what_is_there_where_nothing_is_chosen_is_said(page):
    _, text = page("?dataset=preferences")
    said = dict(re.findall(r'<select id="(\w+)".*?<option value="">(.*?)</option>', text, re.S))
    assert said.pop("answers") == "those that count"
    assert said.pop("ties") == "left out"
    assert set(said.values()) == {"all"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_download_and_copy_in_a_browser(project, open_page):
    page = open_page(make_member(project, role=Role.REVIEWER), "/projects/kitchen/export/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "kitchen-preferences.jsonl"
    page.evaluate("window.setTimeout = () => 0")  # what is said for a moment stays
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "preferences.jsonl" in page.evaluate("navigator.clipboard.readText()")
