"""Every form says at the top of its page what is wrong, with links to the fields."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.factories import make_user
from tests.rounds.views.asking import NO_TASKS, signed_in
from tests.rounds.views.test_launches import sent
from tests.rounds.world import make_world

LAUNCH = "/projects/kitchen/rounds/1/launch/"
PLAN = {
    "number": "2",
    "temperature": "9",
    "max_new_tokens": "128",
    "previous_share": "0",
    **NO_TASKS,
    "tasks_ranking": "1",
}
# Address, what is sent, the id of the first bad field ("" where the error is of none).
FORMS = [
    ("/projects/kitchen/settings/", {"name": "", "overlap": "99"}, "id_name"),
    ("/projects/kitchen/members/", {"email": "nobody", "role": "annotator"}, "id_email"),
    ("/projects/kitchen/prompts/import/", {}, "id_file"),
    ("/projects/kitchen/checks/", {"gold_percent": "99"}, "id_gold_percent"),
    ("/projects/kitchen/golds/upload/", {}, "id_file"),
    ("/projects/kitchen/corpora/", {}, "id_file"),
    ("/projects/kitchen/review/rate/", {"percent": "200"}, "id_percent"),
    ("/projects/kitchen/verdict/", {"prompts": "0"}, "id_prompts"),
    ("/projects/kitchen/rounds/", PLAN, "id_temperature"),
    ("/projects/kitchen/rounds/1/ask/", PLAN, "id_temperature"),
    ("/projects/new/", {"name": "", "slug": "new"}, "id_name"),
    ("/profile/", {"name": ""}, "id_name"),
    ("/tokens/", {"name": "", "scope": "read", "days": "7"}, "id_name"),
    ("/accounts/password/change/", {"oldpassword": "wrong"}, "id_oldpassword"),
    (LAUNCH, sent(**{"ppo-kl_coef": "5"}), "id_ppo-kl_coef"),
    (LAUNCH, sent(**{"ppo-minibatch_size": "5"}), "id_ppo-minibatch_size"),
]


def summary(page: str) -> str:
    """The part of the page that says what is wrong."""
    return page.partition('<div class="message error problems"')[2].partition("</div>")[0]


@pytest.mark.parametrize(("address", "body", "field"), FORMS)
def test_errors_stand_at_the_top_with_links(
    db: None, address: str, body: dict[str, str], field: str
) -> None:
    world = make_world()
    world.mona.is_superuser = True
    world.mona.save()

    answer = signed_in(world.mona).post(address, body)

    page = answer.content.decode()
    widget = next(tag for tag in re.findall(r"<[^>]*>", page) if f' id="{field}"' in tag)
    assert f'href="#{field}"' in summary(page)
    assert 'role="alert" tabindex="-1" autofocus' in summary(page)
    assert 'aria-invalid="true"' in widget
    assert f"{field}_error" in widget.partition('aria-describedby="')[2].partition('"')[0]
    assert f'id="{field}_error"' in page


def test_an_error_of_no_field_is_said_once(client, db: None) -> None:  # type: ignore[no-untyped-def]
    make_user("Ada")

    body = {"login": "ada@example.org", "password": "wrong"}
    page = client.post("/accounts/login/", body).content.decode()

    assert len(re.findall("not correct", page)) == 1
    assert "not correct" in summary(page)


def test_a_page_whose_form_is_fine_has_no_summary(db: None) -> None:
    assert summary(signed_in(make_world().mona).get(LAUNCH).content.decode()) == ""


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ppo-kl_coef": "5"}, "PPO: KL coefficient</a>: Ensure this value is less than"),
        ({"ppo-minibatch_size": "5"}, "must be a multiple of it"),
    ],
)
def test_the_preflight_knows_settings_that_cannot_be_taken(
    db: None, change: dict[str, str], text: str
) -> None:
    client = signed_in(make_world().mona)

    good = client.post(f"{LAUNCH}check/", sent()).content.decode()
    bad = client.post(f"{LAUNCH}check/", sent(**change)).content.decode()

    assert text in bad
    assert text not in good


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_focus_goes_to_the_summary_and_from_there_to_the_field(
    open_page: OpenPage, watch
) -> None:  # type: ignore[no-untyped-def]
    watch.expected.append("422")
    page = open_page(make_world().mona, LAUNCH, viewport={"width": 1280, "height": 800})
    page.locator("#id_ppo-kl_coef").fill("5")
    page.get_by_role("button", name="Freeze the labels").click()

    said = page.locator(".problems")
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport(ratio=1)
    said.get_by_role("link", name="KL coefficient").click()
    field = page.locator("#id_ppo-kl_coef")
    expect(field).to_be_focused()
    box, bar = field.bounding_box(), page.locator(".launch .go").bounding_box()
    assert box is not None
    assert bar is not None
    assert 48 < box["y"] < bar["y"] - box["height"]
