"""A project with every kind of label in every shape that exports tell apart."""

from labeling.kinds import kinds
from labeling.kinds.rules.settings import RulesSettings
from labeling.preambles import change
from tests.api.kitchen import annotate
from tests.factories import make_completion, make_member, make_prompt, make_task, make_version
from tests.labeling.calling import MESSAGES, TEXTS, TOOLS
from tests.labeling.kinds.test_dialogue import TURNS
from training.contract import conversations

AWKWARD = "=1+1, \"quoted\"\r\n\tand 'more' \u2028 <|im_end|> 🥚 e\u0301 "
PROSE = "First, boil it.\n\nThen wait.\n\nIt is ready."


def fill(project, *, plain=False):
    """Add what the kitchen has not; plain: nothing that only Rondo has a form for."""
    blank = "-" if plain else " "
    bea, dan = make_member(project, "Bea"), make_member(project, "Dan")
    soup = make_prompt(
        project,
        AWKWARD,
        split="heldout",
        language="de",
        use_case="chat",
        metadata={"topic": "soups", "n": 1.5, "tags": ["=a", None]},
        source="s",
        group_name="g",
    )
    whole = conversations.given(MESSAGES, TOOLS)
    called = {} if plain else {"messages": TEXTS, "given": whole, "content_warning": "marked"}
    tools = make_prompt(project, **called)
    for person, text in ((bea, AWKWARD), (dan, "@dan")):
        annotate(make_task(project, prompt=soup), person, {"text": text})
    annotate(
        make_task(project, prompt=tools), bea, {"text": "+1"}, comment="=why", concerns=["unsafe"]
    )
    shown = change(project=project, system="Be brief.", exemplars=[], by=bea)
    brief = make_task(project, prompt=soup)
    brief.preamble = shown
    brief.save()
    annotate(brief, bea, {"text": "Brief."})
    _rankings(project, soup, bea, blank)
    _comparisons(project, soup, tools, bea)
    _of_one_text(project, soup, bea)
    _text_by_text(project, soup, bea, blank)
    _dialogue(project, tools, bea)
    return project


def _dialogue(project, prompt, person):
    held = annotate(make_task(project, "dialogue", prompt=prompt), person, {"turns": TURNS})
    for number in range(len(TURNS)):
        held.assignment.exchanges.create(
            number=number,
            version=make_version(family=project.family),
            seeds=[1, 2],
            swapped=False,
            state="answered",
        )


def ids(task):
    return list(task.completions.order_by("pk").values_list("pk", flat=True))


def _rankings(project, prompt, person, blank):
    version = make_version(family=project.family)
    first = annotate(
        make_task(project, prompt=prompt), make_member(project), {"text": "A person's."}
    )
    texts = [
        make_completion(prompt, AWKWARD, model_version=version, finish_reason="length"),
        make_completion(prompt, "A person's.", answer=first),
        make_completion(prompt, "Twin."),
        make_completion(prompt, "Twin."),
        make_completion(prompt, blank),
    ]
    for number, own in enumerate([None, {"text": "Mine.", "tied": True}, {"text": "My own."}]):
        task = make_task(project, "ranking", prompt=prompt, texts=["x", "y"])
        task.completions.set(texts)
        a, b, c, d, e = ids(task)
        body = {"tiers": [[c, d], [a, b]], "unacceptable": [e]}
        if own:
            original = a if number == 2 else None
            body["written"] = {"original": original, "tied": False, **own}
        annotate(task, person, body, comment=f"ranking {number}")
    none = make_task(project, "ranking", prompt=prompt, texts=["Bad.", "Worse."])
    annotate(none, person, {"tiers": [], "unacceptable": ids(none)})
    tied = make_task(project, "ranking", prompt=prompt, texts=["One.", "Other."])
    annotate(tied, person, {"tiers": [ids(tied)], "unacceptable": []})
    combined = make_task(project, "combined", prompt=prompt, texts=["r", "s", "t"])
    r, s, t = ids(combined)
    rows = [
        {"completion": pk, "scales": {"overall": n}, "flags": []}
        for pk, n in ((r, 2), (s, 7), (t, 7))
    ]
    parts = {
        "rating": {"ratings": rows},
        "ranking": {"tiers": [[t], [s], [r]], "unacceptable": []},
    }
    annotate(combined, person, {"parts": parts, "presorted": {"ranking": [s, t, r]}})


def _comparisons(project, soup, tools, person):
    said = [(0, 1, False), (1, 2, False), (1, 3, False), (None, 0, False), (None, 0, True)]
    for number, (better, strength, both_bad) in enumerate(said):
        prompt = tools if number % 2 else soup
        task = make_task(project, "comparison", prompt=prompt, texts=[f"=l{number}", f"r{number}"])
        pk = None if better is None else ids(task)[better]
        annotate(task, person, {"better": pk, "strength": strength, "both_bad": both_bad})
    same = make_task(project, "comparison", prompt=soup, texts=["Same.", "Same."])
    annotate(same, person, {"better": None, "strength": 0, "both_bad": False})


def _of_one_text(project, prompt, person):
    version = make_version(family=project.family)
    for text, edited in ((PROSE, PROSE), (PROSE, f"{PROSE}!")):
        task = make_task(project, "correction", prompt=prompt, texts=["x"])
        task.completions.set([make_completion(prompt, text, model_version=version)])
        annotate(task, person, {"completion": ids(task)[0], "text": edited})
    errors = [
        {"start": a, "end": b, "type": kind, "severity": "minor", "note": note}
        for a, b, kind, note in (
            (0, 5, "style", "=why"),
            (0, 5, "accuracy", ""),
            (7, 11, "style", ""),
        )
    ]
    for found in (errors, []):
        task = make_task(project, "critique", prompt=prompt, texts=[PROSE])
        annotate(task, person, {"completion": ids(task)[0], "errors": found, "text": "-fine"})
    places = [(0, 17), (17, 29), (29, 41)]
    said = [
        [(1, None), (0, "+Wait six minutes."), (-1, "Take it out.")],
        [(-1, "Boil water."), (None, None), (None, None)],
    ]
    for labels in said:
        task = make_task(project, "stepwise", prompt=prompt, texts=[PROSE])
        steps = [
            {"start": a, "end": b, "label": label, "rewrite": rewrite}
            for (a, b), (label, rewrite) in zip(places, labels, strict=True)
        ]
        annotate(task, person, {"completion": ids(task)[0], "steps": steps})


def _text_by_text(project, prompt, person, blank):
    texts = [AWKWARD, "Twin.", "Twin.", blank]
    rating = make_task(project, "rating", prompt=prompt, texts=texts)
    rows = [
        {"completion": pk, "scales": {"overall": n}, "flags": flags}
        for pk, n, flags in zip(ids(rating), (3, 7, 7, 1), (["opinion"], [], [], []), strict=True)
    ]
    annotate(rating, person, {"ratings": rows})
    names = [rule.name for rule in RulesSettings().rules]
    for answer in ("broken", "unsure", "followed"):
        rules = make_task(project, "rules", prompt=prompt, texts=[f"{answer} one", f"{answer} two"])
        said = [
            {"completion": pk, "answers": dict.fromkeys(names, "followed") | {names[0]: answer}}
            for pk in ids(rules)
        ]
        annotate(rules, person, {"texts": said})
    assert kinds()["grading"].reads_rubric
    grading = make_task(project, "grading", texts=["g1", "g2", "g3"])
    met = ([True, False, False], [True, True, True], [False, False, True])
    rows = [{"completion": pk, "met": m} for pk, m in zip(ids(grading), met, strict=True)]
    annotate(grading, person, {"texts": rows})
