"""What belongs together is on one side of the held-out split."""

import hashlib
from typing import Any

from accounts.models import User
from labeling.import_preview import Standing, standing
from labeling.importing import import_prompts
from labeling.intake import Alike
from labeling.models import Project, Prompt
from labeling.prompt_files import PromptRow, parse_prompts
from tests.labeling.test_prompt_files import lines


def turns(n: int, *, said: int) -> dict[str, Any]:
    """A conversation of so many turns of the user, the same at every length."""
    messages = [{"role": "system", "content": "Be brief."}]
    for turn in range(said):
        messages += [
            {"role": "user", "content": f"Egg {n}, turn {turn}?"},
            {"role": "assistant", "content": "Six."},
        ]
    return {"messages": messages[:-1]}


def rows(*values: Any) -> list[PromptRow]:
    return parse_prompts(lines(*values)).rows


def sides(project: Project, *names: str) -> list[str]:
    """The splits of the prompts that end with `names`."""
    found = {p.last_text: p.split for p in Prompt.objects.filter(project=project)}
    return [found[name] for name in names]


def test_turns_of_a_conversation_share_a_side(project: Project, mona: User) -> None:
    found = rows(*(turns(n, said=said) for n in range(100) for said in (1, 2, 3)))

    import_prompts(project=project, rows=found, source="", by=mona, heldout_percent=20)

    asked = [sides(project, *(f"Egg {n}, turn {t}?" for t in range(3))) for n in range(100)]
    assert {len(set(three)) for three in asked} == {1}
    assert 5 < sum(three[0] == "heldout" for three in asked) < 40


def test_near_identical_prompts_share_a_side(project: Project, mona: User) -> None:
    forms = ["Egg {n}?\nCafé", "Egg {n}?\r\nCafé", "egg  {n}?\nCafé ", "Egg {n}?\nCafe\u0301"]
    found = rows(*({"prompt": form.format(n=n)} for n in range(200) for form in forms))

    import_prompts(project=project, rows=found, source="", by=mona, heldout_percent=20)

    asked = [sides(project, *(form.format(n=n) for form in forms)) for n in range(200)]
    assert Prompt.objects.count() == 800
    assert {len(set(four)) for four in asked} == {1}
    assert {four[0] for four in asked} == {"train", "heldout"}


def test_a_group_shares_a_side_and_joins_conversations(project: Project, mona: User) -> None:
    found = rows(
        *({"prompt": f"Egg {n}?", "group": f"hen {n % 50}"} for n in range(200)),
        *({"prompt": f"EGG {n}?"} for n in range(200)),
    )

    import_prompts(project=project, rows=found, source="", by=mona, heldout_percent=30)

    for hen in range(50):
        names = [f"{egg} {n}?" for n in range(hen, 200, 50) for egg in ("Egg", "EGG")]
        assert len(set(sides(project, *names))) == 1
    assert set(Prompt.objects.values_list("split", flat=True)) == {"train", "heldout"}


def test_a_new_prompt_goes_where_its_kin_are(project: Project, mona: User) -> None:
    """What is stored keeps its split, so the new one follows."""
    stored = rows(
        *({"prompt": f"Egg {n}?", "split": "heldout"} for n in range(20)),
        {"prompt": "Ham?", "split": "train", "group": "pig"},
    )
    import_prompts(project=project, rows=stored, source="", by=mona)
    before = list(Prompt.objects.order_by("pk").values_list("pk", "split"))

    new = rows(
        *({"prompt": f"egg {n}?"} for n in range(20)),
        {"prompt": "Bacon?", "group": "pig"},
        {"prompt": "Lard?", "group": "pig", "split": "heldout"},
        {"prompt": "Egg 0?"},
    )
    told = standing(project, new)
    import_prompts(project=project, rows=new, source="", by=mona, heldout_percent=50)

    assert told == Standing(new=22, known=1, alike=20, near=20, beyond=0, apart=1, rubrics=0)
    assert sides(project, *(f"egg {n}?" for n in range(20))) == ["heldout"] * 20
    assert sides(project, "Bacon?", "Lard?") == ["train", "heldout"]
    assert list(Prompt.objects.order_by("pk").values_list("pk", "split"))[:21] == before


def test_prompts_of_a_file_that_are_nearly_the_same_are_told(project: Project) -> None:
    found = rows({"prompt": "A?"}, {"prompt": "a?"}, {"prompt": "b?"})

    told = standing(project, found)

    assert told == Standing(new=3, known=0, alike=1, near=1, beyond=0, apart=0, rubrics=0)


def other(n: int) -> str:
    """A text that is like no other one's."""
    return hashlib.sha256(str(n).encode()).hexdigest()


def test_what_is_nearly_the_same_shares_a_side(project: Project, mona: User) -> None:
    long = [" ".join(other(n * 10 + more) for more in range(3)) for n in range(60)]
    pairs = [(f"Read {text} aloud, twice", f"Read {text} aloud twice!") for text in long]
    found = rows(*({"prompt": text} for pair in pairs for text in pair))

    import_prompts(
        project=project, rows=found, source="", by=mona, heldout_percent=30, alike=Alike.ALL
    )

    asked = [sides(project, *pair) for pair in pairs]
    assert {len(set(both)) for both in asked} == {1}
    assert {both[0] for both in asked} == {"train", "heldout"}


def test_what_one_user_asked_shares_a_side_where_that_is_wanted(
    project: Project, mona: User
) -> None:
    found = rows(*({"prompt": f"{other(n)}: eggs?", "user_id": n % 40} for n in range(200)))

    import_prompts(project=project, rows=found, source="", by=mona, heldout_percent=30)
    late = rows(*({"prompt": f"{other(-n)}: hams?", "user_id": n % 40} for n in range(200)))
    import_prompts(project=project, rows=late, source="", by=mona, heldout_percent=30)
    teas = [f"{other(n)[::-1]}: teas?" for n in range(200)]
    each = rows(*({"prompt": tea, "user_id": "Ada"} for tea in teas))
    import_prompts(
        project=project, rows=each, source="", by=mona, heldout_percent=30, by_user=False
    )

    for who in range(40):
        names = [f"{other(n)}: eggs?" for n in range(who, 200, 40)]
        names += [f"{other(-n)}: hams?" for n in range(who, 200, 40)]
        assert len(set(sides(project, *names))) == 1
    assert set(sides(project, *teas)) == {
        "train",
        "heldout",
    }
    assert {prompt.split for prompt in Prompt.objects.all()} == {"train", "heldout"}
