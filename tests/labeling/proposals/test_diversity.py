"""How varied the prompts are that people write."""

from accounts.models import User
from labeling.models import Project
from labeling.proposals import deciding, diversity
from labeling.proposals.diversity import Row
from tests.labeling.proposals.made import make_proposal, make_wanted


def test_by_use_case_author_and_length(project: Project, ada: User, bob: User, mona: User) -> None:
    chat = make_wanted(project, "user_based", use_case="chat")
    shots = make_wanted(project, "few_shot", use_case="chat")
    rows = [
        make_proposal(project, ada, "a" * 100, wanted=chat),
        make_proposal(project, ada, "b" * 101, wanted=chat),
        make_proposal(project, bob, wanted=shots),
        make_proposal(project, bob, "c" * 3001),
        make_proposal(project, bob, "Returned?"),
    ]
    deciding.accept(project=project, proposals=[rows[0].pk], by=mona)
    deciding.return_to_author(proposal=rows[4], reason="No.", by=mona)

    assert diversity.by_use_case(project) == [
        Row(use_case="", forms=[1, 0, 0], waiting=1, accepted=0),
        Row(use_case="chat", forms=[0, 1, 2], waiting=2, accepted=1),
    ]
    people = [(p.name, p.waiting, p.accepted, p.returned) for p in diversity.by_author(project)]
    assert people == [("Ada", 1, 1, 0), ("Bob", 2, 0, 1)]
    assert diversity.by_length(project) == [
        (0, 100, 2),
        (101, 300, 1),
        (301, 1000, 0),
        (1001, 3000, 0),
        (3001, None, 1),
    ]
    assert diversity.authors(project) == [ada]
