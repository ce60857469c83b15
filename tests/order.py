"""In which order the processes of a run take the tests: the longest first.

At the end there are short ones, of which each process takes its share; none waits for minutes for
what the other began last. Those of tests/workers come late: their workers live to the end.
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# A minute or more each, the longest first.
LONGEST = (
    "training/test_kills.py",
    "client/test_loop.py",
    "client/cli/test_loop.py",
    "rehearsal/test_rehearse.py",
    "labeling/browser/test_sequences.py",
    "e2e/test_whole_round.py",
    "test_accessibility.py",
    "benchmarks/test_training.py",
    "labeling/test_load.py",
    "training/sft/test_trainer.py",
    "training/test_together.py",
    "upgrade/test_interrupted.py",
    "embedded/test_demo.py",
    "rounds/stages/test_choose.py",
)
PLACES = {TESTS / name: place for place, name in enumerate(LONGEST)}


def longest_first(items: list[pytest.Item]) -> None:
    """Tests of a module stay together, and else as they were."""
    items.sort(key=lambda item: PLACES.get(item.path, len(PLACES)))
