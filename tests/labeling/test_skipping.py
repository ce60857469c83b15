"""What a project lets people say who skip a task."""

import pytest

from accounts.models import User
from core.errors import BadInputError, ConflictError
from labeling import skipping
from labeling.assigning import claim_next
from labeling.models import Assignment, Project
from labeling.projects import change_settings
from tests.factories import make_task
from tests.labeling.views.asking import JSON, at, signed_in


@pytest.fixture
def found(project: Project, ada: User) -> Assignment:
    """Ada's task."""
    make_task(project)
    assignment = claim_next(project=project, annotator=ada)
    assert assignment is not None
    return assignment


def test_all_reasons_are_offered_unless_a_manager_chose_some(project: Project) -> None:
    everything = [name for name, _words in skipping.offered(project)]
    project.skip_reasons = ["other", "unsafe", "gone"]
    some = skipping.offered(project)
    project.skipping = "never"

    assert everything == [
        "bad_prompt",
        "wrong_language",
        "needs_expert",
        "unsafe",
        "personal_data",
        "other",
    ]
    assert some == [("unsafe", "Unsafe or disturbing content"), ("other", "Something else")]
    assert skipping.offered(project) == []


@pytest.mark.parametrize(
    ("chosen", "reason", "note", "refused"),
    [
        ({}, "other", "", None),
        ({}, "gone", "", BadInputError),
        ({}, "declined", "", BadInputError),
        ({"skip_reasons": ["unsafe"]}, "other", "", BadInputError),
        ({"skip_reasons": ["unsafe"]}, "unsafe", "", None),
        ({"skipping": "noted"}, "other", "", BadInputError),
        ({"skipping": "noted"}, "other", "Too long.", None),
        ({"skipping": "never"}, "other", "Too long.", ConflictError),
    ],
)
def test_what_is_not_offered_skips_nothing(
    found: Assignment, mona: User, chosen, reason: str, note: str, refused
) -> None:
    found.task.project = change_settings(project=found.task.project, by=mona, **chosen)
    if refused:
        with pytest.raises(refused):
            skipping.skip(assignment=found, reason=reason, note=note)
    else:
        skipping.skip(assignment=found, reason=reason, note=note)

    found.refresh_from_db()
    expected = ("active", "") if refused else ("skipped", f"{reason}: {note}" if note else reason)
    assert (found.state, found.skip_reason) == expected


def test_the_page_offers_what_the_manager_chose(found: Assignment, ada: User, mona: User) -> None:
    manager, hers = signed_in(mona), signed_in(ada)
    settings = manager.get(at("project_settings")).context["form"]
    sent = {
        name: "" if settings[name].value() is None else settings[name].value()
        for name in settings.fields
    }
    sent.pop("hides_concerns")

    def page(**changes: object) -> str:
        answer = manager.post(at("project_settings"), {**sent, **changes})
        assert answer.status_code == 302
        return hers.get(at("assignment", found.pk)).content.decode()

    usual = page()
    assert usual.count('name="reason"') == 6
    assert 'data-role="remark"' in usual
    few = page(skip_reasons=["unsafe", "other"], skipping="noted")
    assert few.count('name="reason"') == 2
    assert 'maxlength="160" required' in few
    none = page(skipping="never", hides_concerns="on")
    assert 'data-do="skip"' not in none
    assert 'data-role="remark"' not in none


def test_a_script_is_told_why(found: Assignment, ada: User, mona: User) -> None:
    change_settings(project=found.task.project, by=mona, skipping="noted")

    answer = signed_in(ada).post(at("skip", found.pk), {"reason": "other"}, headers=JSON["headers"])

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "note", "message": "Write a note: this project asks for one."}
    ]
