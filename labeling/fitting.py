"""Labels of a file for which the project has a place, told from the others before any is stored."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from core.postgresql.among import Among
from labeling.file_rows import MOST_ERRORS
from labeling.labeled_files import LabeledPreview, LabelRow, Pass
from labeling.models import Project
from labeling.prompt_files import PromptRow
from labeling.readers.base import LineError
from labeling.redaction import redact
from labeling.storing_labels import Keeper


def fitting(project: Project) -> Pass:
    """What takes the rows that say what has no place here for bad ones."""

    def passed(found: LabeledPreview) -> LabeledPreview:
        if not found.labels:
            return found
        keeper, wrong = Keeper(project), of_other_rubrics(project, found.rows, found.labels)
        for each in found.labels:
            if what := keeper.misfit(each.label):
                wrong.setdefault(each.line, what)
        if not wrong:
            return found
        labels = [each for each in found.labels if each.line not in wrong]
        needed = {each.prompt for each in labels}
        errors = [
            *found.errors,
            *(
                LineError(line=line, message=what, unit="row" if found.is_table else "line")
                for line, what in wrong.items()
            ),
        ]
        errors.sort(key=lambda error: error.line)
        return replace(
            found,
            rows=[row for row in found.rows if row.line not in wrong or row.sha256 in needed],
            labels=labels,
            errors=errors[:MOST_ERRORS],
            errors_left_out=found.errors_left_out + len(errors[MOST_ERRORS:]),
        )

    return passed


def of_other_rubrics(
    project: Project, rows: Iterable[PromptRow], labels: Iterable[LabelRow]
) -> dict[int, str]:
    """Line -> why, of the labels about another rubric than their prompt has, or is to have.

    rows: the prompts of the labels, those of new ones at least.
    """
    graded = [each for each in labels if each.label.rubric]
    if not graded:
        return {}
    asked = {each.prompt for each in graded}
    bare = redact(project, [row for row in rows if row.sha256 in asked], graded)
    there = project.prompts.filter(Among("sha256", {each.prompt for each in bare.labels}))
    standing = dict(there.exclude(rubric=[]).values_list("sha256", "rubric"))
    coming: dict[str, list[dict[str, Any]]] = {}
    for row in bare.rows:
        coming.setdefault(row.sha256, row.rubric)
    wrong = {}
    for each in bare.labels:
        rubric = list(each.label.rubric)
        if rubric != standing.get(each.prompt, rubric):
            wrong[each.line] = _("its prompt has another rubric in this project")
        elif each.prompt not in standing and rubric != coming.get(each.prompt, rubric):
            wrong[each.line] = _("an earlier row gives its prompt another rubric")
    return wrong
