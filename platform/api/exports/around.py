"""The columns around those of a dataset itself: they say of what a row is."""

from labeling.datasets import AnnotationRecord, ColumnType, PromptRecord, Row
from labeling.kinds import kinds
from labeling.pseudonyms import Naming, of_file

OF_PROMPT: dict[str, ColumnType] = {
    "prompt_id": int,
    "given": str,  # JSON of messages and tools where they are more than roles and texts, or ""
    "split": str,
    "language": str,
    "use_case": str,
    "metadata": str,  # the JSON of all else that a file said of the prompt
}
OF_ANNOTATION: dict[str, ColumnType] = {
    "annotation_id": int,
    "kind": str,
    "annotator": str,  # a pseudonym (labeling.pseudonyms)
    "round": int,
    "created_at": str,  # when it was submitted: ISO 8601, in UTC
    "active_seconds": int,  # of the whole answer
    "guideline_version": int,
    "is_chosen": bool,  # its prompt was chosen where reward models differ, not drawn at random
    "presorted": bool,  # texts stood in the order of an earlier step, which draws people to it
    "concerns": str,  # what the annotator found beside the answer: names with a blank between two
    "comment": str,
    **OF_PROMPT,
}


def of_prompt(prompt: PromptRecord) -> Row:
    """The columns of OF_PROMPT."""
    return {
        "prompt_id": prompt.id,
        "given": prompt.given,
        "split": prompt.split,
        "language": prompt.language,
        "use_case": prompt.use_case,
        "metadata": prompt.metadata,
    }


def of_annotation(annotation: AnnotationRecord, name: Naming) -> Row:
    """The columns of OF_ANNOTATION."""
    prompt, who = annotation.prompt, annotation.who
    return {
        "annotation_id": annotation.id,
        "kind": annotation.kind,
        "annotator": of_file(name, who) if who else name(annotation.annotator),
        "round": annotation.round,
        "created_at": annotation.created_at,
        "active_seconds": annotation.active_seconds,
        "guideline_version": annotation.guideline_version,
        "is_chosen": annotation.is_chosen,
        "presorted": kinds()[annotation.kind].presorted(annotation.body),
        "concerns": annotation.concerns,
        "comment": annotation.comment,
        # As of_prompt has them: made here, as labels are many.
        "prompt_id": prompt.id,
        "given": prompt.given,
        "split": prompt.split,
        "language": prompt.language,
        "use_case": prompt.use_case,
        "metadata": prompt.metadata,
    }
