"""Labels of a file for which the project has a place, told from the others before any is stored."""

from dataclasses import replace

from labeling.file_rows import MOST_ERRORS
from labeling.labeled_files import LabeledPreview, Pass
from labeling.models import Project
from labeling.readers.base import LineError
from labeling.storing_labels import Keeper


def fitting(project: Project) -> Pass:
    """What takes the rows that say what has no place here for bad ones."""

    def passed(found: LabeledPreview) -> LabeledPreview:
        if not found.labels:
            return found
        keeper, wrong = Keeper(project), dict[int, str]()
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
