"""Which projects have votes or rankings that their verdict does not know; asked by beat."""

from quality.due import due_in

# Only where people were asked, or several models wrote, is there anything to compute.
ASKED = """
EXISTS (SELECT FROM rounds_ballot b WHERE b.project_id = p.id)
OR (SELECT count(*) FROM rounds_round o WHERE o.project_id = p.id) > 1
"""


def due() -> list[int]:
    """The keys of those projects."""
    return due_in("rounds_verdict", every=30, where=ASKED)
