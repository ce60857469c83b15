"""Guidelines change: they are opened before the next task, and chosen older answers come back."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from labeling.models import Annotation, CheckSettings, GuidelineVersion, Membership, Project, Role
from labeling.projects import change_settings
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_from_a_change_to_the_answers_that_come_back(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    CheckSettings.objects.create(project=project, guidelines_first=True)
    GuidelineVersion.objects.create(project=project, number=1)
    old = [make_annotation(make_task(project), annotator=ada) for _ in range(2)]
    change_settings(project=project, by=mona, guidelines="Be kind.")
    make_task(project)

    # Ada is led to them, and from there to her task.
    page = open_page(ada, "/projects/kitchen/label/")
    page.wait_for_url("**/projects/kitchen/guidelines/")
    expect(page.locator("main")).to_contain_text("Be kind.")
    page.get_by_role("link", name="Continue labeling").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-ready]")
    assert Membership.objects.get(user=ada).guidelines_read == 2

    # Mona lists what was answered under the first version, and sends one back by keyboard.
    theirs = open_page(mona, "/projects/kitchen/settings/")
    theirs.get_by_role("link", name="Answers under v1").focus()
    theirs.keyboard.press("Enter")
    theirs.get_by_role("checkbox", name=f"Answer {old[0].pk} by Ada").focus()
    theirs.keyboard.press("Space")
    theirs.locator("#send-back-text").fill("Kinder, as v2 says.")
    theirs.get_by_role("button", name="Send back").press("Enter")
    expect(theirs.locator(".message.success")).to_contain_text("1 answer is sent back.")
    assert dict(Annotation.objects.values_list("pk", "standing")) == {
        old[0].pk: "sent_back",
        old[1].pk: "counts",
    }

    # Ada corrects it with the new ones before her.
    page.goto(f"/projects/kitchen/history/{old[0].pk}/")
    expect(page.locator("main")).to_contain_text("Kinder, as v2 says.")


def test_a_page_that_is_open_leads_to_the_change_after_its_answer(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    CheckSettings.objects.create(project=project, guidelines_first=True)
    for _ in range(2):
        make_task(project)
    page = start(open_page, ada)
    change_settings(project=project, by=ada, guidelines="Be kind.")

    page.locator("[data-form] textarea").first.fill("Six minutes.")
    page.keyboard.press("Control+Enter")

    expect(page.locator("h1")).to_have_text("Guidelines")
    expect(page.locator(".message")).to_contain_text("read them, then continue")
    assert Annotation.objects.get().guideline_version == 1
