"""Versions of what stands before a project's prompts."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling.models import Preamble, Project
from labeling.preambles import LONGEST, MOST_EXEMPLARS, change

SHOWN = ("2 + 2?", " 4\n")


def test_each_change_is_a_version_and_the_old_ones_stay(project: Project, mona: User) -> None:
    assert change(project=project, system=" \n", exemplars=[("", "")], by=mona) is None
    first = change(project=project, system="Be brief.\n", exemplars=[SHOWN], by=mona)
    again = change(project=project, system="Be brief.\n", exemplars=[SHOWN, ("", " ")], by=mona)
    second = change(project=project, system="", exemplars=[SHOWN], by=mona)
    assert Preamble.objects.in_force(project) == second
    third = change(project=project, system="", exemplars=[], by=mona)

    assert again == first
    assert [(row.number, row.messages) for row in project.preambles.order_by("number")] == [
        (
            1,
            [
                {"role": "system", "content": "Be brief.\n"},
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "content": " 4\n"},
            ],
        ),
        (
            2,
            [
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "content": " 4\n"},
            ],
        ),
        (3, []),
    ]
    assert Preamble.objects.newest(project) == third
    assert Preamble.objects.in_force(project) is None
    entries = AuditEntry.objects.filter(action="preamble.changed").order_by("pk")
    assert [(entry.actor, entry.details) for entry in entries] == [
        (mona, {"version": 1}),
        (mona, {"version": 2}),
        (mona, {"version": 3}),
    ]


def test_a_version_says_its_system_message_and_its_exemplars(project: Project, mona: User) -> None:
    whole = change(project=project, system="Be brief.", exemplars=[SHOWN, ("a", "b")], by=mona)
    bare = change(project=project, system="", exemplars=[("a", "b")], by=mona)

    assert whole is not None
    assert bare is not None
    assert (whole.system, whole.exemplars) == ("Be brief.", [SHOWN, ("a", "b")])
    assert (bare.system, bare.exemplars) == ("", [("a", "b")])


def test_what_cannot_be_taken_is_named(project: Project, mona: User) -> None:
    half = [SHOWN, ("2 + 2?", " ")]
    for system, exemplars, names in (
        ("x" * (LONGEST + 1), [], {"system"}),
        ("\0", [], {"system"}),
        ("", half, {"1"}),
        ("", [SHOWN] * (MOST_EXEMPLARS + 1), set()),
    ):
        with pytest.raises(BadInputError) as caught:
            change(project=project, system=system, exemplars=exemplars, by=mona)
        assert caught.value.errors.keys() == names

    assert not Preamble.objects.exists()
