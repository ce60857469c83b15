"""One sum of all that an import brought."""

import hashlib
import json

from labeling.models import ImportedLabel, Project


def sums(project: Project) -> tuple[int, int, str]:
    """How many prompts and labels a project has, and one SHA-256 of what they all say."""
    prompts = sorted(project.prompts.values_list("sha256", "split", "language"))
    labels = ImportedLabel.objects.filter(project=project)
    said = sorted(labels.values_list("sha256", "annotation__kind"))
    digest = hashlib.sha256(json.dumps([prompts, said]).encode()).hexdigest()
    return len(prompts), len(said), digest
