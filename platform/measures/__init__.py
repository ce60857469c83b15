"""The mathematics of labels and verdicts: agreement, intervals, bias, competence, tests.

Pure functions of plain values, which know neither Django nor torch; each names its source.

`orders`, `texts`, `intervals`, `habits`, `reading`, `judge` and `sprt` load no NumPy, so pages may
use them. All others do, which costs a process 30 MB and more: web and Celery processes refuse to
load it (core.tables.do_without_numpy). What needs them runs in a process of its own, as a trainer.
"""
