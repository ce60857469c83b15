"""What a stored reliability means for training; loads no NumPy."""

from labeling.models import Annotation, Project, Purpose
from quality.models import Reliability

TASKS = 10_000  # the newest that several did: reliability is of now, and soon computed
UNKNOWN = 0.8  # of somebody who was never compared with others or gold: the mean of the prior


def weight(reliability: float) -> float:
    """How much a label counts: 1 for certain, 0 for chance or worse.

    2 eta - 1 is the expected sign of a vote, and the weight of Li and Yu 2014 (1411.4086); the
    best one for votes, log(eta / (1 - eta)) (Nitzan and Paroush 1982), is twice that near 1/2 and
    has no bound near 1.
    """
    return round(max(0.0, 2 * reliability - 1), 4)


class Weights:
    """How much each label of a project counts, by what is known of its annotator now."""

    def __init__(self, project: Project) -> None:
        rows = Reliability.objects.filter(project=project)
        self._of = {row.person_id: weight(row.value) for row in rows}

    def of(self, annotation: Annotation) -> float:
        """A decision counts in full: a reviewer took it for all."""
        if annotation.purpose == Purpose.DECISION:
            return 1.0
        return self._of.get(annotation.annotator_id, weight(UNKNOWN))
