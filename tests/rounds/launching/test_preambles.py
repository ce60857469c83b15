"""Pre-flight says after which versions labels were given, and what serves after which."""

from labeling.models import Preamble, Project
from labeling.preambles import change
from rounds.launching.preflight import check
from rounds.models import Round
from tests.factories import make_annotation, make_task


def warned(round_: Round) -> list[str]:
    """What pre-flight warns of; none of it keeps a launch from starting."""
    found = check(round_, ["sft"])
    warnings = [line for line in found.general if line.level == "warning"]
    assert not [line for line in found.general if line.level == "missing"]
    assert {line.url for line in warnings} <= {"/projects/kitchen/preamble/"}
    return [line.text for line in warnings]


def version(project: Project, system: str) -> Preamble:
    made = change(project=project, system=system, exemplars=[], by=None)
    assert made is not None
    return made


def test_labels_of_other_versions_are_counted_and_the_newest_is_named(first_round: Round) -> None:
    project = first_round.project
    held = project.prompts.filter(split="heldout")[0]
    for kind in ("demonstration", "ranking"):
        make_annotation(make_task(project, kind))
    assert warned(first_round) == []

    own = first_round.preamble = version(project, "Be brief.")
    first_round.save()
    make_annotation(make_task(project, preamble=own))
    make_annotation(make_task(project, "critique"))  # trains nothing
    make_annotation(make_task(project, prompt=held))
    others = (
        "Labels were given after other versions of the system prompt and exemplars than this "
        "round's, {}. Each is trained on after its own."
    )
    assert warned(first_round) == [others.format("version 1 (none: 2)")]

    first_round.preamble = version(project, "Be kind.")
    first_round.save()
    version(project, "Be clear.")
    newest = (
        "The newest version of the system prompt and exemplars is {}. What is trained now is "
        "trained for this round's, {}, and writes the next round after the newest."
    )
    assert warned(first_round) == [
        others.format("version 2 (version 1: 1, none: 2)"),
        newest.format("version 3", "version 2"),
    ]
    version(project, "")
    assert warned(first_round)[1] == newest.format("none", "version 2")
    first_round.preamble = None
    assert warned(first_round) == [others.format("none (version 1: 1)")]
