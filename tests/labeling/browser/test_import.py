"""A table is chosen, previewed and imported in the browser."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import expect

from jobs import handlers, services
from jobs.handlers import InProcessHandler
from labeling.import_jobs import IMPORT, How, send_import
from labeling.models import Project, Prompt, Role
from tests.browser import Watch
from tests.factories import make_member
from tests.labeling.browser.opening import OpenPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TABLE = 'prompt;topic\r\n"Wie lange koche ich\r\nein Ei?";Küche\r\n;leer\r\n鸡蛋煮多久？;厨房\r\n'


EGG = "How long do I have to boil an egg so that the yolk stays soft and the white is firm?"
ENDED = '[{"role": "user", "content": "Tea?"}, {"role": "assistant", "content": "Five."}]'


def test_the_button_says_what_comes_in_by_what_is_chosen(
    project: Project, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected.append("422")
    page = open_page(
        make_member(project, "Mona", Role.MANAGER), "/projects/kitchen/prompts/import/"
    )
    rows = [
        f'{{"prompt": "{text}"}}' for text in (EGG, EGG.upper(), EGG.replace("How", "Say: how"))
    ]
    raw = "\n".join([*rows, f'{{"messages": {ENDED}}}']).encode()

    file = {"name": "eggs.jsonl", "mimeType": "application/json", "buffer": raw}
    page.locator("input[type=file]").set_input_files(files=[file])
    page.get_by_label("What its rows are").select_option("prompts")
    page.get_by_role("button", name="Preview").press("Enter")

    button = page.locator("[data-confirm] button")
    expect(button).to_have_text("Import 2 prompts")
    page.get_by_label("Prompts that are like others").select_option("near")
    expect(button).to_have_text("Import 1 prompt")
    page.get_by_label("Leave off the reply").check()
    expect(button).to_have_text("Import 1 prompt and the repaired lines")
    button.press("Enter")
    expect(page.locator(".message.success")).to_contain_text("2 prompts are stored.")
    assert Prompt.objects.count() == 2


def test_a_table_with_a_column_of_its_own(
    project: Project, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected.append("422")  # a file with a bad row
    mona = make_member(project, "Mona", Role.MANAGER)
    page = open_page(mona, "/projects/kitchen/prompts/import/")

    file = {"name": "eier.csv", "mimeType": "text/csv", "buffer": TABLE.encode("utf-8-sig")}
    page.locator("input[type=file]").set_input_files(files=[file])
    page.get_by_role("button", name="Preview").press("Enter")

    main = page.locator("main")
    expect(main).to_contain_text("Read as CSV. Kept as metadata of the prompts: topic")
    expect(page.get_by_role("alert")).to_contain_text("row 3: it needs either “prompt”")
    page.get_by_role("button", name="Import 2 prompts").press("Enter")
    expect(page.locator(".message.success")).to_contain_text("2 prompts are stored.")
    stored = Prompt.objects.order_by("pk").values_list("messages__0__content", "metadata")
    assert list(stored) == [
        ("Wie lange koche ich\r\nein Ei?", {"topic": "Küche"}),
        ("鸡蛋煮多久？", {"topic": "厨房"}),
    ]

    page.goto("/projects/kitchen/prompts/import/")
    page.locator("input[type=file]").set_input_files(files=[file])
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.locator("main")).to_contain_text("nothing is left to import")


def test_the_page_of_an_import_tells_how_far_it_is_and_what_came(
    project: Project, open_page: OpenPage
) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    raw = b'{"prompt": "Egg?"}\n{"prompt": "Tea?"}'
    imported = send_import(
        project=project, file=BytesIO(raw), name="eggs.jsonl", by=mona, how=How()
    )
    page = open_page(mona, f"/projects/kitchen/prompts/imports/{imported.pk}/")
    main = page.locator("main")
    expect(main).to_contain_text("It waits for a worker.")

    assert imported.job
    job = services.claim(job_id=imported.job.pk, worker="celery@here")
    for step in (1, 2):
        job.step, job.total_steps = step, 2
        services.advance(job=job)
        expect(main).to_contain_text("It is being stored.")
        expect(main).to_contain_text(re.compile(rf"Rows so far:\s+{step}\s+/ 2"))
    handler = handlers.get(IMPORT)
    assert isinstance(handler, InProcessHandler)
    services.succeed(job=job, result=handler.run(job))

    expect(main).to_contain_text("Succeeded")
    page.get_by_role("button", name="Undo this import").press("Enter")
    expect(page.locator(".message.success")).to_contain_text("2 prompts are removed.")
    assert Prompt.objects.count() == 0
