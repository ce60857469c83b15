"""How the rows of a file stand to what a project has: shown before they are imported."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.postgresql.among import Among
from labeling.importing import lacking_rubrics
from labeling.intake import Intake, take
from labeling.labeled_files import LabelRow
from labeling.models import ImportedLabel, Project
from labeling.prompt_files import PromptRow
from labeling.splitting import Kin


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the rows of a file stand to what the project has.

    new: to be stored. known: there already. alike: new, and but for white space, case or Unicode
    form the same as prompts that are there or before them in the file. near: nearly the same, of
    those with them. beyond: not stored, of users who have as many as the project takes. apart: new,
    in a split that the file names, with kin in the other one. rubrics: known, without the rubric
    that the file has for them. labels: to be stored.
    """

    new: int
    known: int
    alike: int
    near: int
    beyond: int
    apart: int
    rubrics: int
    labels: int = 0


def standing(
    project: Project,
    rows: Sequence[PromptRow],
    labels: Sequence[LabelRow] = (),
    taken: Intake | None = None,
) -> Standing:
    """What an import of the rows would meet.

    taken: all that is new of them, if it is known.
    """
    taken = taken or take(project, rows)
    said = [label.sha256 for label in labels]
    there_already = ImportedLabel.objects.filter(Among("sha256", said), project=project).count()
    return Standing(
        new=len(taken.rows),
        known=len(taken.known),
        alike=len(taken.same),
        near=len(taken.near),
        beyond=len(taken.beyond),
        apart=Kin(project, taken.rows, linked=taken.linked).apart(taken.rows),
        rubrics=lacking_rubrics(project, rows).count(),
        labels=len(labels) - there_already,
    )
