"""What people say of models: blind votes between two texts, and the rankings that mix versions.

Votes are tasks like any other (labeling.models.Purpose.VERDICT), which are never trained on. What
they say is computed in a process of its own (`python -m rounds.verdict`), as a row that pages read.
"""
