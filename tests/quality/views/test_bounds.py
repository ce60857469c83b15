"""The bound of agreement on its page."""

import pytest
from django.test import Client

from accounts.models import User
from labeling.models import Project, Role
from quality.models import AgreementBound
from quality.refreshing import refresh
from tests.factories import make_member
from tests.labeling.views.asking import at, signed_in
from tests.quality.conftest import ranked_twice


@pytest.fixture
def mona(project: Project) -> Client:
    """A manager's browser."""
    return signed_in(make_member(project, "Mona", Role.MANAGER))


def test_a_manager_sets_it_and_sees_a_fall(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "d>c>b>a"), count=30)
    refresh(project.pk)

    def page() -> str:
        return mona.get(at("agreement") + "?kind=ranking").content.decode()

    before = page()
    assert "Tell the managers when it falls" in before
    assert 'value=""' in before
    there = mona.post(at("agreement_bound"), {"kind": "ranking", "bound": "0.4"})
    assert there["Location"] == at("agreement") + "?kind=ranking"
    assert 'value="0.4"' in page()
    assert "Below the bound since" not in page()
    refresh(project.pk)
    assert "Below the bound since" in page()
    for bad in ({"bound": "2"}, {"bound": "x"}, {"kind": "poem", "bound": "0.4"}):
        assert mona.post(at("agreement_bound"), {"kind": "ranking", **bad}).status_code == 422
    assert AgreementBound.objects.get().bound == 0.4
    mona.post(at("agreement_bound"), {"kind": "ranking", "bound": ""})
    assert not AgreementBound.objects.exists()


def test_reviewers_and_kinds_of_texts_have_none(
    project: Project, ada: User, bob: User, mona: Client
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"), count=30)
    refresh(project.pk)
    rita = signed_in(make_member(project, "Rita", Role.REVIEWER))

    assert "when it falls" not in rita.get(at("agreement")).content.decode()
    sent = {"kind": "ranking", "bound": "0.4"}
    assert rita.post(at("agreement_bound"), sent).status_code == 403
    assert mona.post(at("agreement_bound"), sent | {"kind": "demonstration"}).status_code == 422
